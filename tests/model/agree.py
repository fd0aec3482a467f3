#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The model and the C verifier on real proofs, and on changed ones.

agree.py SOCLE TRLOG GUESTS [--rounds N] [--seed S]: proves small guests under every shipped profile; then
1. the model accepts each proof, and its transcript is that of the C prover and the C verifier, frame by frame;
2. the unit tests that want real proofs pass;
3. differ.py finds no changed proof on which the two verdicts differ.
TAP on standard output.
"""
import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import differ
import tap
from proof import Spec
from verify import ACCEPTED, DOCS, verdict

INPUTS = {"fibonacci": (100).to_bytes(8, "little"), "sha256": b"abc"}


def call(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def make_proofs(socle, guests, work):
    """NAME.proof, NAME.vk, NAME.out of each guest under each profile; yields (path of the proof, ELF, input, profile)."""
    made = []
    for profile in json.loads(call(socle, "version", "--json"))["profiles"]:
        for guest, data in INPUTS.items():
            elf, stem = guests / (guest + ".elf"), work / ("%s-%s" % (guest, profile))
            source = stem.with_suffix(".in")
            source.write_bytes(data)
            call(socle, "prove", elf, "-i", source, "-o", stem.with_suffix(".proof"), "--profile", profile, "-q")
            call(socle, "keygen", elf, "-o", stem.with_suffix(".vk"), "--profile", profile, "-q")
            call(socle, "execute", elf, "-i", source, "-o", stem.with_suffix(".out"), "-q")
            made.append((stem.with_suffix(".proof"), elf, source, profile))
    return made


def main():
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("socle", type=Path)
    cli.add_argument("trlog", type=Path)
    cli.add_argument("guests", type=Path)
    cli.add_argument("--rounds", type=int, default=150)
    cli.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    a = cli.parse_args()
    report, spec = tap.Tap(), Spec(DOCS)
    with tempfile.TemporaryDirectory() as folder:
        for path, elf, source, profile in make_proofs(a.socle, a.guests, Path(folder)):
            key, log = path.with_suffix(".vk"), io.StringIO()
            code, reason, output = verdict(spec, io.BytesIO(path.read_bytes()), key.read_bytes(), log)
            report.report(code == ACCEPTED and output == path.with_suffix(".out").read_bytes(), "the model accepts %s (%s)" % (path.stem, reason))
            frames = log.getvalue().splitlines()
            report.report(frames == call(a.trlog, "verify", path, key).splitlines(), "the same %d frames in both verifiers, %s" % (len(frames), path.stem))
            report.report(set(tap.transcripts(call(a.trlog, "prove", elf, source, profile))) == set(tap.transcripts(log.getvalue())),
                          "and in the prover and its self-check, %s" % path.stem)
        os.environ["SOCLE_MODEL_PROOFS"] = folder
        import test_model  # reads the variable when loaded
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(test_model.ProofTest)
        result = unittest.TextTestRunner(sys.stderr).run(suite)
        report.report(result.wasSuccessful() and result.testsRun > 0 and not result.skipped, "the unit tests with real proofs")
        print("# differ.py --seed %d --rounds %d" % (a.seed, a.rounds))
        bad = tap.quoted(differ.main, [str(a.socle), folder, "--seed", str(a.seed), "--rounds", str(a.rounds)])
        report.report(bad == 0, "no changed proof on which the verdicts differ")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
