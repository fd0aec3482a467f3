# SPDX-License-Identifier: MIT OR Apache-2.0
"""How near kernels come to what their device can do, from the object of bench_device and the counts of tests/diff/cuda_units.txt.

Of a kernel that does n units of F multiply-adds (W of them wide or high), A other instructions and moves B bytes:

  t_fma = n ((F - W) / rate of multiply-adds + W / rate of wide ones)    t_alu = n A / rate of other instructions
  t_issue = n (F + A) / rate of both kinds together                      t_memory = B / rate of a copy
  share = max(all) / time                                                binds = which

All rates are measured on the same device in the same run. n counts what the operation cannot do without: the share of a kernel with superfluous
instructions is low, not high.
"""
import os

# Unit: [(how many, unit of cuda_units.txt)].
PRICES = {
    **{name: [(1, name)] for name in ("butterfly", "blake3", "sha256", "keccak_f", "poseidon2_16", "poseidon2_24")},
    "gkr_up": [(3, "ext_mul"), (5, "add")],
    "open_round": [(2, "ext_mul"), (30, "add")],
    "open_fold": [(1, "ext_mul"), (10, "add")],
    "law_step": [(1, "mul")],
    "butterfly_bn_fr": [(1, "mul_bn_fr"), (2, "add_bn_fr")],
    "butterfly_bls_fr": [(1, "mul_bls_fr"), (2, "add_bls_fr")],
    # A point joins a sum by ten products of its coordinates' field; in G2 such a product is three of the base field.
    "add_bn254-g1": [(10, "mul_bn_fp")],
    "add_bn254-g2": [(30, "mul_bn_fp")],
    "add_bls12-381-g1": [(10, "mul_bls_fp")],
    "add_bls12-381-g2": [(30, "mul_bls_fp")],
}


def counts(path):
    """{(architecture, unit): (all, multiply-adds, wide ones, others)}"""
    found = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if words and words[0] != "#":
                found[int(words[0]), words[1]] = tuple(float(w) for w in words[2:])
    return found


def architecture(capability):
    """The one of the counted architectures whose instructions a device has."""
    return 89 if capability < 90 else 90 if capability < 120 else 120


def price(unit, arch, table):
    return tuple(sum(n * table[arch, name][k] for n, name in PRICES[unit]) for k in range(4))


def limits(bench, path):
    """Adds limit_seconds, share and binds to the kernels of an object of bench_device; None where the instructions are others or not known:
    of a processor, and of devices under OpenCL, which do not tell their capability."""
    rates = {r["name"]: r["per_second"] for r in bench.get("rates", [])}
    wanted = ("mad", "wide_mad", "add3", "logic3", "mad_and_add3", "copy_bytes")
    known = not bench["is_processor"] and bench.get("capability") and os.path.exists(path) and all(rates.get(k) for k in wanted)
    table, arch = (counts(path), architecture(bench["capability"])) if known else ({}, None)
    for k in bench["kernels"]:
        k["limit_seconds"] = k["share"] = k["binds"] = None
        if not known or not k.get("seconds"):
            continue
        _, fma, wide, alu = price(k["unit"], arch, table)
        times = {"multiply-add": k["units"] * ((fma - wide) / rates["mad"] + wide / rates["wide_mad"]),
                 "other instructions": k["units"] * alu / max(rates["add3"], rates["logic3"]),
                 "issue": k["units"] * (fma + alu) / rates["mad_and_add3"], "memory": k["bytes"] / rates["copy_bytes"]}
        k["binds"] = max(times, key=times.get)
        k["limit_seconds"] = times[k["binds"]]
        k["share"] = round(times[k["binds"]] / k["seconds"], 4)


def table_of(report):
    """The kernels of a report of gpu-check as Markdown."""
    lines = []
    for bench in report.get("kernels", []):
        lines += [f"{bench['name']} ({bench['device']}{', the processor' if bench['is_processor'] else ''}), driver {bench['driver']}", "",
                  "| kernel | units | time | units a second | bytes a second | of the limit | binds |", "|---|---|---|---|---|---|---|"]
        for k in bench["kernels"]:
            if not k.get("seconds"):
                lines.append(f"| {k['name']} | {k['units']:.3g} {k['unit']} | {k.get('skipped', 'wrong')} | | | | |")
                continue
            share = "" if k["share"] is None else f"{100 * k['share']:.0f} %"
            lines.append(f"| {k['name']} | {k['units']:.3g} {k['unit']} | {1e3 * k['seconds']:.3f} ms | {k['units'] / k['seconds']:.3g} | "
                         f"{k['bytes'] / k['seconds']:.3g} | {share} | {k['binds'] or ''} |")
        lines.append("")
    return "\n".join(lines)
