#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Memory budgets are kept, as the system counts: proofs of a run of several segments under budgets of 2, 4 and 8 GiB, with more threads
than any of them has room for; the resident peak of each process stays below, more memory means more proofs at a time, and the bytes are
the same.

  budgets.py SOCLE GUEST_FOLDER [ITERATIONS]

Exit 77 where memory is a sanitizer's, or the machine has none to spare."""
import os
import subprocess
import sys
import tempfile

GIB = 1 << 30
BUDGETS = (2, 4, 8)


def prove(socle, elf, folder, budget):
    """The bytes of the proof, and the peak of the process in bytes."""
    proof = os.path.join(folder, f"{budget}.proof")
    child = subprocess.Popen([socle, "prove", elf, "-i", os.path.join(folder, "input"), "-o", proof, "-q", "--profile", "socle-132-small",
                              "--threads", "8", "--mem-budget", f"{budget}G"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)  # what RUSAGE_CHILDREN sums up, of this child alone
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"socle prove with {budget} GiB: exit code {child.returncode}")
    with open(proof, "rb") as f:
        return f.read(), 1024 * usage.ru_maxrss


def main():
    socle, guests = sys.argv[1], sys.argv[2]
    iterations = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    with open(socle, "rb") as f:
        if b"__asan_init" in f.read():
            print("a sanitizer has memory of its own")
            return 77
    with open("/proc/meminfo") as f:
        available = next(1024 * int(line.split()[1]) for line in f if line.startswith("MemAvailable"))
    budgets = [b for b in BUDGETS if b * GIB < available]
    if not budgets:
        print("no memory to spare")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "input"), "wb") as f:
            f.write(iterations.to_bytes(8, "little"))
        runs = {b: prove(socle, os.path.join(guests, "workload.elf"), folder, b) for b in budgets}
    for b, (proof, peak) in runs.items():
        print(f"budget {b} GiB: peak {peak / GIB:.2f} GiB, {len(proof)} bytes")
    bad = [f"{b} GiB are exceeded" for b, (_, peak) in runs.items() if peak > b * GIB]
    bad += [f"{b} GiB change the proof" for b, (proof, _) in runs.items() if proof != runs[budgets[0]][0]]
    if len(budgets) > 1 and runs[budgets[-1]][1] <= runs[budgets[0]][1]:
        bad.append("more memory is not used")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
