#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Constants of BN254 and BLS12-381, derived from the parameter of each family; standard library only.

  tools/curves.py              write core/curve/{bn254,bls12_381}_{const,points}.h, bls12_381_map_const.h and kernels/kc/big_const.h
  tools/curves.py --check      exit 1 when the files differ from what is derived now

What cannot be derived (the generators; b and the twist's xi are choices of the curve's authors, the curves of the maps of RFC 9380 are
choices of its authors) stands in CURVES and is checked: on the curve, of order r; isogenous by the kernel. Facts that the C code relies on are asserted here, each beside the constant it makes safe.
"""
import math
import os
import sys

import isogeny

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")

CURVES = {
    "bn254": {
        "prefix": "BN", "family": "BN", "param": 4965661367192848881, "b": 3, "xi": (9, 1), "twist": "D",
        "g1": (1, 2),
        "g2": ((0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed,
                0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2),
               (0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa,
                0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b)),
    },
    "bls12_381": {
        "prefix": "BLS", "family": "BLS12", "param": -0xd201000000010000, "b": 4, "xi": (1, 1), "twist": "M",
        "g1": (0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb,
               0x08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1),
        "g2": ((0x024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8,
                0x13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e),
               (0x0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801,
                0x0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be)),
        # RFC 9380, section 8.8: y^2 = x^3 + a x + b with an isogeny of this degree onto the curve; its scale is sign / degree
        "maps": {
            "g1": {"a": 0x144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d,
                   "b": 0x12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0,
                   "z": 11, "degree": 11, "sign": 1},
            "g2": {"a": (0, 240), "b": (1012, 1012), "z": (-2, -1), "degree": 3, "kernel": (-6, 6), "sign": -1},
        },
    },
}


def is_prime(n):
    """Miller-Rabin with the first 40 primes as bases: a check of the parameter, not of an adversary's number."""
    bases = [q for q in range(2, 180) if all(q % k for k in range(2, q))][:40]
    if any(n % q == 0 for q in bases):
        return n in bases
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in bases:
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


class Fp2:
    """Fp[u] / (u^2 + 1)."""

    def __init__(self, p):
        self.p, self.q, self.zero, self.one = p, p * p, (0, 0), (1, 0)

    def of(self, v):
        return (v[0] % self.p, v[1] % self.p) if isinstance(v, tuple) else (v % self.p, 0)

    def add(self, a, b):
        return ((a[0] + b[0]) % self.p, (a[1] + b[1]) % self.p)

    def sub(self, a, b):
        return ((a[0] - b[0]) % self.p, (a[1] - b[1]) % self.p)

    def mul(self, a, b):
        return ((a[0] * b[0] - a[1] * b[1]) % self.p, (a[0] * b[1] + a[1] * b[0]) % self.p)

    def inv(self, a):
        n = pow(a[0] * a[0] + a[1] * a[1], -1, self.p)
        return (a[0] * n % self.p, -a[1] * n % self.p)

    def pow(self, a, e):
        r = (1, 0)
        while e:
            if e & 1:
                r = self.mul(r, a)
            a, e = self.mul(a, a), e >> 1
        return r


class Fp1:
    """The base field with the same calls."""

    def __init__(self, p):
        self.p, self.q, self.zero, self.one = p, p, 0, 1

    def of(self, v):
        return v % self.p

    def add(self, a, b):
        return (a + b) % self.p

    def sub(self, a, b):
        return (a - b) % self.p

    def mul(self, a, b):
        return a * b % self.p

    def inv(self, a):
        return pow(a, -1, self.p)

    def pow(self, a, e):
        return pow(a, e, self.p)


def point_add(k, a, b, coef=None):
    """a + b on y^2 = x^3 + coef x + ..., coef 0 when it is None; None is infinity."""
    if a is None or b is None:
        return b if a is None else a
    (x1, y1), (x2, y2) = a, b
    if x1 == x2:
        if y1 != y2:
            return None
        xx = k.mul(x1, x1)
        slope = k.add(k.add(xx, xx), xx)
        s = k.mul(slope if coef is None else k.add(slope, coef), k.inv(k.add(y1, y1)))
    else:
        s = k.mul(k.sub(y2, y1), k.inv(k.sub(x2, x1)))
    x3 = k.sub(k.sub(k.mul(s, s), x1), x2)
    return (x3, k.sub(k.mul(s, k.sub(x1, x3)), y1))


