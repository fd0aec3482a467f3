#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What tools/gpu-check stands on: NVML on a library of our own, shares of limits by hand, the benchmark of kernels on a driver of our own. TAP.

  test_gpu_tools.py SOURCE_ROOT BENCH_DEVICE FOLDER      FOLDER: of libcuda.so.1 and libnvidia-ml.so.1
"""
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT, BENCH, FAKES = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "tests", "support")]
import gpu_limits  # noqa: E402
import tap  # noqa: E402
from nvml import Nvml, Watch  # noqa: E402
from tap import report  # noqa: E402

UNITS = os.path.join(ROOT, "tests", "diff", "cuda_units.txt")


def energy():
    nvml = Nvml("0000:3b:00.0")
    with Watch(nvml) as w:
        time.sleep(0.5)
    seen = w.seen()
    report(seen == {"joules": 2.5, "device_memory_bytes": 10 << 30, "clock_mhz": 1980, "least_clock_mhz": 1980, "celsius": 61,
                    "slowed_by": ["power cap"]}, "energy, clocks, memory and what slows a device", seen)
    report(nvml.about() == {"uuid": "GPU-fake", "power_limit_watts": None}, "a function that the library does not have is null", nvml.about())
    for bus in ("0000:01:00.0", None):
        with Watch(Nvml(bus)) as w:
            pass
        report(set(w.seen().values()) == {None}, f"all is null where there is no device at {bus}", w.seen())


def shares():
    rates = {"mad": 100.0, "wide_mad": 50.0, "add3": 90.0, "logic3": 80.0, "mad_and_add3": 150.0, "copy_bytes": 1000.0}
    kernel = {"name": "k", "unit": "butterfly", "units": 10.0, "bytes": 20.0, "seconds": 2.0}
    bench = {"is_processor": False, "capability": 90, "rates": [{"name": k, "per_second": v} for k, v in rates.items()], "device": "cuda:0",
             "name": "N", "driver": "D", "kernels": [dict(kernel), dict(kernel, bytes=9000.0), {"name": "s", "unit": "mul", "units": 1.0, "skipped": "no memory"}]}
    gpu_limits.limits(bench, UNITS)
    _, fma, wide, alu = gpu_limits.counts(UNITS)[90, "butterfly"]
    want = max(10 * ((fma - wide) / 100 + wide / 50), 10 * alu / 90, 10 * (fma + alu) / 150)
    first, second, third = bench["kernels"]
    report(abs(first["limit_seconds"] - want) < 1e-9 and abs(first["share"] - want / 2) < 1e-3 and first["binds"] == "multiply-add",
           "a kernel's limit follows from its counts and the rates", first)
    report(second["binds"] == "memory" and second["limit_seconds"] == 9.0 and second["share"] == 4.5, "memory may bind", second)
    report(third["share"] is None, "what was skipped has no share", third)
    text = gpu_limits.table_of({"kernels": [bench]})
    report("| k | 10 butterfly | 2000.000 ms |" in text and "no memory" in text and "multiply-add" in text, "the table of a report", text)
    gpu_limits.limits({**bench, "is_processor": True}, UNITS)
    report(first["share"] is None, "a processor has no share of NVIDIA's instructions")
    gpu_limits.limits({k: v for k, v in bench.items() if k != "capability"}, UNITS)
    report(first["share"] is None, "nor has a device that does not tell its capability")
    table = gpu_limits.counts(UNITS)
    report(all((arch, name) in table for parts in gpu_limits.PRICES.values() for _, name in parts for arch in (89, 90, 120)), "every price has counts")


def bench_on_a_fake():
    with tempfile.TemporaryDirectory() as cache:
        env = {**os.environ, "LD_LIBRARY_PATH": FAKES, "XDG_CACHE_HOME": cache}
        run = subprocess.run([BENCH, "cuda:0", "--shrink", "14", "--seconds", "0.001"], capture_output=True, text=True, env=env)
        if "nvcc was not there" in run.stderr:
            report(run.returncode == 7, "a build without kernels of CUDA says so")
            return
        report(run.returncode == 0, "the benchmark of kernels runs on a driver of our own", run.stderr[-500:])
        bench = json.loads(run.stdout)
        report(bench["valid"] and all(r["agrees"] for r in bench["rates"]) and all(k["agrees"] and k["seconds"] > 0 for k in bench["kernels"]),
               "every kernel has the host's result", run.stderr[-500:])
        report(bench["capability"] == 90 and bench["bus"] == "0000:3b:00.0" and bench["pinned"]["up_bytes_per_second"] > 0, "and tells the device", bench)
        gpu_limits.limits(bench, UNITS)
        report(all(k["share"] > 0 and k["binds"] for k in bench["kernels"]), "and every kernel has a price", bench["kernels"])
        for args, code in ((["cuda:9"], 7), (["cuda:x"], 2), ([], 2), (["cuda:0", "--shrink", "99"], 2), (["cuda:0", "--seconds"], 2)):
            run = subprocess.run([BENCH, *args], capture_output=True, text=True, env=env)
            report(run.returncode == code and run.stderr, f"bench_device {' '.join(args)} ends with {code}", run.returncode)


if not os.environ.get("SOCLE_RESTARTED"):  # the loader reads the path when a process starts
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "LD_LIBRARY_PATH": FAKES, "SOCLE_RESTARTED": "1"})
energy()
shares()
bench_on_a_fake()
sys.exit(tap.done())
