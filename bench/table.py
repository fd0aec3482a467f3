#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The table of kernels in README.md, made from the reports in bench/results.

  bench/table.py            write it
  bench/table.py --check    exit 1 when README.md has another one, or a report is not of the schema

One report per machine kind: bench/results/*-kernels-*.json. Figures are those of the reports, which `socle bench check` makes anew.
"""
import argparse
import datetime
import glob
import json
import os
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from schema import faults  # noqa: E402

BEGIN, END = "<!-- bench/table.py: begin -->\n", "<!-- bench/table.py: end -->\n"
ELSEWHERE = "with --device alone"  # what of the suite is nothing for a processor
UNITS = {"M/s": "M {what}/s", "GB/s": "GB/s"}


def remarks(d):
    c = d["conditions"]
    said = ["simulated"] if d["devices"][0]["simulated"] else []
    said += ["OpenCL on the processor, no GPU"] if d["devices"][0].get("is_processor") else []
    said += [] if d["validity"]["valid"] else ["not valid: " + ", ".join("not so: " + x["name"] for x in d["validity"]["checks"] if not x["passed"])]
    said += [f"others had up to {c['most_load']:.1f} processors for a while"] if c["background"] else []
    said += [f"{c['hottest']:.0f} degrees"] if c["hot"] else []
    return "; ".join(said) or "undisturbed"


def row(r):
    if r["outcome"] == "skipped":
        return f"| {r['op']} | {r['shape']} | skipped: {r['why']} | | | |"
    s = r["summary"]
    share = "" if r["share"] is None else f"{100 * r['share']:.0f} %, {r['binds']}"
    wrong = "WRONG: " if r["outcome"] == "wrong" else ""
    return (f"| {r['op']} | {r['shape']} | {wrong}{s['median_ns'] / 1e6:.3g} [{s['low_ns'] / 1e6:.3g}, {s['high_ns'] / 1e6:.3g}] | "
            f"{100 * s['mad_ns'] / s['median_ns']:.1f} % | {r['rate']:.4g} {UNITS[r['rate_unit']].format(what=r['what'])} | {share} |")


def table(name, d):
    device, host = d["devices"][0], d["host"]
    day = datetime.datetime.fromtimestamp(d["identity"]["started"], datetime.timezone.utc).strftime("%Y-%m-%d")
    lines = [f"{device['name']}, {device['threads']} threads, {device['kernels']}{', virtual machine' if host['virtualised'] else ''}; "
             f"{host['os']}; commit {d['identity']['commit']}, {day}; {remarks(d)} (`{name}`):", "",
             "| operation | size | median ms [95 % interval] | spread | rate | share of the limit that binds |", "|---|---|---|---|---|---|"]
    theory = {x["name"]: x.get("theoretical", {}).get("value") for x in d["limits"]}
    of = [f"{x['name']} {100 * x['median'] / theory[x['name']]:.0f} %" for x in d["limits"] if theory[x["name"]] is not None]
    after = ["", "Limits as measured, of the theoretical ones: " + ", ".join(of) + "."] if of else []
    return "\n".join(lines + [row(r) for r in d["results"] if r["why"] != ELSEWHERE] + after) + "\n"


def text_of(root):
    """The text between the marks, and what is wrong with the reports."""
    with open(os.path.join(ROOT, "docs", "bench-report.schema.json")) as f:
        schema = json.load(f)
    parts, wrong = [], []
    for path in sorted(glob.glob(os.path.join(root, "bench", "results", "*-kernels-*.json"))):
        name = os.path.relpath(path, root)
        with open(path) as f:
            d = json.load(f)
        found = faults(d, schema)
        if found:
            wrong.append(f"{name}: {found[0]}")
        else:
            parts.append(table(name, d))
    return "\n".join(parts), wrong


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--check", action="store_true")
    p.add_argument("--root", default=ROOT, help="the tree that has README.md and bench/results")
    a = p.parse_args()
    path = os.path.join(a.root, "README.md")
    with open(path) as f:
        old = f.read()
    if old.count(BEGIN) != 1 or old.count(END) != 1 or old.index(BEGIN) > old.index(END):
        sys.exit("README.md: the marks of the table are not there once, in order")
    text, wrong = text_of(a.root)
    if wrong:
        sys.exit("\n".join(wrong))
    new = old[:old.index(BEGIN) + len(BEGIN)] + text + old[old.index(END):]
    if a.check:
        if new != old:
            sys.exit("README.md: the table is not the one that bench/table.py makes of bench/results")
        print(f"the table of README.md is that of {text.count('| operation |')} reports")
        return
    with open(path, "w") as f:
        f.write(new)


if __name__ == "__main__":
    main()