def point_mul(k, a, e, coef=None):
    r = None
    while e:
        if e & 1:
            r = point_add(k, r, a, coef)
        a, e = point_add(k, a, a, coef), e >> 1
    return r


class Out:
    """Lines of a header; every number of a field is written in Montgomery form unless it is said to be plain."""

    def __init__(self):
        self.lines = []

    def say(self, text=""):
        self.lines.append(text)

    def limbs(self, v, n):
        return "{" + ", ".join(f"0x{(v >> 64 * i) & (2**64 - 1):016x}" for i in range(n)) + "}"

    def words(self, name, v, n, why):
        self.say(f"/* {why} */")
        assert 0 <= v < 2**(64 * n), name
        self.say(f"static const uint64_t {name}[{n}] = {self.limbs(v, n)};")

    def value(self, v, n, p):
        if isinstance(v, tuple):
            return "{" + ", ".join("{" + self.limbs((x << 64 * n) % p, n) + "}" for x in v) + "}"
        return "{" + self.limbs((v << 64 * n) % p, n) + "}"

    def element(self, typ, name, v, n, p, why):
        self.say(f"/* {why} */")
        self.say(f"static const {typ} {name} = {self.value(v, n, p)};")

    def elements(self, typ, name, values, n, p, why):
        self.say(f"/* {why} */")
        self.say(f"static const {typ} {name}[{len(values)}] = {{{', '.join(self.value(v, n, p) for v in values)}}};")


