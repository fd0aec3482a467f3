# SPDX-License-Identifier: MIT OR Apache-2.0
"""Checks of a test program as lines of TAP."""
count = 0
failed = False


def report(good, name, why=""):
    """One check; @p why is told when it fails."""
    global count, failed
    count += 1
    failed = failed or not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
    if not good and why:
        print("# " + str(why)[:1500].replace("\n", "\n# "), flush=True)


def done():
    """The plan, at the end; the exit code."""
    print(f"1..{count}")
    return 1 if failed else 0
