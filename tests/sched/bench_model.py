#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""bench/prove/model.py: what it makes of records, and that the committed model is what its records give. TAP.

  bench_model.py SOCLE SOURCE_ROOT
"""
import json
import os
import re
import subprocess
import sys
import tempfile

socle, root = sys.argv[1:3]
script = os.path.join(root, "bench", "prove", "model.py")
results = os.path.join(root, "bench", "results")
n = 0


def report(good, name):
    global n
    n += 1
    print(f"{'ok' if good else 'not ok'} {n} - {name}")


def make(*args):
    return subprocess.run([sys.executable, script, *args], capture_output=True, text=True)


def record(stage, value, metric="stage_time", threads=2, log_cells=20):
    return json.dumps({"schema": "socle.bench.prove", "schema_version": 1, "device": "X", "kernels": "ref", "metric": metric, "value": value,
                       "parameters": {"stage": stage, "threads": threads, "profile": "p", "log_cells": log_cells}}) + "\n"


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


with tempfile.TemporaryDirectory() as work:
    a = write(os.path.join(work, "a.jsonl"), record("commit", 1.0) + record("commit", 3.0) + record("bus argument", 0.5, log_cells=21) +
              record("load", 9) + record("open", 7, metric="stage_cpu_time"))
    made = make("--name", "box", "--memory", "1000", a)
    model = write(os.path.join(work, "m.toml"), made.stdout)
    shown = subprocess.run([socle, "model", "show", model, "--json"], capture_output=True, text=True)
    d = json.loads(shown.stdout) if shown.returncode == 0 else {"samples": [], "devices": [{}]}
    s = {(x["op"], x["log_n"]): x for x in d["samples"]}
    report(made.returncode == 0 and shown.returncode == 0, "a model is made and can be read")
    report(set(s) == {("commit", 20), ("gkr", 21)} and s["commit", 20]["runs"] == 2 and s["commit", 20]["mean_ns"] == 2e9 and
           abs(s["commit", 20]["spread_ns"] - 2**0.5 * 1e9) < 1e5 and s["gkr", 21]["mean_ns"] == 5e8, "stages are its operations, with mean and spread")
    report(d["devices"][0].get("memory_bytes") == 1000 and "a.jsonl: X, ref, 2 threads, p" == d.get("origin"), "device and origin are told")
    b = write(os.path.join(work, "b.jsonl"), record("commit", 1.0, threads=1))
    report(make("--name", "box", "--memory", "1", a, b).returncode != 0, "records of different machines are not mixed")
    report(make("--name", "box", "--memory", "1", write(os.path.join(work, "c"), "{}\n")).returncode != 0, "other files are refused")

for name in sorted(os.listdir(results)):
    if not name.endswith(".toml"):
        continue
    with open(os.path.join(results, name), encoding="utf-8") as f:
        text = f.read()
    device, memory = re.search(r'^name = "(.*)"$', text, re.M).group(1), re.search(r"^memory = (\d+)$", text, re.M).group(1)
    records = re.search(r'^origin = "(.*?): ', text, re.M).group(1).split(", ")
    again = make("--name", device, "--memory", memory, *(os.path.join(results, r) for r in records))
    report(again.stdout == text, f"{name} is what its records give")
print(f"1..{n}")
