#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""bench/prove/model.py --measure: a model of proofs made now can be shown and simulated with; what was not measured is refused. TAP.

  measure_model.py SOCLE GUEST_FOLDER SOURCE_ROOT
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from tap import report  # noqa: E402

SOCLE, GUESTS, ROOT = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
OPS = {"commit", "gkr", "open", "zero"}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def measure(*args):
    return run(sys.executable, os.path.join(ROOT, "bench", "prove", "model.py"), "--measure", SOCLE, *args)


def input_of(folder, value):
    path = os.path.join(folder, f"input{value}")
    with open(path, "wb") as f:
        f.write(value.to_bytes(8, "little"))
    return path


def main():
    ids = [d["id"] for d in json.loads(run(SOCLE, "devices", "--json").stdout)["devices"]]
    devices = ["cpu"] + (["opencl:0"] if "opencl:0" in ids else [])
    with tempfile.TemporaryDirectory() as folder:
        entry, model = input_of(folder, 10), os.path.join(folder, "model.toml")
        guest = os.path.join(GUESTS, "fibonacci.elf")
        made = measure("--repeat", "2", *(x for d in devices for x in ("--device", d)), guest, entry)
        with open(model, "w", encoding="utf-8") as f:
            f.write(made.stdout)
        shown = run(SOCLE, "model", "show", model, "--json")
        report(made.returncode == 0 and shown.returncode == 0, "a model is measured and can be read", made.stderr + shown.stderr)
        samples = json.loads(shown.stdout)["samples"] if shown.returncode == 0 else []
        names = [d.replace(":", "-") for d in devices]
        report(sorted((s["device"], s["op"]) for s in samples) == sorted((d, op) for d in names for op in OPS),
               "each stage on each device", samples)
        report(all(s["runs"] == 2 and s["log_n"] == 19 and s["mean_ns"] > 0 for s in samples), "with number, size and time", samples)
        for name in names:
            ran = run(SOCLE, "simulate", "--gpus", f"2x{name}", "--from", model, "--json")
            report(ran.returncode == 0, f"a simulation with {name}", ran.stderr)
        several = measure("--repeat", "1", "--profile", "socle-132-small", os.path.join(GUESTS, "workload.elf"), input_of(folder, 100))
        report(several.returncode == 1 and "segments" in several.stderr and several.stdout == "", "a set of proofs is refused", several)
        for name, why, args in (("a device that is not there", "opencl:99", ("--device", "opencl:99", guest, entry)),
                                ("a guest without input", "its input", (guest,)),
                                ("a device named twice", "each device once", ("--device", "cpu", "--device", "cpu", guest, entry)),
                                ("no repetition", "at least 1", ("--repeat", "0", guest, entry))):
            ran = measure(*args)
            report(ran.returncode == 1 and ran.stdout == "" and why in ran.stderr, name + " is refused", ran)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
