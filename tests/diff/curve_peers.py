#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Curves, pairings, hashing and signatures against libraries of other people: py-ecc (Python), py-arkworks-bls12381 (Rust), ckzg (blst in
C) and cryptography (OpenSSL). None of them is needed to build or test: what is not installed is skipped, and told.

  tests/diff/curve_peers.py CURVE_RUN

They may live in a virtual environment of their own, whose Python SOCLE_PEERS names; docs/internals/curves.md says how to make it.
"""
import hashlib
import importlib.util
import os
import random
import subprocess
import sys
import tempfile

PEERS = os.environ.get("SOCLE_PEERS", "")
if PEERS and not os.access(PEERS, os.X_OK):
    sys.exit(f"SOCLE_PEERS={PEERS}: no program")
if PEERS and os.path.realpath(os.path.dirname(PEERS)) != os.path.realpath(os.path.dirname(sys.executable)):
    os.execv(PEERS, [PEERS, *sys.argv])

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402

SEED = 20261128
rng = random.Random(SEED)


def ours(operation, data, tag=None):
    run = subprocess.run([sys.argv[1], operation] + ([tag] if tag else []), input=data, capture_output=True)
    if run.returncode != 0:
        raise RuntimeError(f"curve_run {operation}: exit code {run.returncode}: {run.stderr.decode()}")
    return run.stdout


def be(*numbers, size=32):
    return b"".join(n.to_bytes(size, "big") for n in numbers)


def numbers(data, size):
    return [int.from_bytes(data[i:i + size], "big") for i in range(0, len(data), size)]


def scalars(r, n):
    """At the edges first, then random."""
    return ([0, 1, r - 1, 2, r - 2, (r - 1) // 2] + [rng.randrange(r) for _ in range(n)])[:n]


# --- BN254 and py-ecc ---

class Bn:
    """Points of py-ecc in the encodings of EIP-196 and EIP-197: the factor of u first."""

    def __init__(self):
        from py_ecc import optimized_bn128
        self.lib, self.r = optimized_bn128, optimized_bn128.curve_order

    def g1(self, p):
        if self.lib.is_inf(p):
            return bytes(64)
        x, y = self.lib.normalize(p)
        return be(x.n, y.n)

    def g2(self, p):
        if self.lib.is_inf(p):
            return bytes(128)
        x, y = self.lib.normalize(p)
        return be(x.coeffs[1], x.coeffs[0], y.coeffs[1], y.coeffs[0])


def in_powers_of_w(f, xi, p):
    """An element of Fp[w] / ((w^6 - xi)^2 + 1) as six of Fp2, u = w^6 - xi."""
    return [c % p for i in range(6) for c in (int(f.coeffs[i]) + xi * int(f.coeffs[i + 6]), int(f.coeffs[i + 6]))]


def bn_multiples(lib):
    bn = Bn()
    for name, gen, encode, n in ("g1", lib.G1, bn.g1, 24), ("g2", lib.G2, bn.g2, 10):
        ks, points = scalars(bn.r, n), [lib.multiply(gen, k + 1) for k in rng.sample(range(1 << 30), n)]
        points[4] = lib.multiply(gen, bn.r)  # infinity
        records = b"".join(encode(p) + be(k) for p, k in zip(points, ks))
        want = [lib.multiply(p, k) for p, k in zip(points, ks)]
        total = want[0]
        for p in want[1:]:
            total = lib.add(total, p)
        tap.report(ours(f"bn-{name}-mul", records) == b"".join(map(encode, want)), f"BN254 {name}: {n} multiples")
        tap.report(ours(f"bn-{name}-msm", records) == encode(total), f"BN254 {name}: their sum")


def bn_pairings(lib):
    """Values: the final exponentiation here is a power of the textbook's, core/curve/bn254_pairing.c."""
    bn, z = Bn(), 4965661367192848881
    power = 2 * z * (6 * z * z + 3 * z + 1)
    good = True
    for i in range(2):
        a, b = (1, 1) if i == 0 else (rng.randrange(bn.r), rng.randrange(bn.r))
        p, q = lib.multiply(lib.G1, a), lib.multiply(lib.G2, b)
        want = lib.pairing(q, p)**power
        good &= numbers(ours("bn-pairing", bn.g1(p) + bn.g2(q)), 32) == in_powers_of_w(want, 9, lib.field_modulus)
    tap.report(good, "BN254: the values of pairings")


