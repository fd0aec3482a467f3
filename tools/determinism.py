#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Determinism of the chips, from the solver form that airgen writes; docs/internals/determinism.md says what is proven and how.

  tools/determinism.py --airgen AIRGEN [--table NAME]      prove, and print what fails
        --rows FILE        honest rows (the output of tests/row_dump, or that program) must keep all laws and premises
        --check DOCUMENT   the table in the document must be that of this machine; a sample of laws is deleted and must be
                           missed, statements are exchanged and must fail, and the integer step is compared with enumeration
        --unforged DEF     with --check: laws that this list of airlint calls PROOF must be ones that some proof misses
        --forged ROWS      with --check: laws with a row forgery of airlint must be ones that some proof misses
        --delete           delete each law in turn and print those that no proof misses (minutes)
        --solver           ask cvc5 too (Python wheel cvc5-gpl): all integer lemmas, and algebra in its finite-field theory
        --write DOCUMENT   --delete and --solver, then write the table

Exit 1: something is not proven, or not as the document says. The standard library is enough but for --solver and --write.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets decides the order of steps: the same one each time
    os.execve(sys.executable, [sys.executable] + sys.argv, {**os.environ, "PYTHONHASHSEED": "0"})

sys.dont_write_bytecode = True

from determinism import form, legal, proofs, rows, small  # noqa: E402

BEGIN, END = "<!-- table: tools/determinism.py --write -->", "<!-- end of table -->"
OF_SETS = ("BOUNDARY",)  # no row of theirs determines anything: what they say is a claim about all proofs of a set
N_SAMPLED = 3  # laws of each table that --check deletes


def read_tables(airgen):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([airgen, "--solver", folder], check=True)
        tables = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="ascii") as f:
                tables.append(form.Table(f.read()))
    return {t.name: t for t in tables if t.name not in OF_SETS}


def read_rows(path):
    if os.access(path, os.X_OK):
        return rows.load(subprocess.run([path], check=True, capture_output=True, text=True).stdout.splitlines())
    with open(path, encoding="ascii") as f:
        return rows.load(f)


def deletable(table):
    return list(table.laws) + [name for name, use in table.uses.items() if use.side == "query"]


def is_missed(table, tables, law):
    """Does some proof fail without the law?"""
    results = proofs.prove_table(table, tables, proofs.Lemmas(), skip={law}, stop=True)
    if not all(r.proven for r in results.values()):
        return True
    return table.name == "DECODE" and bool(legal.problems(table, {law}))


def prove_all(tables, chosen, lemmas):
    """{table: {claim: Result}}, and sentences about failures."""
    results, bad = {}, []
    for name in chosen:
        results[name] = proofs.prove_table(tables[name], tables, lemmas)
        bad += [f"{name}: {claim} is not proven: {r.why}" for claim, r in results[name].items() if not r.proven]
        if name == "DECODE":
            bad += legal.problems(tables[name], ())
    return results, bad


def line_of(table, results, extra):
    claims = ", ".join(f"{c} {r.cases}" for c, r in sorted(results.items()))
    return f"| {table.name} | {claims or 'nothing to prove'} | {extra} | `{table.digest[:16]}` |"


def compare(document, tables, results):
    """Sentences where the table of the document is not that of this machine."""
    with open(document, encoding="utf-8") as f:
        recorded = f.read().split(BEGIN)[1].split(END)[0]
    bad, lines = [], {c[1].strip(): c for c in (line.split("|") for line in recorded.splitlines()) if len(c) == 6}
    for name, table in tables.items():
        cells = lines.get(name)
        if cells is None:
            bad.append(f"{name}: not in {os.path.basename(document)}")
        elif cells[4].strip() != f"`{table.digest[:16]}`":
            bad.append(f"{name}: changed since its proof was recorded: remake it with tools/determinism.py --write")
        elif {c.split()[0] for c in cells[2].split(",")} - {"nothing"} != set(results[name]):
            bad.append(f"{name}: other claims are recorded")
    return bad, recorded


