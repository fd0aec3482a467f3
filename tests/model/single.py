# SPDX-License-Identifier: MIT OR Apache-2.0
"""The messages of a single proof. Theory: docs/spec/proof.md, the list under "Proof file"."""

import body
from argument import memory_terms, state_terms
from body import u32
from layout import Layout
from transcript import Malformed, Transcript


def _recv_run(tr):
    """HEAD_RUN: (ts_end, ip_end, last keys of RAM and input, output length)."""
    data = tr.recv("HEAD_RUN", 32)
    if u32(data[:4]) != 1 or u32(data[4:8]) != 0:
        raise Malformed("head: not segment 0 of 1")
    return *(u32(data[i:i + 4]) for i in range(8, 24, 4)), int.from_bytes(data[24:], "little")


def verify(context):
    """The proven output."""
    tr = Transcript(context.source, context.log)
    tr.absorb("SEED", b"socle proof" + context.spent)
    image = body.recv_image(context, tr, "HEAD_IMAGE", "VK")
    ts_end, ip_end, last_ram, last_input, out_len = _recv_run(tr)
    shape = body.recv_shape(context.machine, tr)
    layout = Layout(context.machine, shape, image.h)
    body.check_statement(image, last_ram, last_input, out_len)
    body.check_clock(ts_end, ip_end)
    plans = body.schedules(context.profile, layout)
    body.check_length(context, layout, plans, out_len)
    output = tr.recv("OUTPUT", out_len)
    terms = [*state_terms((4, image.entry), (ts_end, ip_end), True), *memory_terms((last_ram, last_input), output)]
    body.verify(context, tr, layout, plans, terms, image.root)
    return output
