#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`socle bench compare` and `check` from outside, on reports made from one of this machine by known changes. TAP.

  bench_compare.py SOCLE
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from tap import report  # noqa: E402

SOCLE = os.path.abspath(sys.argv[1])


def socle(*args):
    return subprocess.run([SOCLE, "bench", *args], capture_output=True, text=True)


def exits(code, name, *args, says=""):
    ran = socle(*args)
    report(ran.returncode == code and says in ran.stderr, name, f"exit code {ran.returncode}, not {code}: {' '.join(args)}\n{ran.stderr}")
    return ran


class Folder:
    def __init__(self, path):
        self.path, self.n = path, 0

    def put(self, d):
        """A file of a report, or of text."""
        self.n += 1
        name = os.path.join(self.path, f"r{self.n}")
        with open(name, "w") as f:
            f.write(d if isinstance(d, str) else json.dumps(d))
        return name


def changed(base, change):
    d = copy.deepcopy(base)
    change(d)
    return d


def with_runs(base, *series):
    """The base with other runs, one series for each of its results; figures are left as they were."""
    def change(d):
        for r, runs in zip(d["results"], series):
            r["runs_ns"] = runs
            r["least_ns"] = [1] * len(runs)
    return changed(base, change)


def compare(folder, a, b, *more):
    ran = socle("compare", folder.put(a), folder.put(b), "--json", *more)
    return json.loads(ran.stdout) if ran.returncode == 0 else {"failed": ran.stderr, "pairs": []}


def verdicts(d):
    return [p["verdict"] for p in d["pairs"]]


