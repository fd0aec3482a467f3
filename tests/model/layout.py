# SPDX-License-Identifier: MIT OR Apache-2.0
"""Chunks, their order, column blocks, leaf blocks. Theory: docs/spec/stacking.md."""

from collections import namedtuple

from transcript import Refused

MIN_CHUNK, MIN_M0, MAX_M0, MAX_NL = 4, 16, 30, 30

Chunk = namedtuple("Chunk", "table index h")  # table: its number; index: which chunk of it
Block = namedtuple("Block", "h b")  # 2^h entries from b 2^h on


def log2_ceil(n):
    return (n - 1).bit_length()


def is_chunk_list(exponents):
    """[], [t], [t, t-1], [t, t-2] or [t, t-1, t-2], every exponent >= 4."""
    if any(e < MIN_CHUNK for e in exponents):
        return False
    gaps = [exponents[0] - e for e in exponents[1:]] if exponents else []
    return gaps in ([], [1], [2], [1, 2])


def sort_chunks(chunks):
    return sorted(chunks, key=lambda c: (-c.h, c.table, c.index))


def blocks(chunks, counts):
    """Blocks of consecutive (chunk, item), counts[table] items a chunk; and the end offset."""
    out, offset = [], 0
    for c in chunks:
        for _ in range(counts[c.table]):
            out.append(Block(c.h, offset >> c.h))
            offset += 1 << c.h
    return out, offset


class Layout:
    """Everything that follows from the chunk lists and the height of IMAGE."""

    def __init__(self, machine, shape, image_h):
        tables = machine.tables
        for table, exponents in zip(tables, shape):
            fixed = table.log_height
            if exponents != [fixed] if fixed is not None else not is_chunk_list(exponents):
                raise Refused("shape: chunks of %s" % table.name)
        columns = [len(t.columns) for t in tables]
        uses = [len(t.uses) for t in tables]
        self.chunks = sort_chunks(Chunk(t, i, h) for t, exponents in enumerate(shape)
                                  for i, h in enumerate(exponents))
        self.image = Chunk(len(tables) - 1, 0, image_h)
        self.columns, total = blocks(self.chunks, columns)
        self.m0 = max(MIN_M0, log2_ceil(total))
        self.image_columns, total = blocks([self.image], columns)
        self.image_m0 = max(MIN_M0, log2_ceil(total))
        self.leaf_chunks = sort_chunks(self.chunks + [self.image])
        self.leaves, total = blocks(self.leaf_chunks, uses)
        self.nl = max(1, log2_ceil(total))
        self.height = max(c.h for c in self.leaf_chunks)
        self.steps = sum(4 << c.h for c in self.chunks if tables[c.table].takes_state)
        if self.m0 > MAX_M0 or self.nl > MAX_NL:
            raise Refused("shape: more cells or leaves than 2^30")
