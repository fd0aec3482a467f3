#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Do the model and the C verifier agree on changed proofs?

differ.py SOCLE_BINARY WORKDIR [--seed S] [--rounds N]: WORKDIR holds real proofs NAME.proof, single
ones and sets, with their keys NAME.vk. With --toy DIGEST they are of the toy machine (toy.py) and the
binary is toyset. Each round changes one proof or key and compares accepted / not accepted, and
apart from that the class of the refusal. What disagrees is kept in WORKDIR/found.
Exit 0: no disagreement on acceptance, no crash, no changed proof accepted; else 1.
"""

import argparse
import functools
import io
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import blake3
import proof
from field import P
from transcript import LABEL, LABELS
from verify import ACCEPTED, DOCS, MALFORMED, REFUSED, verdict

HEAD = 45  # magic, version, profile, kind
EDGES = (0, 1, 2, P - 1, P, P + 1, 1 << 27, 1 << 29, 1 << 30, (1 << 31) - 1, (1 << 32) - 1)
NO_FIELD = ("HEAD_IMAGE", "HEAD_RUN", "HEAD_SHAPE", "OUTPUT", "MAIN_ROOT", "WHIR_ROOT", "WHIR_PATH",
            "SET_IMAGE", "SET_SIZE", "SET_RUN", "SET_OUTPUT", "SET_SHAPE", "SET_ROOT")
NOT_IN_FILE = ("SEED", "VK", "SET_SEED", "SET_VK", "SET")


class Sample:
    """A real proof, its key, and where its messages are: (label, offset, length); parts: where each of its
    transcripts begins, of a single proof one, and the end of the file."""

    def __init__(self, spec, path):
        self.name, self.data = path.stem, path.read_bytes()
        self.key = path.with_suffix(".vk").read_bytes()
        log = io.StringIO()
        code, reason, _ = verdict(spec, io.BytesIO(self.data), self.key, log)
        if code != ACCEPTED:
            raise SystemExit("%s: %s" % (path, reason))
        self.messages, self.parts, at = [], [], HEAD
        for line in log.getvalue().splitlines():
            label, kind, length, _ = line.split()
            name = LABELS[int(label) - 1]
            size = {"0": int(length), "3": 8}.get(kind)
            if name in ("SEED", "SET_SEED"):
                self.parts.append(at)
            if size is not None and name not in NOT_IN_FILE:
                self.messages.append((name, at, size))
                at += size
        assert at == len(self.data)
        self.parts.append(at)
        self.is_set = len(self.parts) > 2

    def pick(self, rng, *labels, least=1):
        """A message, labels equally likely, so that rare ones are not drowned."""
        fit = [m for m in self.messages if m[2] >= least and (not labels or m[0] in labels)]
        label = rng.choice(sorted({m[0] for m in fit}))
        return rng.choice([m for m in fit if m[0] == label])


# A mutation is f(rng, sample, other) -> (proof bytes, key bytes, what was done).

def put(data, at, new):
    return data[:at] + new + data[at + len(new):]


def flip_anywhere(rng, s, _):
    data = bytearray(s.data)
    spots = [rng.randrange(len(data)) for _ in range(rng.choice((1, 1, 1, 2, 5)))]
    for i in spots:
        data[i] ^= 1 << rng.randrange(8)
    return bytes(data), s.key, "flip bits of bytes %s" % spots


def flip_in_message(rng, s, _):
    name, at, size = s.pick(rng)
    i = at + rng.randrange(size)
    return put(s.data, i, bytes((s.data[i] ^ 1 << rng.randrange(8),))), s.key, "flip %s" % name


def residue_plus_p(rng, s, _):
    """The same element, encoded a second way."""
    name, at, size = s.pick(rng, *(set(LABEL) - set(NO_FIELD)), least=4)
    i = at + 4 * rng.randrange(size // 4)
    word = int.from_bytes(s.data[i:i + 4], "little")
    if name.endswith("_POW"):
        return put(s.data, i, rng.randbytes(4)), s.key, "%s: random half" % name
    return put(s.data, i, (word + P).to_bytes(4, "little")), s.key, "%s: residue + p" % name


def edge_word(rng, s, _):
    name, at, size = s.pick(rng, least=4)
    i, word = at + 4 * rng.randrange(size // 4), rng.choice(EDGES)
    return put(s.data, i, word.to_bytes(4, "little")), s.key, "%s: word := %d" % (name, word)


def swap_words(rng, s, _):
    name, at, size = s.pick(rng, least=8)
    i, j = (at + 4 * rng.randrange(size // 4) for _ in range(2))
    a, b = s.data[i:i + 4], s.data[j:j + 4]
    return put(put(s.data, i, b), j, a), s.key, "%s: swap words" % name


def swap_messages(rng, s, _):
    name, at, size = s.pick(rng)
    _, at2, size2 = s.pick(rng, name)
    n = min(size, size2)
    a, b = s.data[at:at + n], s.data[at2:at2 + n]
    return put(put(s.data, at, b), at2, a), s.key, "%s: swap messages" % name


def splice_message(rng, s, other):
    name, at, size = s.pick(rng)
    fit = [m for m in other.messages if m[0] == name]
    if not fit:
        return flip_in_message(rng, s, other)
    _, at2, size2 = rng.choice(fit)
    new = other.data[at2:at2 + size2]
    if rng.random() < 0.5:
        return put(s.data, at, new[:size]), s.key, "%s: from another proof" % name
    return s.data[:at] + new + s.data[at + size:], s.key, "%s: all of another proof's" % name


def splice_tail(rng, s, other):
    i = rng.choice([m[1] for m in s.messages])
    j = rng.choice([i, rng.choice([m[1] for m in other.messages])])
    return s.data[:i] + other.data[j:], s.key, "tail of another proof"


def drop_or_double(rng, s, _):
    name, at, size = s.pick(rng)
    if rng.random() < 0.5:
        return s.data[:at] + s.data[at + size:], s.key, "%s: dropped" % name
    return s.data[:at + size] + s.data[at:], s.key, "%s: twice" % name


def truncate(rng, s, _):
    n = rng.choice([rng.choice(s.messages)[1], rng.randrange(len(s.data)), len(s.data) - 1,
                    rng.randrange(HEAD + 200)])
    return s.data[:n], s.key, "truncate to %d" % n


def extend(rng, s, _):
    n = rng.choice((1, 4, 8, 32, 1000, 100000, 1000000))
    at = rng.choice([len(s.data), rng.choice(s.messages)[1]])
    return s.data[:at] + rng.randbytes(n) + s.data[at:], s.key, "insert %d at %d" % (n, at)


def head_run(rng, s, _):
    """One field of the run moved a little or to an edge."""
    _, at, _ = s.pick(rng, "HEAD_RUN")
    i, n = rng.choice([(0, 4), (4, 4), (8, 4), (12, 4), (16, 4), (20, 4), (24, 8)])
    old = int.from_bytes(s.data[at + i:at + i + n], "little")
    near = [old + d for d in (-8, -4, -1, 1, 4, 8)]
    new = rng.choice(near + list(EDGES) + [(1 << 32) - 8, (1 << 32) - 7, 1 << 40]) % (1 << 8 * n)
    return put(s.data, at + i, new.to_bytes(n, "little")), s.key, "run[%d] := %d" % (i, new)


def shape(rng, s, _):
    """Chunk lists changed, with counts that may or may not fit."""
    label = rng.choice(("HEAD_SHAPE", "SET_SHAPE")) if s.is_set else "HEAD_SHAPE"
    part = 0 if label == "SET_SHAPE" else rng.randrange(s.is_set, len(s.parts) - 1)
    found = [m for m in s.messages if m[0] == label and s.parts[part] <= m[1] < s.parts[part + 1]]
    start, at = found[0][1], found[-1][1] + found[-1][2]
    lists = [list(s.data[offset:offset + size]) for _, offset, size in found[1::2]]
    for _ in range(rng.choice((1, 1, 2, 3))):
        one = rng.choice(lists)
        what = rng.randrange(5)
        if what == 0 and one:
            i = rng.randrange(len(one))
            one[i] = max(0, min(255, one[i] + rng.choice((-1, 1, -2, 2, 10, 200))))
        elif what == 1 and one:
            one.pop()
        elif what == 2:
            one.append(rng.choice((one[-1] - 1 if one and one[-1] else 4, 4, 16, 29, 255)))
        elif what == 3:
            one[:] = rng.choice(([], [4], [5, 4], [9, 4], [6, 5, 4], [9, 7, 5, 4], [8, 7, 6, 5, 4], [26], [25, 24, 23], [3], [30]))
        else:
            rng.shuffle(one)
    new = b"".join(bytes((len(x),)) + bytes(x) for x in lists)
    return s.data[:start] + new + s.data[at:], s.key, "%s of part %d %s" % (label, part, lists)


def nonce(rng, s, _):
    name, at, _ = s.pick(rng, *(label for label in LABEL if label.endswith("_POW")))
    old = int.from_bytes(s.data[at:at + 8], "little")
    new = rng.choice((0, old + 1, old - 1, rng.getrandbits(64), old | 1 << 63)) % (1 << 64)
    return put(s.data, at, new.to_bytes(8, "little")), s.key, "%s := %d" % (name, new)


def next_nonce(rng, s, _):
    """Another nonce that is as good: grinding passes, what follows must fail."""
    log = io.StringIO()
    verdict(SPEC, io.BytesIO(s.data), s.key, log)
    frames = [line.split() for line in log.getvalue().splitlines()]
    at = rng.choice([i for i, f in enumerate(frames) if f[1] == "3" and LABELS[int(f[0]) - 1]
                     in ("LOGUP_POW", "WHIR_FOLD_POW", "SET_POW")])
    which = sum(f[1] == "3" for f in frames[:at])
    name, offset, _ = [m for m in s.messages if m[0].endswith("_POW")][which]
    old = int.from_bytes(s.data[offset:offset + 8], "little")
    label, state = int(frames[at][0]), bytes.fromhex(frames[at - 1][3])
    for bits in range(1, 33):  # the number of bits is not in the log: the one that gives the state
        frame = bytes((label, 3)) + (16).to_bytes(8, "little") + bits.to_bytes(8, "little")
        if RAW_KEYED(state, frame + old.to_bytes(8, "little")).hex() == frames[at][3]:
            break
    for new in range(old + 1, old + (1 << 16)):
        out = RAW_KEYED(state, frame + new.to_bytes(8, "little"), 40)[32:]
        if not int.from_bytes(out, "little") & ((1 << bits) - 1):
            return (put(s.data, offset, new.to_bytes(8, "little")), s.key,
                    "%s: another good nonce" % name)
    return nonce(rng, s, None)


def output(rng, s, _):
    fit = [m for m in s.messages if m[0] in ("OUTPUT", "SET_OUTPUT") and m[2]]
    if not fit:
        return flip_in_message(rng, s, None)
    _, at, size = fit[0]
    i = at + rng.randrange(size)
    return put(s.data, i, bytes((rng.randrange(256),))), s.key, "output byte"


def file_head(rng, s, other):
    i = rng.randrange(HEAD + 37)
    if rng.random() < 0.3:
        return put(s.data, 12, other.data[12:HEAD - 1]), s.key, "profile of another proof"
    return put(s.data, i, bytes((rng.randrange(256),))), s.key, "byte %d of the head" % i


def key_file(rng, s, other):
    what = rng.randrange(4)
    if what == 0:
        return s.data, other.key, "key of another proof"
    if what == 1:
        return s.data, s.key[:rng.randrange(len(s.key))], "key truncated"
    if what == 2:
        return s.data, s.key + rng.randbytes(rng.choice((1, 8, 1000))), "key extended"
    i = rng.randrange(len(s.key))
    return s.data, put(s.key, i, bytes((s.key[i] ^ 1 << rng.randrange(8),))), "key byte %d" % i


def image_head(rng, s, _):
    """Entry, height or root changed, under the key that the model computes for them."""
    i = rng.choice((0, 3, 4, 4, 4, 5, 36))
    value = rng.choice((7, 8, 9, 27, 28, 255)) if i == 4 else rng.randrange(256)
    data = put(s.data, HEAD + i, bytes((value,)))
    vk = blake3.derive_key("socle vk v1", data[8:HEAD - 1] + SPEC.machine.digest + data[HEAD:HEAD + 37])
    return data, s.key[:12] + vk, "image head byte %d := %d, fitting key" % (i, value)


def set_run(rng, s, _):
    """A field of a segment, a last key or a number of SET_SIZE moved a little or to an edge."""
    name, at, size = s.pick(rng, "SET_RUN", "SET_RUN", "SET_SIZE")
    i, n = (4 * rng.randrange(size // 4), 4) if name == "SET_RUN" else rng.choice([(0, 4), (4, 8)])
    old = int.from_bytes(s.data[at + i:at + i + n], "little")
    near = [old + d for d in (-8, -4, -1, 1, 4, 8)]
    new = rng.choice(near + list(EDGES) + [(1 << 16) - 1, 1 << 16, (1 << 32) - 8, (1 << 32) - 7]) % (1 << 8 * n)
    return put(s.data, at + i, new.to_bytes(n, "little")), s.key, "%s[%d] := %d" % (name, i, new)


def segment_left_out(rng, s, _):
    """A segment and its proof taken out of the head too, or put in twice."""
    size, run = (next(m for m in s.messages if m[0] == label) for label in ("SET_SIZE", "SET_RUN"))
    n = int.from_bytes(s.data[size[1]:size[1] + 4], "little")
    i, twice = rng.randrange(n), rng.random() < 0.5
    a, b = run[1] + 12 * i, s.parts[i + 2]
    end_a, end_b = a + 12, s.parts[i + 3]
    data = put(s.data, size[1], (n + 1 if twice else n - 1).to_bytes(4, "little"))
    if twice:
        data = data[:end_a] + data[a:end_b] + data[b:]
    else:
        data = data[:a] + data[end_a:b] + data[end_b:]
    return data, s.key, "segment %d %s" % (i + 1, "twice" if twice else "left out")


def move_proofs(rng, s, other):
    """Proofs of a set in another order, left out, twice, or from another set."""
    bodies = [s.data[a:b] for a, b in zip(s.parts[1:], s.parts[2:])]
    theirs = [other.data[a:b] for a, b in zip(other.parts[1:], other.parts[2:])]
    i, j, what = rng.randrange(len(bodies)), rng.randrange(len(bodies)), rng.randrange(5)
    if what == 0:
        bodies[i], bodies[j] = bodies[j], bodies[i]
    elif what == 1:
        del bodies[i]
    elif what == 2:
        bodies.insert(j, bodies[i])
    elif what == 3 and theirs:
        bodies[i] = theirs[min(i, len(theirs) - 1)]
    else:
        bodies[i] = bodies[j]
    return s.data[:s.parts[1]] + b"".join(bodies), s.key, "proofs moved: %d, %d, %d" % (what, i, j)


def other_kind(rng, s, _):
    kind = rng.choice([k for k in (0, 1, 2, 3, 255) if k != s.data[HEAD - 1]])
    return put(s.data, HEAD - 1, bytes((kind,))), s.key, "kind := %d" % kind


MUTATIONS = (flip_anywhere, flip_in_message, flip_in_message, residue_plus_p, edge_word, edge_word,
             swap_words, swap_messages, splice_message, splice_tail, drop_or_double, truncate,
             extend, shape, shape, nonce, next_nonce, output, file_head, key_file, image_head, other_kind)
OF_SINGLE = (head_run, head_run)
OF_SETS = (set_run, set_run, set_run, segment_left_out, move_proofs, move_proofs)
SPEC = None
RAW_KEYED = blake3.keyed


def run_toyset(binary, digest, proof_path, key_path):
    """(exit code, class, text) of toyset, whose exit code is the class."""
    done = subprocess.run([binary, "verify", digest, proof_path, key_path], timeout=120,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.returncode, done.stderr.decode(errors="replace").strip()


def run_binary(binary, proof_path, key_path):
    """(exit code, class, text). Behind a good file head the command exits 3 for every refusal; its
    words tell which class of proof.md it was."""
    done = subprocess.run([binary, "verify", proof_path, "-k", key_path, "-q"], timeout=120,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    text = done.stderr.decode(errors="replace").strip()
    as_file = "no canonical proof" in text or "another program, profile or machine" in text
    return done.returncode, MALFORMED if as_file else done.returncode, text


def main(argv):
    global SPEC
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("binary")
    cli.add_argument("workdir", type=Path)
    cli.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    cli.add_argument("--rounds", type=int, default=200)
    cli.add_argument("--spec", default=DOCS)
    cli.add_argument("--only", help="one mutation by name")
    cli.add_argument("--toy", metavar="DIGEST", help="the proofs are of the toy machine of this digest")
    args = cli.parse_args(argv)
    print("seed %d" % args.seed)
    # Rounds share most frames and nodes; a cache makes late changes cheap.
    blake3.keyed = functools.lru_cache(maxsize=1 << 16)(RAW_KEYED)
    SPEC = proof.Spec(args.workdir if args.toy else args.spec)
    samples = [Sample(SPEC, p) for p in sorted(args.workdir.glob("*.proof"))]
    if not samples:
        raise SystemExit("no proofs in %s" % args.workdir)
    found = args.workdir / "found"
    counts, bad, classes = Counter(), 0, Counter()
    with tempfile.TemporaryDirectory() as tmp:
        proof_path, key_path = Path(tmp) / "x.proof", Path(tmp) / "x.vk"
        for n in range(args.rounds):
            rng = random.Random("%d %d" % (args.seed, n))
            s, other = rng.choice(samples), rng.choice(samples)
            change = rng.choice([m for m in MUTATIONS + (OF_SETS if s.is_set else OF_SINGLE) if args.only in (None, m.__name__)])
            data, key, what = change(rng, s, other)
            proof_path.write_bytes(data)
            key_path.write_bytes(key)
            want, reason, _ = verdict(SPEC, io.BytesIO(data), key)
            got, kind, text = (run_toyset(args.binary, args.toy, proof_path, key_path) if args.toy
                               else run_binary(args.binary, proof_path, key_path))
            same = data == s.data and key == s.key
            counts[want] += 1
            wrong = (got not in (ACCEPTED, REFUSED, MALFORMED)
                     or (want == ACCEPTED) != (got == ACCEPTED) or (want == ACCEPTED and not same))
            bad += wrong
            if wrong or want != kind:
                classes[change.__name__] += not wrong
                found.mkdir(exist_ok=True)
                (found / ("%d-%d.proof" % (args.seed, n))).write_bytes(data)
                (found / ("%d-%d.vk" % (args.seed, n))).write_bytes(key)
                print("%s: round %d, %s, %s: %s\n  model  %d %s\n  binary %d %s"
                      % ("DISAGREE" if wrong else "class", n, s.name, change.__name__, what,
                         want, reason, got, text), flush=True)
    print("%d rounds: model %s; %d disagreements; classes differ: %s"
          % (args.rounds, dict(sorted(counts.items())), bad, dict(classes)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