def sample(tables, chosen, recorded):
    """Sentences: laws that no proof misses and that are not recorded as such."""
    bad = []
    for table in [tables[name] for name in chosen]:
        laws = deletable(table) if table.laws and table.name != "IMAGE" else []
        for i in range(min(N_SAMPLED, len(laws))):
            law = laws[(2 * i + 1) * len(laws) // (2 * N_SAMPLED)]
            if f"{table.name}: `{law}`" not in recorded and not is_missed(table, tables, law):
                bad.append(f"{table.name}: no proof misses the law: {law}")
    return bad


def unforged(path, tables, recorded):
    """Sentences: laws that the list of airlint calls needed by a proof (PROOF), and that the document does not."""
    with open(path, encoding="ascii") as f:
        entries = re.findall(r'^U\("(\w+) (constraint|query) (\d+) \*", PROOF\)$', f.read(), re.M)
    return needless(entries, path, tables, recorded)


def forged(path, tables, recorded):
    """Sentences: laws that a row forgery says are needed (airlint's rows.txt), and that the document does not."""
    with open(path, encoding="ascii") as f:
        entries = re.findall(r"^(\w+) (constraint|query) (\d+) \|", f.read(), re.M)
    return needless(entries, path, tables, recorded) or ([] if entries else [f"{os.path.basename(path)}: no entry"])


def needless(entries, path, tables, recorded):
    bad = []
    for name, kind, index in entries:
        names = list(tables[name].laws if kind == "constraint" else tables[name].uses)
        law = names[int(index)] if int(index) < len(names) else None
        if law not in deletable(tables[name]) or f"{name}: `{law}`" in recorded:
            bad.append(f"{name} {kind} {index}: no proof needs it, and {os.path.basename(path)} says so")
    return bad


def delete_all(tables, chosen):
    """{table: (number of laws, those that no proof misses)}"""
    out = {}
    for name in chosen:
        laws = deletable(tables[name]) if tables[name].laws and name != "IMAGE" else []
        out[name] = (len(laws), [law for law in laws if not is_missed(tables[name], tables, law)])
        print(f"{name}: {out[name][0] - len(out[name][1])} of {out[name][0]} laws are missed when deleted", flush=True)
    return out


def write(document, tables, results, deleted, solved):
    lines = ["| table | claims and cases | laws missed when deleted | form |", "|---|---|---|---|"]
    for name, table in tables.items():
        n, kept = deleted[name]
        lines.append(line_of(table, results[name], f"{n - len(kept)} of {n}" if n else "-"))
    lines += ["", "Laws that no proof misses:", ""]
    lines += [f"- {name}: `{law}`" for name in tables for law in deleted[name][1]]
    lines += ["", f"{solved[0]}, all unsat."]
    with open(document, encoding="utf-8") as f:
        text = f.read()
    head, rest = text.split(BEGIN)
    with open(document, "w", encoding="utf-8") as f:
        f.write(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.split(END)[1])


def solve(lemmas, tables):
    """What was asked, and sentences about answers that are not unsat."""
    import cvc5

    from determinism import solver

    n, others, bad = solver.check(lemmas, tables.values(), print)
    return f"cvc5 {cvc5.__version__}: {n} integer lemmas and {others} other queries", [f"cvc5 says {a}: {name}" for name, a in bad]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--airgen", required=True)
    for option in ("--table", "--rows", "--check", "--write", "--unforged", "--forged"):
        p.add_argument(option)
    p.add_argument("--delete", action="store_true")
    p.add_argument("--solver", action="store_true")
    o = p.parse_args()
    start = time.process_time()
    tables = read_tables(o.airgen)
    chosen = [o.table] if o.table else list(tables)
    lemmas = proofs.Lemmas(keep=o.solver or bool(o.write))
    results, bad = prove_all(tables, chosen, lemmas)
    if o.rows:
        bad += rows.problems(tables, read_rows(o.rows))
    if o.check:
        differ, recorded = compare(o.check, {name: tables[name] for name in chosen}, results)
        bad += differ + sample(tables, chosen, recorded) + small.problems()
        bad += unforged(o.unforged, tables, recorded) if o.unforged else []
        bad += forged(o.forged, tables, recorded) if o.forged else []
        for name in chosen:
            bad += proofs.crossed(tables[name], tables) if tables[name].laws and name != "IMAGE" else []
    deleted = delete_all(tables, chosen) if o.delete or o.write else {}
    if o.delete and not o.write:
        bad += [f"{name}: no proof misses the law: {law}" for name in chosen for law in deleted[name][1]]
    if o.solver or o.write:
        solved = solve(lemmas, {name: tables[name] for name in chosen})
        print(solved[0])
        bad += solved[1]
    if o.write and not bad:
        write(o.write, tables, results, deleted, solved)
    print("\n".join(bad) if bad else f"determinism: ok, {sum(len(r) for r in results.values())} claims of {len(chosen)} tables, "
          f"{time.process_time() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
