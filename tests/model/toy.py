#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Sets of proofs of the toy machine: model and C verifier on honest ones, on changed ones and on lies.

toy.py TOYSET [--rounds N] [--seed S] [--folder F]: makes the sets of tests/support/toyset.c, in F if it shall stay, with
constraints.txt and spec/schedules.txt beside them (a folder that --spec takes); then
1. the model accepts each honest set with its output, and its transcripts are those of the C prover and the C verifier, frame by frame;
2. both refuse each lie, a set that is honest but for one thing;
3. differ.py finds no changed set on which the two verdicts differ.
TAP on standard output.
"""

import argparse
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import differ
import tap
from listing import Machine
from proof import Spec
from verify import ACCEPTED, DOCS, REFUSED, verdict

TOY = Path(__file__).resolve().parent / "toy.txt"


def listing():
    """The toy's tables, then BOUNDARY as the real machine has it."""
    real = (DOCS / "constraints.txt").read_text()
    return TOY.read_text() + real[real.index("table BOUNDARY"):]


def make(toyset, folder):
    """Fill the folder; the digest of the toy machine in hexadecimal."""
    text = listing()
    digest = Machine(text).digest.hex()
    (folder / "constraints.txt").write_text(text)
    subprocess.run([str(toyset), "make", str(folder), digest], check=True)
    (folder / "spec").mkdir(exist_ok=True)
    (folder / "schedules.txt").rename(folder / "spec" / "schedules.txt")
    return digest


def check(report, toyset, folder):
    """Parts 1 and 2; the digest."""
    digest = make(toyset, folder)
    spec = Spec(folder)
    for path in sorted(folder.glob("*.proof")):
        log, key = io.StringIO(), path.with_suffix(".vk")
        code, reason, output = verdict(spec, io.BytesIO(path.read_bytes()), key.read_bytes(), log)
        report.report(code == ACCEPTED and output == path.with_suffix(".out").read_bytes(), "the model accepts %s (%s)" % (path.stem, reason))
        other = subprocess.run([str(toyset), "verify", digest, str(path), str(key)], capture_output=True, text=True, check=False)
        frames = log.getvalue()
        report.report(other.returncode == 0 and other.stdout == frames, "the same %d frames in both verifiers, %s" % (frames.count("\n"), path.stem))
        of_prover = tap.transcripts(path.with_suffix(".log").read_text())
        report.report(sorted(of_prover) == sorted(tap.transcripts(frames)), "and the same %d transcripts in the prover, %s" % (len(of_prover), path.stem))
    for path in sorted(folder.glob("*.lie")):
        key = path.with_suffix(".vk")
        code, reason, _ = verdict(spec, io.BytesIO(path.read_bytes()), key.read_bytes())
        other, _, words = differ.run_toyset(str(toyset), digest, str(path), str(key))
        report.report(code == REFUSED, "the model refuses the lie %s (%s)" % (path.stem, reason))
        report.report(other == REFUSED, "and so does the other verifier (%s)" % words)
    return digest


def main():
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("toyset", type=Path)
    cli.add_argument("--rounds", type=int, default=150)
    cli.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    cli.add_argument("--folder", type=Path)
    a = cli.parse_args()
    report = tap.Tap()
    with tempfile.TemporaryDirectory() as temporary:
        folder = a.folder or Path(temporary)
        digest = check(report, a.toyset, folder)
        print("# differ.py --toy --seed %d --rounds %d" % (a.seed, a.rounds))
        bad = tap.quoted(differ.main, [str(a.toyset), str(folder), "--toy", digest, "--seed", str(a.seed), "--rounds", str(a.rounds)])
        report.report(bad == 0, "no changed set on which the verdicts differ")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
