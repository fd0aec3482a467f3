#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Verify a proof: exit 0 accepted, 3 refused, 9 malformed or of another version.

The model is a second verifier, slow and short, written from docs/spec alone. Exit 2: wrong call.
"""

import argparse
import sys
from pathlib import Path

import proof
from transcript import Malformed, Refused

ACCEPTED, REFUSED, MALFORMED = 0, 3, 9
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def verdict(spec, stream, key, log=None):
    """(exit code, reason, output or None)."""
    try:
        return ACCEPTED, "accepted", proof.verify(spec, stream, proof.decode_key(key), log)
    except Refused as e:
        return REFUSED, "refused: %s" % e, None
    except Malformed as e:
        return MALFORMED, "malformed or of another version: %s" % e, None


def main(argv):
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("proof", type=argparse.FileType("rb"))
    cli.add_argument("key", type=argparse.FileType("rb"))
    cli.add_argument("--output", help="write the proven output here, if accepted")
    cli.add_argument("--log", type=argparse.FileType("w"),
                     help="write the transcript: label kind length state, a line for each frame")
    cli.add_argument("--spec", default=DOCS, help="folder with constraints.txt, spec/schedules.txt")
    args = cli.parse_args(argv)
    code, reason, output = verdict(proof.Spec(args.spec), args.proof, args.key.read(45), args.log)
    if args.log:
        args.log.close()
    if code == ACCEPTED and args.output:
        Path(args.output).write_bytes(output)
    print(reason, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
