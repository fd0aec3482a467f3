# SPDX-License-Identifier: MIT OR Apache-2.0
"""A set of proofs: the global transcript, then the proof about memory, then those of the segments.

Theory: docs/spec/proof.md, "Sets".
"""

from collections import namedtuple

import body
from argument import add_fraction, memory_terms, state_terms
from body import Boundary, u32
from field import ONE, ZERO
from layout import Layout, boundary_m0
from transcript import Malformed, Refused, Transcript

MIN_SEGMENTS, MAX_SEGMENTS = 2, (1 << 16) - 1
Segment = namedtuple("Segment", "ip_in ip_out ts_end")


def _recv_run(tr, n, entry):
    """SET_RUN: the segments, last keys of RAM and input; each segment begins where the one before ended."""
    data = tr.recv("SET_RUN", 12 * n + 8)
    words = [u32(data[i:i + 4]) for i in range(0, len(data), 4)]
    segments = [Segment(*words[i:i + 3]) for i in range(0, 3 * n, 3)]
    ip = entry
    for s in segments:
        body.check_clock(s.ts_end, s.ip_out)
        if s.ip_in != ip:
            raise Refused("run: a segment begins elsewhere than the one before ended")
        ip = s.ip_out
    return segments, tuple(words[3 * n:])


def _recv_lists(machine, profile, tr, n):
    """The chunk lists of BOUNDARY in n proofs."""
    lists, rows = [], 0
    for _ in range(n):
        exponents = body.recv_chunks(tr, "SET_SHAPE")
        if boundary_m0(machine, exponents) not in profile.boundary:
            raise Refused("limit: no schedule for BOUNDARY")
        lists.append(exponents)
        rows += sum(1 << e for e in exponents)
    if 4 * rows >= 1 << 30:
        raise Refused("limit: rows of BOUNDARY in the set")
    return lists


def _recv_samples(tr, schedule):
    """(point, answer) of the samples in round 0."""
    first = schedule.rounds[0]
    if not first.ood:
        return []
    flat = tr.challenge("SET_OOD", first.ood * first.mu)
    points = [flat[a:a + first.mu] for a in range(0, len(flat), first.mu)]
    return list(zip(points, tr.recv_ext("SET_OOD_ANS", first.ood)))


def _verify_proof(context, index, digest, image, terms, chunks, boundary, is_last):
    """One proof of the set; its root (P, Q) of G."""
    tr = Transcript(context.source, context.log)
    tr.absorb("SEED", b"socle proof" + context.spent)
    tr.absorb("SET", digest + index.to_bytes(4, "little"))
    shape = body.recv_shape(context.machine, tr)
    layout = Layout(context.machine, shape, image.h if index == 0 else None, chunks)
    plans = body.schedules(context.profile, layout)
    if is_last:
        body.check_length(context, layout, plans, 0)
    return body.verify(context, tr, layout, plans, terms, image.root, index, boundary)


def verify(context):
    """The proven output."""
    machine, profile = context.machine, context.profile
    tr = Transcript(context.source, context.log)
    tr.absorb("SET_SEED", b"socle set" + context.spent)
    image = body.recv_image(context, tr, "SET_IMAGE", "SET_VK")
    size = tr.recv("SET_SIZE", 12)
    n, out_len = u32(size[:4]), int.from_bytes(size[4:], "little")
    if not MIN_SEGMENTS <= n <= MAX_SEGMENTS:
        raise Malformed("set: %d segments" % n)
    segments, last_keys = _recv_run(tr, n, image.entry)
    body.check_statement(image, *last_keys, out_len)
    output = tr.recv("SET_OUTPUT", out_len)
    lists = _recv_lists(machine, profile, tr, n + 1)
    roots = [tr.recv("SET_ROOT", 32) for _ in lists]
    samples = [_recv_samples(tr, profile.boundary[boundary_m0(machine, chunks)]) for chunks in lists]
    tr.grind("SET_POW", profile.logup_pow)
    alpha, = tr.challenge("SET_ALPHA", 1)
    beta = tr.challenge("SET_BETA", 16)

    total = ZERO, ONE
    for i in range(n + 1):
        if i == 0:
            terms = memory_terms(last_keys, output)
        else:
            s = segments[i - 1]
            terms = state_terms((4, s.ip_in), (s.ts_end, s.ip_out), i == n)
        boundary = Boundary(roots[i], samples[i], alpha, beta)
        total = add_fraction(total, _verify_proof(context, i, tr.state, image, terms, lists[i], boundary, i == n))
    if total[0] != ZERO:
        raise Refused("set: fractions of the global bus do not sum to zero")
    return output
