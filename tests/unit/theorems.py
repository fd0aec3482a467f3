#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The terms of an opening as the theorems of docs/security.md section 4 give them, for every schedule of every profile.

Each fold term, list size and limit is computed from the statements, not from the formulas of parameters.md, and must be at
least 132 bits and no weaker than what parameters.md charges. The figures that security.md quotes are printed here and looked
for there, and so are the tests that it names.
"""
import math
import os
import re
import sys

ROOT = os.environ.get("SOCLE_SOURCE_ROOT", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import params  # noqa: E402
import soundcalc  # noqa: E402

CLAIM = 132.0


def lg(x):
    return math.log2(x)


def johnson_exceptional(n, dim, agreement, m):
    """2026/2056 Theorem 5.12, exception count of a line; without its roundings, which only make it smaller. The theorem's
    multiplicity is the least one that the agreement allows, so at most m."""
    deg = dim - 1
    rho, t = deg / n, m + 0.5
    slack = agreement - math.sqrt(rho)
    assert slack > 0 and math.sqrt(rho) / (2 * slack) <= m, "the radius is not one of multiplicity %d" % m
    mu, height = t / math.sqrt(rho), t * t / (3 * rho)
    theta = (n - deg) / (agreement * n - deg)
    return (2 * mu - 1) * height + theta * (height + mu + 4 * deg * mu * height) + (n - deg - 1) * mu


def printed_exceptional(n, dim, agreement):
    """2025/2055 Theorem 4.6 for lines, with the multiplicity as printed: twice that of its Theorem 1.5."""
    rho = (dim - 1) / n
    slack = agreement - math.sqrt(rho)
    t = max(math.ceil(math.sqrt(rho) / slack - 1e-9), 3) + 0.5
    return (2 * t**5 + 3 * t * (1 - agreement) * rho) * n / (3 * rho**1.5) + t / math.sqrt(rho)


def lossless_radius(n, dim):
    """2025/2055 Corollary 1.4: the largest radius at which it has no loss."""
    delta = 1 - (dim - 1) / n
    return delta / 2 - 3 / (delta * n)


def johnson_list(n, dim, agreement):
    """Words that agree with one word in this part of n places and pairwise in fewer than dim of them."""
    a, d = agreement * n, dim - 1
    return n * (a - d) / (a * a - n * d)


class Least(dict):
    def note(self, key, bits):
        self[key] = min(self.get(key, math.inf), bits)


def check_round(least, r):
    """r: a round of schedules.txt."""
    dim, n = 1 << (r.mu - r.k), 1 << (r.mu - r.k + r.lr)
    reg = params.Regime(r.m, r.lr)

    def fold(lists, a):
        return params.F_BITS - lg(3 * lists + a) + r.gf

    charged = params.Round(r.mu == 0, r.mu, r.k, r.lr, r.m).folds()
    if r.m:
        a = johnson_exceptional(n, dim, reg.agreement, r.m)
        assert a <= reg.exceptional(r.mu - r.k + r.lr), "more exceptional challenges than parameters.md charges"
        lists = johnson_list(n, dim, reg.agreement)
        assert lists <= reg.list_size, "a longer list than parameters.md charges"
        least.note("johnson", fold(reg.list_size, a))
        least.note("printed", fold(reg.list_size, printed_exceptional(n, dim, reg.agreement)))
    else:
        a = n  # 2020/654 Theorem 1.4 at half the distance
        least.note("unique", fold(1, a))
        radius = lossless_radius(n, dim)
        least.note("lossless", r.gq - r.t * lg(1 - radius) if 0 < radius < 1 else 0)
    proven = fold(reg.list_size, a)
    assert proven >= CLAIM and min(charged) + r.gf <= proven + 1e-9, "a fold term weaker than claimed"


def check_samples(least, r):
    """Round 0 of a boundary opening: members of the list that agree at w points of F^mu; the claims, one list for all."""
    if r.m:
        reg = params.Regime(r.m, r.lr)
        lists = johnson_list(1 << (r.mu - r.k + r.lr), 1 << (r.mu - r.k), reg.agreement)
        apart = r.ood * (params.F_BITS - lg(r.mu)) - lg(lists * (lists - 1) / 2)
        assert apart >= reg.ood_bits(r.mu, r.ood) >= CLAIM, "samples that leave more of a list than parameters.md charges"
        least.note("samples", reg.ood_bits(r.mu, r.ood))
        least.note("gamma", params.F_BITS - lg(params.ARG_COLUMNS * reg.list_size))
    assert (r.ood > 0) == (r.m > 0), "a list is cut down to one by samples"


def check_openings(name, own):
    least = Least()
    for key, rounds in own.items():
        for r in rounds if key != "pow" else ():
            check_round(least, r)
        if key != "pow" and key[0] == "boundary":
            check_samples(least, rounds[0])
        elif key != "pow":
            assert rounds[0].ood == 0, "samples that nobody draws"
    print("%s: %s" % (name, ", ".join("%s %.2f" % (k, least[k]) for k in sorted(least))))
    return least


def listing():
    """{table: [columns, constraints, bus uses]} of docs/constraints.txt."""
    out, own = {}, None
    with open(os.path.join(ROOT, "docs", "constraints.txt"), encoding="ascii") as f:
        for line in f:
            word = line.split(";")[0].split()
            if word[:1] == ["table"] and (len(word) == 2 or word[2] == "height"):
                own = out[word[1]] = [0, 0, 0]
            elif word[:1] == ["column"]:
                width = word[1].split("[")[1].rstrip("]") if "[" in word[1] else "1"
                own[0] += int(width)
            elif word[:2] == ["0", "="]:
                own[1] += 1
            elif word[:1] in (["send"], ["receive"], ["query"], ["table"]):
                own[2] += 1
    return out


def check_argument():
    """The counts that the argument's terms are charged with hold for the machine as it is."""
    tables = listing()
    assert len(tables) > 20 and "IMAGE" in tables
    once = ("REGS", "U16T", "BYTET", "POW2T", "IMAGE")
    chunks = {t: 1 if t in once else 4 for t in tables}
    powers = sum(chunks[t] * v[1] for t, v in tables.items()) + 4  # claims of L and of G
    columns = sum(chunks[t] * v[0] for t, v in tables.items())
    assert powers <= params.ARG_POWERS and columns <= params.ARG_COLUMNS
    leaves, public = 1 << params.ARG_LOG_LEAVES, (1 << 29) + 8
    assert leaves + public <= 1 << params.ARG_LOG_FRACTIONS and leaves + public < params.P
    print("argument: %d powers of lambda, %d of gamma at most" % (powers, columns))
    return powers, columns