def compare_tests(folder, base):
    still = [1000, 1010, 1020, 1030, 1040, 1050, 1060]
    a = with_runs(base, still, still)
    b = with_runs(base, [x // 2 for x in still], [2 * x for x in still])
    d = compare(folder, a, a)
    report(verdicts(d) == ["same", "same"] and all(p["ratio"] == 1 and p["low"] < 1 < p["high"] for p in d["pairs"]) and d["geometric_mean"] == 1 and
           d["compared"] == 2 and not d["crossed"], "a report is the same as itself", d)
    d = compare(folder, a, b)
    report(verdicts(d) == ["faster", "slower"] and d["pairs"][0]["ratio"] == 515 / 1030 and d["pairs"][1]["ratio"] == 2 and
           d["pairs"][0]["high"] < 1 < d["pairs"][1]["low"] and abs(d["geometric_mean"] - 1) < 1e-5, "half the time is faster, twice is slower", d)
    d = compare(folder, b, a)
    report(verdicts(d) == ["slower", "faster"], "the other way round", d)
    noisy, close = [1000, 1500, 1100, 1400, 1200, 1300, 1250], [950, 1450, 1050, 1350, 1150, 1250, 1200]
    d = compare(folder, with_runs(base, noisy, noisy), with_runs(base, close, close))
    text = socle("compare", folder.put(with_runs(base, noisy, noisy)), folder.put(with_runs(base, close, close))).stdout
    report(verdicts(d) == ["same", "same"] and d["pairs"][0]["ratio"] < 1 < d["pairs"][0]["high"] and "faster" not in text,
           "where the interval covers 1 nothing is faster", d)
    d = compare(folder, with_runs(base, still[:4], still), with_runs(base, [x // 2 for x in still], [x // 2 for x in still[:4]]))
    report(verdicts(d) == ["same", "same"] and all(p["why"] == "too few runs" and p["high"] < 1 for p in d["pairs"]), "four runs give no verdict", d)
    text = exits(0, "the table of a comparison", "compare", folder.put(a), folder.put(b)).stdout
    report(max(map(len, text.splitlines())) <= 80 and "faster" in text and "slower" in text and "CROSSED" not in text and "0.500" in text,
           "fits 80 columns and has the verdicts", text)

    def other_digest(d):
        d["results"][0]["digest"] = d["results"][0]["reference_digest"] = "00" * 32

    def other_size(d):
        d["results"][0]["units"] += 1

    def other_suite(d):
        d["workload"]["suite_version"] += 1

    def simulated(d):
        d["devices"][0]["simulated"] = True
    for change, says in ((other_digest, "the workloads differ"), (other_size, "the workloads differ"), (other_suite, "different versions"),
                         (simulated, "simulated")):
        x, y = folder.put(a), folder.put(changed(b, change))
        exits(2, f"{change.__name__}: refused", "compare", x, y, says=says)
        text = exits(0, f"{change.__name__}: compared with --cross", "compare", x, y, "--cross").stdout
        report("CROSSED" in text and json.loads(socle("compare", x, y, "--cross", "--json").stdout)["crossed"] is True, "and marked", text)

    def skip(d):
        r = d["results"][0]
        d["results"][0] = {k: r[k] for k in ("op", "shape", "what", "units", "memory_bytes")} | {"outcome": "skipped", "why": "test"}

    def wrong(d):
        d["results"][0]["outcome"] = "wrong"
        d["results"][0]["digest"] = "11" * 32
    for x, y, why in ((a, changed(b, skip), "skipped in B"), (changed(a, skip), b, "skipped in A"), (a, changed(b, wrong), "B is wrong"),
                      (changed(a, wrong), b, "A is wrong"), (a, changed(b, lambda d: d["results"].pop(0)), "only in A"),
                      (changed(a, lambda d: d["results"].pop(0)), b, "only in B")):
        d = compare(folder, x, y)
        p = [p for p in d["pairs"] if p["verdict"] == "not compared"]
        report(len(d["pairs"]) == 2 and len(p) == 1 and p[0]["why"] == why and p[0]["ratio"] is None and d["compared"] == 1, f"not compared: {why}", d)
    one, two = changed(a, lambda d: d["results"].pop(0)), changed(b, lambda d: d["results"].pop(1))
    exits(2, "nothing in common is an error", "compare", folder.put(one), folder.put(two), says="nothing in the reports")
    invalid = changed(b, lambda d: d["validity"].update(valid=False))
    text = socle("compare", folder.put(a), folder.put(invalid)).stdout
    report(text.count("NOT VALID") == (1 if a["validity"]["valid"] else 2), "a report that is not valid is marked", text)


def disturbance_tests(folder, base):
    good = folder.put(base)
    text = socle("compare", good, good).stdout
    report("DISTURBED" not in text, "calm reports are not marked", text)
    for key in ("throttled", "hot", "background"):
        bad = folder.put(changed(base, lambda d: d["conditions"].update({key: True})))
        text, d = socle("compare", good, bad).stdout, json.loads(socle("compare", bad, good, "--json").stdout)
        report(text.count("DISTURBED") == 1 and "\nB" in text.split("DISTURBED")[0] and d["a"]["disturbed"] is True and d["b"]["disturbed"] is False,
               f"a report with conditions.{key} is marked", text)


def needed(base):
    """Every member that a reader needs: a path."""
    r = ("results", 0)
    return ([("schema",), ("schema_version",), ("workload",), ("devices",), ("conditions",), ("validity",), ("results",), ("workload", "suite"),
             ("workload", "suite_version"), ("devices", 0, "name"), ("devices", 0, "kernels"), ("devices", 0, "threads"),
             ("devices", 0, "simulated"), ("conditions", "throttled"), ("conditions", "hot"), ("conditions", "background"), ("validity", "valid")] +
            [r + (k,) for k in ("op", "shape", "outcome", "units", "digest", "reference_digest", "runs_ns", "least_ns", "summary", "rate", "share",
                                "rate_unit")] +
            [r + ("summary", k) for k in base["results"][0]["summary"] if not k.startswith("trend") and k != "drifts"])


def set_at(d, path, value, delete=False):
    for step in path[:-1]:
        d = d[step]
    if delete:
        del d[path[-1]]
    else:
        d[path[-1]] = value


def format_tests(folder, base):
    good = folder.put(base)
    accepted = []
    for path in needed(base):
        for value, delete in ((None, True), ({"x": 1}, False), (-1, False) if path[-1] not in ("rate", "share", "summary") and
                              "summary" not in path else ("-1", False), ("x" * 500, False)):
            ran = socle("compare", good, folder.put(changed(base, lambda d: set_at(d, path, value, delete))))
            if ran.returncode != 9 or "report B" not in ran.stderr:
                accepted.append((path, value, ran.returncode))
    report(not accepted, f"{4 * len(needed(base))} damaged reports are refused, with the side", accepted)
    runs = base["results"][0]["runs_ns"]
    for name, path, value in (("a run of no time", ("results", 0, "runs_ns"), [0] + runs[1:]), ("no runs", ("results", 0, "runs_ns"), []),
                              ("a run that is no number", ("results", 0, "runs_ns"), ["1"] + runs[1:]),
                              ("too many runs", ("results", 0, "runs_ns"), [5] * 1001), ("fewer limits", ("results", 0, "least_ns"), [1]),
                              ("a short digest", ("results", 0, "digest"), "00"), ("a digest of other letters", ("results", 0, "digest"), "0G" * 32),
                              ("an unknown outcome", ("results", 0, "outcome"), "fine"), ("an unknown unit", ("results", 0, "rate_unit"), "k/s"),
                              ("no results", ("results",), []), ("seventeen devices", ("devices",), 17 * base["devices"]), ("no devices", ("devices",), []),
                              ("a case twice", ("results",), [base["results"][0]] * 2), ("another schema", ("schema",), "socle.other"),
                              ("a later schema", ("schema_version",), 2), ("another suite", ("workload", "suite"), "other")):
        exits(9, name + " is refused", "check", folder.put(changed(base, lambda d: set_at(d, path, value))))
    text = json.dumps(base)
    for name, bad in (("half a report", text[:len(text) // 2]), ("nothing", ""), ("a list", "[]"), ("an abyss", "[" * 100000),
                      ("a member twice", '{"schema": "socle.bench", ' + text[1:]), ("a report and more", text + "{}"), ("bytes", "\x00\x01")):
        exits(9, name + " is refused", "check", folder.put(bad))
    exits(2, "a file that is too large is refused", "check", folder.put(" " * (5 << 20)))


def check_tests(folder, base):
    good = folder.put(base)
    d = json.loads(exits(0, "a report of this machine passes", "check", good, "--json").stdout)
    report(d["schema"] == "socle.bench.check" and d["results"] == d["digests"] == 2, "and tells what was checked", d)
    s = base["results"][0]["summary"]
    for key in s:
        if key.startswith("trend") or key == "drifts":
            continue
        value = not s[key] if isinstance(s[key], bool) else s[key] + 1 if key == "n" else 1.001 * s[key] + 1e-6
        exits(3, f"a false {key} is refused", "check", folder.put(changed(base, lambda d: set_at(d, ("results", 0, "summary", key), value))),
              says=f"{key} does not follow")
    for key in ("rate", "share"):
        exits(3, f"a false {key} is refused", "check",
              folder.put(changed(base, lambda d: set_at(d, ("results", 0, key), 1.001 * base["results"][0][key]))), says=f"{key} does not follow")

    def faster_run(d):
        d["results"][1]["runs_ns"][2] //= 2

    def claim(d):
        d["validity"]["valid"] = not d["validity"]["valid"]

    def digest(d):
        d["results"][1]["digest"] = "0" + d["results"][1]["digest"][1:] if d["results"][1]["digest"][0] != "0" else "1" + d["results"][1]["digest"][1:]

    def both(d):
        digest(d)
        d["results"][1]["reference_digest"] = d["results"][1]["digest"]

    def outcome(d):
        d["results"][1]["outcome"] = "wrong"

    def unknown(d):
        d["results"][1]["shape"] = "2^99"
    for change, says in ((faster_run, "does not follow from the runs"), (claim, "its claim"), (digest, "a wrong result"),
                         (both, "not the result that the reference makes"), (outcome, "a wrong result"), (unknown, "no such case")):
        exits(3, f"{change.__name__}: refused", "check", folder.put(changed(base, change)), says=says)
    exits(9, "another version of the suite cannot be checked", "check", folder.put(changed(base, lambda d: d["workload"].update(suite_version=10 ** 6))))
    exits(5, "what there is no memory for is not passed over", "check", good, "--mem-budget", "150M", says="not checked for want of memory")


def main():
    exits(2, "compare wants two reports", "compare", "one")
    exits(2, "check wants one report", "check", "one", "two")
    exits(2, "a report that is not there", "check", "nowhere")
    exits(2, "list wants nothing more", "list", "more")
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path)
        made = [json.loads(socle("run", "--only", op, "--runs", "5", "--json", "-q").stdout) for op in ("fold", "gkr-round")]
        base = changed(made[0], lambda d: d["results"].append(made[1]["results"][0]))
        base["conditions"].update(throttled=False, hot=False, background=False)
        base["validity"]["valid"] = True
        compare_tests(folder, base)
        disturbance_tests(folder, base)
        format_tests(folder, base)
        check_tests(folder, base)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
