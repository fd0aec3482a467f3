/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the hardware should do at most, next to the limits that are measured: from what its makers publish and what it says of itself. A
 * figure whose basis is not known is NAN, and the basis says what is missing. docs/internals/bench.md has the formulas.
 */
#ifndef SC_BENCH_THEORY_H
#define SC_BENCH_THEORY_H

#include "host/bench/lab.h"
#include "host/bench/machine.h"

/** What a driver says of its device. Numbers are 0 where it does not tell. */
struct sc_theory_device {
    const char *kind; /* "cuda", "opencl" */
    bool is_processor;
    uint32_t units, clock_mhz;
    uint32_t memory_khz, bus_bits; /* two transfers a clock */
    uint32_t major, minor;         /* compute capability */
};

/** The processor that a lab runs on. */
struct sc_theory_host {
    const struct sc_computer *machine;
    unsigned threads, cores; /* in use; of the machine, 0: not known */
    double clock_hz;         /* the highest that sc_lab_clock found; 0: it could not be measured */
    bool counted;            /* the limit loops are as limit_loops.def has them: GCC made them */
};

/** For the kernels that @p lab has in use. */
void sc_theory_of_host(struct socle_bench_theory *out, const struct sc_lab *lab, enum sc_lab_limit limit,
                       const struct sc_theory_host *host);
/** @p device NULL: nobody asked it. */
void sc_theory_of_device(struct socle_bench_theory *out, enum sc_lab_limit limit, const struct sc_theory_device *device);

#endif
