#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""guest_library.py RVRUN ELF: run guest_library.c; its output must be as that file says."""
import subprocess
import sys
import tempfile

want = b"ctor;hello;main;" + bytes(i % 256 for i in range(300)) + b"atexit2;atexit1;dtor;"
with tempfile.NamedTemporaryFile() as f:
    f.write(b"hello")
    f.flush()
    run = subprocess.run([sys.argv[1], "--output", sys.argv[2], f.name], capture_output=True, timeout=60, check=False)
    log = subprocess.run([sys.argv[1], "--log", sys.argv[2], f.name], capture_output=True, timeout=60, check=False)
if run.returncode != 0 or run.stdout != want or log.stdout != b"log\n":
    sys.exit(f"exit {run.returncode} {run.stderr.decode()}\n got {run.stdout}\nwant {want}\nlog {log.stdout}")
