# SPDX-License-Identifier: MIT OR Apache-2.0
"""Key and proof files, and the order of everything. Theory: docs/spec/proof.md."""

from pathlib import Path

import argument
import blake3
import whir
from field import P
from layout import Layout
from listing import Machine
from parameters import max_bytes, read_profiles
from transcript import Malformed, Refused, Transcript

VERSION = (3).to_bytes(4, "little")
SINGLE = b"\1"
KEY_MAGIC, PROOF_MAGIC = b"SOCLEVK1", b"SOCLEPRF"


class OtherVersion(Malformed):
    """Another version, an unknown profile, or another key."""


class Source:
    """The bytes of a file that are not read yet; `stream` is seekable."""

    def __init__(self, stream):
        self.stream = stream
        self.left = stream.seek(0, 2)
        stream.seek(0)

    def read(self, n):
        if n > self.left:
            raise Malformed("%d bytes are missing" % (n - self.left))
        self.left -= n
        data = self.stream.read(n)
        assert len(data) == n
        return data


class Spec:
    """The two normative data files of a documentation folder."""

    def __init__(self, docs):
        docs = Path(docs)
        self.machine = Machine((docs / "constraints.txt").read_text())
        self.profiles = read_profiles((docs / "spec" / "schedules.txt").read_text())


def decode_key(data):
    """The 32 bytes of a key file."""
    if len(data) < 12 or data[:8] != KEY_MAGIC:
        raise Malformed("key: no key file")
    if data[8:12] != VERSION:
        raise OtherVersion("key: another version")
    if len(data) != 44:
        raise Malformed("key: length")
    return data[12:]


def _u32(data):
    return int.from_bytes(data, "little")


def _read_run(tr):
    """HEAD_RUN: (ts_end, ip_end, last keys of RAM and input, output length)."""
    data = tr.recv("HEAD_RUN", 32)
    if _u32(data[:4]) != 1 or _u32(data[4:8]) != 0:
        raise Malformed("head: not segment 0 of 1")
    return *(_u32(data[i:i + 4]) for i in range(8, 24, 4)), int.from_bytes(data[24:], "little")


def _read_shape(tr, n_tables):
    shape = []
    for _ in range(n_tables):
        count = tr.recv("HEAD_SHAPE", 1)[0]
        if count > 3:
            raise Malformed("shape: more than 3 chunks")
        shape.append(list(tr.recv("HEAD_SHAPE", count)))
    return shape


def _check_limits(layout, profile, entry, h, run):
    ts_end, ip_end, last_ram, last_input, out_len = run
    for m0 in (layout.m0, layout.image_m0):
        if not profile.min_m0 <= m0 <= profile.max_m0:
            raise Refused("limit: no schedule for 2^%d cells" % m0)
    rules = (
        (8 <= h <= 27, "height of IMAGE"),
        (8 <= ts_end < 1 << 27 and ts_end % 4 == 0, "ts_end"),
        (layout.steps + 4 < 1 << 27, "rows that take STATE"),
        (entry < 1 << 30, "entry"),
        (ip_end < P, "ip_end"),
        (last_ram < 1 << 29, "last key of RAM"),
        (last_input < 1 << 29 or last_input == P - 1, "last key of input"),
        (out_len <= (1 << 32) - 8, "output length"),
    )
    for holds, name in rules:
        if not holds:
            raise Refused("limit: " + name)


def _max_rest(layout, main, image, out_len):
    """The most bytes that may follow HEAD_SHAPE."""
    gkr = sum(20 * (2 * layer + 4) for layer in range(layout.nl))
    columns = 20 * (len(layout.columns) + len(layout.image_columns))
    return (out_len + 32 + 8 + 40 + gkr + 80 * layout.height + columns
            + max_bytes(main) + max_bytes(image))


def verify(spec, stream, vk, log=None):
    """The output that the proof in a seekable stream proves for key vk; raises otherwise."""
    src = Source(stream)
    if src.read(8) != PROOF_MAGIC:
        raise Malformed("no proof file")
    if src.read(4) != VERSION:
        raise OtherVersion("another version")
    profile_digest = src.read(32)
    profile = spec.profiles.get(profile_digest)
    if profile is None:
        raise OtherVersion("unknown profile")
    if src.read(1) != SINGLE:
        raise Malformed("no single proof")
    machine, tr = spec.machine, Transcript(src, log)
    tr.absorb("SEED", b"socle proof" + VERSION + profile_digest + machine.digest)

    head = tr.recv("HEAD_IMAGE", 37)
    entry, h, image_root = _u32(head[:4]), head[4], head[5:]
    own = blake3.derive_key("socle vk v1", VERSION + profile_digest + machine.digest + head)
    if own != vk:
        raise OtherVersion("the proof is for another key")
    tr.absorb("VK", vk)
    run = _read_run(tr)
    ts_end, ip_end, last_ram, last_input, out_len = run
    shape = _read_shape(tr, len(machine.tables) - 1)
    layout = Layout(machine, shape, h)
    _check_limits(layout, profile, entry, h, run)
    main, image = profile.main[layout.m0], profile.image[layout.image_m0]
    if src.left > _max_rest(layout, main, image, out_len):
        raise Malformed("the file is longer than any proof of this shape")

    output = tr.recv("OUTPUT", out_len)
    root = tr.recv("MAIN_ROOT", 32)
    tr.grind("LOGUP_POW", profile.logup_pow)
    alpha, = tr.challenge("ALPHA", 1)
    beta = tr.challenge("BETA", 16)
    last_keys = last_ram, last_input, (out_len + 7) // 8
    terms = argument.public_terms(entry, ts_end, ip_end, last_keys, output)
    public = argument.sum_fractions(alpha, beta, terms)
    leaves = argument.gkr(tr, layout.nl, public)
    r, values, image_values = argument.batched(tr, machine, layout, alpha, beta, leaves)
    gamma, = tr.challenge("GAMMA", 1)
    whir.verify(tr, main, root, layout.columns, values, r, gamma)
    whir.verify(tr, image, image_root, layout.image_columns, image_values, r, gamma)
    if src.left:
        raise Malformed("%d bytes are left over" % src.left)
    return output
