#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Our error terms against those of soundcalc, recorded in tests/vectors/soundcalc, within 0.02 bit.

  tests/unit/soundcalc_terms.py [SOCLE]    SOCLE: the command line; then `security --soundcalc N` must print the recorded files

Both sides of a difference are computed, so a difference without a reason fails. The reasons:
- list: without a multiplicity in its files soundcalc takes the list size 1/(2 eta sqrt(rho)) = m/rho, we (m + 1/2)/sqrt(rho);
- length: soundcalc has no interleaved words, n = 2^(mu-s+lr); we charge the larger of both counts, which differ at half the
  distance where the theorem allows n exceptional challenges and not (1 - rho)/2 n + 1;
- points: our samples are points of F^mu, whose error is the smaller one; we charge the larger of both;
- mixing: soundcalc charges t + 1 claims and grinds them with the queries; ours are t + w, of the round before, not ground;
- poles: we charge LogUp for its poles beside its degree, soundcalc for GKR in the same term.
"""
import hashlib
import json
import math
import os
import subprocess
import sys

ROOT = os.environ.get("SOCLE_SOURCE_ROOT", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import params  # noqa: E402
import soundcalc  # noqa: E402

VECTORS = os.path.join(ROOT, "tests", "vectors", "soundcalc")
NEAR = 0.02


def bits(*errors):
    return -math.log2(math.fsum(errors))


def error(b):
    return 2.0**-b


class Terms:
    """One round by soundcalc's rules, on our constants."""

    def __init__(self, r):
        self.r, self.reg = r, params.Regime(r.m, r.lr)
        self.lists = 1 / (2 * soundcalc.gap(r) * math.sqrt(2.0**-r.lr)) if r.m else 1.0
        self.q = 2.0**params.F_BITS
        self.query = error(r.t * self.reg.query_bits + r.gq)

    def theirs(self, name):
        r = self.r
        if name.startswith("fold"):
            log_n = r.mu - int(name[len("fold(s="):-1]) + r.lr
            return bits(error(r.gf) * (3 * self.lists + self.reg.exceptional(log_n)) / self.q)
        if name == "fin":
            return bits(self.query)
        if name == "OOD":
            return bits(self.lists**2 * (2.0 ** (r.mu - 1) / self.q) ** r.ood)
        assert name == "Shift"
        return bits(self.query, error(r.gq) * self.lists * (r.t + 1) / self.q)

    def ours(self, name):
        """The term that parameters.md charges; None where it is not one of this round."""
        r = self.r
        if name.startswith("fold"):
            return params.Round(False, r.mu, r.k, r.lr, r.m).folds()[int(name[len("fold(s="):-1]) - 1] + r.gf
        if name == "OOD":
            return self.reg.ood_bits(r.mu, r.ood)
        return bits(self.query) if name == "fin" else None

    def may_differ(self, name):
        """How far our term may be from theirs: (least, most) of ours - theirs."""
        r = self.r
        if name.startswith("fold"):
            log_n = r.mu - int(name[len("fold(s="):-1]) + r.lr
            a, n = self.reg.exceptional(log_n), 2.0 ** (r.mu - r.k + r.lr)
            both = math.log2((3 * self.lists + a) / (3 * self.reg.list_size + a))  # list
            count = math.log2(max(1.0, (3 + n) / (3 + a))) if r.m == 0 else 0.0  # length
            return both - count, both - count
        if name == "OOD":
            power = 2 * math.log2(self.lists / self.reg.list_size)  # list
            point = r.ood * (params.F_BITS - math.log2(r.mu)) - 2 * math.log2(self.reg.list_size) + 1
            power_bits = r.ood * (params.F_BITS + 1 - r.mu) - 2 * math.log2(self.lists)
            return min(power, point - power_bits), power
        return 0.0, 0.0


def check_circuit(where, r, got, logup_pow):
    own = Terms(r)
    assert got["multiplicity"] == r.m, "%s: soundcalc took another multiplicity" % where
    names = ["fold(s=%d)" % (s + 1) for s in range(r.k)] + ["fin"] + (["OOD", "Shift"] if r.leads() else [])
    names += ["LogUp"] if where.endswith("main round 0") else []
    assert sorted(names) == sorted(got["terms"]), "%s: other terms" % where
    for name, recorded in got["terms"].items():
        if name == "LogUp":
            check_logup(where, recorded, logup_pow)
            continue
        assert abs(own.theirs(name) - recorded) <= NEAR, "%s %s: %.3f, recorded %.3f" % (where, name, own.theirs(name), recorded)
        ours = own.ours(name)
        if ours is not None:
            low, high = own.may_differ(name)
            assert low - NEAR <= ours - recorded <= high + NEAR, "%s %s: ours %.3f, recorded %.3f" % (where, name, ours, recorded)


def check_logup(where, recorded, logup_pow):
    n, log_n = soundcalc.FRACTIONS, math.log2(soundcalc.FRACTIONS)
    gkr = 0.5 * log_n * (3 * log_n + 1)
    theirs = params.F_BITS - math.log2(n + gkr) + logup_pow
    ours = next(b for name, b in params.argument_terms() if name.startswith("logup"))
    assert abs(theirs - recorded) <= NEAR and abs(recorded - ours - 1) <= NEAR, "%s: LogUp, recorded %.3f" % (where, recorded)


def printed(socle, name, m0):
    return subprocess.run([socle, "security", "--profile", name, "--soundcalc", str(m0)], check=True, stdout=subprocess.PIPE).stdout


def main(argv):
    profiles, least = soundcalc.schedules(), math.inf
    for name, own in profiles.items():
        with open(os.path.join(VECTORS, name + ".json"), encoding="ascii") as f:
            recorded = json.load(f)
        sizes = sorted(m0 for part, m0 in (k for k in own if k != "pow") if part == "main")
        assert recorded["profile"] == name and [s["m0"] for s in recorded["sizes"]] == sizes, "recorded sizes"
        for s in recorded["sizes"]:
            m0, text = s["m0"], soundcalc.toml(profiles, name, s["m0"]).encode()
            assert hashlib.sha256(text).hexdigest() == s["file_sha256"], "%s 2^%d: not the file that soundcalc read" % (name, m0)
            if len(argv) > 1:
                assert printed(argv[1], name, m0) == text, "%s 2^%d: socle security --soundcalc prints another file" % (name, m0)
            rounds = {"%s 2^%d round %d" % (part, m0, i): r for part in soundcalc.PARTS for i, r in enumerate(own[part, m0])}
            assert sorted(rounds) == sorted(s["circuits"]), "%s 2^%d: other rounds" % (name, m0)
            for at, r in rounds.items():
                check_circuit("%s %s" % (name, at.replace(" 2^%d" % m0, "")), r, s["circuits"][at], own["pow"])
                least = min([least] + [v for k, v in s["circuits"][at]["terms"].items() if k not in ("OOD", "Shift")])
    assert least >= 132, "a fold, query or LogUp term of soundcalc below 132 bits"
    print("%d profiles, least fold, query or LogUp term of soundcalc %.2f bits" % (len(profiles), least))


if __name__ == "__main__":
    main(sys.argv)
