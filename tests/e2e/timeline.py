#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`socle prove --trace`: the file is JSON of the Trace Event Format, spans of a track do not overlap, stages are those of --json with their
times, every proof of a set is there with all of its stages, a device's jobs and copies are. TAP.

  timeline.py SOCLE GUEST_FOLDER
"""
import collections
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from tap import report  # noqa: E402

SOCLE, GUESTS = os.path.abspath(sys.argv[1]), sys.argv[2]
STAGES = {"trace", "commit", "bus argument", "constraints", "open"}


def prove(folder, guest, value, *options):
    """What --json says, and the timeline."""
    entry, trace = os.path.join(folder, "input"), os.path.join(folder, "trace.json")
    with open(entry, "wb") as f:
        f.write(value.to_bytes(8, "little"))
    ran = subprocess.run([SOCLE, "prove", os.path.join(GUESTS, guest), "-i", entry, "-o", os.path.join(folder, "proof"), "--trace", trace, "--json",
                          "-q", *options], capture_output=True, text=True)
    if ran.returncode != 0:
        return {"message": ran.stderr}, None
    with open(trace) as f:
        return json.loads(ran.stdout), json.load(f)


def spans(timeline, pid):
    """{track: spans in their order}"""
    out = collections.defaultdict(list)
    for e in timeline["traceEvents"]:
        if e["ph"] == "X" and e["pid"] == pid:
            out[e["tid"]].append(e)
    return {k: sorted(v, key=lambda e: e["ts"]) for k, v in out.items()}


def overlaps(track):
    return [b for a, b in zip(track, track[1:]) if a["ts"] + a["dur"] > b["ts"] + 0.002]  # microseconds, written with three digits


def common(name, said, t):
    """What holds for all; the spans of the host."""
    if t is None:
        report(False, name + ": is proved", said["message"])
        return {}
    host = spans(t, 0)
    report(t["otherData"] == {"schema": "socle.timeline", "schema_version": 1, "simulated": False, "missing": 0}, name + ": whole and not simulated",
           t["otherData"])
    report(all(not overlaps(track) for pid in (0, 1) for track in spans(t, pid).values()), name + ": spans of a track do not overlap")
    took = collections.Counter()
    for e in host[0]:
        took[e["name"]] += e["dur"] * 1e-6
    wrong = {s["name"]: (s["seconds"], took[s["name"]]) for s in said["stages"] if abs(s["seconds"] - took[s["name"]]) > 1e-3}
    report(not wrong and set(took) == {s["name"] for s in said["stages"]}, name + ": stages are those of --json", (wrong, set(took)))
    memory = [e["args"]["bytes"] for e in t["traceEvents"] if e["ph"] == "C"]
    report(len(memory) >= 3 and max(memory) > 1 << 20, name + ": memory is told", memory[:10])
    return host


def main():
    with tempfile.TemporaryDirectory() as folder:
        said, t = prove(folder, "fibonacci.elf", 10)
        host = common("one proof", said, t)
        report(STAGES <= {e["name"] for e in host.get(0, [])}, "one proof: all stages", host)
        said, t = prove(folder, "workload.elf", 100, "--profile", "socle-132-small", "--threads", "2")
        host = common("a set", said, t)
        made = collections.defaultdict(set)
        for tid, track in host.items():
            for e in track if tid > 0 else ():
                made[e["args"]["proof"]].add(e["name"])
        report(set(made) == set(range(said.get("segments", -1) + 1)) and all(STAGES - {"trace"} <= v for v in made.values()), "a set: every proof, with its stages",
               (said.get("segments"), dict(made)))
        devices = json.loads(subprocess.run([SOCLE, "devices", "--json"], capture_output=True, text=True, check=True).stdout)["devices"]
        if any(d["id"] == "opencl:0" for d in devices):
            said, t = prove(folder, "fibonacci.elf", 10, "--device", "opencl:0")
            common("on a device", said, t)
            device = spans(t, 1)
            names = collections.Counter(e["name"] for track in device.values() for e in track)
            # an opening commits to what it folds, too
            report(names["commit"] >= said["device"]["commitments"] > 0 and min(names[k] for k in ("bus argument", "sumcheck", "opening")) > 1 and
                   set(device) == {0, 1, 2}, "on a device: its jobs", names)
            report(all(e["args"]["bytes"] > 0 for q in (1, 2) for e in device[q]), "on a device: its copies have bytes")
        else:
            print("# OpenCL has no device here")
        ran = subprocess.run([SOCLE, "prove", os.path.join(GUESTS, "fibonacci.elf"), "-i", os.path.join(folder, "input"), "-o", os.path.join(folder, "p"),
                              "--trace", os.path.join(folder, "no", "such")], capture_output=True, text=True)
        report(ran.returncode == 2, "a file that cannot be written is an error", ran)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
