# SPDX-License-Identifier: MIT OR Apache-2.0
"""cvc5 as a second opinion (Python wheel cvc5-gpl, a development tool): the integer lemmas of the proofs, and algebra in its finite-field theory.

Every query asks for a counterexample; the answer must be unsat.
"""
from .form import P, Poly, add, const, mul, primed, scale, sub, substitute, var

LIMIT_MS, FIRST_MS = 60000, 2000


def ask(text, limit_ms=LIMIT_MS):
    """The answer to one script."""
    import cvc5

    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("tlimit-per", str(limit_ms))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text + "\n(check-sat)\n", "lemma")
    answer = ""
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return answer
        answer = str(command.invoke(solver, parser.getSymbolManager())).strip() or answer


def number(n):
    return str(n) if n >= 0 else f"(- {-n})"


def integer_query(kind, weights, c, before, after):
    """Is there a value of the law that is 0 mod p, within the bounds before and not within those after?

    kind `impossible`: is there any? After None: is there one that is not 0 over Z?"""
    lines = ["(set-logic QF_LIA)", "(declare-fun t () Int)"]
    for i, (lo, hi) in enumerate(before):
        lines += [f"(declare-fun x{i} () Int)", f"(assert (<= {number(lo)} x{i} {number(hi)}))"]
    total = " ".join(f"(* {number(w)} x{i})" for i, w in enumerate(weights))
    lines.append(f"(assert (= (+ {total} {number(c)}) (* {P} t)))")
    if kind != "impossible" and after is None:
        lines.append("(assert (distinct t 0))")
    elif kind != "impossible":
        wrong = [f"(< x{i} {number(lo)}) (> x{i} {number(hi)})" for i, (lo, hi) in enumerate(after) if (lo, hi) != before[i]]
        lines.append(f"(assert (or {' '.join(wrong)}))" if wrong else "(assert false)")
    return "\n".join(lines)


class Field:
    """A script over the field; polynomials are asserted to be zero."""

    def __init__(self):
        self.lines, self.names = [], {}

    def name(self, v):
        if v not in self.names:
            self.names[v] = f"v{len(self.names)}"
        return self.names[v]

    def text(self, poly):
        terms = []
        for m, c in poly.items():
            factors = [f"(as ff{c} F)"] + [self.name(v) for v in m]
            terms.append(factors[0] if len(factors) == 1 else f"(ff.mul {' '.join(factors)})")
        return "(as ff0 F)" if not terms else terms[0] if len(terms) == 1 else f"(ff.add {' '.join(terms)})"

    def zero(self, *factors):
        texts = [self.text(f) for f in factors]
        product = texts[0] if len(texts) == 1 else f"(ff.mul {' '.join(texts)})"
        self.lines.append(f"(assert (= {product} (as ff0 F)))")

    def some_differs(self, polys):
        """One of the polynomials is not zero."""
        self.lines.append(f"(assert (or {' '.join(f'(not (= {self.text(q)} (as ff0 F)))' for q in polys)} false))")

    def script(self):
        head = ["(set-logic QF_FF)", f"(define-sort F () (_ FiniteField {P}))"]
        return "\n".join(head + [f"(declare-fun {n} () F)" for n in self.names.values()] + self.lines)


def ask_integers(kind, weights, c, before, after):
    """The answer on an integer lemma; one that is too long is asked again item by item, from the smallest weight, each after those before."""
    answer = ask(integer_query(kind, weights, c, before, after), FIRST_MS)
    if answer == "unsat" or kind == "impossible" or after is None:
        return answer
    known = list(before)
    for i in sorted(range(len(weights)), key=lambda i: abs(weights[i])):
        if known[i] != after[i]:
            wanted = known[:i] + [after[i]] + known[i + 1:]
            answer = ask(integer_query(kind, weights, c, known, wanted))
            if answer != "unsat":
                return answer
            known = wanted
    return "unsat"


def choice_query(weights):
    """Two choices of one bit of n with the same weighted sum are the same choice, bits and sums taken mod p."""
    f = Field()
    ones, total = [], const(0)
    for row in ("a", "b"):
        one = const(-1)
        for i, w in enumerate(weights):
            x = var(f"{row}{i}")
            f.zero(x, sub(x, const(1)))
            one = {**one, (f"{row}{i}",): 1}
            total = add(total, scale(x, w if row == "a" else -w))
        ones.append(Poly(one))
    for one in ones:
        f.zero(one)
    f.zero(total)
    f.some_differs([sub(var(f"a{i}"), var(f"b{i}")) for i in range(len(weights))])
    return f.script()


