/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Theoretical limits. Contracts: theory.h. Tables: cores.def, limit_loops.def, and NVIDIA's below.
 */
#include "host/bench/theory.h"

#include "host/bench/stats.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void unknown(struct socle_bench_theory *out, const char *format, ...)
{
    va_list args;
    memset(out, 0, sizeof *out);
    out->value = sc_stats_unknown();
    va_start(args, format);
    (void)vsnprintf(out->basis, sizeof out->basis, format, args);
    va_end(args);
}

static void input(struct socle_bench_theory *out, const char *name, const char *unit, double value)
{
    out->input[out->n_inputs++] = (struct socle_bench_input){name, unit, value};
}

/* ---- processors ---- */

struct core {
    const char *vendor;
    int family, first, last;
    const char *name, *source;
    unsigned vector_256, multiply_256, vector_512, multiply_512, madd52, multiply_64;
};

static const struct core *core_of(const struct sc_computer *m)
{
    static const struct core cores[] = {
#define CORE(vendor, family, first, last, name, source, ...) {vendor, family, first, last, name, source, __VA_ARGS__},
#include "host/bench/cores.def"
#undef CORE
    };
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        const struct core *const c = &cores[i];
        if (strcmp(c->vendor, m->vendor) == 0 && c->family == m->family && c->first <= m->model && m->model <= c->last) {
            return c;
        }
    }
    return NULL;
}

struct loop {
    const char *kernels;
    enum sc_lab_limit limit;
    double lanes, multiplies, instructions;
};

static const struct loop *loop_of(const char *kernels, enum sc_lab_limit limit)
{
    static const struct loop loops[] = {
#define LOOP(kernels, limit, ...) {kernels, SC_LAB_##limit, __VA_ARGS__},
#include "host/bench/limit_loops.def"
#undef LOOP
    };
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        if (loops[i].limit == limit && strcmp(loops[i].kernels, kernels) == 0) {
            return &loops[i];
        }
    }
    return NULL;
}

static const char *kernels_of(const struct sc_lab *lab, enum sc_lab_limit limit)
{
    return limit < SC_LAB_FR         ? lab->ops->name
           : limit <= SC_LAB_BLS_FR ? lab->fr[limit - SC_LAB_FR]->kernels
                                     : lab->group[limit - SC_LAB_GROUP]->kernels;
}

/* Of instructions as a loop of these kernels has them: all, and multiplies, in a clock. */
struct rates {
    unsigned vector, multiply;
};

static struct rates rates_of(const struct core *c, const char *kernels)
{
    return strcmp(kernels, "avx2") == 0     ? (struct rates){c->vector_256, c->multiply_256}
           : strcmp(kernels, "avx512") == 0 ? (struct rates){c->vector_512, c->multiply_512}
           : strcmp(kernels, "ifma") == 0   ? (struct rates){c->vector_512, c->madd52}
                                            : (struct rates){0, c->multiply_64};
}

static void arithmetic(struct socle_bench_theory *out, const struct core *c, const struct loop *l, struct rates r,
                       const struct sc_theory_host *h)
{
    const bool all = l->instructions > 0;
    const double cores = h->cores > 0 && h->cores < h->threads ? h->cores : h->threads;
    const double by_multiplies = l->multiplies / r.multiply, by_all = all ? l->instructions / r.vector : 0;
    memset(out, 0, sizeof *out);
    input(out, "cores", "", cores);
    input(out, "clock", "Hz", h->clock_hz);
    input(out, "lanes", "", l->lanes);
    input(out, "multiplies", "", l->multiplies);
    input(out, "multiplies_per_clock", "", r.multiply);
    if (all) {
        input(out, "instructions", "", l->instructions);
        input(out, "instructions_per_clock", "", r.vector);
    }
    out->formula = all ? "cores * clock * lanes / max(multiplies / multiplies_per_clock, instructions / instructions_per_clock)"
                       : "cores * clock * lanes / (multiplies / multiplies_per_clock)";
    out->value = cores * h->clock_hz * l->lanes / (by_multiplies > by_all ? by_multiplies : by_all);
    (void)snprintf(out->basis, sizeof out->basis,
                   "%s: %s; instructions of the %s loop for each vector; clock: the highest that chains of additions, one a clock, "
                   "showed in this run; %s",
                   c->name, c->source, l->kernels, h->cores > 0 ? "cores in use" : "threads in use, since cores are not known");
}

/* Each module as if it had a channel of its own: the firmware does not tell which share one. */
static void host_memory(struct socle_bench_theory *out, const struct sc_computer *m)
{
    if (m->virtualised == 1) {
        unknown(out, "a virtual machine: what it says of memory modules is not so");
    } else if (m->n_modules == 0) {
        unknown(out, "the firmware's table of memory modules (DMI) cannot be read here, or lacks their width or speed");
    } else {
        memset(out, 0, sizeof *out);
        input(out, "modules", "", m->n_modules);
        input(out, "module_bits", "", m->module_bits);
        input(out, "transfers", "1/s", m->module_rate);
        out->formula = "module_bits / 8 * transfers";
        out->value = m->module_bits / 8.0 * m->module_rate;
        (void)snprintf(out->basis, sizeof out->basis,
                       "the firmware's table of memory modules (DMI): width of all of them, each as if it had a channel of its own, "
                       "at the highest configured speed");
    }
}

