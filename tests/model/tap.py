# SPDX-License-Identifier: MIT OR Apache-2.0
"""Test results in TAP, and transcript logs of several transcripts."""

import io
import sys

from transcript import LABEL


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def report(self, good, name):
        self.n += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n, name), flush=True)

    def end(self):
        """The plan; the exit code."""
        print("1..%d" % self.n)
        return 1 if self.failed else 0


def quoted(function, *args):
    """What the function returns; what it prints becomes commentary."""
    text = io.StringIO()
    sys.stdout, real = text, sys.stdout
    try:
        return function(*args)
    finally:
        sys.stdout = real
        for line in text.getvalue().splitlines():
            print("# " + line)


def transcripts(log):
    """The transcripts in a log, each a tuple of lines: every one begins with a seed."""
    out = []
    for line in log.splitlines():
        if line.split()[0] in (str(LABEL["SEED"]), str(LABEL["SET_SEED"])):
            out.append([])
        out[-1].append(line)
    return [tuple(t) for t in out]
