# SPDX-License-Identifier: MIT OR Apache-2.0
"""Constants of secp256k1 and secp256r1 (P-256), for tools/curves.py. Sources: SEC 2 version 2.0, sections 2.4.1 and 2.4.2; RFC 9380,
sections 8.2 and 8.7, for the maps. Primes, b, generators and the curve of the map are choices of their authors: written here, checked."""
import isogeny
from curve_tools import Fp1, begin, field, is_prime, point_mul, wrapped

CURVES = {
    "secp256k1": {
        "prefix": "K1", "p": 2**256 - 2**32 - 977, "a": 0, "b": 7,
        "n": 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141,
        "g": (0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798,
              0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8),
        "map": {"a": 0x3f8731abdd661adca08a5558f0f5d272e953d363cb6f0e5d405447c01a444533, "b": 1771, "z": -11, "degree": 3,
                "kernel": [0x89291c84de3e11f1041da6957255eed5fc964a4df050df221d6ad4ce6ab9c5a5], "sign": 1},
    },
    "secp256r1": {
        "prefix": "R1", "p": 2**256 - 2**224 + 2**192 + 2**96 - 1, "a": -3,
        "b": 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        "n": 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
        "g": (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
              0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
        "map": {"a": -3, "b": 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b, "z": -10, "degree": 1, "kernel": [],
                "sign": 1},
    },
}


def headers(key):
    c = CURVES[key]
    pre, p, n, g = c["prefix"], c["p"], c["n"], c["g"]
    k, a = Fp1(p), c["a"] % p
    assert is_prime(p) and is_prime(n) and p % 4 == 3 and p != n
    assert (g[1]**2 - g[0]**3 - a * g[0] - c["b"]) % p == 0 and point_mul(k, g, n, a) is None
    # Hasse: the order is within 2 sqrt(p) of p + 1, so a multiple of n in there is n itself, and every point of the curve has order n or 1
    assert (n - p - 1)**2 <= 4 * p and n > 8 * 2**128
    assert 0 < p - n < n, "an abscissa is below 2 n"
    origin = "as SEC 2 has it"
    out = begin(key, "CONST", origin, "Constants of the two fields.")
    out.say("#include <stdint.h>")
    out.say()
    field(out, pre, "FP", p, "Base field")
    field(out, pre, "FR", n, "Scalar field, the order of the curve")
    out.say("#endif")
    points = begin(key, "POINTS", origin, "Constants of the curve.")
    points.say(f'#include "core/curve/{key}.h"')
    points.say()
    typ = f"struct {pre.lower()}_fp"
    points.element(typ, f"{pre}_B", c["b"], 4, p, f"y^2 = x^3 {'- 3 x ' if c['a'] else ''}+ b")
    points.element(typ, f"{pre}_GEN_X", g[0], 4, p, "generator")
    points.element(typ, f"{pre}_GEN_Y", g[1], 4, p, "")
    points.say()
    points.say("/* the map of RFC 9380 */")
    isogeny.map_to_curve(points, f"{pre}_MAP", typ, k, 4, c["map"], (a, c["b"]), n)
    points.say()
    points.say("#endif")
    return {f"{key}_const.h": wrapped(out), f"{key}_points.h": wrapped(points)}
