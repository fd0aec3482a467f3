#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Unit tests of the model. Set SOCLE_MODEL_PROOFS to a folder of NAME.proof with NAME.vk to run the
tests on real proofs too; SOCLE_MODEL_SEED repeats a run."""

import io
import math
import os
import random
import re
import types
import unittest
from pathlib import Path

import argument
import blake3
import field
import layout
import listing
import merkle
import parameters
import proof
import transcript
import whir
from argument import add_fraction, compress_tuple, memory_terms, state_terms, sum_fractions
from field import ONE, P, ZERO, add, base, eq, eq_bits, eq_table, inv, mle, mul, scale, sub
from layout import Block, Chunk
from transcript import Malformed, Refused
from verify import ACCEPTED, DOCS, MALFORMED, REFUSED, verdict

SEED = int(os.environ.get("SOCLE_MODEL_SEED", random.SystemRandom().randrange(1 << 32)))
rng = random.Random(SEED)

# Origin: test_vectors/test_vectors.json of github.com/BLAKE3-team/BLAKE3 (CC0-1.0 or Apache-2.0),
# copied by hand: first bytes of hash, keyed_hash, derive_key; input byte i is i mod 251.
BLAKE3_KEY = b"whats the Elvish word for friend"
BLAKE3_CONTEXT = "BLAKE3 2019-12-27 16:29:52 test vectors context"
BLAKE3_VECTORS = {
    0: ("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262e00f03e7b69af26b7faa"
        "f09fcd333050338ddfe085b8cc869ca98b206c08243a26f5487789e8f660afe6c99ef9e0c52b92e73930"
        "24a80459cf91f476f9ffdbda7001c22e159b402631f277ca96f2defdf1078282314e763699a31c536316"
        "5421cce14d",
        "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26",
        "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"),
    1: ("2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
        "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b",
        "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"),
    1023: ("10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
           "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e",
           "74a16c1c3d44368a86e1ca6df64be6a2f64cce8f09220787450722d85725dea5"),
    1024: ("42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
           "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4",
           "7356cd7720d5b66b6d0697eb3177d9f8d73a4a5c5e968896eb6a689684302706"),
    1025: ("d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
           "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69",
           "effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb"),
    3073: ("7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd39a27ae3b79d68d89da9b"
           "f25bc27139ae65a324918a5f9b7828181e52cf373c84f35b639b7fccbb985b6f2fa56aea0c18f5312034"
           "97b8bbd3a07ceb5926f1cab74d14bd66486d9a91eba99059a98bd1cd25876b2af5a76c3e9eed554ed72e"
           "a952b603bf",
           "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a",
           "72613c9ec9ff7e40f8f5c173784c532ad852e827dba2bf85b2ab4b76f7079081"),
    6145: ("f1323a8631446cc50536a9f705ee5cb619424d46887f3c376c695b70e0f0507f",
           "9ac301e9e39e45e3250a7e3b3df701aa0fb6889fbd80eeecf28dbc6300fbc539",
           "379bcc61d0051dd489f686c13de00d5b14c505245103dc040d9e4dd1facab8e5"),
}


def ext():
    return tuple(rng.randrange(P) for _ in range(5))


def exts(n):
    return [ext() for _ in range(n)]


def dot(a, b):
    total = ZERO
    for x, y in zip(a, b):
        total = add(total, mul(x, y))
    return total


def bits(i, n):
    """Index i as a point of n coordinates, X_1 first."""
    return [ONE if i >> (n - 1 - k) & 1 else ZERO for k in range(n)]


def bind(values, c):
    half = len(values) // 2
    return [field.lerp(values[i], values[i + half], c) for i in range(half)]


class FieldTest(unittest.TestCase):
    def test_product_is_the_polynomial_product_reduced(self):
        for _ in range(50):
            a, b = ext(), ext()
            c = [0] * 9
            for i in range(5):
                for j in range(5):
                    c[i + j] += a[i] * b[j]
            for i in range(8, 4, -1):  # x^i = x^(i-5) - x^(i-3)
                c[i - 5] += c[i]
                c[i - 3] -= c[i]
            self.assertEqual(mul(a, b), tuple(v % P for v in c[:5]))

    def test_extension_is_a_field(self):
        x = (0, 1, 0, 0, 0)
        y = x
        for _ in range(5):  # x has degree 5 over Fp, a prime: no proper factor of the modulus
            y = field.power(y, P)
        self.assertEqual(y, x)
        self.assertNotEqual(field.power(x, P), x)
        mul(sub(field.power(x, P), x), inv(sub(field.power(x, P), x)))
        a = ext()
        self.assertEqual(mul(a, inv(a)), ONE)

    def test_roots_have_their_order(self):
        for n in range(1, 25):
            self.assertEqual(pow(field.root(n), 1 << (n - 1), P), P - 1)

    def test_eq_table_bits_and_mle_agree_with_the_definition(self):
        r, v = exts(4), exts(16)
        table = eq_table(r)
        for i in range(16):
            self.assertEqual(table[i], eq(r, bits(i, 4)))
            self.assertEqual(table[i], eq_bits(i, r))
        self.assertEqual(mle(v, r), dot(table, v))
        for c in r:
            v = bind(v, c)
        self.assertEqual(v, [dot(table, v) if len(v) > 1 else v[0]])

    def test_interpolation_and_horner(self):
        coefficients, x = exts(5), rng.randrange(P)
        values = [field.horner(coefficients, i) for i in range(5)]
        self.assertEqual(field.interpolate(values, base(x)), field.horner(coefficients, x))


class Blake3Test(unittest.TestCase):
    def test_published_vectors(self):
        for n, (plain, keyed, derived) in BLAKE3_VECTORS.items():
            data = bytes(i % 251 for i in range(n))
            size = len(plain) // 2
            self.assertEqual(blake3.digest(data, size).hex(), plain)
            self.assertEqual(blake3.keyed(BLAKE3_KEY, data).hex(), keyed)
            self.assertEqual(blake3.derive_key(BLAKE3_CONTEXT, data).hex(), derived)


class TranscriptTest(unittest.TestCase):
    def test_challenges_are_the_residues_of_the_stream(self):
        for n in (1, 3, 400):
            tr = transcript.Transcript(None)
            state = tr.state
            frame = bytes((9, 1)) + (8).to_bytes(8, "little") + n.to_bytes(8, "little")
            out = blake3.keyed(state, frame, 32 + 40 * n)
            words = [int.from_bytes(out[i:i + 4], "little") & 0x7FFFFFFF
                     for i in range(32, len(out), 4)]
            words = [w for w in words if w < P][:5 * n]
            self.assertEqual([w for e in tr.challenge("ALPHA", n) for w in e], words)
            self.assertEqual(tr.state, out[:32])

    def test_a_short_stream_is_extended(self):
        tr, n = transcript.Transcript(None), 2000  # 10000 words: about 78 are skipped, 24 spare
        got = tr.challenge("ALPHA", n)
        self.assertEqual(len(got), n)

    def test_grinding_demands_zeros(self):
        for g in (1, 4):
            passed = 0
            for i in range(64):
                tr = transcript.Transcript(proof.Source(io.BytesIO(i.to_bytes(8, "little"))))
                try:
                    tr.grind("LOGUP_POW", g)
                    passed += 1
                except Refused:
                    pass
            self.assertTrue(0 < passed < 64)

    def test_residues_are_canonical(self):
        self.assertEqual(transcript.decode_base((P - 1).to_bytes(4, "little")), (P - 1,))
        for bad in (P, P + 1, 0xFFFFFFFF):
            with self.assertRaises(Malformed):
                transcript.decode_base(bad.to_bytes(4, "little"))


class MerkleTest(unittest.TestCase):
    def tree(self, depth, leaves):
        levels = [[blake3.keyed(merkle.K_LEAF, x) for x in leaves]]
        for _ in range(depth):
            last = levels[-1]
            levels.append([blake3.keyed(merkle.K_NODE, last[i] + last[i + 1])
                           for i in range(0, len(last), 2)])
        return levels

    def opening(self, levels, indices):
        out = []
        for level in levels[:-1]:
            known = sorted(set(indices))
            out += [level[i ^ 1] for i in known if i ^ 1 not in known]
            indices = [i >> 1 for i in known]
        return out

    def test_openings_of_every_index_set_of_a_small_tree(self):
        leaves = [bytes((i, 7)) for i in range(8)]
        levels = self.tree(3, leaves)
        for mask in range(1, 256):
            indices = [i for i in range(8) if mask >> i & 1]
            path = self.opening(levels, indices)
            own = [leaves[i] for i in indices]
            self.assertEqual(len(path), merkle.siblings(indices, 3))
            self.assertEqual(merkle.root_of(indices, own, path, 3), levels[-1][0])
            if path:
                path[-1] = bytes(32)
                self.assertNotEqual(merkle.root_of(indices, own, path, 3), levels[-1][0])


def segment_shape(machine):
    """The smallest lists of main tables in a segment."""
    return [[t.log_height] if t.log_height is not None and t.name != "REGS" else [] for t in machine.main]


class LayoutTest(unittest.TestCase):
    def test_exactly_the_chunk_lists_of_the_specification(self):
        for t in range(4, 9):
            for good in ([], [t], [t, t - 1], [t, t - 2], [t, t - 1, t - 2], [t + 7, t], [t + 5, t + 1, t], [t + 9, t + 8, t + 2, t]):
                self.assertEqual(layout.is_chunk_list(good), all(e >= 4 for e in good))
            for bad in ([t, t], [t, t + 1], [t, 3], [t + 2, t, t + 1], [t + 1, t, t], [t + 2, t + 1, t, t],
                        [t + 4, t + 3, t + 2, t + 1, t], [3], [4, 3]):
                self.assertFalse(layout.is_chunk_list(bad))

    def test_every_row_count_has_a_chunk_list(self):
        for rows in range(1, 3000):
            top = 1 << rows.bit_length() - 1
            step = max(16, min(top // 4, max(top // 64, 1 << 11)))
            size = next(n for n in range((rows + step - 1) // step * step, 2 * rows + step, step) if bin(n).count("1") <= 4)
            self.assertTrue(layout.is_chunk_list([i for i in range(20, -1, -1) if size >> i & 1]))

    def test_column_and_leaf_claims_against_vectors(self):
        def table(columns, uses):
            return types.SimpleNamespace(columns=[0] * columns, is_global=[False] * uses, log_height=None,
                                         takes_state=True, name="T")
        machine = types.SimpleNamespace(tables=[table(3, 2), table(2, 5), table(8, 1), table(4, 3)])
        lay = layout.Layout(machine, [[5, 4], [6]], 8)
        self.assertEqual(lay.chunks, [Chunk(1, 0, 6), Chunk(0, 0, 5), Chunk(0, 1, 4)])
        self.assertEqual(next(iter(lay.leaves.places)), Chunk(2, 0, 8))
        self.assertEqual((lay.m0, lay.image_m0, lay.height, lay.leaves.n), (16, 16, 8, 10))
        self.assertIsNone(lay.global_leaves)
        self.assertEqual(lay.steps, 4 * (64 + 32 + 16))
        columns = [exts(1 << b.h) for b in lay.columns]
        stacked = [v for c in columns for v in c]
        for block, column in zip(lay.columns, columns):
            self.assertEqual(stacked[block.b << block.h:(block.b + 1) << block.h], column)
        self.leaf_claim(lay.leaves)

    def leaf_claim(self, leaves):
        """The extension of the leaf vector from those of its blocks."""
        n, rho = leaves.n, exts(leaves.n)
        parts = [exts(1 << b.h) for b in leaves.blocks]
        vector = [v for part in parts for v in part]
        vector += [ZERO] * ((1 << n) - len(vector))
        bus, total, part = argument.Bus(leaves, ZERO, [], (rho, ZERO, ZERO)), ZERO, iter(parts)
        for chunk, weights in bus.weights.items():
            for _, w in weights:
                total = add(total, mul(w, mle(next(part), rho[n - chunk.h:])))
        self.assertEqual(total, mle(vector, rho))

    def test_the_leaves_of_a_set_are_local_or_global(self):
        machine = proof.Spec(DOCS).machine
        lists = segment_shape(machine)
        lists[0] = [6]
        lay = layout.Layout(machine, lists, None, [9, 7])
        self.assertEqual([c.h for c in lay.boundary], [9, 7])
        self.assertEqual(lay.all_chunks, lay.chunks + lay.boundary)
        self.assertEqual((lay.boundary_m0, lay.global_leaves.n), (16, 12))
        self.assertEqual(lay.boundary_m0, layout.boundary_m0(machine, [9, 7]))
        self.assertEqual([[use for use, _ in p] for p in lay.global_leaves.places.values()], [[5, 6, 7, 8]] * 2)
        self.assertEqual([[use for use, _ in lay.leaves.places[c]] for c in lay.boundary], [[0, 1, 2, 3, 4]] * 2)
        order = [(c.h, machine.tables[c.table].name) for c in lay.leaves.places]
        self.assertEqual(order, [(16, "U16T"), (16, "BYTET"), (9, "BOUNDARY"), (7, "POW2T"), (7, "BOUNDARY"), (6, "ADD")])
        self.leaf_claim(lay.global_leaves)
        self.assertEqual(layout.Layout(machine, lists, None, [17]).height, 17)

    def test_which_tables_a_proof_may_have(self):
        machine = proof.Spec(DOCS).machine
        names = [t.name for t in machine.main]
        fixed = {t.name: [t.log_height] for t in machine.main if t.log_height is not None}
        memory = {"INITFINAL": [4], "REGS": [6], "U16T": [16], "BYTET": [16], "POW2T": [7]}
        for image_h, boundary, must in ((8, (), fixed), (8, (4,), fixed),
                                        (None, (4,), {n: h for n, h in fixed.items() if n != "REGS"})):
            base_lists = [must.get(n, []) for n in names]
            layout.Layout(machine, base_lists, image_h, boundary)
            for i, name in enumerate(names):
                if name in fixed:
                    good, lists = name not in must, []
                elif not boundary:
                    good, lists = True, [4]
                else:
                    good, lists = (name in memory) if image_h else name not in ("INITFINAL", "REGS"), [4]
                changed = base_lists[:i] + [lists] + base_lists[i + 1:]
                if good:
                    layout.Layout(machine, changed, image_h, boundary)
                else:
                    with self.assertRaises(Refused, msg=name):
                        layout.Layout(machine, changed, image_h, boundary)
        with self.assertRaises(Refused):  # REGS in a segment
            layout.Layout(machine, [fixed.get(n, []) for n in names], None, (4,))

    def test_chunk_lists_of_boundary(self):
        machine = proof.Spec(DOCS).machine
        for good, m0 in (([4], 16), ([12], 16), ([12, 10], 17), ([13, 12], 18), ([14, 13, 12], 19), ([30, 29], 35)):
            self.assertEqual(layout.boundary_m0(machine, good), m0)
        for bad in ([], [3], [5, 5], [31], [64], [255], [255, 254]):
            with self.assertRaises(Refused):
                layout.boundary_m0(machine, bad)

    def test_fixed_heights_and_limits(self):
        machine = proof.Spec(DOCS).machine
        shape = [[t.log_height] if t.log_height is not None else [] for t in machine.main]
        layout.Layout(machine, shape, 8)
        for t in [t for t, table in enumerate(machine.main) if table.log_height is not None]:
            for bad in ([], [shape[t][0] + 1], shape[t] * 2):
                with self.assertRaises(Refused):
                    layout.Layout(machine, shape[:t] + [bad] + shape[t + 1:], 8)
        with self.assertRaises(Refused):
            layout.Layout(machine, [[255]] + shape[1:], 8)


class ListingTest(unittest.TestCase):
    def setUp(self):
        self.text = (Path(DOCS) / "constraints.txt").read_text()
        self.machine = listing.Machine(self.text)

    def test_digest_and_counts_are_those_of_the_commentary(self):
        self.assertIn("machine digest " + self.machine.digest.hex(), self.text)
        said = re.findall(r"^table (\w+).*; (\d+) columns, (\d+) constraints, (\d+) bus uses",
                          self.text, re.M)
        self.assertEqual([(t.name, str(len(t.columns)), str(len(t.constraints)), str(len(t.uses)))
                          for t in self.machine.tables], said)

    def test_commentary_is_no_part_of_the_digest(self):
        again = "\n".join(line + " ; x" for line in self.text.splitlines()) + "\n\n; y\n"
        self.assertEqual(listing.Machine(again).digest, self.machine.digest)
        self.assertNotEqual(listing.Machine(self.text.replace("65536", "65537", 1)).digest,
                            self.machine.digest)

    def test_expressions_agree_with_python(self):
        names = re.compile(r"\$\d+|[A-Za-z_]\w*(?:\[\d+\])?")
        for body in re.split(r"^table ", self.text, flags=re.M)[1:]:
            table = next(t for t in self.machine.tables if t.name == body.split()[0])
            cells = {n: rng.randrange(P) for n in table.columns + table.closed}
            lines = [line.split(";")[0].strip() for line in body.splitlines()[1:]]

            definitions = dict(line.split(" = ", 1) for line in lines
                               if line.startswith(("$", "real ")))

            def cell(match):
                name = match[0]
                if name not in cells:
                    cells[name] = value(definitions[name])
                return str(cells[name])

            def value(text):
                text = re.sub(r"/ (\d+)", lambda m: "* %d" % pow(int(m[1]), -1, P), text)
                return eval(names.sub(cell, text)) % P

            want = [value(line[3:]) for line in lines if line.startswith("0 = ")]
            order = table.columns + table.closed
            values = [base(cells[n]) for n in order]
            split = len(table.columns)
            constraints, uses = table.evaluate(values[:split], values[split:])
            self.assertEqual(constraints, [base(v) for v in want])
            lines = [line for line in lines if line.split(" ")[0] in listing.USES]
            self.assertEqual(len(uses), len(lines))
            for line, (sign, selector, slots) in zip(lines, uses):
                self.assertEqual(sign, 1 if line.split()[0] in ("send", "query") else -1)
                self.assertLessEqual(len(slots), listing.SLOTS)
                last = line.rstrip(")").split(", ")[-1]
                if last.count("(") == last.count(")"):
                    self.assertEqual(listing._ext(slots[-1]), base(value(last)))

    def test_closed_columns_agree_with_their_tables(self):
        rows = {
            "REGS": (6, [lambda i: i, lambda i: int(i < 33)]),
            "U16T": (16, [lambda i: i]),
            "BYTET": (16, [lambda i: i >> 8, lambda i: i & 255, lambda i: i >> 8 & i & 255]),
            "POW2T": (7, [lambda i: i, lambda i: 1 << (8 - i % 8 if i >= 64 else i % 8),
                          lambda i: i % 64 // 8]),
        }
        for table in self.machine.main:
            if table.closed:
                n, functions = rows.pop(table.name)
                self.assertEqual(table.log_height, n)
                r = exts(n)
                weights = eq_table(r)
                for got, f in zip(listing.closed_values(table, r, 0), functions, strict=True):
                    want = [sum(w[k] * f(i) for i, w in enumerate(weights)) % P for k in range(5)]
                    self.assertEqual(got, tuple(want))
        self.assertFalse(rows)
        for index in (0, 1, 7):
            values = listing.closed_values(self.machine.tables[-1], exts(3), index)
            self.assertEqual(values, [base(index), base(int(index == 0))])


class ArgumentTest(unittest.TestCase):
    def test_sum_of_fractions(self):
        alpha, beta = ext(), exts(16)
        terms = [*state_terms((4, 64), (4000, 99), True), *memory_terms((511, P - 1), b"twelve bytes")]
        self.assertEqual(terms[:2], [(1, (1, 4, 64, 0)), (-1, (1, 4000, 99, 1))])
        self.assertEqual(list(state_terms((4, 9), (8, 10), False))[1], (-1, (1, 8, 10, 0)))
        self.assertEqual(terms[6:8], [(1, (5, 2, P - 1)), (-1, (5, 2, 2))])
        self.assertEqual(len(terms), 2 + 6 + 3)
        self.assertEqual(terms[-3:], [(-1, (6, 0, 12, 0, 0, 0)),
                                      (-1, (6, 1, 0x7774, 0x6C65, 0x6576, 0x6220)),
                                      (-1, (6, 2, 0x7479, 0x7365, 0, 0))])
        total = ZERO
        for sign, values in terms:
            total = add(total, scale(inv(compress_tuple(alpha, beta, values)), sign))
        n, d = sum_fractions(alpha, beta, terms)
        self.assertEqual(mul(n, inv(d)), total)
        n, d = add_fraction((n, d), (d, n))
        self.assertEqual(mul(n, inv(d)), add(total, inv(total)))


class WhirTest(unittest.TestCase):
    N, LAST = 7, 3

    def bound(self, weight, c):
        for x in c:
            weight = bind(weight, x)
        return weight

    def test_column_weights_against_the_vector(self):
        n, last = self.N, self.LAST
        c, g, r = exts(n - last), exts(1 << last), exts(n + 1)
        blocks = [Block(6, 0), Block(4, 4), Block(3, 10), Block(2, 23), Block(1, 49), Block(0, 101)]
        scalars = exts(len(blocks))
        weight = [ZERO] * (1 << n)
        for s, (h, b) in zip(scalars, blocks):
            for i, e in enumerate(eq_table(r[len(r) - h:])):
                weight[(b << h) + i] = add(weight[(b << h) + i], mul(s, e))
        want = dot(self.bound(weight, c), g)
        self.assertEqual(whir.pair_columns(blocks, scalars, r, c, g), want)

    def test_sample_and_query_weights_against_the_vector(self):
        n, last = self.N, self.LAST
        c, g = exts(n - last), exts(1 << last)
        z, x = exts(n), rng.randrange(P)
        self.assertEqual(whir.pair_sample(z, c, g), dot(self.bound(eq_table(z), c), g))
        weight = [base(pow(x, i, P)) for i in range(1 << n)]
        self.assertEqual(whir.pair_query(x, c, g), dot(self.bound(weight, c), g))

    def test_a_folded_leaf_is_a_value_of_the_folded_word(self):
        k, n = 2, 3  # 2^k words of 2^n coefficients, code of length 2^(n + 1)
        v, c = [rng.randrange(P) for _ in range(1 << (k + n))], exts(k)
        words = [v[a << n:(a + 1) << n] for a in range(1 << k)]
        folded = [base(x) for x in v]
        for x in c:
            folded = bind(folded, x)
        for j in range(1 << (n + 1)):
            x = pow(field.root(n + 1), field.reverse_bits(j, n + 1), P)
            leaf = [sum(a * pow(x, i, P) for i, a in enumerate(w)) % P for w in words]
            want = field.horner(folded, x)
            self.assertEqual(whir.fold_leaf(eq_table(c), leaf), want)
            self.assertEqual(whir.fold_leaf(eq_table(c), [base(y) for y in leaf]), want)


class FilesTest(unittest.TestCase):
    def test_schedules_are_complete_and_digests_differ(self):
        profiles = list(proof.Spec(DOCS).profiles.values())
        self.assertEqual([p.name for p in profiles], ["socle-132", "socle-132-unique", "socle-132-small"])
        for p in profiles:
            for part in ("main", "image", "boundary"):
                group = p.list_of(part)
                self.assertEqual(sorted(group), list(range(16, 31)))
                for m0, s in group.items():
                    parameters.check_schedule(s, part)
                    self.assertEqual(s.m0, m0)

    def test_every_error_term_is_at_least_132_bits(self):
        """The formulas of parameters.md section 1 over all schedules."""
        q = P ** 5

        def regime(r):  # agreement, list size, exceptional challenges of a word of length n
            rho, m = 2.0 ** -r.lr, r.m + 0.5
            if r.m == 0:
                return (1 + rho) / 2, 1, lambda n: (1 - rho) / 2 * n + 1
            agree = math.sqrt(rho) * (1 + 1 / (2 * r.m))
            factor = (2 * m ** 5 + 3 * m * (1 - agree) * rho) / (3 * rho ** 1.5)
            return agree, m / math.sqrt(rho), lambda n: factor * n + m / math.sqrt(rho)

        def terms(schedule, part):
            for i, r in enumerate(schedule.rounds):
                agree, size, a = regime(r)
                self.assertTrue(r.ood or r.m == 0 or (i == 0 and part != "boundary"))
                if i == 0 and part == "boundary":
                    yield size * 8192 / q
                for s in range(1, r.k + 1):
                    n = 2 ** (r.mu + r.lr - min(r.k, s))
                    yield (3 * size + a(n)) / q * 2.0 ** -r.gf
                yield agree ** r.t * 2.0 ** -r.gq
                if r.ood:
                    yield max(size ** 2 / 2 * (r.mu / q) ** r.ood,
                              size ** 2 * (2 ** (r.mu - 1) / q) ** r.ood)
                for nxt in schedule.rounds[i + 1:i + 2]:
                    yield regime(nxt)[1] * (r.t + nxt.ood) / q

        for p in proof.Spec(DOCS).profiles.values():
            buses = [2 ** 32 / q * 2.0 ** -p.logup_pow] + [2 / q] * 60 + [3 / q] * 435
            argument = buses + [8192 / q, 30 / q] + [4 / q] * 30 + [8192 / q] * 2
            groups = [[list(terms(s, part)) for s in p.list_of(part).values()] for part in ("main", "image", "boundary")]
            worst = max(argument + [t for g in groups for s in g for t in s])
            single = sum(argument) + sum(max(map(sum, g)) for g in groups[:2])
            of_set = single + sum(buses) + max(map(sum, groups[2]))
            self.assertGreater(-math.log2(worst), 132)
            self.assertGreater(-math.log2(single), 128)
            self.assertGreater(-math.log2(of_set), 128)

    def test_bad_keys_are_malformed(self):
        good = proof.KEY_MAGIC + proof.VERSION + bytes(32)
        self.assertEqual(proof.decode_key(good), bytes(32))
        for bad in (b"", good[:-1], good + b"\0", b"X" + good[1:], good[:8] + b"\1" + good[9:]):
            with self.assertRaises(Malformed):
                proof.decode_key(bad)

    def test_short_inputs_are_malformed(self):
        spec, key = proof.Spec(DOCS), proof.KEY_MAGIC + proof.VERSION + bytes(32)
        head = proof.PROOF_MAGIC + proof.VERSION + next(iter(spec.profiles))
        for data in (b"", head[:8], head[:12], head, head + bytes(36), head + bytes(2000), head + b"\1" + bytes(36),
                     head + b"\2" + bytes(2000)):
            self.assertEqual(verdict(spec, io.BytesIO(data), key)[0], MALFORMED)


PROOFS = sorted(Path(os.environ["SOCLE_MODEL_PROOFS"]).glob("*.proof")) \
    if "SOCLE_MODEL_PROOFS" in os.environ else []


@unittest.skipUnless(PROOFS, "SOCLE_MODEL_PROOFS names no folder with proofs")
class ProofTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spec = proof.Spec(DOCS)
        cls.files = [(p.read_bytes(), p.with_suffix(".vk").read_bytes()) for p in PROOFS]

    def verdict(self, data, key, log=None):
        return verdict(self.spec, io.BytesIO(data), key, log)

    def test_real_proofs_are_accepted_with_their_output(self):
        for path, (data, key) in zip(PROOFS, self.files):
            code, reason, output = self.verdict(data, key)
            self.assertEqual((code, reason), (ACCEPTED, "accepted"), path)
            out = path.with_suffix(".out")
            if out.exists():
                self.assertEqual(output, out.read_bytes())

    def test_left_over_and_missing_bytes_and_other_keys(self):
        data, key = self.files[0]
        self.assertEqual(self.verdict(data + b"\0", key)[0], MALFORMED)
        self.assertEqual(self.verdict(data[:-1], key)[0], MALFORMED)
        self.assertEqual(self.verdict(data + bytes(1 << 21), key)[0], MALFORMED)
        self.assertEqual(self.verdict(data, key[:-1] + bytes((key[-1] ^ 1,)))[0], MALFORMED)

    def test_one_changed_bit_in_any_message_is_refused(self):
        data, key = self.files[0]
        log = io.StringIO()
        self.verdict(data, key, log)
        at, kinds = 45, {}
        for label, kind, length, _ in (line.split() for line in log.getvalue().splitlines()):
            size = {"0": int(length), "3": 8}.get(kind, 0)
            if size and label not in ("1", "3"):
                kinds.setdefault(label, []).append((at, size))
                at += size
        self.assertEqual(at, len(data))
        for label, places in kinds.items():
            for start, size in {places[0], places[-1]}:
                i = start + rng.randrange(size)
                bad = data[:i] + bytes((data[i] ^ 1 << rng.randrange(8),)) + data[i + 1:]
                self.assertIn(self.verdict(bad, key)[0], (REFUSED, MALFORMED), "label " + label)


if __name__ == "__main__":
    print("seed %d" % SEED)
    unittest.main()