def field(out, pre, name, p, why):
    """Everything that core/curve/mont.inc asks for."""
    n = (p.bit_length() + 63) // 64
    up = f"{pre}_{name}"
    assert p % 2 == 1 and p >> (64 * n - 1) == 0, "sums and products in n words need a free top bit"
    s, t = 0, p - 1
    while t % 2 == 0:
        s, t = s + 1, t // 2
    nqr = next(a for a in range(2, 100) if pow(a, (p - 1) // 2, p) == p - 1)
    root = pow(nqr, t, p)
    assert pow(root, 2**s, p) == 1 and pow(root, 2**(s - 1), p) == p - 1
    out.say(f"/* {why}: {p.bit_length()} bits, {n} limbs. p - 1 = 2^{s} t; {nqr} is the least non-residue. */")
    out.say(f"#define {up}_N {n}")
    out.say(f"#define {up}_BITS {p.bit_length()}")
    out.say(f"#define {up}_TWO_ADICITY {s}")
    out.say(f"#define {up}_NONRESIDUE {nqr}")
    out.say(f"#define {up}_INV 0x{-pow(p, -1, 2**64) % 2**64:016x}u /* -p^-1 mod 2^64 */")
    out.words(f"{up}_P", p, n, "p, plain")
    out.words(f"{up}_P_MINUS_2", p - 2, n, "plain exponent of the inverse")
    out.words(f"{up}_HALF", (p - 1) // 2, n, "(p - 1) / 2, plain: the greatest value that counts as positive")
    out.words(f"{up}_SQRT_E", (t - 1) // 2, n, "(t - 1) / 2, plain exponent of the square root")
    out.words(f"{up}_R1", (1 << 64 * n) % p, n, "R mod p: one")
    out.words(f"{up}_R2", (1 << 128 * n) % p, n, "R^2 mod p: into Montgomery form")
    limbs = 5 if n == 4 else 8
    assert p << (6 if name == "FP" else 4) < 1 << 52 * limbs, "below 2 p: (4 p)^2 / R' + p, and (8 p)^2 / R' + p for sums in Fp2"
    out.say(f"#define {up}_N52 {limbs} /* limbs of 52 bits in vector code, Montgomery with R' = 2^{52 * limbs} */")
    out.words(f"{up}_TO52", (1 << 104 * limbs - 64 * n) % p, n, "R'^2 / R, plain: a product there with this takes a R to a R'")
    out.words(f"{up}_ROOT", (root << 64 * n) % p, n, f"root of unity of order 2^{s}: {nqr}^t")
    out.say()


def primes(c):
    """(p, r, trace) of a family at its parameter."""
    x = c["param"]
    if c["family"] == "BN":
        return 36*x**4 + 36*x**3 + 24*x**2 + 6*x + 1, 36*x**4 + 36*x**3 + 18*x**2 + 6*x + 1, 6*x**2 + 1
    r = x**4 - x**2 + 1
    assert (x - 1)**2 * r % 3 == 0
    return (x - 1)**2 * r // 3 + x, r, x + 1


def headers(key):
    c = CURVES[key]
    pre, x, b, xi = c["prefix"], c["param"], c["b"], c["xi"]
    low = pre.lower()
    p, r, tr = primes(c)
    assert is_prime(p) and is_prime(r) and (p + 1 - tr) % r == 0
    assert p % 4 == 3 and p % 6 == 1, "square roots by one power; u^2 = -1 is irreducible; beta exists"
    n = (p.bit_length() + 63) // 64
    f2 = Fp2(p)
    assert f2.pow(xi, (p * p - 1) // 2) != (1, 0) and f2.pow(xi, (p * p - 1) // 3) != (1, 0), "v^3 - xi and w^2 - v are irreducible"
    b2 = f2.mul((b, 0), f2.inv(xi) if c["twist"] == "D" else xi)

    def begin(name, what):
        out = Out()
        out.say("/* SPDX-License-Identifier: MIT OR Apache-2.0")
        out.say(" *")
        out.say(f" * {what}")
        sign = "-" if x < 0 else ""
        out.say(f" * Generated by tools/curves.py from the parameter {sign}0x{abs(x):x} of the {c['family']} family; do not edit.")
        out.say(" * Limbs are little-endian; elements are in Montgomery form.")
        out.say(" */")
        out.say(f"#ifndef SC_CURVE_{key.upper()}_{name}_H")
        out.say(f"#define SC_CURVE_{key.upper()}_{name}_H")
        out.say()
        return out

    out = begin("CONST", "Constants of the two fields.")
    out.say("#include <stdint.h>")
    out.say()
    field(out, pre, "FP", p, "Base field")
    field(out, pre, "FR", r, "Scalar field, the order of G1, G2 and GT")
    out.say("#endif")
    points = begin("POINTS", "Constants of the curve, its twist, endomorphisms and tower.")
    points.say(f'#include "core/curve/{key}.h"')
    points.say()
    curve(points, c, pre, low, x, p, r, tr, n, f2, b2)
    points.say()
    points.say("#endif")
    files = {f"{key}_const.h": wrapped(out), f"{key}_points.h": wrapped(points)}
    if "maps" in c:
        out = begin("MAP_CONST", "Constants of the maps of field elements to points, RFC 9380.")
        out.say(f'#include "core/curve/{key}.h"')
        for name, m in c["maps"].items():
            k, target = (f2, b2) if name == "g2" else (Fp1(p), b)
            map_to_curve(out, f"{pre}_{name.upper()}_MAP", f"struct {low}_fp2" if name == "g2" else f"struct {low}_fp", k, n, m, target,
                         p + 1 - tr)
        out.say()
        out.say("#endif")
        files[f"{key}_map_const.h"] = wrapped(out)
    return files


def kernel_of_order(k, m, order):
    """Abscissas of the subgroup of order `degree` that a rational point generates, one for each pair; order is that of the curve."""
    a, b, ell = m["a"], m["b"], m["degree"]
    while order % ell == 0:
        order //= ell
    for x in range(1, 100):
        rhs = k.add(k.mul(k.add(k.mul(x, x), a), x), b)
        y = k.pow(rhs, (k.q + 1) // 4)
        if k.mul(y, y) != rhs:
            continue
        point = point_mul(k, (x, y), order, a)
        while point is not None and point_mul(k, point, ell, a) is not None:
            point = point_mul(k, point, ell, a)
        if point is not None:
            return [point_mul(k, point, i, a)[0] for i in range(1, (ell + 1) // 2)]
    raise AssertionError("no point of that order")


def map_to_curve(out, up, typ, k, n, m, b_target, order):
    """Simple SWU onto y^2 = x^3 + a x + b and an isogeny from there: what core/curve/map.inc asks for."""
    a, b, z, ell = k.of(m["a"]), k.of(m["b"]), k.of(m["z"]), m["degree"]
    is_square = lambda v: k.pow(v, (k.q - 1) // 2) != k.sub(k.zero, k.one)
    assert a != k.zero and b != k.zero and not is_square(z) and z != k.sub(k.zero, k.one), "criteria 1 and 2 of RFC 9380, appendix H.2"
    exception = k.mul(b, k.inv(k.mul(z, a)))
    assert is_square(k.add(k.mul(k.add(k.mul(exception, exception), a), exception), b)), "criterion 4: the exceptional x has a point"
    xs = [k.of(m["kernel"])] if "kernel" in m else kernel_of_order(k, m, order)
    num, den, y = isogeny.onto(k, a, b, xs, k.of(b_target), k.of(m["sign"] * pow(ell, -1, k.p)))
    assert (len(num), len(den), len(y)) == (ell + 1, (ell + 1) // 2, 3 * (ell - 1) // 2 + 1)
    out.say()
    out.say(f"#define {up}_DEGREE {ell}")
    for name, v, why in (("A", a, "y^2 = x^3 + A x + B"), ("B", b, ""), ("Z", z, "no square"),
                         ("X", k.mul(k.sub(k.zero, b), k.inv(a)), "-B / A"), ("X_EXCEPTION", exception, "B / (Z A)")):
        out.element(typ, f"{up}_{name}", v, n, k.p, why)
    for name, poly, why in (("NUM", num, "the isogeny is (x, y) -> (NUM / DEN^2, y MUL / DEN^3), coefficients from the lowest"),
                            ("DEN", den, ""), ("MUL", y, "")):
        out.elements(typ, f"{up}_{name}", poly, n, k.p, why)


def curve(out, c, pre, low, x, p, r, tr, n, f2, b2):
    """What needs the types of the fields."""
    f1, el, xi = Fp1(p), out.element, c["xi"]
    fp, fp2 = f"struct {low}_fp", f"struct {low}_fp2"
    g1, g2 = c["g1"], c["g2"]
    assert (g1[1]**2 - g1[0]**3 - c["b"]) % p == 0 and point_mul(f1, g1, r) is None
    assert f2.sub(f2.mul(g2[1], g2[1]), f2.add(f2.mul(f2.mul(g2[0], g2[0]), g2[0]), b2)) == (0, 0) and point_mul(f2, g2, r) is None
    out.words(f"{pre}_PARAM", abs(x), 1, f"|z|, plain; z is {'negative' if x < 0 else 'positive'}")
    if c["family"] == "BLS12":
        out.words(f"{pre}_PARAM_SQR", x * x, 2, "z^2, plain")
    else:
        out.words(f"{pre}_PARAM_6SQR", 6 * x * x, 2, "6 z^2, plain")
        out.words(f"{pre}_LOOP", 6 * x + 2, 2, "6 z + 2, plain: the loop of the pairing")
    el(fp, f"{pre}_G1_B", c["b"], n, p, "y^2 = x^3 + b")
    el(fp2, f"{pre}_G2_B", b2, n, p, "y^2 = x^3 + b / xi" if c["twist"] == "D" else "y^2 = x^3 + b xi")
    el(fp, f"{pre}_G1_GEN_X", g1[0], n, p, "generator of G1")
    el(fp, f"{pre}_G1_GEN_Y", g1[1], n, p, "")
    el(fp2, f"{pre}_G2_GEN_X", g2[0], n, p, "generator of G2")
    el(fp2, f"{pre}_G2_GEN_Y", g2[1], n, p, "")
    el(fp, f"{pre}_HALF_ONE", pow(2, -1, p), n, p, "1 / 2")

    # sigma(x, y) = (beta x, y) is multiplication by a cube root of unity modulo r
    h = (p + 1 - tr) // r
    beta = next(pow(a, (p - 1) // 3, p) for a in range(2, 100) if pow(a, (p - 1) // 3, p) != 1)
    sigma = (beta * g1[0] % p, g1[1])
    lam = -x * x % r if c["family"] == "BLS12" else (36*x**3 + 18*x**2 + 6*x + 1) % r
    if point_mul(f1, g1, lam) != sigma:
        beta = beta * beta % p
        sigma = (beta * g1[0] % p, g1[1])
    assert point_mul(f1, g1, lam) == sigma and (lam * lam + lam + 1) % r == 0
    if c["family"] == "BLS12":
        # sigma^2 + sigma + 1 = 0 everywhere, so sigma(P) = -x^2 P means (x^4 - x^2 + 1) P = r P = 0: the check of G1 is exact
        assert (x * x)**2 - x * x + 1 == r
    else:
        assert h == 1, "every point of the curve is in G1"
    what = "-z^2" if c["family"] == "BLS12" else "36z^3 + 18z^2 + 6z + 1"
    el(fp, f"{pre}_BETA", beta, n, p, f"cube root of unity: sigma(x, y) = (beta x, y) is multiplication by {what}")

    # psi = untwist, Frobenius, twist: (conj(x) cx, conj(y) cy); psi^2 - tr psi + p = 0 on the whole twist
    g = xi if c["twist"] == "D" else f2.inv(xi)
    cx, cy = f2.pow(g, (p - 1) // 3), f2.pow(g, (p - 1) // 2)
    psi = (f2.mul((g2[0][0], -g2[0][1] % p), cx), f2.mul((g2[1][0], -g2[1][1] % p), cy))
    mu, mu_text = (x, "z") if c["family"] == "BLS12" else (6 * x * x, "6z^2")
    assert point_mul(f2, g2, mu % r) == psi
    # order of the twist: p^2 + 1 - t' for one of the sextic twists, the one that r divides
    tr2 = tr * tr - 2 * p
    y2 = (4 * p * p - tr2 * tr2) // 3
    y = math.isqrt(y2)
    assert y * y == y2
    orders = [p * p + 1 - s for s in ((tr2 + 3 * y) // 2, (tr2 - 3 * y) // 2, (-tr2 + 3 * y) // 2, (-tr2 - 3 * y) // 2)]
    orders = [o for o in orders if o % r == 0]
    assert len(orders) == 1
    # psi(P) = mu P means (mu^2 - tr mu + p) P = 0, and the order of P divides this and the order of the twist: so it divides r
    assert math.gcd(mu * mu - tr * mu + p, orders[0]) == r
    el(fp2, f"{pre}_PSI_X", cx, n, p, f"psi(x, y) = (conj(x) PSI_X, conj(y) PSI_Y) is multiplication by {mu_text} on G2")
    el(fp2, f"{pre}_PSI_Y", cy, n, p, "")
    frob = [f2.pow(xi, k * (p - 1) // 6) for k in range(6)]
    out.elements(fp2, f"{pre}_FROB", frob, n, p, "xi^(k (p - 1) / 6): what Frobenius multiplies the coefficient of w^k with")


def wrapped(out):
    """Lines of at most 140 columns, broken after a comma."""
    lines = []
    for line in out.lines:
        while len(line) > 138:
            cut = line.rfind(", ", 0, 138) + 1
            lines.append(line[:cut])
            line = "    " + line[cut + 1:]
        lines.append(line)
    return "\n".join(line for line in lines if line != "/*  */") + "\n"


def kernel_header():
    """Moduli in words of 32 bits for kernels/kc/big.h; rows in the order of the curves, base field first."""
    moduli = [(f"{c['prefix']}_{name}", v) for c in CURVES.values() for name, v in zip(("FP", "FR"), primes(c))]
    out = Out()
    out.say("/* SPDX-License-Identifier: MIT OR Apache-2.0")
    out.say(" *")
    out.say(" * Kernel-C: the big fields by number, their moduli in words of 32 bits, least word first.")
    out.say(" * Generated by tools/curves.py; do not edit.")
    out.say(" */")
    out.say("#ifndef SC_KC_BIG_CONST_H")
    out.say("#define SC_KC_BIG_CONST_H")
    out.say()
    rows = []
    for i, (name, v) in enumerate(moduli):
        n = (v.bit_length() + 31) // 32
        assert n % 2 == 0 and 2 * v < 1 << 32 * n, "rows of pairs; sums of two elements fit"
        out.say(f"#define KC_{name} {i}u /* {v.bit_length()} bits, {n} words */")
        out.say(f"#define KC_{name}_INV 0x{-pow(v, -1, 1 << 32) % (1 << 32):08x}u /* -p^-1 mod 2^32 */")
        rows.append("    {" + ", ".join(f"0x{v >> 32 * k & 0xffffffff:08x}u" for k in range(12)) + "},")
    out.say()
    out.say("KC_TABLE kc_u32 kc_big_p[4][12] = {")
    for row in rows:
        out.say(row)
    out.say("};")
    out.say()
    out.say("#endif")
    return wrapped(out)



def main():
    bad = []
    files = {os.path.join("core", "curve", name): text for key in CURVES for name, text in headers(key).items()}
    files[os.path.join("kernels", "kc", "big_const.h")] = kernel_header()
    for name, text in files.items():
        path = os.path.join(ROOT, name)
        if "--check" in sys.argv[1:]:
            with open(path, encoding="utf-8") as f:
                if f.read() != text:
                    bad.append(f"{name} is not what tools/curves.py derives")
        else:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    print("\n".join(bad) if bad else "curves: ok")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
