# SPDX-License-Identifier: MIT OR Apache-2.0
"""Key and proof files: what is around the messages. Theory: docs/spec/proof.md."""

from pathlib import Path

import sets
import single
from body import Context
from listing import Machine
from parameters import read_profiles
from transcript import Malformed, OtherVersion

VERSION = (4).to_bytes(4, "little")
SINGLE, SET = b"\1", b"\2"
KEY_MAGIC, PROOF_MAGIC = b"SOCLEVK1", b"SOCLEPRF"


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


def verify(spec, stream, vk, log=None):
    """The output that the proof in a seekable stream proves for key vk; raises otherwise."""
    src = Source(stream)
    if src.read(8) != PROOF_MAGIC:
        raise Malformed("no proof file")
    if src.read(4) != VERSION:
        raise OtherVersion("another version")
    profile_digest = src.read(32)
    if profile_digest not in spec.profiles:
        raise OtherVersion("unknown profile")
    kind = src.read(1)
    if kind not in (SINGLE, SET):
        raise Malformed("neither a single proof nor a set")
    context = Context(spec.machine, spec.profiles[profile_digest], src, log, vk, VERSION + profile_digest + spec.machine.digest)
    output = single.verify(context) if kind == SINGLE else sets.verify(context)
    if src.left:
        raise Malformed("%d bytes are left over" % src.left)
    return output
