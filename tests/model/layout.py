# SPDX-License-Identifier: MIT OR Apache-2.0
"""Chunks, their order, column blocks, leaf blocks. Theory: docs/spec/stacking.md."""

from collections import namedtuple

from transcript import Refused

MIN_CHUNK, MIN_M0, MAX_M0, MAX_NL, MAX_BOUNDARY = 4, 16, 30, 30, 30
MEMORY_TABLES = ("INITFINAL", "REGS", "U16T", "BYTET", "POW2T")  # of proof 0 of a set

Chunk = namedtuple("Chunk", "table index h")  # table: its number; index: which chunk of it
Block = namedtuple("Block", "h b")  # 2^h entries from b 2^h on


def log2_ceil(n):
    return (n - 1).bit_length()


def is_chunk_list(exponents):
    """At most four, falling, every exponent >= 4."""
    return len(exponents) <= 4 and all(e >= MIN_CHUNK for e in exponents) and all(a > b for a, b in zip(exponents, exponents[1:]))


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


def column_blocks(tables, chunks):
    """(blocks, m0) of one stacked polynomial."""
    out, total = blocks(chunks, [len(t.columns) for t in tables])
    return out, max(MIN_M0, log2_ceil(total))


class LeafVector:
    """2^n leaves: `places` has (number of the use in its table, block) of each chunk's uses that are in it."""

    def __init__(self, tables, chunks, is_global):
        picked = [[i for i, g in enumerate(t.is_global) if g == is_global] for t in tables]
        self.blocks, total = blocks(chunks, [len(p) for p in picked])
        self.n, at = max(1, log2_ceil(total)), iter(self.blocks)
        self.places = {c: [(i, next(at)) for i in picked[c.table]] for c in chunks}
        if self.n > MAX_NL:
            raise Refused("shape: more leaves than 2^30")


def may_have_chunks(name, image_h, boundary):
    """Does a proof of this kind have main table `name`: a single one, that about memory, a segment?"""
    if not boundary:
        return True
    return name in MEMORY_TABLES if image_h is not None else name not in ("INITFINAL", "REGS")


def boundary_m0(machine, exponents):
    """m0 of BOUNDARY with these chunks, whose exponents are bounded before they are used."""
    if not exponents or not is_chunk_list(exponents) or max(exponents) > MAX_BOUNDARY:
        raise Refused("shape: chunks of BOUNDARY")
    return max(MIN_M0, log2_ceil(len(machine.tables[-1].columns) * sum(1 << e for e in exponents)))


class Layout:
    """Everything that follows from the chunk lists: of the main tables, of IMAGE (one chunk or none), of BOUNDARY.

    A single proof has no BOUNDARY, proof 0 of a set both, the other proofs of a set no IMAGE.
    """

    def __init__(self, machine, shape, image_h=None, boundary=()):
        tables, n_main = machine.tables, len(machine.tables) - 2
        assert len(shape) == n_main and (image_h is not None or boundary)
        for table, exponents in zip(tables, shape):
            fixed = table.log_height
            if not may_have_chunks(table.name, image_h, boundary):
                good = not exponents
            else:
                good = is_chunk_list(exponents) if fixed is None else exponents == [fixed]
            if not good:
                raise Refused("shape: chunks of %s" % table.name)
        self.chunks = sort_chunks(Chunk(t, i, h) for t, exponents in enumerate(shape)
                                  for i, h in enumerate(exponents))
        self.image = [] if image_h is None else [Chunk(n_main, 0, image_h)]
        self.boundary = sort_chunks(Chunk(n_main + 1, i, h) for i, h in enumerate(boundary))
        self.all_chunks = self.chunks + self.image + self.boundary
        self.height = max(c.h for c in self.all_chunks)
        self.columns, self.m0 = column_blocks(tables, self.chunks)
        self.image_columns, self.image_m0 = column_blocks(tables, self.image)
        self.boundary_columns, self.boundary_m0 = column_blocks(tables, self.boundary)
        if self.m0 > MAX_M0:
            raise Refused("shape: more cells than 2^30")
        self.leaves = LeafVector(tables, sort_chunks(self.all_chunks), False)
        self.global_leaves = LeafVector(tables, self.boundary, True) if boundary else None
        self.steps = sum(4 << c.h for c in self.chunks if tables[c.table].takes_state)
