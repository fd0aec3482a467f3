# SPDX-License-Identifier: MIT OR Apache-2.0
"""The shipped profiles, read from docs/spec/schedules.txt, and their digests.

Theory: docs/spec/parameters.md sections 2 and 3.
"""

import re
from collections import namedtuple

import blake3

Round = namedtuple("Round", "mu k lr m ood gq gf t")
Schedule = namedtuple("Schedule", "m0 mu_final rounds")


class Profile:
    def __init__(self, name, logup_pow, min_m0, max_m0, *cut):
        self.name = name
        self.logup_pow, self.min_m0, self.max_m0 = int(logup_pow), int(min_m0), int(max_m0)
        self.cut = tuple(map(int, cut))
        if len(self.cut) != 3:
            raise ValueError("schedules: cut limits of " + name)
        self.main, self.image, self.boundary = {}, {}, {}

    def list_of(self, part):
        return {"main": self.main, "image": self.image, "boundary": self.boundary}[part]

    def digest(self):
        name = self.name.encode()
        out = bytes((len(name),)) + name + bytes((self.logup_pow, self.min_m0, self.max_m0)) + bytes(self.cut)
        for group in (self.main, self.image, self.boundary):
            for m0 in range(self.min_m0, self.max_m0 + 1):
                s = group[m0]
                out += bytes((len(s.rounds), s.mu_final))
                for r in s.rounds:
                    out += bytes(r[:7]) + r.t.to_bytes(2, "little")
        return blake3.derive_key("socle profile v2", out)


def check_schedule(s, part):
    """What whir.md says of a schedule's numbers; round 0 of a boundary schedule alone has samples."""
    mu = s.m0
    for i, r in enumerate(s.rounds):
        if r.mu != mu or not 1 <= r.k <= mu or r.mu - r.k + r.lr > 24 or (i == 0 and r.ood and part != "boundary"):
            raise ValueError("schedules: round %d of 2^%d" % (i, s.m0))
        mu -= r.k
    if mu != s.mu_final:
        raise ValueError("schedules: final size of 2^%d" % s.m0)


def read_profiles(text):
    """Profiles by digest."""
    profiles = []
    for line in text.splitlines():
        word = line.split(";", 1)[0].split()
        if not word:
            continue
        if word[0] == "profile":
            profiles.append(Profile(*word[1:]))
        else:
            rounds = [Round(*map(int, re.findall(r"\d+", w))) for w in word[3:]]
            s = Schedule(int(word[1]), int(word[2]), rounds)
            check_schedule(s, word[0])
            profiles[-1].list_of(word[0])[s.m0] = s
    return {p.digest(): p for p in profiles}


def max_bytes(schedule):
    """The most bytes of one WHIR instance, proof.md: nonces counted even where none is sent."""
    total = 0
    for i, r in enumerate(schedule.rounds):
        leaf = (4 if i == 0 else 20) << r.k
        total += r.k * 48 + 8 + r.t * (leaf + 32 * (r.mu - r.k + r.lr))
        last = i + 1 == len(schedule.rounds)
        total += 20 << schedule.mu_final if last else 32 + 20 * schedule.rounds[i + 1].ood
    return total
