#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""From measured proofs to a cost model of the scheduler (`socle model show`, `socle simulate`).

  bench/prove/model.py --name NAME --memory BYTES RECORDS.jsonl... >model.toml
  bench/prove/model.py --measure SOCLE [--device ID]... [--repeat N] [--threads N] [--profile NAME] GUEST.elf INPUT... >model.toml

RECORDS are what bench/prove/run.py prints, all of one device, kernels, number of threads and profile. With --measure the proofs are made
now: of each guest with its input, --repeat times on each device of `socle devices` in turn (the CPU when none is named), so that all
devices see the same machine. Each stage becomes an operation, each size class a shape: log_n is log2 of the cells, count 1. A device of
the model is the whole machine that proved, with the help of the device named, so it works in host memory. It has the name of that device,
with '-' for ':'. Proofs of several segments are refused, and those that a device did not help with, or failed at.
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile

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


def call(*command):
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {out.returncode}\n{out.stderr}")
    return json.loads(out.stdout)


def prove(socle, device, guest, entry, options):
    """The result of a proof of one segment, made with the device's help."""
    with tempfile.TemporaryDirectory() as folder:
        r = call(socle, "prove", guest, "-i", entry, "-o", os.path.join(folder, "proof"), "--device", device, "--json", "-q", *options)
    use = r["device"]
    if r["segments"] != 1:
        sys.exit(f"{guest}: a run of {r['segments']} segments, whose stages cannot be told apart")
    if use["failures"] != 0 or device != "cpu" and use["commitments"] == 0:
        sys.exit(f"{guest}: {device} failed or did nothing: {use['failure'] or 'no commitments'}")
    return r


def measure(a):
    """Devices with their memory and {(op, log cells): [seconds]}, and where it comes from."""
    devices = a.device or ["cpu"]
    if len(a.files) % 2 != 0:
        sys.exit("each guest needs its input behind it")
    if len(set(devices)) != len(devices) or a.repeat < 1:
        sys.exit("--device names each device once, --repeat is at least 1")
    options = [x for name, value in (("--threads", a.threads), ("--profile", a.profile)) if value for x in (name, value)]
    cpu = next(d for d in call(a.measure, "devices", "--json")["devices"] if d["id"] == "cpu")
    times, runs = {d: {} for d in devices}, {}
    for guest, entry in zip(a.files[::2], a.files[1::2]):
        for device in devices * a.repeat:
            r = prove(a.measure, device, guest, entry, options)
            for stage in r["stages"]:
                if stage["name"] in OPS:
                    times[device].setdefault((OPS[stage["name"]], r["log_cells"]), []).append(stage["seconds"])
            runs[f"{r['threads']} threads, {r['security']['profile']}"] = None
    origin = re.sub(r"[^ -~]|[\"\\\\]", "?", f"measured by proofs: {cpu['name']}, {cpu['kernels']}, {', '.join(runs)}")
    return [(d.replace(":", "-"), cpu["memory_bytes"], times[d]) for d in devices], origin


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
    a.add_argument("--name")
    a.add_argument("--memory", type=int)
    a.add_argument("--measure", metavar="SOCLE")
    a.add_argument("--device", action="append")
    a.add_argument("--repeat", type=int, default=3)
    a.add_argument("--threads")
    a.add_argument("--profile")
    a.add_argument("files", nargs="+")
    parser, a = a, a.parse_args()
    if a.measure:
        if a.name is not None or a.memory is not None:
            parser.error("--measure finds name and memory itself")
        show(*measure(a))
        return
    if a.name is None or a.memory is None or a.device or a.threads or a.profile:
        parser.error("records need --name and --memory, and only these")
    times, (device, kernels, threads, profile) = read(a.files)
    origin = f"{', '.join(os.path.basename(p) for p in a.files)}: {device}, {kernels}, {threads} threads, {profile}"
    show([(a.name, a.memory, times)], origin)


if __name__ == "__main__":
    main()