# --- BLS12-381, py-ecc and arkworks ---

BLS_P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
BLS_R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001
DST = "QUUX-V01-CS02-with-BLS12381{}_XMD:SHA-256_SSWU_RO_"
MESSAGES = [b"", b"abc", b"socle", bytes(range(256)) * 5]


def bls_encode(point):
    """A point of arkworks in the encoding of EIP-2537: coordinates of 64 bytes, where arkworks has 48."""
    if point == type(point).identity():
        return bytes(128 if type(point).__name__ == "G1Point" else 256)
    return be(*numbers(point.to_xy_bytes_be(), 48), size=64)


def bls_jacobian(lib, point):
    """One of py-ecc."""
    x, y = lib.normalize(point)
    return be(*([x.n, y.n] if hasattr(x, "n") else [*x.coeffs, *y.coeffs]), size=64)


def bls_multiples(ark):
    for name, group in ("g1", ark.G1Point), ("g2", ark.G2Point):
        for n in (40, 400):
            ks = scalars(BLS_R, n)
            points = [group() * ark.Scalar(k) for k in scalars(BLS_R, n)]
            rng.shuffle(points)
            theirs = [ark.Scalar.from_be_bytes(be(k)) for k in ks]
            records = b"".join(bls_encode(p) + be(k) for p, k in zip(points, ks))
            good = ours(f"bls-{name}-msm", records) == bls_encode(group.multiexp_unchecked(points, theirs))
            tap.report(good, f"BLS12-381 {name}: a sum of {n} multiples")
            if n == 40:
                want = b"".join(bls_encode(p * k) for p, k in zip(points, theirs))
                tap.report(ours(f"bls-{name}-mul", records) == want, f"BLS12-381 {name}: {n} multiples")


def bls_pairings(ark):
    """Products that are one and that are not."""
    one = be(1, *[0] * 11, size=48)
    good = True
    for n in (1, 2, 3, 5, 9):
        a, b = [rng.randrange(BLS_R) for _ in range(n)], [rng.randrange(BLS_R) for _ in range(n)]
        if n > 1:
            a[-1] = -sum(x * y for x, y in zip(a[:-1], b)) * pow(b[-1], -1, BLS_R) % BLS_R
        for k in (0, 1):
            p, q = [ark.G1Point() * ark.Scalar((x + k) % BLS_R) for x in a], [ark.G2Point() * ark.Scalar(x) for x in b]
            is_one = ours("bls-pairing", b"".join(bls_encode(x) + bls_encode(y) for x, y in zip(p, q))) == one
            good &= is_one == ark.GT.pairing_check(p, q) and is_one == (n > 1 and k == 0)
    tap.report(good, "BLS12-381: products of 1 to 9 pairings are one where arkworks says so")


def bls_pairing_value(lib):
    """py-ecc's loop takes |z| for z < 0, which gives the inverse; the final exponentiation here is the cube of the textbook's."""
    p, q = lib.multiply(lib.G1, rng.randrange(BLS_R)), lib.multiply(lib.G2, rng.randrange(BLS_R))
    want = lib.pairing(q, p)**(BLS_R - 3)
    got = numbers(ours("bls-pairing", bls_jacobian(lib, p) + bls_jacobian(lib, q)), 48)
    tap.report(got == in_powers_of_w(want, 1, lib.field_modulus), "BLS12-381: the value of a pairing")


