#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Benchmarks of proofs that go wrong (support/spoil.c): what is told, in the table, in the report, by the exit code, on the page. TAP.

  bench_spoiled.py SPOILED_SOCLE SOURCE_ROOT
"""
import json
import os
import subprocess
import sys
import tempfile

SOCLE, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from schema import faults  # noqa: E402
import tap  # noqa: E402
from tap import report  # noqa: E402

with open(os.path.join(ROOT, "docs", "bench-report.schema.json")) as f:
    SCHEMA = json.load(f)
with open(SOCLE, "rb") as f:
    SANITIZED = b"__asan_init" in f.read()  # it has memory of its own
# A proof of each case warms up, then there are two rounds: proof 1 warms up the first case, of n cases proof 2 n + 1 is its second run.
SUITES = {"groth16": (3, "bn128", "2^6 rows"), "prove": (2, "workload", "one")}


def socle(*args, spoil=""):
    return subprocess.run([SOCLE, "bench", *args], capture_output=True, text=True, env=os.environ | {"SOCLE_SPOIL": spoil})


def run(folder, suite, spoil, *more):
    """Exit code, report and table of a run that was spoiled."""
    path = os.path.join(folder, f"{suite}-{spoil.replace(':', '-')}.json")
    if os.path.exists(path):
        os.remove(path)
    ran = socle("run", "--suite", suite, "--runs", "2", "-q", "-o", path, *more, spoil=spoil)
    if not os.path.exists(path):
        return ran.returncode, None, ran.stderr, path
    with open(path) as f:
        d = json.load(f)
    wrong = faults(d, SCHEMA)
    if wrong:
        report(False, f"{suite}, {spoil}: the report is of the schema", wrong)
    return ran.returncode, d, ran.stdout, path


def first(d, suite):
    _, op, shape = SUITES[suite]
    return next(r for r in d["results"] if (r["op"], r["shape"]) == (op, shape))


def others_good(d, suite):
    return all(r["outcome"] == "good" and len(r["runs_ns"]) == 2 for r in d["results"] if r is not first(d, suite))


def checks(d):
    return {c["name"]: c["passed"] for c in d["validity"]["checks"]}


def wrong_results(folder, suite):
    n = SUITES[suite][0]
    for spoil in [f"proof:{2 * n + 1}", f"other:{2 * n + 1}"] + ["proof:1"] * (suite == "groth16"):
        code, d, text, path = run(folder, suite, spoil)
        r = first(d, suite)
        report(code == 11 and r["outcome"] == "wrong" and not d["validity"]["valid"] and not checks(d)["every digest is that of the reference"] and
               others_good(d, suite) and "WRONG" in text and "NOT VALID" in text, f"{suite}: {spoil} makes the report invalid, exit code 11", (code, text))
        report(socle("check", path, "-q").returncode == 3, "and bench check refuses it", text)


def failures(folder, suite):
    n = SUITES[suite][0]
    more = [("crash", 2 * n + 1, 1), ("device", 2 * n + 1, 6)] * (suite == "groth16")
    for what, at, code_wanted in [("crash", 1, 1), ("memory", 2 * n + 1, 5)] + more:
        code, d, text, path = run(folder, suite, f"{what}:{at}")
        r = first(d, suite)
        report(r["outcome"] == "failed" and r["why"] in text and "runs_ns" not in r and others_good(d, suite) and not checks(d)["nothing failed"] and
               not d["validity"]["valid"] and code == code_wanted and "FAILED" in text, f"{suite}: {what} in proof {at} is a result, and the others go on",
               (code, r, text))
        out = os.path.join(folder, "page")
        ran = socle("plot", path, "-o", out)
        with open(os.path.join(out, "index.html")) as f:
            page = f.read()
        report(ran.returncode == 0 and f"failed: {r['why']}" in page, "which the page tells", ran.stderr)
        checked = socle("check", path, "-q")
        report(checked.returncode == 0, "and bench check takes for what it is", checked.stderr)


def several(folder):
    """Proofs on the processor and a device of OpenCL, where there is one."""
    both, alone = (os.path.join(folder, n) for n in ("both.json", "alone.json"))
    ran = socle("run", "--suite", "prove", "--runs", "1", "-q", "--device", "cpu,opencl:0", "-o", both)
    report(socle("run", "--suite", "prove", "--runs", "1", "--device", "dual", "-q").returncode in (2, 6), "compared devices are refused")
    if ran.returncode == 6:
        return
    with open(both) as f:
        d = json.load(f)
    socle("run", "--suite", "prove", "--runs", "1", "-q", "--device", "cpu", "-o", alone)
    with open(alone) as f:
        one = json.load(f)
    report([x["kind"] for x in d["devices"]] == ["cpu", "opencl"] and not faults(d, SCHEMA) and len(one["devices"]) == 1 and
           [r["digest"] for r in d["results"]] == [r["digest"] for r in one["results"]], "two devices are both told, and make the same proofs", d["devices"])
    text = socle("compare", alone, both).stdout
    report("PoCL, no GPU" in text and socle("check", both, "-q").returncode == 0, "the report can be read, and PoCL is marked", text)
    ran = socle("run", "--suite", "groth16", "--runs", "1", "-q", "--device", "opencl:0", "--json")
    d = json.loads(ran.stdout)
    report(d["devices"][0]["kind"] == "opencl" and all(r["outcome"] == "good" for r in d["results"]), "Groth16 on a device", ran.stderr or d["results"])


def compared(folder):
    """A case that failed on one side."""
    good, bad = run(folder, "groth16", "")[3], run(folder, "groth16", "crash:7")[3]
    for sides, why in (((good, bad), "failed in B"), ((bad, good), "failed in A")):
        d = json.loads(socle("compare", *sides, "--json").stdout)
        pairs = [p for p in d["pairs"] if p["verdict"] == "not compared"]
        report(len(d["pairs"]) == 3 and len(pairs) == 1 and pairs[0]["why"] == why, f"not compared: {why}", d)
    with open(bad) as f:
        d = json.load(f)
    d["validity"]["valid"] = True
    with open(bad, "w") as f:
        json.dump(d, f)
    ran = socle("check", bad, "-q")
    report(ran.returncode == 3 and "its claim" in ran.stderr, "a report with a failure cannot claim to be valid", ran.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        code, d, text, path = run(folder, "groth16", "")
        report(code == 0 and all(r["outcome"] == "good" for r in d["results"]) and checks(d)["nothing failed"], "unspoiled proofs are good", text)
        ran = socle("compare", path, path)
        report(ran.returncode == 0 and "geometric mean of 3" in ran.stdout, "and can be compared", ran.stderr)
        wrong_results(folder, "groth16")
        failures(folder, "groth16")
        compared(folder)
        if "without a RISC-V compiler" not in socle("list", "--suite", "prove").stderr:
            wrong_results(folder, "prove")
            failures(folder, "prove")
            several(folder)
            if not SANITIZED:
                ran = socle("run", "--suite", "prove", "--mem-budget", "40M", "-q")
                report(ran.returncode == 0 and ran.stdout.count("skipped: ") == 2 and ran.stdout.count("needs a memory budget of") == 2 and
                       "2 of 2 cases were skipped" in ran.stdout, "proofs that do not fit are skipped and say so", ran.stderr or ran.stdout)
            ran = socle("run", "--suite", "prove", "--deadline", "0.05", "-q")
            report(ran.returncode == 7, "a deadline ends a guest", ran.stderr)
        ran = socle("run", "--suite", "groth16", "--deadline", "0.001", "-q")
        report(ran.returncode == 7, "and a key that is being made", ran.stderr)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
