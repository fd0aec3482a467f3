#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The table of README.md: it is that of the committed reports, and bench/table.py notices what is changed. TAP.

  test_bench_table.py SOURCE_ROOT SOCLE      SOCLE also checks the digests of each report, as far as memory allows
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import tap
from tap import report

ROOT, SOCLE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
BUDGET = "190M"  # of memory: what takes more takes minutes
SCRIPT = os.path.join(ROOT, "bench", "table.py")


def table(*args):
    return subprocess.run([sys.executable, SCRIPT, *args], capture_output=True, text=True)


def tree(folder):
    """A copy of what the table is made of."""
    os.makedirs(os.path.join(folder, "bench", "results"))
    shutil.copy(os.path.join(ROOT, "README.md"), folder)
    for path in glob.glob(os.path.join(ROOT, "bench", "results", "*-kernels-*.json")):
        shutil.copy(path, os.path.join(folder, "bench", "results"))
    return folder


def main():
    reports = sorted(glob.glob(os.path.join(ROOT, "bench", "results", "*-kernels-*.json")))
    ran = table("--check")
    report(len(reports) > 0 and ran.returncode == 0, "the table of README.md is made from the committed reports", ran.stderr)
    listed = json.loads(subprocess.run([SOCLE, "bench", "list", "--json"], capture_output=True, text=True, check=True).stdout)
    for path in reports:
        with open(path) as f:
            old = json.load(f)["workload"]["suite_version"] != listed["suite_version"]
        ran = subprocess.run([SOCLE, "bench", "check", path, "--mem-budget", BUDGET], capture_output=True, text=True)
        if old:
            report(ran.returncode == 9 and "of the suite" in ran.stderr, f"{os.path.basename(path)} is of an older suite, and is told to be", ran.stderr)
        else:
            report(ran.returncode in (0, 5), f"{os.path.basename(path)} passes socle bench check as far as {BUDGET} go", ran.stderr)
    with tempfile.TemporaryDirectory() as work:
        root = tree(os.path.join(work, "a"))
        readme, first = os.path.join(root, "README.md"), os.path.join(root, "bench", "results", os.path.basename(reports[0]))
        report(table("--check", "--root", root).returncode == 0, "a copy passes")
        with open(first) as f:
            d = json.load(f)
        row = next(r for r in d["results"] if r["outcome"] == "good")
        row["summary"]["median_ns"] *= 1.5
        with open(first, "w") as f:
            json.dump(d, f)
        report(table("--check", "--root", root).returncode == 1, "another figure in a report is noticed")
        table("--root", root)
        with open(readme) as f, open(os.path.join(ROOT, "README.md")) as g:
            new, old = f.read().splitlines(), g.read().splitlines()
        changed = [b for a, b in zip(old, new) if a != b]
        report(len(old) == len(new) and len(changed) == 1 and row["op"] in changed[0] and table("--check", "--root", root).returncode == 0,
               "writing changes that line alone", changed)
        with open(readme) as f:
            text = f.read()
        with open(readme, "w") as f:
            f.write(text.replace(f"| {row['op']} | {row['shape']} |", f"| {row['op']} | {row['shape']}, better |", 1))
        report(table("--check", "--root", root).returncode == 1, "an edited table is noticed")
        with open(readme, "w") as f:
            f.write(text.replace("<!-- bench/table.py: end -->\n", ""))
        report("marks" in table("--check", "--root", root).stderr, "a table without its marks is noticed")
        with open(readme, "w") as f:
            f.write(text)
        del d["validity"]
        with open(first, "w") as f:
            json.dump(d, f)
        report("validity is missing" in table("--check", "--root", root).stderr, "a report that is not of the schema is noticed")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
