#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Lies that changing bytes cannot tell, because Fiat-Shamir would refuse them for another reason.

forge.py PROOF KEY ELF [--binary SOCLE]: the polynomial of IMAGE is public, so the model can prove
the image opening, the last part of a proof, anew after a real proof's first part. Done honestly
that gives the same bytes. Done with one lie, the whole transcript still fits, and exactly one check
of the verifier is left to refuse it. Exit 1 if the model, or the command, is wrong about one.
Takes minutes: grinding in Python is slow.
"""

import argparse
import io
import sys
import tempfile
from pathlib import Path
from struct import pack, unpack, unpack_from

import blake3
import merkle
import proof
import whir
from differ import run_binary
from field import (ONE, P, ZERO, add, base, eq_table, lerp, mul, powers, reverse_bits, root, scale,
                   sub)
from transcript import GRIND, LABEL, Transcript, u64
from verify import ACCEPTED, DOCS, verdict


def image_polynomial(elf, h):
    """The stacked polynomial of IMAGE for an ELF file, docs/spec/proof.md rule R1."""
    phoff, = unpack_from("<Q", elf, 32)
    size, count = unpack_from("<HH", elf, 54)
    words = {}
    for i in range(count):
        at = phoff + i * size
        kind, flags, offset, vaddr, _, filesz, memsz = unpack_from("<IIQQQQQ", elf, at)
        length = filesz if flags & 2 else memsz
        if kind != 1 or not length:
            continue
        space = 1 if flags & 2 else 3 if flags & 1 else 2
        data = elf[offset:offset + filesz]
        for a in range(vaddr & ~7, vaddr + length, 8):
            word = bytes(data[i] if 0 <= i < filesz else 0 for i in range(a - vaddr, a - vaddr + 8))
            old = words.get(a, (space, bytes(8)))[1]
            words[a] = space, bytes(x | y for x, y in zip(old, word))
    rows = [(1, space, a & 0xFFFF, a >> 16) + unpack("<4H", word)
            for a, (space, word) in sorted(words.items())]
    rows += [(0,) * 8] * ((1 << h) - len(rows))
    m0 = max(16, h + 3)
    return [c for column in zip(*rows) for c in column] + [0] * ((1 << m0) - (8 << h))


def encode_word(coefficients, n):
    """2^n evaluations, position j at w_n^rev(j), of base coefficients: decimation in frequency."""
    v = coefficients + [0] * ((1 << n) - len(coefficients))
    for s in range(n, 0, -1):
        half, w = 1 << (s - 1), root(s)
        twiddles, t = [], 1
        for _ in range(half):
            twiddles.append(t)
            t = t * w % P
        out = []
        for at in range(0, len(v), 2 * half):
            lo, hi = v[at:at + half], v[at + half:at + 2 * half]
            out += [(x + y) % P for x, y in zip(lo, hi)]
            out += [(x - y) * t % P for x, y, t in zip(lo, hi, twiddles)]
        v = out
    return v


class Tree:
    """The commitment of one round to a vector of base (ints) or extension elements."""

    def __init__(self, vector, k, n, first_word=lambda w: w):
        size = len(vector) >> k
        columns = []
        for a in range(1 << k):
            word = vector[a * size:(a + 1) * size]
            parts = [word] if isinstance(word[0], int) else [list(c) for c in zip(*word)]
            columns += [encode_word(part, n) for part in parts]
        self.leaves = [pack("<I", first_word(row[0])) + pack("<%dI" % (len(row) - 1), *row[1:])
                       for row in zip(*columns)]
        self.levels = [[blake3.keyed(merkle.K_LEAF, leaf) for leaf in self.leaves]]
        while len(self.levels[-1]) > 1:
            last = self.levels[-1]
            self.levels.append([blake3.keyed(merkle.K_NODE, last[i] + last[i + 1])
                                for i in range(0, len(last), 2)])
        self.root = self.levels[-1][0]

    def open(self, drawn):
        known = sorted(set(drawn))
        leaves, path = b"".join(self.leaves[i] for i in known), b""
        for level in self.levels[:-1]:
            have = set(known)
            path += b"".join(level[i ^ 1] for i in known if i ^ 1 not in have)
            known = sorted({i >> 1 for i in known})
        return leaves, path


class Prover(Transcript):
    """A transcript that writes; `lie` is the name of the one thing done wrong."""

    found = {}  # nonces; lies share the transcript up to where they begin

    def __init__(self, state, lie):
        super().__init__(None)
        self.state, self.lie, self.out = state, lie, b""

    def send(self, label, data):
        self.absorb(label, data)
        self.out += data

    def send_ext(self, label, elements):
        words = [w for e in elements for w in e]
        if self.lie == label + " not canonical":
            words[0] += P
        self.send(label, pack("<%dI" % len(words), *words))

    def nonce(self, label, bits, skip=0):
        """The least good nonce, or the next one, or with a lie the least bad one."""
        if not bits:
            return
        head = bytes((LABEL[label], GRIND)) + u64(16) + u64(bits)
        key, mask = unpack("<8I", self.state), (1 << bits) - 1
        want_bad = self.lie == label + " skipped"
        skip += self.lie == label + " second least"
        nonce, memo = 0, (self.state, bits, want_bad, skip)
        while memo not in self.found:
            block = unpack("<16I", (head + u64(nonce)).ljust(64, b"\0"))
            out = blake3.compress(key, block, 0, 26, 1 | 2 | blake3.ROOT | blake3.KEYED)
            if ((out[8] | out[9] << 32) & mask != 0) == want_bad:
                if not skip:
                    self.found[memo] = nonce
                skip -= 1
            nonce += 1
        nonce = self.found[memo]
        self._frame(label, GRIND, u64(bits) + u64(nonce))
        self.out += u64(nonce)


def prove(tr, schedule, f, blocks, r, gamma):
    """One WHIR instance, with at most one lie, told in the first place that has room for it."""
    g, weight = [base(c) for c in f], [ZERO] * len(f)
    for s, (h, b) in zip(powers(gamma, len(blocks)), blocks):
        for i, e in enumerate(eq_table(r[len(r) - h:])):
            weight[(b << h) + i] = mul(s, e)
    first = schedule.rounds[0]
    tree = Tree(f, first.k, first.mu - first.k + first.lr)
    committed = tree.root
    for i, rd in enumerate(schedule.rounds):
        own = []
        for _ in range(rd.k):
            half = len(g) // 2
            e0 = e2 = ZERO
            for x in range(half):
                w0, w1 = weight[x], weight[x + half]
                if w0 != ZERO or w1 != ZERO:
                    e0 = add(e0, mul(g[x], w0))
                    e2 = add(e2, mul(sub(scale(g[x + half], 2), g[x]), sub(scale(w1, 2), w0)))
            if tr.lie == "false round polynomial":
                e0, tr.lie = add(e0, ONE), None
            tr.send_ext("WHIR_ROUND", [e0, e2])
            tr.nonce("WHIR_FOLD_POW", rd.gf)
            c, = tr.challenge("WHIR_FOLD", 1)
            g = [lerp(g[x], g[x + half], c) for x in range(half)]
            weight = [lerp(weight[x], weight[x + half], c) for x in range(half)]
            own.append(c)
        last = i + 1 == len(schedule.rounds)
        if last:
            final = list(g)
            if tr.lie == "final polynomial off, claim kept":
                final[0], final[1] = add(g[0], weight[1]), sub(g[1], weight[0])
            tr.send_ext("WHIR_FINAL", final)
        else:
            nxt = schedule.rounds[i + 1]
            odd = (lambda w: w + P) if tr.lie == "leaves not canonical" else (lambda w: w)
            if tr.lie == "another polynomial in the next round":
                g = [add(g[0], ONE)] + g[1:]
            next_tree = Tree(g, nxt.k, nxt.mu - nxt.k + nxt.lr, odd)
            other = tr.lie == "root of another tree"
            tr.send("WHIR_ROOT", bytes((next_tree.root[0] ^ other,)) + next_tree.root[1:])
            samples = []
            if nxt.ood:
                flat = tr.challenge("WHIR_OOD", nxt.ood * nxt.mu)
                samples = [eq_table(flat[a:a + nxt.mu]) for a in range(0, len(flat), nxt.mu)]
                answers = [ZERO] * nxt.ood
                for a, table in enumerate(samples):
                    for x, e in zip(g, table):
                        answers[a] = add(answers[a], mul(x, e))
                if tr.lie == "false out-of-domain answer":
                    answers[0] = add(answers[0], ONE)
                tr.send_ext("WHIR_OOD_ANS", answers)
        tr.nonce("WHIR_QUERY_POW", rd.gq)
        n = rd.mu - rd.k + rd.lr
        drawn = tr.indices("WHIR_QUERY", rd.t, n)
        leaves, path = tree.open(drawn)
        tr.send("WHIR_OPEN", leaves)
        tr.send("WHIR_PATH", path)
        if last:
            return committed
        xi, = tr.challenge("WHIR_MIX", 1)
        points = [pow(root(n), reverse_bits(j, n), P) for j in drawn]
        tables = [(s, t) for s, t in zip(powers(xi, 1 + nxt.ood)[1:], samples)]
        for s, table in tables:
            weight = [add(w, mul(s, e)) for w, e in zip(weight, table)]
        xis = powers(xi, 1 + nxt.ood + rd.t)[1 + nxt.ood:]
        for s, x in zip(xis, points):
            power = s
            for y in range(len(weight)):
                weight[y] = add(weight[y], power)
                power = scale(power, x)
        tree = next_tree


GOOD = ("WHIR_FOLD_POW second least", "WHIR_QUERY_POW second least")
BAD = ("WHIR_FOLD_POW skipped", "WHIR_QUERY_POW skipped", "false round polynomial",
       "final polynomial off, claim kept", "another polynomial in the next round",
       "root of another tree", "false out-of-domain answer", "leaves not canonical",
       "WHIR_ROUND not canonical", "WHIR_OOD_ANS not canonical", "WHIR_FINAL not canonical")


def capture(spec, data, key):
    """What the verifier knows where the image opening begins."""
    calls, real = [], whir.verify

    def spy(tr, schedule, commitment, blocks, values, r, gamma):
        calls.append((tr.state, len(data) - tr.source.left, schedule, commitment, blocks, r, gamma))
        real(tr, schedule, commitment, blocks, values, r, gamma)

    whir.verify = spy
    code, reason, _ = verdict(spec, io.BytesIO(data), key)
    whir.verify = real
    if code != ACCEPTED:
        raise SystemExit(reason)
    return calls[1]


def main(argv):
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("proof", "key", "elf"):
        cli.add_argument(name, type=Path)
    cli.add_argument("--binary", help="the command socle, to compare with")
    cli.add_argument("--spec", default=DOCS)
    cli.add_argument("--only", action="append", help="one lie by name; may be repeated")
    args = cli.parse_args(argv)
    spec, data, key = proof.Spec(args.spec), args.proof.read_bytes(), args.key.read_bytes()
    state, start, schedule, commitment, blocks, r, gamma = capture(spec, data, key)
    f = image_polynomial(args.elf.read_bytes(), blocks[0].h)
    wrong = 0
    with tempfile.TemporaryDirectory() as tmp:
        path = Path(tmp) / "x.proof"
        for lie in (None,) + GOOD + BAD:
            if args.only and lie not in args.only or lie and not may(schedule, lie):
                continue
            tr = Prover(state, lie)
            root_now = prove(tr, schedule, f, blocks, r, gamma)
            forged = data[:start] + tr.out
            code, reason, _ = verdict(spec, io.BytesIO(forged), key)
            fine = (code == ACCEPTED) == (lie is None or lie in GOOD)
            if lie is None:
                fine &= root_now == commitment and forged == data
            text = ""
            if args.binary:
                path.write_bytes(forged)
                got, _, words = run_binary(args.binary, path, args.key)
                fine &= (got == ACCEPTED) == (code == ACCEPTED) and got in (0, 3, 9)
                text = "; binary %d %s" % (got, words)
            wrong += not fine
            print("%s %s: %s%s" % ("ok  " if fine else "WRONG", lie or "honest", reason, text),
                  flush=True)
    return 1 if wrong else 0


def may(schedule, lie):
    """Is there room for this lie in the schedule?"""
    if "FOLD_POW" in lie:
        return any(rd.gf for rd in schedule.rounds)
    if "OOD" in lie or "domain" in lie:
        return any(rd.ood for rd in schedule.rounds)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
