#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`socle prove --resume FOLDER`, killed at random moments and started again until it is done, makes the bytes of an undisturbed run. What
a kill leaves is whole: the folder's head and parts, one behind the other, are the file in the end, and no part changes once it is there.

  kills.py SOCLE GUEST_FOLDER [--kills N] [--seed S] [--iterations I]

The seed is printed. Many more of them: --kills 100 --iterations 300. Exit 77 under a sanitizer, which would take minutes."""
import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time


def read(path):
    with open(path, "rb") as f:
        return f.read()


def look(folder, seen):
    """Parts in the folder; those of before are as they were. Counts what an interrupted writing has left beside."""
    beside = 0
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if not re.fullmatch(r"head|\d+\.part", name):
            assert re.fullmatch(r"(head|\d+\.part)\.[A-Za-z0-9]{6}", name), f"{name} is left in the folder"
            beside += 1
            continue
        content = read(os.path.join(folder, name))
        assert seen.setdefault(name, content) == content, f"{name} has changed"
    return beside


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socle")
    parser.add_argument("guests")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--iterations", type=int, default=100)
    a = parser.parse_args()
    if b"__asan_init" in read(a.socle):
        return 77
    print(f"seed {a.seed}")
    rng = random.Random(a.seed)
    with tempfile.TemporaryDirectory() as work:
        entry, kept, out = (os.path.join(work, n) for n in ("input", "kept", "resumed.proof"))
        with open(entry, "wb") as f:
            f.write(a.iterations.to_bytes(8, "little"))
        command = [a.socle, "prove", os.path.join(a.guests, "workload.elf"), "-i", entry, "-q", "--profile", "socle-132-small"]
        whole = os.path.join(work, "whole.proof")
        since = time.monotonic()
        subprocess.run(command + ["-o", whole], check=True, stdout=subprocess.DEVNULL)
        longest = time.monotonic() - since
        seen, kills, runs, left = {}, 0, 0, 0
        while not os.path.exists(out):
            child = subprocess.Popen(command + ["-o", out, "--resume", kept], stdout=subprocess.DEVNULL)
            runs += 1
            if kills < a.kills:
                try:
                    child.wait(rng.uniform(0, longest))
                except subprocess.TimeoutExpired:
                    child.send_signal(signal.SIGKILL)
                    kills += 1
            code = child.wait()
            assert code in (0, -signal.SIGKILL), f"run {runs}: exit code {code}"
            assert os.path.exists(out) == (code == 0) or code == -signal.SIGKILL, f"run {runs}: no file"
            left = look(kept, seen)
        want = read(whole)
        assert read(out) == want, "other bytes than undisturbed"
        assert b"".join([seen["head"]] + [seen[f"{i}.part"] for i in range(len(seen) - 1)]) == want, "the parts are not the file"
        os.unlink(out)
        subprocess.run(command + ["-o", out, "--resume", kept], check=True, stdout=subprocess.DEVNULL)  # all of it is there already
        assert read(out) == want and look(kept, seen) == left
    print(f"{kills} kills, {runs} runs, {len(seen) - 1} parts, {left} unfinished files left beside: the same {len(want)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
