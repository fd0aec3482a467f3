# SPDX-License-Identifier: MIT OR Apache-2.0
"""The integer step (integers.py) against enumeration: laws of up to three items with small weights and bounds."""
import itertools

from .form import P
from .integers import Contradiction, lift, tighten

WEIGHTS, BOUNDS, CONSTANTS = (-4, -2, -1, 1, 2, 3, 8), ((0, 1), (-1, 1), (0, 3), (-2, 5)), (-5, 0, 3, 8)
NEAR_P = ((1, 65535), (P - 65536, P - 1), (0, P - 1))  # bounds of one item with a weight that wraps around


def solutions(ws, c, bounds):
    return [x for x in itertools.product(*(range(lo, hi + 1) for lo, hi in bounds)) if sum(w * v for w, v in zip(ws, x)) + c == 0]


def wrong(ws, c, bounds):
    """Does tighten lose a solution, or keep a law that has none of its own bounds?"""
    found = solutions(ws, c, bounds)
    try:
        narrow = tighten(ws, c, bounds)
    except Contradiction:
        return bool(found)
    return any(not lo <= v <= hi for x in found for v, (lo, hi) in zip(x, narrow))


def problems():
    """Sentences about laws on which the step is wrong."""
    bad = []
    for n in (1, 2, 3):
        for ws in itertools.combinations_with_replacement(WEIGHTS, n):
            for bounds in itertools.product(BOUNDS, repeat=n):
                for c in CONSTANTS:
                    if wrong(ws, c, bounds):
                        bad.append(f"tighten is wrong on weights {ws}, constant {c}, bounds {bounds}")
    # 2 x = 1 mod p has the solution (p + 1) / 2, which bounds may or may not leave
    for lo, hi in NEAR_P:
        lifted = None
        try:
            lifted = lift([(2, 0)], P - 1, lambda _: (lo, hi))
        except Contradiction:
            if lo <= (P + 1) // 2 <= hi:
                bad.append(f"lift refuses 2 x = 1 with x in {lo} .. {hi}")
        if lifted and 2 * lo - 1 <= P <= 2 * hi - 1 and lifted != ([2], -1 - P) and lifted != ([1], -(P + 1) // 2):
            bad.append(f"lift is wrong on 2 x = 1 with x in {lo} .. {hi}")
    return bad[:3]
