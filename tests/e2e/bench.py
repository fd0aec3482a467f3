#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`socle bench` from outside: reports against their schema, figures against the raw runs, memory, sensors, exit codes. TAP.

  bench.py SOCLE SOURCE_ROOT
"""
import copy
import json
import os
import statistics
import subprocess
import sys
import tempfile

SOCLE, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from schema import faults  # noqa: E402
import tap  # noqa: E402
from tap import report  # noqa: E402

with open(os.path.join(ROOT, "docs", "bench-report.schema.json")) as f:
    SCHEMA = json.load(f)
with open(SOCLE, "rb") as f:
    SANITIZED = b"__asan_init" in f.read()  # it has memory of its own
DEVICES = [d["id"] for d in json.loads(subprocess.run([SOCLE, "devices", "--json"], capture_output=True, text=True, check=True).stdout)["devices"]]
BUDGET = "600M" if SANITIZED else "250M"


def socle(*args):
    return subprocess.run([SOCLE, *args], capture_output=True, text=True)


def exits(code, name, *args):
    ran = socle(*args)
    report(ran.returncode == code, name, f"exit code {ran.returncode}: {' '.join(args)}\n{ran.stderr}")
    return ran


def close(a, b, tolerance=1e-5):
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-12)


def quantile(values, p):
    v = sorted(values)
    at = p * (len(v) - 1)
    i = int(at)
    return v[i] + (at - i) * (v[i + 1] - v[i]) if i + 1 < len(v) else v[-1]


def figures_wrong(r):
    """What of a result's figures does not follow from its raw runs."""
    t, least, s = r["runs_ns"], r["least_ns"], r["summary"]
    median = statistics.median(t)
    mean = statistics.fmean(t)
    want = {"n": len(t), "median_ns": median, "mad_ns": statistics.median(abs(x - median) for x in t), "least_ns": min(t), "most_ns": max(t),
            "p5_ns": quantile(t, 0.05), "p95_ns": quantile(t, 0.95), "p99_ns": quantile(t, 0.99), "mean_ns": mean,
            "cv": statistics.stdev(t) / mean if len(t) > 1 else 0}
    wrong = [k for k, v in want.items() if not close(s[k], v)]
    scale = {"M/s": 1e-6, "GB/s": 1e-9}[r["rate_unit"]]
    if not close(r["rate"], scale * r["units"] / (1e-9 * median)):
        wrong.append("rate")
    if r["share"] is not None and not close(r["share"], statistics.median(max(a, 1) / b for a, b in zip(least, t))):
        wrong.append("share")
    if not min(t) <= s["low_ns"] * 1.00001 or not s["low_ns"] <= median * 1.00001 <= s["high_ns"] * 1.00002:
        wrong.append("interval")
    if len(t) != len(least):
        wrong.append("least_ns")
    if s["unstable"] != (s["cv"] > 0.03):
        wrong.append("unstable")
    return wrong


def breakages(value, schema):
    """Copies of a valid report, each broken at one place, with a name."""
    def walk(node, sub, path):
        if "anyOf" in sub:
            sub = next(s for s in sub["anyOf"] if not faults(node, s))
        if isinstance(node, dict):
            for name in sub.get("required", []):
                yield path, name, "missing", None
            yield path, "surplus", "added", 1
            for name, v in node.items():
                yield path, name, "of another type", {"other": 1} if not isinstance(v, dict) else 7
                yield from walk(v, sub["properties"][name], path + [name])
        elif isinstance(node, list) and node and "items" in sub:
            yield from walk(node[0], sub["items"], path + [0])
    for path, name, how, v in walk(value, schema, []):
        broken = copy.deepcopy(value)
        at = broken
        for step in path:
            at = at[step]
        if how == "missing":
            del at[name]
        else:
            at[name] = v
        yield f"{'.'.join(map(str, path + [name]))} {how}", broken


