#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Make inputs for guest/examples/mpt.c from a block witness.

  mkmpt.py WITNESS.json ADDRESS|absent OUT.bin     "absent": the first address 0x00..00k without an account whose path is in the witness
  mkmpt.py --expect IN.bin                         print the output that the guest must give, in hex

The witness file has parentStateRoot and witness.state, a list of RLP nodes. Theory: Ethereum yellow paper, appendices B, C and D.
"""
import json
import sys

MASK = (1 << 64) - 1


def rotl(x, n):
    n %= 64
    return ((x << n) | (x >> (64 - n))) & MASK if n else x


def round_constants():
    lfsr, out = 1, []
    for _ in range(24):
        c = 0
        for j in range(7):
            if lfsr & 1:
                c |= 1 << ((1 << j) - 1)
            lfsr <<= 1
            if lfsr & 0x100:
                lfsr ^= 0x171
        out.append(c)
    return out


CONSTANTS = round_constants()


def keccak_f(s):
    for rc in CONSTANTS:
        c = [s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20] for x in range(5)]
        s = [s[i] ^ c[(i % 5 + 4) % 5] ^ rotl(c[(i % 5 + 1) % 5], 1) for i in range(25)]
        x, y, lane = 1, 0, s[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            s[x + 5 * y], lane = rotl(lane, (t + 1) * (t + 2) // 2), s[x + 5 * y]
        s = [s[i] ^ (~s[i - i % 5 + (i % 5 + 1) % 5] & MASK & s[i - i % 5 + (i % 5 + 2) % 5]) for i in range(25)]
        s[0] ^= rc
    return s


def keccak256(data):
    s = [0] * 25
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % 136)
    padded[-1] ^= 0x80
    for at in range(0, len(padded), 136):
        for i in range(17):
            s[i] ^= int.from_bytes(padded[at + 8 * i:at + 8 * i + 8], "little")
        s = keccak_f(s)
    return b"".join(v.to_bytes(8, "little") for v in s[:4])


def rlp_item(b):
    """(value, rest): value is bytes or a list; a list also keeps its encoding as its first member."""
    tag = b[0]
    if tag < 0x80:
        return b[:1], b[1:]
    low, head = tag & 0x3f, 1
    if low > 55:
        head += low - 55
        low = int.from_bytes(b[1:head], "big")
    body, rest = b[head:head + low], b[head + low:]
    if tag < 0xc0:
        return body, rest
    out = [b[:head + low]]
    while body:
        v, body = rlp_item(body)
        out.append(v)
    return out, rest


def nibbles(b):
    return [n for x in b for n in (x >> 4, x & 15)]


def walk(fetch, root, address):
    """(nodes used, value or None). Raises KeyError when a node is missing."""
    key, used, ref = nibbles(keccak256(address)), [], root
    while True:
        if isinstance(ref, bytes):
            used.append(fetch(ref))
            ref, _ = rlp_item(used[-1])
        node = ref[1:]
        if len(node) == 17:
            ref, key = node[key[0]], key[1:]
            if ref == b"":
                return used, None
            continue
        path = nibbles(node[0])
        leaf, path = path[0] & 2, path[1 if path[0] & 1 else 2:]
        if key[:len(path)] != path:
            return used, None
        key = key[len(path):]
        if leaf:
            return used, node[1]
        ref = node[1]


def build(witness, address_text, out):
    block = json.load(open(witness, encoding="utf-8"))
    nodes = {keccak256(n): n for n in (bytes.fromhex(x[2:]) for x in block["witness"]["state"])}
    root = bytes.fromhex(block["parentStateRoot"][2:])
    if address_text == "absent":
        k = 0
        while True:
            k += 1
            address = k.to_bytes(20, "big")
            try:
                used, value = walk(nodes.__getitem__, root, address)
            except KeyError:
                continue
            if value is None:
                break
    else:
        address = bytes.fromhex(address_text.removeprefix("0x"))
        used, value = walk(nodes.__getitem__, root, address)
    with open(out, "wb") as f:
        f.write(root + address + len(used).to_bytes(4, "little"))
        for n in used:
            f.write(len(n).to_bytes(4, "little") + n)
    print(f"{out}: address {address.hex()}, {len(used)} nodes, account {'absent' if value is None else value.hex()}")


def expect(path):
    b = open(path, "rb").read()
    root, address, n, at, nodes = b[:32], b[32:52], int.from_bytes(b[52:56], "little"), 56, {}
    for _ in range(n):
        size = int.from_bytes(b[at:at + 4], "little")
        node = b[at + 4:at + 4 + size]
        nodes[keccak256(node)] = node
        at += 4 + size
    _, value = walk(nodes.__getitem__, root, address)
    print((root + address + (b"\0" if value is None else b"\1" + value)).hex())


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--expect":
        expect(sys.argv[2])
    elif len(sys.argv) == 4:
        build(*sys.argv[1:])
    else:
        sys.exit(__doc__)
