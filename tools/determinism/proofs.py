# SPDX-License-Identifier: MIT OR Apache-2.0
"""All claims of a machine, and whether they are proven."""
import time

from . import claims, statements
from .cases import Budget, prove
from .form import const, constant, substitute
from .integers import Contradiction
from .state import OutOfCases

MAKERS = {**vars(claims), **vars(statements)}  # functions by the name of their claim
# Statements by instruction code, and what two of them must have in common to be exchanged (crossed).
BY_CODE = {"products": statements.PRODUCTS, "sums_32": statements.SUMS_32, "orders": statements.ORDERS, "bitwise": statements.BITWISE,
           "shifts": statements.SHIFTS, "divisions": statements.DIVISIONS}
FORM = {"products": lambda s: 0, "sums_32": lambda s: s[1], "orders": lambda s: (s[1], s[2] is None), "bitwise": lambda s: s[1],
        "shifts": lambda s: s[3], "divisions": lambda s: 0}
LIMIT = 2000  # cases of one claim about one kind


class Lemmas:
    """The integer steps that were used, each once: what cvc5 can check (solver.py). keep: whether to collect them."""

    def __init__(self, keep=False):
        self.keep, self.laws, self.choices, self.division = keep, set(), set(), False

    def note(self, kind, lifted, before, after):
        if self.keep and (after is None or list(after) != list(before)):
            order = sorted(range(len(before)), key=lambda i: (lifted[0][i], before[i]))  # the same law of other items is one lemma
            kind = kind if kind == "impossible" else "bounds" if after else "lifted"
            self.laws.add((kind, tuple(lifted[0][i] for i in order), lifted[1], tuple(before[i] for i in order),
                           tuple(after[i] for i in order) if after else None))

    def note_choice(self, weights):
        if self.keep:
            self.choices.add(tuple(sorted(weights)))

    def note_division(self):
        self.division = True


class Result:
    """proven: bool; cases: how many were looked at; why: of a failure."""

    def __init__(self):
        self.proven, self.cases, self.parts, self.seconds, self.why = True, 0, 0, 0.0, ""


def codes(table, kind):
    """The instruction code that a kind shows to PROG, or None."""
    for use in table.uses.values():
        if use.bus == "PROG" and use.side == "query":
            known = {"real": const(1), **({k: const(k == kind) for (k,) in table.real} if kind else {})}
            if constant(substitute(use.selector, known)) == 1:
                return constant(substitute(use.slots[1], known))
    return None


def obligations(table, tables, skip=()):
    """(claim, what of it, function of lemmas that gives a state and a test) of one table."""
    if not table.laws or table.name == "IMAGE":
        return
    kinds = claims.kinds_of(table, skip)
    yield "unreal", "", lambda lemmas: claims.unreal(table, None, lemmas, skip)
    for i in kinds:
        for j in kinds:
            part = f"{i} {j}" if i else ""
            two = {"DECODE": claims.decode_outputs, "INITFINAL": claims.place_outputs}.get(table.name, claims.outputs)
            if codes(table, i) == codes(table, j) and table.name != "RENEW":  # whose stamp is the prover's
                yield "outputs", part, lambda lemmas: two(table, [i, j], lemmas, skip)
        for claim in claims_of(table, i):
            yield claim, i or "", lambda lemmas: MAKERS[claim](table, i, lemmas, skip)
        if table.name != "INITFINAL":
            for index in range(5):
                yield "time", f"{i or ''} {index}", lambda lemmas: claims.time(table, i, lemmas, skip, index)
        if codes(table, i) is not None:
            for other, j in rivals(table, tables, codes(table, i)):
                yield "exclusive", f"{i or ''} {other.name} {j or ''}", lambda lemmas: claims.exclusive(
                    [table, other], [i, j], lemmas, skip)


def claims_of(table, kind):
    """Claims about one row of a kind."""
    if table.name == "INITFINAL":
        return ["address", "order"]
    if table.name == "DECODE":
        return ["limbs", "stored", "constants", "immediates"]
    if table.name == "RENEW":
        return ["stored", "renewed"]
    if codes(table, kind) is None:
        return ["product"] if any(u.bus == "MCALL" for u in table.uses.values()) else ["fetch"]
    out = ["limbs", "stored", "fetch", "halt"]
    if any(u.bus == "MEM" and constant(u.slots[0]) != 0 for u in table.uses.values()):
        out += ["classes", "moved"]
    if table.name in statements.SUMS:
        out.append("sums")
    out += [claim for claim, known in BY_CODE.items() if codes(table, kind) in known]
    if table.name == "BRANCH":
        out.append("aligned")
    return out


def rivals(table, tables, code):
    """Kinds of other tables that serve the same instruction code."""
    for other in tables.values():
        if other is not table and any(u.bus == "PROG" and u.side == "query" for u in other.uses.values()):
            for kind in claims.kinds_of(other):
                if codes(other, kind) == code:
                    yield other, kind


def prove_one(make, lemmas, limit):
    """(proven, cases, why)"""
    budget = Budget(limit)
    try:
        made = make(lemmas)
        if made is None:
            return None
        return prove(made[0], budget, made[1]), budget.used, "a case is open"
    except Contradiction:
        return True, 1, ""
    except claims.Missing as e:
        return False, budget.used, str(e)
    except OutOfCases:
        return False, budget.used, "too many cases"


def prove_table(table, tables, lemmas, skip=(), only=None, stop=False, limit=LIMIT):
    """{claim: Result}. stop: end at the first failure."""
    results = {}
    try:
        for claim, part, make in obligations(table, tables, skip):
            if only and claim not in only:
                continue
            start = time.process_time()
            got = prove_one(make, lemmas, limit)
            if got is None:
                continue
            r = results.setdefault(claim, Result())
            r.seconds += time.process_time() - start
            r.cases += got[1]
            r.parts += 1
            if not got[0] and r.proven:
                r.proven, r.why = False, f"{part}: {got[2]}"
            if not r.proven and stop:
                return results
    except claims.Missing as e:
        r = results.setdefault("outputs", Result())
        r.proven, r.why = False, str(e)
    return results


def crossed(table, tables):
    """Sentences: instructions that are proven to be what another one is."""
    bad = []
    for kind in claims.kinds_of(table):
        code = codes(table, kind)
        for claim, known in BY_CODE.items():
            true, others = known.get(code), set(known.values())
            if table.name == "DIV" and kind.startswith("kind0"):
                others = {s for s in others if true and s[1:] != true[1:]}  # a divisor 0 is the same for both signs
            for wrong in {s for s in others if true is not None and s != true and FORM[claim](s) == FORM[claim](true)}:
                known[code] = wrong
                try:
                    if prove_one(lambda lemmas: MAKERS[claim](table, kind, lemmas), Lemmas(), LIMIT)[0]:
                        bad.append(f"{table.name} {kind}: {claim} {wrong} is proven too")
                finally:
                    known[code] = true
    return bad