def bls_hashes(ark):
    for name, group in ("g1", ark.G1Point), ("g2", ark.G2Point):
        tag = DST.format(name.upper())
        good = all(ours(f"bls-{name}-hash", m, tag) == bls_encode(group.hash_to_curve(m, tag.encode())) for m in MESSAGES)
        tap.report(good, f"BLS12-381 {name}: hash_to_curve of {len(MESSAGES)} messages, arkworks")
    u = [0, 1, BLS_P - 1] + [rng.randrange(BLS_P) for _ in range(8)]
    want = b"".join(bls_encode(ark.G1Point.map_from_fp_be(be(x, size=48))) for x in u)
    tap.report(ours("bls-g1-map", be(*u, size=64)) == want, f"BLS12-381 g1: {len(u)} elements mapped")
    pairs = list(zip(u, u[1:] + u[:1]))
    want = b"".join(bls_encode(ark.G2Point.map_from_fp2_be(be(a, b, size=48))) for a, b in pairs)
    tap.report(ours("bls-g2-map", b"".join(be(*x, size=64) for x in pairs)) == want, f"BLS12-381 g2: {len(u)} elements mapped")


def bls_hashes_py(lib):
    from py_ecc.bls import hash_to_curve
    for name, theirs in ("g1", hash_to_curve.hash_to_G1), ("g2", hash_to_curve.hash_to_G2):
        tag = DST.format(name.upper())
        good = all(ours(f"bls-{name}-hash", m, tag) == bls_jacobian(lib, theirs(m, tag.encode(), hashlib.sha256)) for m in MESSAGES[1:3])
        tap.report(good, f"BLS12-381 {name}: hash_to_curve, py-ecc")


# --- KZG commitments and ckzg ---

BLS_G1 = (0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb,
          0x08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1)
BLS_G2 = (0x024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8,
          0x13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e,
          0x0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801,
          0x0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be)
N_KZG = 4096


