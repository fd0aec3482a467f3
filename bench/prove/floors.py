# SPDX-License-Identifier: MIT OR Apache-2.0
"""The least processor time that each stage of a proof can take on a machine of given limits, from the counts of what it handles.

limits: processor seconds for one unit, by the names of bench_ops: "pairs of levels" (4 elements through two levels of a
transform), "compressions", "extension products", "products without reduction", and "byte": read or written in a copy.
A floor counts what the algorithm in use has to do, no more: where a part has no simple count it is left out, so shares are lower bounds.
"""

EVENT = 136  # bytes that execution records for a cycle


def execute(cycles):
    """Events are written."""
    return [("byte", EVENT * cycles)]


def trace(cycles, cells):
    """Events are read, cells written."""
    return [("byte", EVENT * cycles + 4 * cells)]


def transform(log_n, k, lr):
    """2^k words of 2^(log_n - k) coefficients to words 2^lr times as long. Bytes: the first pass reads a message and writes all
    its images, a second one reads and writes these."""
    n = 2 ** log_n
    return [("pairs of levels", n * 2 ** lr / 4 * (log_n - k) / 2), ("byte", 4 * n * (1 + 3 * 2 ** lr))]


def tree(log_n, k, lr):
    """Leaves of 2^k elements, in blocks of 16, and the nodes above them. Bytes: the code is read once, 32 for each digest written."""
    leaves = 2 ** (log_n - k + lr)
    return [("compressions", leaves * -(-2 ** k // 16) + leaves - 1), ("byte", 4 * 2 ** (log_n + lr) + 64 * leaves)]


def gkr(terms):
    """Up: of each leaf at least one column times five coefficients; on the first layer one extension product and two by base elements
    (five products each) for two leaves, above it three extension products for a fraction. Down, a layer of N pairs: one product each
    to mix, and in rounds on N/2, N/4, .. pairs two products and one by eq at two points, and four folds: 11 N. Layers: N = terms / 2,
    terms / 4, .."""
    return [("products without reduction", 5 * terms + 10 * terms / 2), ("extension products", terms / 2 + 3 * terms / 2 + 11 * terms)]


def zerocheck(cells):
    """Every column is folded: once from base elements (five products for a result), then from extension elements. The laws themselves
    are left out: they differ from table to table."""
    return [("products without reduction", 5 * cells / 2), ("extension products", cells / 2), ("byte", 4 * cells)]


def opening(log_n, grinds):
    """Of the vector each cell times a weight of five coefficients for the round polynomials and again for the fold; what comes after
    the first folds is left out. A grind of b bits takes 2^b compressions on average."""
    n = 2 ** log_n
    return [("products without reduction", 10 * n), ("compressions", sum(2 ** b for b in grinds)), ("byte", 2 * 4 * n)]


def seconds(parts, limits):
    """Arithmetic of different kinds adds up; traffic goes on beside it."""
    work = sum(n * limits[name] for name, n in parts if name != "byte")
    return max(work, sum(n * limits[name] for name, n in parts if name == "byte"))


def stages(made, k, lr, grinds, limits):
    """Floors by the names of the stages of `socle prove --json`; the commitment also in its two parts."""
    m0 = made["log_cells"]
    parts = {
        "execute": execute(made["cycles"]),
        "trace": trace(made["cycles"], made["cells"]),
        "bus argument": gkr(made["bus_terms"]),
        "constraints": zerocheck(made["cells"]),
        "open": opening(m0, grinds),
    }
    floors = {name: seconds(p, limits) for name, p in parts.items()}
    floors["commit: transform"] = seconds(transform(m0, k, lr), limits)
    floors["commit: tree"] = seconds(tree(m0, k, lr), limits)
    floors["commit"] = floors["commit: transform"] + floors["commit: tree"]
    return floors