def claimed():
    """The figures of the profiles that schedules.inc states; tests/unit/test_budget.c computes them."""
    with open(os.path.join(ROOT, "core", "budget", "schedules.inc"), encoding="ascii") as f:
        figures = re.findall(r"\.(?:min|sum|set)_bits_x100 = (\d+)", f.read())
    assert len(figures) == 3 * len(soundcalc.schedules())
    return ["%.2f" % (int(n) / 100) for n in figures]


def check_names(text):
    """Every test that the page names, as suite/name, exists."""
    tests, base = set(), os.path.join(ROOT, "tests")
    for folder, _, names in os.walk(base):
        for name in names:
            if name.endswith(".c"):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    tests.update(re.findall(r"Test\(\s*(\w+),\s*(\w+)", f.read()))
    named = re.findall(r"`([a-z_0-9]+)/([a-z_0-9]+)`", text)
    assert len(named) > 30
    return [n for n in named if n not in tests]


def main():
    powers, columns = check_argument()
    quoted = ["%d powers of lambda" % powers, "%d column values" % columns]
    for name, own in soundcalc.schedules().items():
        least = check_openings(name, own)
        quoted += ["%.2f" % least[k] for k in least]
    texts = {}
    for page in ("security.md", os.path.join("spec", "parameters.md")):
        with open(os.path.join(ROOT, "docs", page), encoding="utf-8") as f:
            texts[page] = f.read()
    text = texts["security.md"]
    missing = ["docs/security.md lacks " + q for q in quoted if q not in text]
    missing += ["docs/%s lacks %s" % (page, q) for page, t in texts.items() for q in claimed() if q not in t]
    missing += ["there is no such test: %s/%s" % n for n in check_names(text)]
    if missing:
        sys.exit("theorems.py: " + "; ".join(missing))


if __name__ == "__main__":
    main()
