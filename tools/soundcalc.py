#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Parameter file of one size class for soundcalc, the Ethereum Foundation's soundness calculator.

  tools/soundcalc.py --profile NAME --m0 N    the file for the openings of 2^N cells, on standard output

`socle security --soundcalc N` prints the same bytes. Data: docs/spec/schedules.txt. What the file can say, what it cannot and
what a user of soundcalc must add: docs/security.md section 8.
"""
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = os.path.join(HERE, "..", "docs", "spec", "schedules.txt")

ADICITY = 24
FRACTIONS = 2**31  # leaves and public terms, parameters.md section 1
POWERS = 8192
PARTS = ("main", "image", "boundary")
GAP_UP = 1e-12  # keeps soundcalc's rounding of the gap from the next multiplicity

HEAD = """\
# Socle, profile %(name)s, openings of 2^%(m0)d cells: parameters for soundcalc (ethereum/soundcalc), protocol family WHIR.
# One circuit is one round: the format halves the domain from round to round and has one regime a circuit, Socle has neither.
# A round with samples has an iteration of one variable in front, at its own rate, which is not in the protocol: only with a
# round before it does the format take samples. No DEEP-ALI is used: its terms, hence the totals, say nothing.
# soundcalc must know the field KoalaBear^5: p = 2130706433, degree 5, two-adicity 24.

[zkevm]
name = "Socle %(name)s 2^%(m0)d"
protocol_family = "WHIR"
field = "KoalaBear^5"
hash_size_bits = 256
"""

CIRCUIT = """
[[circuits]]
name = "%(name)s"
log_inv_rate = %(lr)d
num_iterations = %(n)d
folding_factors = %(ks)s
log_degree = %(mu)d
batch_size = 1
power_batching = true
constraint_degree = 3
num_constraints = %(constraints)d
air_max_degree = 3
opening_points = 1
explicit_regime = "%(regime)s"
%(gap)snum_queries = %(ts)s
num_ood_samples = %(ws)s
grinding_batching_phase = 0
grinding_bits_folding = %(gfs)s
grinding_bits_queries = %(gqs)s
grinding_bits_ood = %(gos)s
"""

LOOKUP = """
[[circuits.lookups]]
name = "LogUp"
logup_type = "multivariate"
rows_L = %d
rows_T = 0
num_columns_S = 1
num_lookups_M = 1
grinding_bits_lookup = %d
"""


class Round:
    def __init__(self, text):
        self.mu, self.k, self.lr, self.m, self.ood, self.gq, self.gf, self.t = (int(v) for v in text.strip("()").split(","))

    def leads(self):
        """An iteration of one variable fits in front; samples are told."""
        return self.ood > 0 and self.mu + self.lr <= ADICITY


def schedules(path=SPEC):
    """{profile: {"pow": LOGUP_POW, (part, m0): [Round]}}, part in PARTS"""
    out, own = {}, None
    with open(path, encoding="ascii") as f:
        for line in f:
            word = line.split(";")[0].split()
            if word[:1] == ["profile"]:
                own = out[word[1]] = {"pow": int(word[2])}
            elif word:
                own[word[0], int(word[1])] = [Round(w) for w in word[3:]]
    return out


def gap(r):
    return math.sqrt(2.0**-r.lr) / (2 * r.m) + GAP_UP


def circuit(part, m0, i, r):
    lead = r.leads()
    folds = [r.gf] * r.k
    return CIRCUIT % {
        "name": "%s 2^%d round %d" % (part, m0, i), "lr": r.lr, "n": 1 + lead, "ks": [1, r.k] if lead else [r.k],
        "mu": r.mu + lead, "constraints": POWERS if part == "main" and i == 0 else 1,
        "regime": "list" if r.m else "unique", "gap": "gap_to_radius = %.12f\n" % gap(r) if r.m else "",
        "ts": [r.t] * (1 + lead), "ws": [r.ood] * lead, "gfs": [[r.gf + 1], folds] if lead else [folds],
        "gqs": [r.gq] * (1 + lead), "gos": [0] * lead}


def toml(profiles, name, m0):
    own = profiles[name]
    out = [HEAD % {"name": name, "m0": m0}]
    for part in PARTS:
        for i, r in enumerate(own[part, m0]):
            out.append(circuit(part, m0, i, r))
            if part == "main" and i == 0:
                out.append(LOOKUP % (FRACTIONS, own["pow"]))
    return "".join(out)


def main(argv):
    if len(argv) != 5 or argv[1] != "--profile" or argv[3] != "--m0":
        sys.exit(__doc__)
    profiles = schedules()
    if argv[2] not in profiles or not argv[4].isdigit() or ("main", int(argv[4])) not in profiles[argv[2]]:
        sys.exit("soundcalc.py: no schedule of that profile and size")
    sys.stdout.write(toml(profiles, argv[2], int(argv[4])))


if __name__ == "__main__":
    main(sys.argv)
