# SPDX-License-Identifier: MIT OR Apache-2.0
"""The transcript and the one way to read a proof: every byte that is received is absorbed.

Theory: docs/spec/transcript.md.
"""

from struct import unpack

import blake3
from field import DEG, P

LABELS = """SEED HEAD_IMAGE VK HEAD_RUN HEAD_SHAPE OUTPUT MAIN_ROOT LOGUP_POW ALPHA BETA GKR_ROOT
GKR_MIX GKR_T GKR_ROUND GKR_CLAIMS GKR_LINE LAMBDA TAU ZERO_T ZERO_ROUND COLUMNS GAMMA WHIR_ROUND
WHIR_FOLD_POW WHIR_FOLD WHIR_ROOT WHIR_OOD WHIR_OOD_ANS WHIR_FINAL WHIR_QUERY_POW WHIR_QUERY
WHIR_OPEN WHIR_PATH WHIR_MIX SET_SEED SET_IMAGE SET_VK SET_SIZE SET_RUN SET_OUTPUT SET_SHAPE
SET_ROOT SET_OOD SET_OOD_ANS SET_POW SET_ALPHA SET_BETA SET""".split()
LABEL = {name: i + 1 for i, name in enumerate(LABELS)}
ABSORB, CHALLENGE, INDICES, GRIND = range(4)


class Malformed(Exception):
    """The bytes are no encoding of a proof or key of this version."""


class OtherVersion(Malformed):
    """Another version, an unknown profile, or another key."""


class Refused(Exception):
    """The proof does not prove its statement."""


def u64(n):
    return n.to_bytes(8, "little")


def decode_base(data):
    """Bytes as base elements, each canonical."""
    words = unpack("<%dI" % (len(data) // 4), data)
    if words and max(words) >= P:
        raise Malformed("a residue is not canonical")
    return words


def decode_ext(data):
    """Bytes as extension elements, each canonical."""
    words = decode_base(data)
    return [words[i:i + DEG] for i in range(0, len(words), DEG)]


class Transcript:
    """State, log, and the file that messages come from. `source` has read(n) and `left` bytes."""

    def __init__(self, source, log=None):
        self.state = blake3.derive_key("socle transcript v1", b"")
        self.source = source
        self.log = log

    def _frame(self, label, kind, payload, extra=0):
        head = bytes((LABEL[label], kind)) + u64(len(payload))
        out = blake3.keyed(self.state, head + payload, 32 + extra)
        self._before = self.state, head + payload
        self.state = out[:32]
        if self.log is not None:
            self.log.write("%d %d %d %s\n" % (LABEL[label], kind, len(payload), out[:32].hex()))
        return out[32:]

    def _more(self, n):
        """The last frame's output again, n bytes from byte 32 on."""
        return blake3.keyed(*self._before, 32 + n)[32:]

    def absorb(self, label, data):
        self._frame(label, ABSORB, data)

    def recv(self, label, n):
        data = self.source.read(n)
        self.absorb(label, data)
        return data

    def recv_ext(self, label, n):
        return decode_ext(self.recv(label, 4 * DEG * n))

    def challenge(self, label, n):
        """n extension elements; words of the stream that are no residue are skipped."""
        size = 4 * DEG * n + 96
        data = self._frame(label, CHALLENGE, u64(n), size)
        while True:
            words = [w & 0x7FFFFFFF for w in unpack("<%dI" % (len(data) // 4), data)]
            words = [w for w in words if w < P]
            if len(words) >= DEG * n:
                return [tuple(words[i:i + DEG]) for i in range(0, DEG * n, DEG)]
            size *= 2
            data = self._more(size)

    def indices(self, label, n, bits):
        assert 0 <= bits <= 24
        data = self._frame(label, INDICES, u64(n) + u64(bits), 4 * n)
        return [w & ((1 << bits) - 1) for w in unpack("<%dI" % n, data)]

    def grind(self, label, bits):
        if bits == 0:
            return
        data = self._frame(label, GRIND, u64(bits) + self.source.read(8), 8)
        if int.from_bytes(data, "little") & ((1 << bits) - 1):
            raise Refused("grinding %s: %d bits are not zero" % (label, bits))
