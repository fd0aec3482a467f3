# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a single proof and each proof of a set have in common. Theory: docs/spec/proof.md."""

from collections import namedtuple

import argument
import blake3
import whir
from argument import Bus
from field import P
from parameters import max_bytes
from transcript import Malformed, OtherVersion, Refused

# spent: version, profile digest and machine digest, as seeds and the key have them
Context = namedtuple("Context", "machine profile source log vk spent")
Image = namedtuple("Image", "entry h root")
# What a proof of a set takes from the set: the root of BOUNDARY, samples (point, answer), challenges of G
Boundary = namedtuple("Boundary", "root samples alpha beta")


def u32(data):
    return int.from_bytes(data, "little")


def recv_image(context, tr, label, key_label):
    """Entry, height and root of the image; the key that they give must be the one asked for."""
    head = tr.recv(label, 37)
    if blake3.derive_key("socle vk v1", context.spent + head) != context.vk:
        raise OtherVersion("the proof is for another key")
    tr.absorb(key_label, context.vk)
    return Image(u32(head[:4]), head[4], head[5:])


def recv_chunks(tr, label):
    """One chunk list: its count, then its exponents."""
    count = tr.recv(label, 1)[0]
    if count > 4:
        raise Malformed("shape: more than 4 chunks")
    return list(tr.recv(label, count))


def recv_shape(machine, tr):
    return [recv_chunks(tr, "HEAD_SHAPE") for _ in machine.main]


def check_rules(rules):
    for holds, name in rules:
        if not holds:
            raise Refused("limit: " + name)


def check_statement(image, last_ram, last_input, out_len):
    """Limits of what is the same in a single proof and in a set."""
    check_rules((
        (8 <= image.h <= 27, "height of IMAGE"),
        (image.entry < 1 << 30, "entry"),
        (last_ram < 1 << 29, "last key of RAM"),
        (last_input < 1 << 29 or last_input == P - 1, "last key of input"),
        (out_len <= (1 << 32) - 8, "output length"),
    ))


def check_clock(ts_end, ip_end):
    check_rules((
        (8 <= ts_end < 1 << 27 and ts_end % 4 == 0, "ts_end"),
        (ip_end < P, "ip at the end"),
    ))


def schedules(profile, layout):
    """(main, image or None, boundary or None) of a layout, whose size the profile must have."""
    out = []
    for part, group, m0 in ((layout.chunks, profile.main, layout.m0), (layout.image, profile.image, layout.image_m0),
                            (layout.boundary, profile.boundary, layout.boundary_m0)):
        if part and m0 not in group:
            raise Refused("limit: no schedule for 2^%d cells" % m0)
        out.append(group[m0] if part else None)
    check_rules(((layout.steps + 4 < 1 << 27, "rows that take STATE"),))
    return out


def check_length(context, layout, plans, out_len):
    """No more bytes follow HEAD_SHAPE than the messages can have."""
    def gkr(n):
        return 40 + sum(20 * (2 * layer + 4) for layer in range(n))

    columns = len(layout.columns) + len(layout.image_columns) + len(layout.boundary_columns)
    most = out_len + 32 + 8 + gkr(layout.leaves.n) + 80 * layout.height + 20 * columns
    if layout.global_leaves:
        most += gkr(layout.global_leaves.n)
    if context.source.left > most + sum(max_bytes(plan) for plan in plans if plan):
        raise Malformed("the file is longer than any proof of this shape")


def verify(context, tr, layout, plans, terms, image_root, index=0, boundary=None):
    """From MAIN_ROOT to the last opening; the root (P, Q) of G, None where there is no BOUNDARY."""
    main, image, bound = plans
    root = tr.recv("MAIN_ROOT", 32)
    tr.grind("LOGUP_POW", context.profile.logup_pow)
    alpha, = tr.challenge("ALPHA", 1)
    beta = tr.challenge("BETA", 16)
    local = argument.recv_root(tr)
    argument.check_balance(local, argument.sum_fractions(alpha, beta, terms))
    over_set = argument.recv_root(tr) if boundary else None
    buses = [Bus(layout.leaves, alpha, beta, argument.gkr(tr, layout.leaves.n, local))]
    if boundary:
        claims = argument.gkr(tr, layout.global_leaves.n, over_set)
        buses.append(Bus(layout.global_leaves, boundary.alpha, boundary.beta, claims))
    r, values, image_values, boundary_values = argument.batched(tr, context.machine, layout, buses, index)
    gamma, = tr.challenge("GAMMA", 1)
    whir.verify(tr, main, root, layout.columns, values, r, gamma)
    if image:
        whir.verify(tr, image, image_root, layout.image_columns, image_values, r, gamma)
    if boundary:
        whir.verify(tr, bound, boundary.root, layout.boundary_columns, boundary_values, r, gamma, boundary.samples)
    return over_set
