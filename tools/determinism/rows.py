# SPDX-License-Identifier: MIT OR Apache-2.0
"""Honest rows against the solver form: the premises of the proofs can hold, and the form is read as the emitted evaluators are."""
from .form import evaluate


def load(lines):
    """{table: [row]} from lines of a table's name and its columns as numbers."""
    out = {}
    for line in lines:
        name, *values = line.split()
        out.setdefault(name, []).append([int(v) for v in values])
    return out


def in_table(bus, slots):
    """Is the tuple in the lookup table of the bus, docs/spec/machine.md section 3?"""
    if bus == "U16":
        return slots[0] < 65536
    if bus == "B2":
        return slots[0] < 256 and slots[1] < 256
    if bus == "BOP":
        f, x, y, z = slots
        return x < 256 and y < 256 and f in (1, 2, 3) and z == (x & y, x | y, x ^ y)[f - 1]
    if bus == "POW2":
        key, m, q = slots
        return key < 128 and q == key % 64 // 8 and m == (1 << key % 8 if key < 64 else 1 << (8 - key % 8))
    return True


def rely(use, slots):
    """What the proofs rely on of a tuple that is received: claims.Builder.use and token."""
    limbs = all(v < 65536 for v in (slots[5:9] if use.bus in ("MEM", "PROG") else slots if use.bus == "MCALL" else []))
    if use.bus == "MEM" and use.side == "receive":
        place = slots[0] == 0 or (slots[1] % 8 == 0 and slots[1] < 65536 and slots[2] < 65536 and slots[3] < 3)
        return limbs and place and slots[4] < 1 << 27
    return limbs and (use.bus != "STATE" or slots[0] < 1 << 27)


def violated(table, values):
    """The first law, lookup or premise that a row breaks, or None."""
    row = dict(zip(table.columns, values))
    if len(row) != len(values):
        return "another number of columns"
    real = evaluate(table.real, row)
    row["real"] = real
    for name, factors in table.laws.items():
        if all(evaluate(f, row) for f in factors):
            return name
    for name, use in table.uses.items():
        if use.side == "table" or evaluate(use.selector, row) == 0:
            continue
        slots = [evaluate(s, row) for s in use.slots]
        if evaluate(use.selector, row) != 1 or not in_table(use.bus, slots) or not rely(use, slots):
            return name
    return None if real == 1 else "not a real row"


def problems(tables, rows):
    """Sentences: rows that are refused, kinds without an honest row, tables in which no wrong cell is noticed."""
    out = []
    for table in tables.values():
        if not table.laws or table.name == "IMAGE":
            continue
        kinds = {m[0] for m in table.real} if len(table.real) > 1 else set()
        for values in rows.get(table.name, []):
            why = violated(table, values)
            if why:
                out.append(f"{table.name}: an honest row is refused: {why}")
                break
            kinds -= {k for k in kinds if values[table.columns.index(k)]}
        if kinds or table.name not in rows:
            out.append(f"{table.name}: no honest row of {', '.join(sorted(kinds)) or 'the table'}")
        elif not any(violated(table, values[:i] + [values[i] + 1] + values[i + 1:]) for values in rows[table.name][:4] for i in range(len(values))):
            out.append(f"{table.name}: no changed cell is noticed")
    return out