def ask_choice(weights):
    """The answer on a choice in the field; over the integers where the field theory takes too long (the sums are below p)."""
    answer = ask(choice_query(weights), 10 * FIRST_MS)
    if answer == "unsat":
        return answer
    names = [f"{row}{i}" for row in "ab" for i in range(len(weights))]
    lines = ["(set-logic QF_LIA)"] + [f"(declare-fun {n} () Int) (assert (<= 0 {n} 1))" for n in names]
    for row in "ab":
        lines.append(f"(assert (= (+ {' '.join(f'{row}{i}' for i in range(len(weights)))}) 1))")
    lines.append(f"(assert (= (+ {' '.join(f'(* {number(w)} (- a{i} b{i}))' for i, w in enumerate(weights))}) 0))")
    lines.append(f"(assert (or {' '.join(f'(distinct a{i} b{i})' for i in range(len(weights)))}))")
    return ask("\n".join(lines))


DIVISION = """(set-logic QF_NIA)
(declare-fun q () Int) (declare-fun q2 () Int) (declare-fun r () Int) (declare-fun r2 () Int) (declare-fun d () Int)
(assert (= (+ (* q d) r) (+ (* q2 d) r2)))
(assert (<= 0 r)) (assert (< r d)) (assert (<= 0 r2)) (assert (< r2 d))
(assert (or (distinct q q2) (distinct r r2)))"""


def algebra(table, lemmas):
    """(name, script): determinism in the finite field alone, of tables and parts that need no range. Twin rows as in claims.Builder."""
    if table.name in ("CONST", "ECALL"):
        yield "outputs", whole(table, lemmas)
    if table.name == "DIV":
        yield "a divisor is zero or has an inverse", part(table, ("divisor", "is a bit", "at most one kind"), ["a[", "b[", "dh["],
                                                           [k for (k,) in table.real if k.startswith("kind[")])
    if table.name == "DECODE":
        yield "target flag", part(table, ("target flag", "is a bit", "at most one kind"), ["rdb[", "kind["], ["rdz"])


def whole(table, lemmas):
    """Two rows of any kinds, all laws, equal inputs; values of equal keys are equal: some output differs."""
    f, real = Field(), {"real": table.real}
    rows = [lambda q: substitute(q, real), lambda q: primed(substitute(q, real))]
    for row in rows:
        for factors in table.laws.values():
            f.zero(*(row(q) for q in factors))
        f.zero(row(sub(table.real, const(1))))
    outputs = []
    for use in table.uses.values():
        d = [sub(rows[0](q), rows[1](q)) for q in use.slots]
        selected = [row(use.selector) for row in rows]
        always = substitute(use.selector, real) == substitute(table.real, real)
        if (use.side, use.bus) == ("receive", "STATE"):
            for q in d:
                f.zero(q)
        elif use.bus == "PROG":
            f.lines.append(f"(assert (=> (= {f.text(d[0])} (as ff0 F)) {same(f, d[1:])}))")
        elif use.bus == "MEM" and use.side == "receive":
            both = "true" if always else " ".join(f"(= {f.text(s)} (as ff1 F))" for s in selected)
            f.lines.append(f"(assert (=> (and {both} {same(f, d[1:4])}) {same(f, d[:1] + d[4:])}))")
        elif use.side == "send":
            outputs += d if always else [mul(selected[0], q) for q in d] + [sub(*selected)]
    f.some_differs(outputs)
    return f.script()


def same(f, polys):
    return "(and " + " ".join(f"(= {f.text(q)} (as ff0 F))" for q in polys) + " true)"


def part(table, labels, shared, asked):
    """Two rows, the laws with these labels, equal values in the shared columns: some asked column differs."""
    f, real = Field(), {"real": table.real}

    def second(q):
        return Poly({tuple(sorted(v if any(v.startswith(s) for s in shared) else v + "'" for v in m)): c for m, c in q.items()})

    for name, factors in table.laws.items():
        if any(label in name.split(" # ")[1] for label in labels) and not name.startswith("hib"):
            qs = [substitute(q, real) for q in factors]
            f.zero(*qs)
            f.zero(*map(second, qs))
    for q in (table.real, second(table.real)):
        f.zero(sub(q, const(1)))
    columns = [v for v in asked if not any(v.startswith(s) for s in shared)]
    sums = [var(v) for v in columns] if len(columns) == 1 else [total(columns)]
    f.some_differs([sub(q, second(q)) for q in sums])
    return f.script()


def total(columns):
    out = const(0)
    for v in columns:
        out = add(out, var(v))
    return out


def check(lemmas, tables, say):
    """Ask everything. (integer lemmas, other queries, those that were not unsat)."""
    laws = sorted(lemmas.laws, key=str)
    bad = [(str(law), answer) for law, answer in ((law, ask_integers(*law)) for law in laws) if answer != "unsat"]
    say(f"cvc5: {len(laws)} integer lemmas asked")
    choices = sorted(lemmas.choices)
    bad += [(f"choice {w}", answer) for w, answer in ((w, ask_choice(w)) for w in choices) if answer != "unsat"]
    queries = []
    if lemmas.division:
        queries.append(("division", DIVISION))
    for table in tables:
        queries += [(f"{table.name}: {name}", script) for name, script in algebra(table, lemmas)]
    for name, script in queries:
        answer = ask(script)
        if answer != "unsat":
            bad.append((name, answer))
    return len(laws), len(choices) + len(queries), bad
