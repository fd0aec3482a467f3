#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Whole proofs: one JSON line per sample (commit, device, parameters, metric, value, unit).

  bench/prove/run.py [--build DIR] [--guest sha256] [--cycles 1048576] [--threads N] [--repeat 3]

The guest gets an input that makes it run for about the wanted number of cycles. Time is the wall time of
`socle prove` from ELF and input to the checked proof, without reading and writing files. Verification uses one thread.
Before each proof the limits of the machine are measured, bench_ops on all threads at once, and each stage is reported with the
least processor time that its counts allow (floors.py) and the share that is of the processor time it took: what other
processes and idle threads take is in neither.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import floors

GUESTS = {"sha256": False, "keccak256": False, "workload": True}  # name: the input is a number of iterations
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def call(*command):
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {out.returncode}\n{out.stderr}")
    return json.loads(out.stdout)


def write_input(path, amount, counted):
    """@p amount bytes to hash, or a number of iterations."""
    with open(path, "wb") as f:
        f.write(amount.to_bytes(4, "little") if counted else bytes((i * 151 + (i >> 8)) & 255 for i in range(amount)))


def find_input(socle, elf, path, cycles, counted):
    """Cycles are almost linear in the amount: two runs give the slope."""
    seen = []
    at = (8, 40) if counted else (1024, 5120)
    for amount in at:
        write_input(path, amount, counted)
        seen.append(call(socle, "execute", elf, "-i", path, "--json", "-q")["cycles"])
    slope = max((seen[1] - seen[0]) / (at[1] - at[0]), 1e-3)
    amount = max(0, int(at[0] + (cycles - seen[0]) / slope))
    write_input(path, amount, counted)
    return amount


def limits_of(build, threads):
    """Processor seconds for one unit of each limit, measured on all threads at once."""
    command = [os.path.join(build, "bench", "bench_ops"), "3", "auto", "", "limits"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(threads)]
    rates = {}
    for run in runs:
        for text in run.communicate()[0].splitlines():
            seen = json.loads(text)
            rates[seen["limit"]] = rates.get(seen["limit"], 0) + 1e6 * seen["median"]
        if run.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {run.returncode}")
    rates["byte"] = 2 * rates.pop("copy")
    return {name: threads / rate for name, rate in rates.items()}


def first_round(socle, log_cells):
    """Folding factor and rate of the main commitment, and bits of every grind of its opening."""
    text = subprocess.run([socle, "security", "--soundcalc", str(log_cells)], capture_output=True, text=True, check=True).stdout
    grinds = [int(b) for line in re.findall(r"grinding_bits_(?:folding|queries|ood) = (.*)", text) for b in re.findall(r"\d+", line)]
    return int(re.search(r"folding_factors = \[(\d+)", text)[1]), int(re.search(r"log_inv_rate = (\d+)", text)[1]), grinds


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default=os.path.join(ROOT, "build"))
    p.add_argument("--guest", default="sha256", choices=sorted(GUESTS))
    p.add_argument("--cycles", type=int, default=1 << 20)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--repeat", type=int, default=3)
    a = p.parse_args()
    socle = os.path.join(a.build, "tools", "socle")
    elf = os.path.join(a.build, "guest", a.guest + ".elf")
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    device = call(socle, "devices", "--json")["devices"][0]
    with tempfile.TemporaryDirectory() as folder:
        source, proof, key = (os.path.join(folder, n) for n in ("input", "proof", "key"))
        amount = find_input(socle, elf, source, a.cycles, GUESTS[a.guest])
        call(socle, "keygen", elf, "-o", key, "--json", "-q")
        for sample in range(a.repeat):
            limits = limits_of(a.build, a.threads)
            made = call(socle, "prove", elf, "-i", source, "-o", proof, "--threads", str(a.threads), "--json", "-q")
            seen = call(socle, "verify", proof, "-k", key, "--threads", "1", "--json", "-q")
            parameters = {"guest": a.guest, "amount": amount, "cycles": made["cycles"], "log_cells": made["log_cells"],
                          "threads": a.threads, "profile": made["security"]["profile"]}

            def line(metric, value, unit, **more):
                print(json.dumps({"schema": "socle.bench.prove", "schema_version": 1, "commit": commit, "device": device["name"],
                                  "kernels": device["kernels"], "sample": sample, "parameters": {**parameters, **more}, "metric": metric,
                                  "value": value, "unit": unit}), flush=True)

            line("speed", made["cycles_per_second"], "cycles/s")
            line("prove_time", made["seconds"], "s")
            for stage in made["stages"]:
                line("stage_time", stage["seconds"], "s", stage=stage["name"])
                line("stage_cpu_time", stage["cpu_seconds"], "s", stage=stage["name"])
            least = floors.stages(made, *first_round(socle, made["log_cells"]), limits)
            took = {stage["name"]: stage["cpu_seconds"] for stage in made["stages"]}
            for name, value in least.items():
                line("stage_floor", value, "s", stage=name)
                if name in took:
                    line("stage_share", value / took[name], "", stage=name)
            for name, value in limits.items():
                line("limit", 1e-6 / value, "M/s", limit=name)
            line("peak_memory", made["peak_memory_bytes"], "bytes")
            line("proof_size", made["proof_bytes"], "bytes")
            line("verify_time", seen["seconds"], "s")
            line("cells_per_cycle", made["cells"] / made["cycles"], "cells/cycle")
            line("bus_terms_per_cycle", made["bus_terms"] / made["cycles"], "terms/cycle")
            for table in made["tables"]:
                if table["rows"]:
                    line("cells_per_cycle", table["cells"] / made["cycles"], "cells/cycle", table=table["name"], rows=table["rows"])
                    line("bus_terms_per_cycle", table["bus_terms"] / made["cycles"], "terms/cycle", table=table["name"], rows=table["rows"])


if __name__ == "__main__":
    main()
