#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""From measured proofs to a cost model of the scheduler (`socle model show`, `socle simulate`).

  bench/prove/model.py --name NAME --memory BYTES RECORDS.jsonl... >model.toml

RECORDS are what bench/prove/run.py prints, all of one device, kernels, number of threads and profile. Each stage becomes an operation, each
size class a shape: log_n is log2 of the cells, count 1. The device of the model is the whole machine that proved, so it works in host memory.
`socle model measure` makes a model of proofs that it makes now, on each device.
"""
import argparse
import json
import math
import os
import sys

OPS = {"commit": "commit", "bus argument": "gkr", "constraints": "zero", "open": "open"}


def read(paths):
    """{(op, log cells): [seconds]}, and what all records have in common."""
    times, common = {}, None
    for path in paths:
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                r = json.loads(line)
                if r.get("schema") != "socle.bench.prove" or r.get("schema_version") != 1:
                    sys.exit(f"{path}:{number}: not a record of bench/prove/run.py, version 1")
                p = r["parameters"]
                if r["metric"] != "stage_time" or p["stage"] not in OPS:
                    continue
                seen = (r["device"], r["kernels"], p["threads"], p["profile"])
                if common is not None and seen != common:
                    sys.exit(f"{path}:{number}: of another device, kernels, threads or profile: {seen}, not {common}")
                common = seen
                times.setdefault((OPS[p["stage"]], p["log_cells"]), []).append(r["value"])
    if common is None:
        sys.exit("no stage times in these records")
    return times, common


def show(devices, origin):
    print("# Made by bench/prove/model.py; measured, see origin.")
    print(f'schema = "socle.model"\nschema_version = 1\norigin = "{origin}"')
    for name, memory, _ in devices:
        print(f'\n[[device]]\nname = "{name}"\nshares_host = true\nmemory = {memory}')
        print("put_ns = 0\nput_mb_per_s = 0\nget_ns = 0\nget_mb_per_s = 0")
    for name, _, times in devices:
        for (op, log_cells), seconds in sorted(times.items()):
            mean = sum(seconds) / len(seconds)
            spread = math.sqrt(sum((s - mean) ** 2 for s in seconds) / (len(seconds) - 1)) if len(seconds) > 1 else 0
            print(f'\n[[sample]]\ndevice = "{name}"\nop = "{op}"\nlog_n = {log_cells}\ncount = 1')
            print(f"runs = {len(seconds)}\nmean_ns = {round(1e9 * mean)}\nspread_ns = {round(1e9 * spread)}")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--name", required=True)
    a.add_argument("--memory", type=int, required=True)
    a.add_argument("files", nargs="+")
    a = a.parse_args()
    times, (device, kernels, threads, profile) = read(a.files)
    origin = f"{', '.join(os.path.basename(p) for p in a.files)}: {device}, {kernels}, {threads} threads, {profile}"
    show([(a.name, a.memory, times)], origin)


if __name__ == "__main__":
    main()