def schema_tests(good):
    names = [name for name, broken in breakages(good, SCHEMA) if not faults(broken, SCHEMA)]
    total = sum(1 for _ in breakages(good, SCHEMA))
    report(not names and total > 150, f"each of the {total} ways to break a report is noticed", names)
    for path, value in [(("schema_version",), 2), (("schema",), "socle.other"), (("results", 0, "digest"), "00"), (("results", 0, "runs_ns"), []),
                        (("results", 0, "runs_ns"), [0]), (("results", 0, "outcome"), "fine"), (("results",), []), (("identity", "seconds"), -1),
                        (("results", 0, "runs_ns"), [1.5]), (("validity", "valid"), 1), (("host", "processors"), True)]:
        broken = copy.deepcopy(good)
        at = broken
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        report(bool(faults(broken, SCHEMA)), f"a report with {'.'.join(map(str, path))} = {value} is noticed")
    try:
        faults({}, {"maximum": 1})
        report(False, "an unknown keyword of a schema is an error")
    except ValueError:
        report(True, "an unknown keyword of a schema is an error")


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def sensor_tests(folder):
    empty, full = os.path.join(folder, "empty"), os.path.join(folder, "full")
    os.mkdir(empty)
    d = json.loads(exits(0, "a machine without sensors", "bench", "run", "--only", "fold", "--runs", "5", "--system", empty, "--json", "-q").stdout)
    m, h, c = d["conditions"]["moments"], d["host"], d["conditions"]
    report(not faults(d, SCHEMA) and len(m) >= 1 and all(x[k] is None for x in m for k in ("clock_mhz", "celsius", "others", "steal")) and
           all(h[k] is None for k in ("os", "kernel", "virtualised", "governor", "load_average")) and
           c["lowest_clock"] is c["hottest"] is c["most_load"] is None and not c["hot"] and not c["background"] and
           all(h[k] is None for k in ("container", "smt", "memory_ecc", "microcode", "clock_min_mhz", "clock_max_mhz", "boost", "power_limit_w")) and
           h["cards"] == [] and all(x["theoretical"]["value"] is None for x in d["limits"]) and not theory_wrong(d) and
           all(r["joules"] is r["joules_per_unit"] is None for r in d["results"]) and d["identity"]["options"]["system"] == empty, "has null for them", faults(d, SCHEMA) or d)
    put(full, "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2400000\n")
    put(full, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    put(full, "sys/class/thermal/thermal_zone0/temp", "99000\n")
    put(full, "sys/class/powercap/intel-rapl:0/energy_uj", "1000\n")
    put(full, "sys/class/powercap/intel-rapl:0/max_energy_range_uj", "100000\n")
    put(full, "proc/loadavg", "3.25 1 1 1/1 1\n")
    put(full, "proc/cpuinfo", "flags\t\t: fpu sse\n")
    put(full, "sys/bus/pci/devices/0000:01:00.0/class", "0x030000\n")
    put(full, "sys/bus/pci/devices/0000:01:00.0/current_link_speed", "8.0 GT/s PCIe\n")
    put(full, "sys/bus/pci/devices/0000:01:00.0/current_link_width", "16\n")
    d = json.loads(exits(0, "a machine with sensors", "bench", "run", "--only", "fold", "--runs", "5", "--system", full, "--json", "-q").stdout)
    m, h, c = d["conditions"]["moments"], d["host"], d["conditions"]
    report(not faults(d, SCHEMA) and all(x["clock_mhz"] == 2400 and x["celsius"] == 99 for x in m) and h["governor"] == "powersave" and
           h["load_average"] == 3.25 and h["virtualised"] is False and c["hot"] and c["hottest"] == 99 and c["lowest_clock"] == 1 and
           all(r["joules"] == r["joules_per_unit"] == 0 for r in d["results"]) and
           [(c["pci"], c["link_gt_s"], c["lanes"], c["most_lanes"], c["driver"]) for c in h["cards"]] == [("0000:01:00.0", 8, 16, None, None)], "tells and judges them", faults(d, SCHEMA) or d)
    out = exits(0, "the table tells of them", "bench", "run", "--only", "fold", "--runs", "5", "--system", full, "-q").stdout
    report("hot: 99 degrees" in out and "J a run" in out and "uJ for each of the" in out, "heat and energy are in the table", out)


def theory_wrong(d):
    """Which limits of a report have a theoretical one that does not follow from its inputs, or lacks what it should have."""
    wrong = []
    for limit in d["limits"]:
        t = limit["theoretical"]
        inputs = {i["name"]: i["value"] for i in t["inputs"]}
        good = t["unit"] == ("bytes/s" if "memory" in limit["name"] else "units/s") and t["basis"]
        good = good and (t["value"] is None) == (t["formula"] is None)
        if good and t["value"] is None:
            good = not inputs
        elif good:
            good = close(eval(t["formula"], {"__builtins__": {}, "max": max}, inputs), t["value"]) and t["value"] > 0
        wrong += [] if good else [limit]
    above = [x["name"] for x in d["limits"] if x["theoretical"]["value"] is not None and x["median"] > x["theoretical"]["value"]]
    notes = d["validity"]["notes"]
    if len(notes) != len(above) or not all(n.startswith(name + ": ") for n, name in zip(notes, above)):
        wrong.append((above, notes))
    return wrong


def module(bits, speed):
    """A firmware's table with one module of memory: SMBIOS 3.3, Memory Device, and the end."""
    s = bytearray(0x5c)
    s[0], s[1], s[0x0a], s[0x0c:0x0e], s[0x20:0x22] = 17, len(s), bits, b"\x00\x10", speed.to_bytes(2, "little")
    return bytes(s) + b"DIMM\0\0" + b"\x7f\x04\x01\x00\0\0"


def theory_tests(folder):
    def machine(name, dmi, flags="fpu", model=17):
        root = os.path.join(folder, name)
        put(root, "proc/cpuinfo", f"vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: {model}\nflags\t\t: {flags}\n")
        put(root, "sys/firmware/dmi/tables/DMI", "")
        with open(os.path.join(root, "sys/firmware/dmi/tables/DMI"), "wb") as out:
            out.write(dmi)
        return root

    def run(root, name):
        path = os.path.join(folder, "theory.json")
        text = exits(0, name, "bench", "run", "--only", "fold", "--runs", "5", "--system", root, "-q", "--threads", "1", "-o", path).stdout
        with open(path) as f:
            d = json.load(f)
        return d, {x["name"]: x["theoretical"] for x in d["limits"]}, text
    d, t, text = run(machine("fast", module(64, 65000)), "a machine with memory of known speed")
    report(not faults(d, SCHEMA) and not theory_wrong(d) and t["memory"]["value"] == 8 * 65000e6 and d["validity"]["notes"] == [] and
           "520.00" in text and "mistake" not in text, "has its theoretical limit", theory_wrong(d) or text)
    unit = t["extension products"]
    counted = d["devices"][0]["kernels"] in ("avx2", "avx512") and unit["value"] is not None
    report(not counted or ("Zen 4" in unit["basis"] and {"cores", "clock", "lanes"} <= {i["name"] for i in unit["inputs"]}),
           "its core has one, too", unit)
    slow, t, text = run(machine("slow", module(8, 1)), "a machine whose memory should be slower than it is")
    report(not theory_wrong(slow) and t["memory"]["value"] == 1e6 and len(slow["validity"]["notes"]) == 1 and
           "memory: measured above theoretical, one of the two is a mistake" in text and max(map(len, text.splitlines())) <= 80,
           "is told, in the report and in the table", (slow["validity"], text))
    checks = [all(c["passed"] for c in x["validity"]["checks"]) == x["validity"]["valid"] for x in (d, slow)]
    report(all(checks), "and is no less valid for it", slow["validity"])
    exits(0, "such a report is checked as others are", "bench", "check", os.path.join(folder, "theory.json"), "-q")
    d, t, text = run(machine("virtual", module(64, 3200), "fpu hypervisor", 250), "a virtual machine with an unknown core")
    report(not faults(d, SCHEMA) and not theory_wrong(d) and all(x["value"] is None for x in t.values()) and
           "virtual machine" in t["memory"]["basis"], "has none, and says why", t)


def proof_tests(folder):
    path = os.path.join(folder, "proofs.json")
    args = ["bench", "run", "--suite", "prove", "--only", "workload", "--runs", "3", "--seconds", "1", "-q", "--profile", "socle-132", "-o", path]
    ran = socle(*args)
    if "without a RISC-V compiler" in ran.stderr:
        report(ran.returncode == 2, "a build without guests says so", ran.stderr)
        return
    report(ran.returncode == 0, "proofs of the smallest size", ran.stderr)
    with open(path) as f:
        d = json.load(f)
    good, *skipped = d["results"]
    p = good["proof"]
    report(not faults(d, SCHEMA) and d["workload"]["profile"] == "socle-132" and not figures_wrong(good), "their report is of the schema", faults(d, SCHEMA))
    report(good["outcome"] == "good" and p["cycles"] == good["units"] and abs(p["cycles"] / 2**18 - 1) < 0.1 and p["security_bits"] >= 100 and
           p["segments"] == 1 and p["proof_bytes"] > 10000 and p["verify_seconds"] > 0 and p["peak_memory_bytes"] > 1 << 20, "and tells what they are", good)
    report(0.5 < sum(good["stages"].values()) / (1e-9 * good["summary"]["median_ns"]) < 1.5, "stages are the time", good)
    report(len(skipped) == 4 and all("s a run" in r["why"] for r in skipped), "what takes too long is skipped and says so", skipped)
    exits(0, "its proofs come out again", "bench", "check", path, "--profile", "socle-132", "-q")
    d["results"][0]["digest"] = d["results"][0]["reference_digest"] = "00" * 32
    put(folder, "other.json", json.dumps(d))
    exits(3, "another proof is noticed", "bench", "check", os.path.join(folder, "other.json"), "--profile", "socle-132", "-q")


def device_tests(folder):
    exits(2, "two devices at once are refused", "bench", "run", "--only", "fold", "--device", "cpu,cpu")
    exits(2, "a compared device is refused", "bench", "run", "--only", "fold", "--device", "dual") if "opencl:0" in DEVICES else None
    exits(6, "a device that is not there", "bench", "run", "--only", "fold", "--device", "opencl:63")
    exits(6, "the processor is no GPU", "bench", "run", "--only", "fold", "--require-gpu")
    if "opencl:0" not in DEVICES:
        return
    path, cpu = os.path.join(folder, "device.json"), os.path.join(folder, "cpu.json")
    out = exits(0, "an operation on a device", "bench", "run", "--only", "fold", "--device", "opencl:0", "--runs", "2", "-o", path, "-q").stdout
    exits(0, "and on the processor", "bench", "run", "--only", "fold", "--runs", "2", "-o", cpu, "-q")
    with open(path) as f:
        d = json.load(f)
    on, r = d["devices"][0], d["results"][0]
    report(not faults(d, SCHEMA) and not theory_wrong(d) and on["kind"] == "opencl" and
           on["kernels"] == "kernels/kc" and r["outcome"] == "good" and not figures_wrong(r) and
           "clock of the host" in d["workload"]["time_boundary"], "its report is of the schema", faults(d, SCHEMA) or d)
    with open(cpu) as f:
        report(json.load(f)["results"][0]["reference_digest"] == r["digest"], "the result is that of the processor")
    exits(0, "its figures and digests are checked", "bench", "check", path)
    said = exits(0, "it is compared with the processor", "bench", "compare", cpu, path).stdout
    exits(0, "and drawn", "bench", "plot", cpu, path, "-o", os.path.join(folder, "page"))
    with open(os.path.join(folder, "page", "index.html")) as f:
        page = f.read()
    if on["is_processor"]:
        report(all(x["theoretical"]["value"] is None and "processor" in x["theoretical"]["basis"] for x in d["limits"]),
               "it has no theoretical limits", d["limits"])
        report(on["name"].startswith("PoCL") and "no GPU" in out and "PoCL" in said and "no GPU" in page, "and marked wherever it appears", (on, out, said))
    left = json.loads(socle("bench", "run", "--only", "transfer", "--runs", "1", "--json", "-q").stdout)
    report(all(r["outcome"] == "skipped" and "--device" in r["why"] for r in left["results"]), "the processor says what wants a device", left["results"])


def groth16_tests(folder):
    path = os.path.join(folder, "groth16.json")
    args = ["bench", "run", "--suite", "groth16", "--only", "bn128", "--runs", "3", "--seconds", "1", "-q", "-o", path]
    text = exits(0, "proofs of Groth16 of the smallest size", *args).stdout
    with open(path) as f:
        d = json.load(f)
    good, *skipped = d["results"]
    p = good["proof"]
    report(not faults(d, SCHEMA) and "profile" not in d["workload"] and not figures_wrong(good), "their report is of the schema", faults(d, SCHEMA))
    report(good["outcome"] == "good" and good["units"] == 3 * ((2**14 - 3) // 3) and p["development_key"] and p["fixed_randomness"] and p["security_bits"] == 100 and
           p["key_bytes"] > 2**14 * 400 and 0 < p["verify_seconds"] < 1e-9 * good["summary"]["median_ns"] * 3 and p["peak_memory_bytes"] > p["key_bytes"],
           "and tells what they are", good)
    report(0.8 < sum(good["stages"].values()) / (1e-9 * good["summary"]["median_ns"]) < 1.2, "stages are the time", good)
    report(len(skipped) == 4 and all("s a run and a key" in r["why"] and r["why"] in text for r in skipped), "what takes too long is skipped and says so", text)
    exits(0, "the proof comes out again", "bench", "check", path, "-q")
    if not SANITIZED:
        exits(5, "a key that there is no memory for is not passed over", "bench", "check", path, "-q", "--mem-budget", "40M")
        text = exits(0, "a budget that holds no key", "bench", "run", "--suite", "groth16", "--only", "bn128", "-q", "--mem-budget", "40M").stdout
        report(text.count("skipped: needs") == 5 and "5 of 5 cases were skipped" in text, "skips them and says so", text)
    d["results"][0]["digest"] = d["results"][0]["reference_digest"] = "00" * 32
    put(folder, "other16.json", json.dumps(d))
    exits(3, "another proof of Groth16 is noticed", "bench", "check", os.path.join(folder, "other16.json"), "-q")


def main():
    exits(2, "bench wants to know what to do", "bench")
    exits(2, "bench does nothing else", "bench", "walk")
    exits(2, "an unknown suite is refused", "bench", "list", "--suite", "none")
    exits(2, "an unknown operation is refused", "bench", "run", "--only", "none")
    exits(2, "no runs are refused", "bench", "run", "--runs", "0")
    exits(2, "too many runs are refused", "bench", "run", "--runs", "1001")
    exits(2, "no time is refused", "bench", "run", "--seconds", "0")
    exits(5, "a budget that holds nothing is refused", "bench", "run", "--mem-budget", "100M")
    exits(7, "a deadline ends it", "bench", "run", "--deadline", "0.05", "-q")
    listed = json.loads(exits(0, "list under --json", "bench", "list", "--json").stdout)
    text = exits(0, "list", "bench", "list").stdout
    report(listed["schema"] == "socle.bench" and listed["suites"] == ["kernels", "prove", "groth16"] and len(listed["cases"]) >= 45 and
           {c["shape"] for c in listed["cases"] if c["op"] == "fr-ntt"} >= {f"{f} 2^{n} x 1" for f in ("BN254", "BLS12-381") for n in (16, 22, 26)} and
           {c["shape"] for c in listed["cases"] if c["op"] == "msm"} >= {f"{c} G{g} 2^{n}" for c in ("BN254", "BLS12-381") for g in (1, 2) for n in (14, 20)} and
           all(c["op"] in text and c["shape"] in text for c in listed["cases"]) and max(map(len, text.splitlines())) <= 80, "lists the cases", text)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        ran = exits(0, "a run within a small budget", "bench", "run", "--runs", "3", "--seconds", "1", "--mem-budget", BUDGET, "-o", path, "-q", "--threads", "2")
        with open(path) as f:
            d = json.load(f)
        report(not faults(d, SCHEMA), "its report is of the schema", faults(d, SCHEMA))
        finished = [r for r in d["results"] if r["outcome"] == "good"]
        skipped = [r for r in d["results"] if r["outcome"] == "skipped"]
        too_large = [r for r in skipped if "M of memory" in r["why"]]
        too_long = [r for r in skipped if "takes about" in r["why"]]
        skipped = [r for r in skipped if r["why"] != "with --device alone"]
        report(len(d["results"]) == len(listed["cases"]) and len(too_large) + len(too_long) == len(skipped) and len(too_large) >= 5,
               "what does not fit into memory is skipped and says so", d["results"])
        report(len(too_long) >= 5 and all(any(r["op"] == x["op"] for x in finished) for r in too_long),
               "and what takes too long, but the first size of an operation never", too_long)
        report(SANITIZED or d["peak_memory_bytes"] <= 250 << 20, "it stays within the budget", d["peak_memory_bytes"])
        report(all(r["digest"] == r["reference_digest"] for r in finished), "every digest is that of the reference")
        report(all(not figures_wrong(r) for r in finished), "figures follow from the raw runs", [(r["op"], figures_wrong(r)) for r in finished])
        report(all(r["share"] is not None and 0 < r["share"] < 3 and r["binds"] in [x["name"] for x in d["limits"]] for r in finished if r["op"] != "copy"),
               "shares are of limits measured in the run")
        report(not theory_wrong(d), "theoretical limits follow from their inputs and notes from both", theory_wrong(d))
        checks = {c["name"]: c["passed"] for c in d["validity"]["checks"]}
        report(not d["validity"]["valid"] and list(checks.values())[:2] == [True, False], "three runs are too few for a valid report", checks)
        lines = ran.stdout.splitlines()
        report(max(map(len, lines)) <= 80 and all(any(x.startswith(r["op"]) and r["shape"] in x for x in lines) for r in d["results"]) and
               "fewer than 5 runs" in ran.stdout and "NOT VALID" in ran.stdout, "the table fits 80 columns and has every case", ran.stdout)
        schema_tests(d)
        sensor_tests(folder)
        theory_tests(folder)
        proof_tests(folder)
        device_tests(folder)
        groth16_tests(folder)
        exits(2, "a report that cannot be written is an error", "bench", "run", "--only", "fold", "--runs", "1", "-q", "-o", os.path.join(folder, "no", "r"))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
