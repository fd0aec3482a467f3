#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`socle model measure` and what rests on the model that it stores: --device auto, estimates; what is not good is refused. TAP.

  measure_model.py SOCLE GUEST_FOLDER
"""
import json
import os
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from tap import report  # noqa: E402

SOCLE, GUESTS = os.path.abspath(sys.argv[1]), sys.argv[2]
OPS = {"trace", "commit", "gkr", "open", "zero"}
GUEST = os.path.join(GUESTS, "fibonacci.elf")


def run(*command, data=None):
    env = dict(os.environ, XDG_DATA_HOME=data) if data else None
    return subprocess.run((SOCLE, *command), capture_output=True, text=True, env=env)


def result(ran):
    try:
        return json.loads(ran.stdout)
    except ValueError:
        return {}


def prove(data, *options):
    return run("prove", GUEST, "-o", os.path.join(data, "proof"), "--json", *options, data=data)


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def measured(data, devices):
    """Measure and show; the path of the file that was stored."""
    none = run("model", "show", data=data)
    report(none.returncode == 2 and "no cost model is stored" in none.stderr, "without one there is nothing to show", none)
    report("no cost model is stored" in result(prove(data)).get("device_choice", {}).get("why", ""), "and auto says so")
    made = run("model", "measure", "--device", ",".join(devices), "--seconds", "0", "-q", data=data)
    shown = run("model", "show", "--json", data=data)
    found = result(shown)
    report(made.returncode == 0 and shown.returncode == 0, "a model is measured, stored and can be read", made.stderr + shown.stderr)
    names = [d.replace(":", "-") for d in devices]
    samples = found.get("samples", [])
    report(sorted((s["device"], s["op"]) for s in samples) == sorted((d, op) for d in names for op in OPS), "each stage on each device", samples)
    report(all(s["runs"] == 2 and s["log_n"] == 20 and s["mean_ns"] > 0 for s in samples), "with number, size and time", samples)
    path = found["file"]
    report(stat.S_IMODE(os.stat(path).st_mode) == 0o600 and os.path.dirname(path) == os.path.join(data, "socle", "models") and
           len(os.listdir(os.path.dirname(path))) == 1, "in one file of the user's own", path)
    for name in names:
        ran = run("simulate", "--gpus", f"2x{name}", "--from", path, "--json")
        report(ran.returncode == 0, f"a simulation with {name}", ran.stderr)
    return path


def chosen(data, path, has_opencl):
    """What auto takes: times of the file are changed by hand, so that it is known what has to come out."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    good = prove(data)
    choice = result(good).get("device_choice", {})
    report(choice.get("is_auto") is True and f"device: {choice.get('devices')} ({choice.get('why')})" in good.stderr, "auto is told twice", good)
    asked = result(prove(data, "--device", "cpu")).get("device_choice")
    report(asked == {"devices": "cpu", "why": "as asked for", "is_auto": False}, "what was asked for is told, too", asked)
    both = result(prove(data, "--device", "cpu,cpu"))
    report([(d["id"], d["proofs"], d["failures"], d["failure"]) for d in both["devices"]] == [("cpu", 1, 0, ""), ("cpu", 0, 0, "")] and
           both["device"] == both["devices"][0], "each device is told with its proofs", both)
    if has_opencl:
        slow = text.replace('device = "cpu"', 'device = "x"').replace('device = "opencl-0"', 'device = "cpu"').replace('device = "x"', 'device = "opencl-0"')
        lines = [slow, text] if result(prove(data))["device_choice"]["devices"] == "cpu" else [text, slow]
        write(path, lines[0])
        quick = prove(data)
        report(result(quick).get("device_choice", {}).get("devices") == "opencl:0" and result(quick)["device"]["openings"] == 2 and
               "measured faster than the CPU" in result(quick)["device_choice"]["why"], "auto takes a device that was measured faster", quick)
        gpu = prove(data, "--require-gpu")
        report(gpu.returncode == 6 and "no GPU" in gpu.stderr, "which is no GPU when one is required", gpu)
        write(path, lines[1])
        gpu = prove(data, "--require-gpu")
        report(gpu.returncode == 6 and "no device was measured faster" in gpu.stderr, "nor is the CPU", gpu)
        guess = result(run("estimate", GUEST, "--device", "opencl:0", "--json", data=data))
        report(guess.get("by_model") is True and guess["seconds"] > 0, "an estimate for a device rests on it", guess)
    guess = result(run("estimate", GUEST, "--device", "cpu", "--json", data=data))
    report(guess.get("by_model") is False, "one for the CPU does not", guess)
    for name, bad in (("damaged", text.replace("mean_ns", "mean")), ("of another version", text.replace("schema_version = 1", "schema_version = 9")),
                      ("empty", "")):
        write(path, bad)
        ran = prove(data)
        report(ran.returncode == 0 and "cost model:" in result(ran)["device_choice"]["why"] and result(ran)["device_choice"]["devices"] == "cpu",
               f"one that is {name} is not used", ran)
        report(run("model", "show", data=data).returncode == 9, f"nor shown when {name}")
    write(path, text)
    os.chmod(path, 0o620)
    ran = prove(data)
    report("others could have written it" in result(ran)["device_choice"]["why"], "nor one that others can write", ran)


def refused(folder):
    file = os.path.join(folder, "model.toml")
    made = run("model", "measure", "--device", "cpu", "--seconds", "0", "-q", "-o", file, "--json", data=folder)
    report(made.returncode == 0 and result(made).get("file") == file and not os.path.exists(os.path.join(folder, "socle")), "-o stores nothing", made)
    for name, code, why, args in (("a device that is not there", 6, "opencl:63", ("measure", "--device", "opencl:63", "--seconds", "0")),
                                  ("a device named twice", 2, "twice", ("measure", "--device", "cpu,cpu", "--seconds", "0", "-q")),
                                  ("a comparison", 6, "dual", ("measure", "--device", "dual")),
                                  ("a file to measure", 2, "-o", ("measure", file)),
                                  ("a device to show", 2, "--device", ("show", file, "--device", "cpu")),
                                  ("another action", 2, "measure and show", ("make",)),
                                  ("seconds that are none", 2, "--seconds", ("measure", "--seconds", "x"))):
        ran = run("model", *args, data=folder)
        report(ran.returncode == code and ran.stdout == "" and why in ran.stderr, name + " is refused", ran)
    ran = run("model", "measure", "--device", "cpu", "--seconds", "0", "-q", data="/proc/self")
    report(ran.returncode == 2 and "cannot be made" in ran.stderr, "a place that cannot be written is told", ran)


def main():
    ids = [d["id"] for d in result(run("devices", "--json"))["devices"]]
    has_opencl = "opencl:0" in ids
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as other:
        chosen(data, measured(data, ["cpu"] + (["opencl:0"] if has_opencl else [])), has_opencl)
        refused(other)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
