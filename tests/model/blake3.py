# SPDX-License-Identifier: MIT OR Apache-2.0
"""BLAKE3 in its three modes with extendable output, from the BLAKE3 paper (2020), section 2.

The compression function is straight-line code in local variables, made at import from the table of
message positions: a loop over lists is three times slower.
"""

from struct import pack, unpack

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
      0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED, CONTEXT, MATERIAL = 1, 2, 4, 8, 16, 32, 64
BLOCK_LEN, CHUNK_LEN = 64, 1024


def _make_compress():
    mix = (
        "v{a}=(v{a}+v{b}+m{x})&M;t=v{d}^v{a};v{d}=t>>16|(t<<16)&M;"
        "v{c}=(v{c}+v{d})&M;t=v{b}^v{c};v{b}=t>>12|(t<<20)&M;"
        "v{a}=(v{a}+v{b}+m{y})&M;t=v{d}^v{a};v{d}=t>>8|(t<<24)&M;"
        "v{c}=(v{c}+v{d})&M;t=v{b}^v{c};v{b}=t>>7|(t<<25)&M"
    )
    lanes = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
             (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    lines = ["def compress(cv, m, counter, length, flags):",
             " M = 0xFFFFFFFF",
             " " + ",".join("v%d" % i for i in range(8)) + " = cv",
             " " + ",".join("m%d" % i for i in range(16)) + " = m",
             " v8, v9, v10, v11 = %d, %d, %d, %d" % IV[:4],
             " v12, v13, v14, v15 = counter & M, counter >> 32, length, flags"]
    order = list(range(16))
    for _ in range(7):
        for g, (a, b, c, d) in enumerate(lanes):
            lines.append(" " + mix.format(a=a, b=b, c=c, d=d, x=order[2 * g], y=order[2 * g + 1]))
        order = [order[i] for i in PERMUTATION]
    lines.append(" a,b,c,d,e,f,g,h = cv")
    lines.append(" return (" + ",".join("v%d^v%d" % (i, i + 8) for i in range(8)) + ","
                 + ",".join("v%d^%s" % (i + 8, "abcdefgh"[i]) for i in range(8)) + ")")
    names = {}
    exec("\n".join(lines), names)  # pylint: disable=exec-used
    return names["compress"]


compress = _make_compress()


def _words(block):
    return unpack("<16I", block.ljust(BLOCK_LEN, b"\0"))


def _chunk_node(key, data, start, counter, flags):
    """The last compression of one chunk, not yet done: (cv, words, counter, length, flags)."""
    end = min(start + CHUNK_LEN, len(data))
    cv, pos, f = key, start, flags | CHUNK_START
    while end - pos > BLOCK_LEN:
        cv = compress(cv, unpack("<16I", data[pos:pos + BLOCK_LEN]), counter, BLOCK_LEN, f)[:8]
        pos, f = pos + BLOCK_LEN, flags
    return cv, _words(data[pos:end]), counter, end - pos, f | CHUNK_END


def _run(key, flags, data, n):
    node = _chunk_node(key, data, 0, 0, flags)
    if len(data) > CHUNK_LEN:
        cvs = [compress(*node)[:8]]
        for i in range(1, (len(data) + CHUNK_LEN - 1) // CHUNK_LEN):
            cvs.append(compress(*_chunk_node(key, data, i * CHUNK_LEN, i, flags))[:8])
        while len(cvs) > 2:  # pairs, an odd one goes up: the left subtree is a power of two
            up = [compress(key, cvs[i] + cvs[i + 1], 0, BLOCK_LEN, flags | PARENT)[:8]
                  for i in range(0, len(cvs) - 1, 2)]
            cvs = up + cvs[len(cvs) & ~1:]
        node = key, cvs[0] + cvs[1], 0, BLOCK_LEN, flags | PARENT
    cv, words, _, length, f = node
    out = b"".join(pack("<16I", *compress(cv, words, i, length, f | ROOT))
                   for i in range((n + BLOCK_LEN - 1) // BLOCK_LEN))
    return out[:n]


def digest(data, n=32):
    return _run(IV, 0, data, n)


def keyed(key, data, n=32):
    return _run(unpack("<8I", key), KEYED, data, n)


def derive_key(context, data, n=32):
    key = _run(IV, CONTEXT, context.encode(), 32)
    return _run(unpack("<8I", key), MATERIAL, data, n)
