#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Parameter schedules of the polynomial opening: search, tables, generated C data.

  tools/params.py --write   search and write core/budget/schedules.inc and docs/spec/schedules.txt
  tools/params.py --check   search and compare with the committed files
  tools/params.py --table   print schedules, sizes and costs
  tools/params.py --size PROFILE M I C   size of a proof: main 2^M, image 2^I, C columns

Formulas and their sources: docs/spec/parameters.md. Everything is in bits (-log2) unless a name says otherwise.
"""
import functools
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "..", "core", "budget", "schedules.inc")
SPEC = os.path.join(HERE, "..", "docs", "spec", "schedules.txt")

P = 2**31 - 2**24 + 1
F_BITS = 5 * math.log2(P)
ADICITY = 24
BASE_B, EXT_B, HASH_B, NONCE_B = 4, 20, 32, 8
M0_MIN, M0_MAX = 16, 30
MAX_ROUNDS, MAX_T, MAX_OOD, MAX_LR = 6, 320, 3, 12
FINAL_MAX = 7

# What a profile asks of a single term. Query terms cost bytes, the others cost grinding.
TERM_MIN = 132.0
SUM_MIN = 128.0
TERM_QUERY = 132.05
TERM_FOLD = 133.0
WANT = (TERM_QUERY, TERM_FOLD)
# A proof of a set has three openings, and main and image leave little of 128 bits. Boundary queries are better by three bits, which
# costs about 3 % of bytes. Folds: where grinding is cheap likewise, in the Johnson regime by half a bit, to keep it up to 2^25 cells.
BOUNDARY_WANT = {"JOHNSON": (135.0, 133.5), "UNIQUE": (135.0, 135.0)}
LOGUP_POW = 14
GRIND_QUERY = 18
GRIND_FOLD_MAX = 19
GRIND_LOG2_MAX = 22.0  # of one instance
GRIND_PRICE = 2.0**-10  # bytes of proof that one hash of grinding is worth
JOHNSON = (3, 4, 5, 6, 7, 8, 10, 12, 16)  # multiplicities
UNIQUE = (0,)

# The largest argument that the shape limits of proof.md let through.
ARG_LOG_LEAVES, ARG_H, ARG_POWERS, ARG_COLUMNS = 30, 30, 8192, 8192
ARG_LOG_FRACTIONS = 31  # leaves and public terms
ZERO_DEG = 4


def lg(x):
    return math.log2(x)


def bits_of_sum(bits):
    low = min(bits)
    return low - lg(math.fsum(2.0 ** (low - b) for b in bits))


class Regime:
    """m = 0: unique decoding; m >= 3: Johnson radius with multiplicity m."""

    def __init__(self, m, lr):
        rho = 2.0**-lr
        self.m, self.lr = m, lr
        self.agreement = (1 + rho) / 2 if m == 0 else math.sqrt(rho) * (1 + 1 / (2 * m))
        self.query_bits = -lg(self.agreement)
        self.list_size = 1.0 if m == 0 else (m + 0.5) / math.sqrt(rho)

    def exceptional(self, log_n):
        """Challenges of a line of words for which proximity is not inherited; m = 0: as the public calculators count them."""
        n, rho = 2.0**log_n, 2.0**-self.lr
        if self.m == 0:
            return (1 - rho) / 2 * n + 1
        big = self.m + 0.5
        delta = 1 - self.agreement
        return (2 * big**5 + 3 * big * delta * rho) * n / (3 * rho**1.5) + big / math.sqrt(rho)

    def fold_bits(self, log_n):
        return F_BITS - lg(3 * self.list_size + self.exceptional(log_n))

    def ood_bits(self, mu, w):
        """Two words of a list agree at w samples: points of F^mu, and the weaker count by powers of one element."""
        pairs = 2 * lg(self.list_size)
        return min(w * (F_BITS - lg(mu)) - (pairs - 1), w * (F_BITS + 1 - mu) - pairs)


class Round:
    """One round. want: (query, fold) bits asked for; boundary: round 0 of a boundary opening, whose samples are drawn before it."""

    def __init__(self, first, mu, k, lr, m, want=WANT, boundary=False):
        self.mu, self.k, self.lr, self.m, self.first, self.boundary = mu, k, lr, m, first, boundary
        self.log_n = mu - k + lr
        self.reg = Regime(m, lr)
        self.gq = GRIND_QUERY
        self.t = math.ceil((want[0] - self.gq) / self.reg.query_bits)
        self.gf = max(0, math.ceil(want[1] - min(self.folds())))
        self.ood = 0
        if m and (boundary or not first):
            self.ood = next(w for w in range(1, MAX_OOD + 1) if self.reg.ood_bits(mu, w) >= TERM_FOLD + 2)

    def folds(self):
        """Each of the k challenges under both accountings of the code length; the smaller value. At half the distance the
        theorem for interleaved words allows n exceptional challenges, not delta n + 1."""
        il = self.reg.fold_bits(self.log_n) if self.m else F_BITS - lg(3 + 2.0**self.log_n)
        return [min(il, self.reg.fold_bits(self.mu - s + self.lr)) for s in range(1, self.k + 1)]

    def usable(self):
        return self.t <= MAX_T and self.gf <= GRIND_FOLD_MAX

    @functools.cached_property
    def grind_hashes(self):
        return 2.0**self.gq + (self.k * 2.0**self.gf if self.gf else 0)

    def terms(self, prev):
        """(name, bits) of every error term that this round adds."""
        out = [("fold %d" % (i + 1), b + self.gf) for i, b in enumerate(self.folds())]
        out.append(("query", self.t * self.reg.query_bits + self.gq))
        if self.ood:
            out.append(("sample", self.reg.ood_bits(self.mu, self.ood)))
        if self.boundary:
            out.append(("gamma", F_BITS - lg(self.reg.list_size * ARG_COLUMNS)))
        if prev:
            out.append(("mix", F_BITS - lg(self.reg.list_size * (prev.t + self.ood))))
        return out

    @functools.cached_property
    def cost(self):
        return self.bytes_open() + self.bytes_rest() + GRIND_PRICE * self.grind_hashes

    def bytes_open(self, shared=True):
        leaf = (BASE_B if self.first else EXT_B) << self.k
        n = 2.0**self.log_n
        leaves = n * (1 - (1 - 1 / n) ** self.t) if shared else self.t
        path = 0.0
        for level in range(1, self.log_n + 1):
            c = 2.0**level
            path += c * ((1 - 1 / c) ** self.t - (1 - 2 / c) ** self.t)
        return leaves * leaf + HASH_B * (path if shared else self.t * self.log_n)

    def bytes_rest(self):
        root = 0 if self.first else HASH_B + self.ood * EXT_B
        return root + self.k * (2 * EXT_B + (NONCE_B if self.gf else 0)) + NONCE_B


class Schedule:
    def __init__(self, rounds, extra):
        self.rounds, self.extra = rounds, extra
        self.mu_final = rounds[-1].mu - rounds[-1].k

    def terms(self):
        out, prev = [], None
        for i, r in enumerate(self.rounds):
            out += [("round %d %s" % (i, name), b) for name, b in r.terms(prev)]
            prev = r
        return out

    def bytes(self, shared=True):
        return sum(r.bytes_open(shared) + r.bytes_rest() for r in self.rounds) + (EXT_B << self.mu_final)

    def hashes(self):
        return sum(r.grind_hashes for r in self.rounds)


class Search:
    """Schedules of one profile. later: the multiplicities that rounds after the first may use."""

    def __init__(self, later, want=WANT):
        self.later, self.want = later, want
        self.rounds, self.least = {}, {}

    def rounds_of(self, mu, k, lr):
        """Later rounds worth looking at: none has both more queries and more grinding than another multiplicity."""
        key = (mu, k, lr)
        if key not in self.rounds:
            cands = [Round(False, mu, k, lr, m, self.want) for m in self.later if Regime(m, lr).query_bits > 0]
            keep = []
            for r in sorted((r for r in cands if r.usable()), key=lambda r: (r.gf, r.t)):
                if not keep or r.t < keep[-1].t:
                    keep.append(r)
            self.rounds[key] = keep
        return self.rounds[key]

    def steps(self, mu, log_n):
        """Rounds that may follow: mu variables are left, the code words before had length 2^log_n."""
        for k in range(2, 7):
            for shrink in (1, 2, 3):
                lr = log_n - shrink - (mu - k)
                if mu - k >= 3 and 1 <= lr <= MAX_LR:
                    yield from self.rounds_of(mu, k, lr)

    def least_cost(self, mu, log_n, left):
        """Cost that the rest has at least, grinding and commitments unlimited."""
        if mu <= FINAL_MAX:
            return EXT_B << mu
        key = (mu, log_n, left)
        if key not in self.least:
            self.least[key] = math.inf
            if left:
                self.least[key] = min((r.cost + self.least_cost(mu - r.k, r.log_n, left - 1)
                                       for r in self.steps(mu, log_n)), default=math.inf)
        return self.least[key]

    def best(self, m0, firsts, extra_max, extra_price):
        """Branch and bound over the arity of each fold, shrinking of the domain by 2^1 .. 2^3 per round, multiplicity.
        extra is the cost of the later commitments in units of the first one, priced in bytes."""
        best = [math.inf, None]

        def rec(rounds, extra, mu, cost, hashes):
            log_n = rounds[-1].log_n
            total = cost + extra * extra_price
            if total + self.least_cost(mu, log_n, MAX_ROUNDS - len(rounds)) >= best[0]:
                return
            if mu <= FINAL_MAX:
                best[:] = [total + (EXT_B << mu), Schedule(rounds, extra)]
                return
            for r in self.steps(mu, log_n):
                more = extra + 5 * 2.0 ** (mu + r.lr - m0 - rounds[0].lr)
                work = hashes + r.grind_hashes
                if more <= extra_max and lg(work) <= GRIND_LOG2_MAX:
                    rec(rounds + [r], more, mu - r.k, cost + r.cost, work)

        for r in firsts:
            if r.log_n <= ADICITY and r.usable():
                rec([r], 0.0, m0 - r.k, r.cost, r.grind_hashes)
        return best[1]

    def main(self, m0):
        """Round 0: rate 1/2, unique decoding."""
        cap = 0.20 if m0 >= 20 else 0.20 * 2.0 ** (20 - m0)
        return self.best(m0, [Round(True, m0, k, 1, 0) for k in range(4, 9)], cap, 2.0**17)

    def image(self, m0):
        """Round 0: no samples, since the code word is computed by whoever holds the image. Rate 2^-4 in the Johnson
        regime where the profile has it; where that asks for too much grinding, unique decoding at whatever rate is smallest."""
        johnson = [Round(True, m0, k, 4, m) for k in range(3, 11) for m in self.later if m]
        unique = [Round(True, m0, k, lr, 0) for k in range(3, 11) for lr in (1, 2, 3, 4)]
        return self.best(m0, johnson, 1.0, 2.0**13) or self.best(m0, unique, 0.5, 2.0**15)

    def boundary(self, m0):
        """Round 0: rate 2^-3 in the Johnson regime with samples, drawn in the set's transcript before the challenges of the
        global bus, where the profile has the regime and grinding allows it; else unique decoding at that rate."""
        johnson = [Round(True, m0, k, 3, m, self.want, True) for k in range(3, 11) for m in self.later if m]
        unique = [Round(True, m0, k, 3, 0, self.want, True) for k in range(3, 11)]
        return self.best(m0, johnson, 0.5, 2.0**15) or self.best(m0, unique, 0.5, 2.0**15)


def argument_terms():
    out = [("logup alpha beta", F_BITS - (ARG_LOG_FRACTIONS + 1) + LOGUP_POW)]
    out += gkr_terms()
    out += [("lambda", F_BITS - lg(ARG_POWERS)), ("tau", F_BITS - lg(ARG_H))]
    out += [("zero round", F_BITS - lg(ZERO_DEG))] * ARG_H
    out += [("gamma", F_BITS - lg(ARG_COLUMNS))] * 2
    return out


def gkr_terms():
    n = ARG_LOG_LEAVES
    return [("gkr mix", F_BITS - 1)] * n + [("gkr line", F_BITS - 1)] * n + [("gkr round", F_BITS - lg(3))] * (n * (n - 1) // 2)


def set_terms():
    """What a proof of a set has beside the argument of a single one: the challenges of the global bus, drawn once for the set,
    and the argument for its fractions."""
    return [("set alpha beta", F_BITS - (ARG_LOG_FRACTIONS + 1) + LOGUP_POW)] + gkr_terms()


class Profile:
    """later: multiplicities of rounds that may be list-decoded; cut: log2 of main cells, of local and of global leaves."""

    def __init__(self, c_name, name, later, cut):
        self.c_name, self.name, self.later, self.cut = c_name, name, later, cut
        self.lists = None


# The shipped profiles. The first one is the default.
PROFILES = (Profile("profile_default", "socle-132", "JOHNSON", (28, 27, 23)),
            Profile("profile_unique", "socle-132-unique", "UNIQUE", (28, 27, 23)),
            Profile("profile_small", "socle-132-small", "JOHNSON", (25, 24, 20)))
REGIMES = {"JOHNSON": JOHNSON, "UNIQUE": UNIQUE}
PARTS = ("main", "image", "boundary")


def all_schedules(later):
    """{part: {m0: schedule}}"""
    sizes = range(M0_MIN, M0_MAX + 1)
    search, strict = Search(REGIMES[later]), Search(REGIMES[later], BOUNDARY_WANT[later])
    return {"main": {m: search.main(m) for m in sizes}, "image": {m: search.image(m) for m in sizes},
            "boundary": {m: strict.boundary(m) for m in sizes}}


def bits_of_terms(terms):
    return bits_of_sum([b for _, b in terms])


def claims(lists):
    """(smallest term, sum over the worst single proof, sum over the worst proof of a set), in bits."""
    every = argument_terms() + set_terms() + [t for d in lists.values() for s in d.values() for t in s.terms()]
    worst = {part: min(bits_of_terms(s.terms()) for s in d.values()) for part, d in lists.items()}
    single = bits_of_sum([bits_of_terms(argument_terms()), worst["main"], worst["image"]])
    return min(b for _, b in every), single, bits_of_sum([single, bits_of_terms(set_terms()), worst["boundary"]])


def round_text(r):
    return "%d, %d, %d, %d, %d, %d, %d, %d" % (r.mu, r.k, r.lr, r.m, r.ood, r.gq, r.gf, r.t)


def emit_lists(later, lists):
    out = ["#define %s" % later]
    for part, d in lists.items():
        out.append("    .%s = {" % part)
        for m0, s in d.items():
            out.append("        [%d] = {%d, %d," % (m0, len(s.rounds), s.mu_final))
            out += ("                {%s}}," % ",\n                 ".join("{%s}" % round_text(r) for r in s.rounds)).split("\n")
        out.append("    },")
    return [line + " \\" for line in out[:-1]] + [out[-1]]


def emit_profile(p):
    low, single, of_set = claims(p.lists)
    return ["static const struct sc_profile %s = {" % p.c_name,
            '    .name = "%s",' % p.name, "    .logup_pow = %d," % LOGUP_POW,
            "    .min_m0 = %d," % M0_MIN, "    .max_m0 = %d," % M0_MAX, "    .cut = {%d, %d, %d}," % p.cut,
            "    .min_bits_x100 = %d," % math.floor(100 * low), "    .sum_bits_x100 = %d," % math.floor(100 * single),
            "    .set_bits_x100 = %d," % math.floor(100 * of_set), "    %s" % p.later, "};"]


def emit(profiles):
    out = ["/* tools/params.py --write", " * SPDX-License-Identifier: MIT OR Apache-2.0", " *",
           " * Schedules of the shipped profiles: {mu, k, lr, m, ood, gq, gf, t} per round. Not edited by hand.", " */"]
    for later in REGIMES:
        out += emit_lists(later, next(p.lists for p in profiles if p.later == later)) + [""]
    for p in profiles:
        out += emit_profile(p) + [""]
    out.append("static const struct sc_profile *const profiles[] = {%s};" % ", ".join("&" + p.c_name for p in profiles))
    return "\n".join(out) + "\n"


def emit_spec(profiles):
    """The same data as text, for those who write a verifier from the specification."""
    out = ["; Schedules of the shipped profiles, parameters.md section 2. Made by tools/params.py --write.",
           "; profile NAME LOGUP_POW MIN_M0 MAX_M0 CUT_CELLS CUT_LEAVES CUT_GLOBAL",
           "; main|image|boundary M0 MU_FINAL, then per round (mu,k,lr,m,ood,gq,gf,t)"]
    for p in profiles:
        out.append("profile %s %d %d %d %d %d %d" % (p.name, LOGUP_POW, M0_MIN, M0_MAX, *p.cut))
        for part, d in p.lists.items():
            for m0, s in d.items():
                rounds = " ".join("(%s)" % round_text(r).replace(" ", "") for r in s.rounds)
                out.append("%s %d %d %s" % (part, m0, s.mu_final, rounds))
    return "\n".join(out) + "\n"


def gkr_bytes(n):
    return (n * (n - 1) + 4 * n + 2) * EXT_B


def proof_bytes(main, image, columns, shared=True):
    leaves = main.rounds[0].mu
    return (main.bytes(shared) + image.bytes(shared) + gkr_bytes(leaves) + 22 * ZERO_DEG * EXT_B +
            columns * EXT_B + 512)


def table(lists):
    for name, d in lists.items():
        for m0, s in d.items():
            print("%s 2^%d: final 2^%d, %.0f KiB (%.0f without sharing), later commitments %.1f %%, grinding 2^%.1f, sum %.2f"
                  % (name, m0, s.mu_final, s.bytes() / 1024, s.bytes(False) / 1024, 100 * s.extra, lg(s.hashes()),
                     bits_of_terms(s.terms())))
            for r in s.rounds:
                print("   mu %2d k %2d lr %2d m %2d leaves 2^%2d t %3d ood %d gq %d gf %2d" %
                      (r.mu, r.k, r.lr, r.m, r.log_n, r.t, r.ood, r.gq, r.gf))
    print("smallest term %.2f, sum over the worst single proof %.2f, over the worst of a set %.2f, argument alone %.2f" %
          (*claims(lists), bits_of_terms(argument_terms())))


def main(argv):
    found = {later: all_schedules(later) for later in REGIMES}
    for p in PROFILES:
        p.lists = found[p.later]
        low, single, of_set = claims(p.lists)
        if low < TERM_MIN or single < SUM_MIN or of_set < SUM_MIN:
            table(p.lists)
            sys.exit("params.py: %s: terms of %.2f bits, sums %.2f and %.2f: below the claim" % (p.name, low, single, of_set))
    files = ((TARGET, emit(PROFILES)), (SPEC, emit_spec(PROFILES)))
    if argv[1:2] == ["--write"]:
        for path, text in files:
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
    elif argv[1:2] == ["--check"]:
        for path, text in files:
            with open(path, encoding="ascii") as f:
                if f.read() != text:
                    sys.exit("params.py: %s is not what this script makes" % os.path.relpath(path))
    elif argv[1:2] == ["--size"] and len(argv) == 6:
        lists = next(p.lists for p in PROFILES if p.name == argv[2])
        m, i, c = (int(a) for a in argv[3:])
        for shared in (True, False):
            print("%.1f KiB %s" % (proof_bytes(lists["main"][m], lists["image"][i], c, shared) / 1024,
                                   "expected" if shared else "without shared paths"))
    else:
        for later, lists in found.items():
            print("profile %s" % ", ".join(p.name for p in PROFILES if p.later == later))
            table(lists)


if __name__ == "__main__":
    main(sys.argv)
