# SPDX-License-Identifier: MIT OR Apache-2.0
"""Merkle trees opened at many indices with shared paths. Theory: docs/spec/merkle.md."""

import blake3
from transcript import Refused

K_LEAF = blake3.derive_key("socle merkle leaf v1", b"")
K_NODE = blake3.derive_key("socle merkle node v1", b"")


def siblings(indices, depth):
    """How many digests an opening of the sorted distinct indices sends."""
    count, level = 0, list(indices)
    for _ in range(depth):
        known = set(level)
        count += sum(i ^ 1 not in known for i in level)
        level = sorted({i >> 1 for i in level})
    return count


def root_of(indices, leaves, digests, depth):
    """The root that an opening computes; digests are used up exactly."""
    sent = iter(digests)
    level = [(i, blake3.keyed(K_LEAF, leaf)) for i, leaf in zip(indices, leaves)]
    for _ in range(depth):
        up, pos = [], 0
        while pos < len(level):
            i, h = level[pos]
            pos += 1
            if i & 1:
                pair = next(sent) + h
            elif pos < len(level) and level[pos][0] == i + 1:
                pair = h + level[pos][1]
                pos += 1
            else:
                pair = h + next(sent)
            up.append((i >> 1, blake3.keyed(K_NODE, pair)))
        level = up
    assert next(sent, None) is None and len(level) == 1 and level[0][0] == 0
    return level[0][1]


def receive(transcript, root, depth, leaf_bytes, drawn):
    """Read and check one opening; the leaf contents by index."""
    indices = sorted(set(drawn))
    data = transcript.recv("WHIR_OPEN", leaf_bytes * len(indices))
    path = transcript.recv("WHIR_PATH", 32 * siblings(indices, depth))
    leaves = [data[i:i + leaf_bytes] for i in range(0, len(data), leaf_bytes)]
    digests = [path[i:i + 32] for i in range(0, len(path), 32)]
    if root_of(indices, leaves, digests, depth) != root:
        raise Refused("an opening does not lead to the root")
    return dict(zip(indices, leaves))