void sc_theory_of_host(struct socle_bench_theory *out, const struct sc_lab *lab, enum sc_lab_limit limit, const struct sc_theory_host *host)
{
    const struct sc_computer *const m = host->machine;
    const struct core *const c = core_of(m);
    if (limit == SC_LAB_COPY) {
        host_memory(out, m);
        return;
    }
    if (limit > SC_LAB_COPY) {
        unknown(out, "no limit of a processor");
        return;
    }
    const char *const kernels = kernels_of(lab, limit);
    const struct loop *const l = loop_of(kernels, limit);
    const struct rates r = c != NULL ? rates_of(c, kernels) : (struct rates){0};
    if (!host->counted) {
        unknown(out, "what the loops have to do is counted as GCC makes them, and another compiler made these");
    } else if (l == NULL) {
        unknown(out, "what the %s loop has to do is not counted: it depends on the compiler", kernels);
    } else if (c == NULL && m->vendor[0] == '\0') {
        unknown(out, "the system does not tell which core this is");
    } else if (c == NULL) {
        unknown(out, "%s family %d model %d: what such a core can begin in a clock is not known here", m->vendor, m->family, m->model);
    } else if (r.multiply == 0 || (l->instructions > 0 && r.vector == 0)) {
        unknown(out, "%s: what it can begin in a clock of the instructions of the %s loop is not known here", c->name, kernels);
    } else if (!(host->clock_hz > 0)) {
        unknown(out, "the clock could not be measured: there is no chain of additions for this processor");
    } else {
        arithmetic(out, c, l, r, host);
    }
}

/* ---- devices ---- */

/* Results of a multiprocessor in a clock: products of 32 by 32 bits with a sum, and sums; 0: not published. NVIDIA, "CUDA C++ Programming
 * Guide", table "Throughput of Native Arithmetic Instructions", 32-bit integer multiply-add and add, for 7.0 to 9.0; for 12.x sums alone,
 * twice those of 8.9: "NVIDIA RTX Blackwell GPU Architecture". A sum of three is one instruction. */
static const struct {
    uint32_t first, last; /* 10 major + minor */
    unsigned wide, add;
} throughput[] = {{70, 75, 64, 64}, {80, 89, 64, 64}, {90, 90, 64, 64}, {120, 121, 0, 128}};

static void device_arithmetic(struct socle_bench_theory *out, bool wide, const struct sc_theory_device *d)
{
    const uint32_t capability = 10 * d->major + d->minor;
    unsigned rate = 0;
    for (size_t i = 0; i < sizeof throughput / sizeof throughput[0]; i++) {
        if (throughput[i].first <= capability && capability <= throughput[i].last) {
            rate = wide ? throughput[i].wide : throughput[i].add;
        }
    }
    if (d->major == 0) {
        unknown(out, "the driver does not tell how many %s a compute unit does in a clock", wide ? "products" : "sums");
    } else if (rate == 0) {
        unknown(out, "compute capability %u.%u: how many %s a multiprocessor does in a clock is in no table of NVIDIA's that is known here",
                d->major, d->minor, wide ? "products" : "sums");
    } else if (d->units == 0 || d->clock_mhz == 0) {
        unknown(out, "the driver does not tell the number of multiprocessors or their clock");
    } else {
        memset(out, 0, sizeof *out);
        input(out, "multiprocessors", "", d->units);
        input(out, "clock", "Hz", 1e6 * d->clock_mhz);
        input(out, "results_per_clock", "", rate);
        out->formula = "multiprocessors * clock * results_per_clock";
        out->value = d->units * 1e6 * d->clock_mhz * rate;
        (void)snprintf(out->basis, sizeof out->basis,
                       "multiprocessors and clock as the driver states them, results a clock for compute capability %u.%u from NVIDIA's %s",
                       d->major, d->minor, d->major < 12 ? "CUDA C++ Programming Guide" : "RTX Blackwell GPU Architecture");
    }
}

static void device_memory(struct socle_bench_theory *out, const struct sc_theory_device *d)
{
    if (strcmp(d->kind, "opencl") == 0) {
        unknown(out, "OpenCL tells neither clock nor width of a device's memory");
    } else if (d->memory_khz == 0 || d->bus_bits == 0) {
        unknown(out, "the driver does not tell clock or width of the device's memory");
    } else {
        memset(out, 0, sizeof *out);
        input(out, "memory_clock", "Hz", 1e3 * d->memory_khz);
        input(out, "bus_bits", "", d->bus_bits);
        out->formula = "2 * memory_clock * bus_bits / 8";
        out->value = 2e3 * d->memory_khz * d->bus_bits / 8;
        (void)snprintf(out->basis, sizeof out->basis, "clock and width of the memory as the driver states them, two transfers a clock");
    }
}

void sc_theory_of_device(struct socle_bench_theory *out, enum sc_lab_limit limit, const struct sc_theory_device *d)
{
    if (d == NULL) {
        unknown(out, "nothing is known of the device");
    } else if (d->is_processor) {
        unknown(out, "OpenCL on the processor: these loops are not made for its vectors");
    } else if (limit == SC_LAB_DEVICE_COPY) {
        device_memory(out, d);
    } else if (limit == SC_LAB_DEVICE_WIDE || limit == SC_LAB_DEVICE_ADD) {
        device_arithmetic(out, limit == SC_LAB_DEVICE_WIDE, d);
    } else {
        unknown(out, "no limit of a device");
    }
}