def compressed(point):
    """Compressed by ZCash's rules, from a point in the encoding of EIP-2537 other than infinity."""
    c = numbers(point, 64)
    x, y = c[:len(c) // 2], c[len(c) // 2:]
    greater = next(v for v in y[::-1] if v) > (BLS_P - 1) // 2
    out = bytearray(be(*x[::-1], size=48))
    out[0] |= 0xa0 if greater else 0x80
    return bytes(out)


def uncompressed_g1(data):
    x = int.from_bytes(data, "big") & ((1 << 381) - 1)
    y = pow(x**3 + 4, (BLS_P + 1) // 4, BLS_P)
    return be(x, y if (y > (BLS_P - 1) // 2) == bool(data[0] & 0x20) else BLS_P - y, size=64)


def multiples(name, gen, ks):
    size = 64 * len(gen)
    out = ours(f"bls-{name}-mul", b"".join(be(*gen, size=64) + be(k) for k in ks))
    return [out[i:i + size] for i in range(0, len(out), size)]


def kzg(ckzg):
    """A setup whose secret is known, made here; commitments and proofs of theirs must be our sums, and satisfy our pairing."""
    tau, root = rng.randrange(1, BLS_R), pow(7, (BLS_R - 1) // N_KZG, BLS_R)
    w = [pow(root, i, BLS_R) for i in range(N_KZG)]
    of_all = (pow(tau, N_KZG, BLS_R) - 1) * pow(N_KZG, -1, BLS_R) % BLS_R
    lagrange = multiples("g1", BLS_G1, [of_all * x * pow(tau - x, -1, BLS_R) % BLS_R for x in w])
    monomial = multiples("g1", BLS_G1, [pow(tau, i, BLS_R) for i in range(N_KZG)])
    g2 = multiples("g2", BLS_G2, [pow(tau, i, BLS_R) for i in range(65)])
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        print(N_KZG, len(g2), *(compressed(p).hex() for p in lagrange + g2 + monomial), sep="\n", file=f, flush=True)
        setup = ckzg.load_trusted_setup(f.name, 0)
    reversed_bits = [int(f"{i:012b}"[::-1], 2) for i in range(N_KZG)]
    good = proved = True
    for fill in (lambda i: rng.randrange(BLS_R)), (lambda i: i % 3), (lambda i: BLS_R - 1):
        values = [fill(i) for i in range(N_KZG)]
        blob = be(*values)
        theirs = ckzg.blob_to_kzg_commitment(blob, setup)
        mine = ours("bls-g1-msm", b"".join(lagrange[k] + be(v) for k, v in zip(reversed_bits, values)))
        good &= compressed(mine) == theirs
        z = rng.randrange(BLS_R)
        proof, y = ckzg.compute_kzg_proof(blob, be(z), setup)
        if proof[0] & 0x40:  # a constant polynomial: the quotient is zero
            proved &= fill(0) == fill(1) and int.from_bytes(y, "big") == values[0]
            continue
        pi = uncompressed_g1(proof)
        for wrong in (0, 1):
            claim = (int.from_bytes(y, "big") + wrong) % BLS_R
            left = ours("bls-g1-msm", mine + be(1) + be(*BLS_G1, size=64) + be(-claim % BLS_R) + pi + be(z))
            product = ours("bls-pairing", left + g2[0] + ours("bls-g1-mul", pi + be(BLS_R - 1)) + g2[1])
            holds = numbers(product, 48) == [1] + [0] * 11
            proved &= holds == ckzg.verify_kzg_proof(theirs, be(z), be(claim), proof, setup) == (wrong == 0)
    tap.report(good, f"KZG: commitments to {N_KZG} values")
    tap.report(proved, "KZG: proofs, of right and of wrong values")


# --- signatures ---

def recovery(_):
    from py_ecc.secp256k1 import secp256k1
    good = True
    for i in range(8):
        secret, digest = be(rng.randrange(1, secp256k1.N)), rng.randbytes(32)
        v, r, s = secp256k1.ecdsa_raw_sign(digest, secret)
        key = be(*secp256k1.privtopub(secret))
        good &= ours("k1-recover", digest + be(r, s) + bytes([v - 27])) == key
        good &= ours("k1-recover", digest + be(r, secp256k1.N - s) + bytes([28 - v])) == key
        good &= ours("k1-recover", digest + be(r, s) + bytes([28 - v])) == be(*secp256k1.ecdsa_raw_recover(digest, (55 - v, r, s)))
        good &= ours("k1-verify", key + digest + be(r, s) + key + digest + be(s, r)) == b"\1\0"
    tap.report(good, "secp256k1: keys recovered as py-ecc does")


def openssl(_):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    for name, curve in ("k1", ec.SECP256K1()), ("r1", ec.SECP256R1()):
        records, want = b"", b""
        for i in range(20):
            secret, digest = ec.derive_private_key(rng.randrange(1, 1 << 255), curve), rng.randbytes(32)
            public = secret.public_key().public_numbers()
            r, s = utils.decode_dss_signature(secret.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))
            key = be(public.x, public.y)
            other = bytes([digest[0] ^ 1]) + digest[1:]
            records += key + digest + be(r, s) + key + other + be(r, s)
            want += b"\1\0"
        good = ours(f"{name}-verify", records) == want
        tap.report(good, f"secp256{name}: signatures of OpenSSL are valid, for another hash they are not")


def peer(module):
    """The library, or None."""
    try:
        return importlib.import_module(module) if importlib.util.find_spec(module.split(".")[0]) else None
    except ImportError as e:
        print(f"# {module}: {e}")
        return None


CHECKS = [
    ("py-ecc", "py_ecc.optimized_bn128", (bn_multiples, bn_pairings)),
    ("py-ecc", "py_ecc.optimized_bls12_381", (bls_pairing_value, bls_hashes_py)),
    ("py-ecc", "py_ecc.secp256k1", (recovery,)),
    ("py-arkworks-bls12381", "py_arkworks_bls12381", (bls_multiples, bls_pairings, bls_hashes)),
    ("ckzg", "ckzg", (kzg,)),
    ("cryptography", "cryptography", (openssl,)),
]


def main():
    if all(peer(module) is None for _, module, _ in CHECKS):
        print(f"1..0 # SKIP none of {', '.join(sorted({name for name, _, _ in CHECKS}))} is installed: docs/internals/curves.md")
        return 0
    print(f"# seed {SEED}")
    for name, module, checks in CHECKS:
        lib = peer(module)
        for check in checks:
            if lib is None:
                tap.report(True, f"{check.__name__} # SKIP {name} is not installed")
                continue
            check(lib)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
