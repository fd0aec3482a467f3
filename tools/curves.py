#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Constants of BN254 and BLS12-381, derived from the parameter of each family, and those of secp.py; standard library only.

  tools/curves.py              write core/curve/{bn254,bls12_381}_{const,points}.h, bls12_381_map_const.h,
                               secp256{k1,r1}_{const,points}.h and kernels/kc/big_const.h
  tools/curves.py --check      exit 1 when the files differ from what is derived now

What cannot be derived (the generators; b and the twist's xi are choices of the curve's authors, the curves of the maps of RFC 9380 are
choices of its authors) stands in CURVES and is checked: on the curve, of order r; isogenous by the kernel. Facts that the C code relies on are asserted here, each beside the constant it makes safe.
"""
import math
import os
import sys

import isogeny
import lattice
import secp
from curve_tools import Fp1, Fp2, Out, begin, field, is_prime, point_mul, wrapped

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
            "g2": {"a": (0, 240), "b": (1012, 1012), "z": (-2, -1), "degree": 3, "kernel": [(-6, 6)], "sign": -1},
        },
    },
}


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

    origin = f"from the parameter {'-' if x < 0 else ''}0x{abs(x):x} of the {c['family']} family"
    out = begin(key, "CONST", origin, "Constants of the two fields.")
    out.say("#include <stdint.h>")
    out.say()
    field(out, pre, "FP", p, "Base field")
    field(out, pre, "FR", r, "Scalar field, the order of G1, G2 and GT")
    out.say("#endif")
    points = begin(key, "POINTS", origin, "Constants of the curve, its twist, endomorphisms and tower.")
    points.say(f'#include "core/curve/{key}.h"')
    points.say()
    curve(points, c, pre, low, x, p, r, tr, n, f2, b2)
    points.say()
    points.say("#endif")
    files = {f"{key}_const.h": wrapped(out), f"{key}_points.h": wrapped(points)}
    if "maps" in c:
        out = begin(key, "MAP_CONST", origin, "Constants of the maps of field elements to points, RFC 9380.")
        out.say(f'#include "core/curve/{key}.h"')
        for name, m in c["maps"].items():
            k, target = (f2, b2) if name == "g2" else (Fp1(p), b)
            isogeny.map_to_curve(out, f"{pre}_{name.upper()}_MAP", f"struct {low}_fp2" if name == "g2" else f"struct {low}_fp", k, n, m, (0, target),
                         p + 1 - tr)
        out.say()
        out.say("#endif")
        files[f"{key}_map_const.h"] = wrapped(out)
    return files


def curve(out, c, pre, low, x, p, r, tr, n, f2, b2):
    """What needs the types of the fields."""
    f1, el, xi = Fp1(p), out.element, c["xi"]
    fp, fp2 = f"struct {low}_fp", f"struct {low}_fp2"
    g1, g2 = c["g1"], c["g2"]
    assert (g1[1]**2 - g1[0]**3 - c["b"]) % p == 0 and point_mul(f1, g1, r) is None
    assert f2.sub(f2.mul(g2[1], g2[1]), f2.add(f2.mul(f2.mul(g2[0], g2[0]), g2[0]), b2)) == (0, 0) and point_mul(f2, g2, r) is None
    out.words(f"{pre}_PARAM", abs(x), 1, f"|z|, plain; z is {'negative' if x < 0 else 'positive'}")
    if c["family"] == "BN":
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
    split(out, f"{pre}_G1", r, lam, 2, 127)
    split(out, f"{pre}_G2", r, mu % r, 4, 64)
    frob = [f2.pow(xi, k * (p - 1) // 6) for k in range(6)]
    out.elements(fp2, f"{pre}_FROB", frob, n, p, "xi^(k (p - 1) / 6): what Frobenius multiplies the coefficient of w^k with")


def split(out, name, r, m, n, bits):
    """What core/curve/split.h asks for; parts below 2^bits."""
    d = lattice.Decomposition(r, m, n)
    assert all(b < 2**bits for b in d.bound) and bits < 128 and r < 2**256 and all(g < 2**256 for g in d.ratio), "parts fit, signs too"
    out.say(f"#define {name}_PART_BITS {bits} /* {n} parts of a scalar are shorter */")
    out.table(f"{name}_RATIO", d.ratio, 4, f"{n} parts of a scalar, below 2^{bits}: k RATIO / 2^256, rounded, ...")
    out.table(f"{name}_BASIS", [v % 2**128 for row in d.basis for v in row], 2, f"... times this basis leaves them; {n} numbers a row, modulo 2^128")


def kernel_header():
    """Moduli, and 1 in Montgomery form, in words of 32 bits for kernels/kc; rows in the order of the curves, base field first."""
    moduli = [(f"{c['prefix']}_{name}", v) for c in CURVES.values() for name, v in zip(("FP", "FR"), primes(c))]
    out = Out()
    out.say("/* SPDX-License-Identifier: MIT OR Apache-2.0")
    out.say(" *")
    out.say(" * Kernel-C: the big fields by number, their moduli and 1 in Montgomery form in words of 32 bits, least word first.")
    out.say(" * Generated by tools/curves.py; do not edit.")
    out.say(" */")
    out.say("#ifndef SC_KC_BIG_CONST_H")
    out.say("#define SC_KC_BIG_CONST_H")
    out.say()
    rows, ones = [], []
    for i, (name, v) in enumerate(moduli):
        n = (v.bit_length() + 31) // 32
        assert n % 2 == 0 and 2 * v < 1 << 32 * n, "rows of pairs; sums of two elements fit"
        out.say(f"#define KC_{name} {i}u /* {v.bit_length()} bits, {n} words */")
        out.say(f"#define KC_{name}_INV 0x{-pow(v, -1, 1 << 32) % (1 << 32):08x}u /* -p^-1 mod 2^32 */")
        for to, number in (rows, v), (ones, (1 << 32 * n) % v):
            to.append("    {" + ", ".join(f"0x{number >> 32 * k & 0xffffffff:08x}u" for k in range(12)) + "},")
    for name, table in ("kc_big_p", rows), ("kc_big_one", ones):
        out.say()
        out.say(f"KC_TABLE kc_u32 {name}[4][12] = {{")
        for row in table:
            out.say(row)
        out.say("};")
    out.say()
    out.say("#endif")
    return wrapped(out)



def main():
    bad = []
    made = [headers(key) for key in CURVES] + [secp.headers(key) for key in secp.CURVES]
    files = {os.path.join("core", "curve", name): text for headers_of in made for name, text in headers_of.items()}
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
