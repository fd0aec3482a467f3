# SPDX-License-Identifier: MIT OR Apache-2.0
"""Short decompositions of scalars for an endomorphism: k = d_0 + d_1 m + d_2 m^2 + ... modulo r. Standard library only.

Source: Gallant, Lambert, Vanstone, CRYPTO 2001; rounding of Babai, Combinatorica 6 (1986), in a basis reduced by Lenstra, Lenstra, Lovasz.
"""
from fractions import Fraction


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def reduced(rows):
    """A basis of the same lattice with short vectors, by the LLL algorithm in exact fractions: for a few dimensions."""
    b = [list(row) for row in rows]
    n, k = len(b), 1

    def orthogonal():
        star, mu = [], [[Fraction(0)] * n for _ in range(n)]
        for i in range(n):
            v = [Fraction(x) for x in b[i]]
            for j in range(i):
                mu[i][j] = dot(b[i], star[j]) / dot(star[j], star[j])
                v = [x - mu[i][j] * y for x, y in zip(v, star[j])]
            star.append(v)
        return star, mu

    while k < n:
        for j in range(k - 1, -1, -1):
            q = round(orthogonal()[1][k][j])
            b[k] = [x - q * y for x, y in zip(b[k], b[j])]
        star, mu = orthogonal()
        if dot(star[k], star[k]) >= (Fraction(3, 4) - mu[k][k - 1]**2) * dot(star[k - 1], star[k - 1]):
            k += 1
        else:
            b[k], b[k - 1] = b[k - 1], b[k]
            k = max(k - 1, 1)
    return b


def balanced(rows):
    """The same lattice by rows whose greatest column of absolute values is less, as long as adding one row to another makes it so."""
    def size(b):
        return sorted((sum(abs(row[j]) for row in b) for j in range(len(b))), reverse=True)

    best, again = rows, True
    while again:
        again = False
        for i in range(len(rows)):
            for j in range(len(rows)):
                for sign in (1, -1) if i != j else ():
                    other = [[x + sign * y for x, y in zip(best[i], best[j])] if k == i else row for k, row in enumerate(best)]
                    if size(other) < size(best):
                        best, again = other, True
    return best


def solved(rows, v):
    """x with x rows = v, in fractions."""
    n = len(rows)
    m = [[Fraction(rows[j][i]) for j in range(n)] + [Fraction(v[i])] for i in range(n)]
    for i in range(n):
        pivot = next(k for k in range(i, n) if m[k][i] != 0)
        m[i], m[pivot] = m[pivot], m[i]
        m[i] = [x / m[i][i] for x in m[i]]
        for k in range(n):
            if k != i:
                m[k] = [x - m[k][i] * y for x, y in zip(m[k], m[i])]
    return [row[n] for row in m]


class Decomposition:
    """basis: n rows of (d_0, ..., d_{n-1}) that are 0 modulo r; ratio[i]: the coordinate of (1, 0, ...) in row i times 2^256, rounded,
    rows so signed that it is not negative. d = (k, 0, ...) - sum of c_i basis[i], c_i = floor(k ratio[i] / 2^256 + 1 / 2);
    |d_j| <= bound[j] for 0 <= k < r."""

    def __init__(self, r, m, n):
        assert sum(pow(m, i, r) * c for i, c in enumerate(self.minimal(r, m, n))) % r == 0, "m has degree n"
        lattice = [[r] + [0] * (n - 1)] + [[-pow(m, i, r) % r] + [int(j == i) for j in range(1, n)] for i in range(1, n)]
        rows = balanced(reduced(lattice))
        exact = solved(rows, [1] + [0] * (n - 1))
        self.basis = [row if x >= 0 else [-v for v in row] for row, x in zip(rows, exact)]
        self.ratio = [round(abs(x) * 2**256) for x in exact]
        for row in self.basis:
            assert sum(v * pow(m, i, r) for i, v in enumerate(row)) % r == 0
        # c_i is off the exact coordinate of k by at most a half and k / 2^256 times the error of the ratio
        off = [Fraction(1, 2) + r * abs(abs(x) - Fraction(g, 2**256)) for x, g in zip(exact, self.ratio)]
        self.bound = [int(sum(o * abs(row[j]) for o, row in zip(off, self.basis))) for j in range(n)]

    @staticmethod
    def minimal(r, m, n):
        """m^2 + m + 1 or m^4 - m^2 + 1: what makes the powers below n enough."""
        return {2: [1, 1, 1], 4: [1, 0, -1, 0, 1]}[n]
