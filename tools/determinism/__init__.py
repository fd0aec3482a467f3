# SPDX-License-Identifier: MIT OR Apache-2.0
"""Determinism of the chips, from the solver form: tools/determinism.py. Theory: docs/internals/determinism.md."""
