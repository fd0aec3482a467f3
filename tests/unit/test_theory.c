/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Theoretical limits: chips whose figures are published, cores, and what is not known.
 */
#include "host/bench/theory.h"

#include "host/bench/stats.h"

#include <criterion/criterion.h>
#include <string.h>

static bool is_near(double a, double b, double part)
{
    return a >= b * (1 - part) && a <= b * (1 + part);
}

static struct socle_bench_theory device(enum sc_lab_limit limit, struct sc_theory_device d)
{
    struct socle_bench_theory t;
    sc_theory_of_device(&t, limit, &d);
    return t;
}

static double input_of(const struct socle_bench_theory *t, const char *name)
{
    for (unsigned i = 0; i < t->n_inputs; i++) {
        if (strcmp(t->input[i].name, name) == 0) {
            return t->input[i].value;
        }
    }
    cr_assert_fail("no input %s", name);
    return 0;
}

static void expect_unknown(const struct socle_bench_theory *t, const char *why)
{
    cr_expect(!sc_stats_is_known(t->value) && t->formula == NULL && t->n_inputs == 0 && strstr(t->basis, why) != NULL, "%g: %s", t->value,
              t->basis);
}

/* Attributes as NVIDIA's driver gives them. Published: INT32 operations a second, a multiply-add being two (NVIDIA A100, H100, Ada and RTX
 * Blackwell architecture papers); whether products are in a table; bytes a second of the memory (data sheets; H200's 4.8 TB/s is 2.4 %
 * below what the driver's clock gives). */
Test(theory, known_chips_have_their_published_figures)
{
    static const struct {
        const char *name;
        struct sc_theory_device d;
        double tops;
        bool wide;
        double bytes;
    } chips[] = {
        {"A100 40 GB", {"cuda", false, 108, 1410, 1215000, 5120, 8, 0}, 19.5e12, true, 1555e9},
        {"H100 SXM", {"cuda", false, 132, 1980, 2619000, 5120, 9, 0}, 33.5e12, true, 3.35e12},
        {"H200", {"cuda", false, 132, 1980, 3201000, 6144, 9, 0}, 33.5e12, true, 4.8e12},
        {"RTX 4090", {"cuda", false, 128, 2520, 10501000, 384, 8, 9}, 41.3e12, true, 1008e9},
        {"RTX 5090", {"cuda", false, 170, 2407, 14001000, 512, 12, 0}, 104.8e12, false, 1792e9},
    };
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        const struct socle_bench_theory wide = device(SC_LAB_DEVICE_WIDE, chips[i].d), add = device(SC_LAB_DEVICE_ADD, chips[i].d),
                                        copy = device(SC_LAB_DEVICE_COPY, chips[i].d);
        cr_expect(is_near(2 * add.value, chips[i].tops, 0.005), "%s: %g sums", chips[i].name, add.value);
        cr_expect(is_near(copy.value, chips[i].bytes, 0.03), "%s: %g bytes", chips[i].name, copy.value);
        cr_expect(chips[i].wide ? is_near(2 * wide.value, chips[i].tops, 0.005) : !sc_stats_is_known(wide.value), "%s: %g products",
                  chips[i].name, wide.value);
        cr_expect(input_of(&add, "multiprocessors") == chips[i].d.units && input_of(&add, "clock") == 1e6 * chips[i].d.clock_mhz);
        cr_expect_eq(copy.value, 2 * input_of(&copy, "memory_clock") * input_of(&copy, "bus_bits") / 8);
        cr_expect(strstr(add.basis, "NVIDIA") != NULL && strstr(copy.basis, "driver") != NULL);
    }
    const struct socle_bench_theory h200 = device(SC_LAB_DEVICE_WIDE, chips[2].d);
    cr_expect_eq(h200.value, 132 * 1980e6 * 64);
}

Test(theory, what_a_driver_does_not_tell_is_unknown_and_says_why)
{
    const struct sc_theory_device h200 = {"cuda", false, 132, 1980, 3201000, 6144, 9, 0};
    struct sc_theory_device d = h200;
    struct socle_bench_theory t;
    sc_theory_of_device(&t, SC_LAB_DEVICE_WIDE, NULL);
    expect_unknown(&t, "nothing is known");
    for (int l = 0; l < SC_LAB_DEVICE_WIDE; l++) {
        t = device((enum sc_lab_limit)l, h200);
        expect_unknown(&t, "no limit of a device");
    }
    d.clock_mhz = 0;
    t = device(SC_LAB_DEVICE_ADD, d);
    expect_unknown(&t, "clock");
    d = h200;
    d.units = 0;
    t = device(SC_LAB_DEVICE_ADD, d);
    expect_unknown(&t, "number of multiprocessors");
    d = h200;
    d.memory_khz = 0;
    t = device(SC_LAB_DEVICE_COPY, d);
    expect_unknown(&t, "memory");
    d = h200;
    d.bus_bits = 0;
    t = device(SC_LAB_DEVICE_COPY, d);
    expect_unknown(&t, "memory");
    d = h200;
    d.major = 10; /* not in the table */
    t = device(SC_LAB_DEVICE_WIDE, d);
    expect_unknown(&t, "compute capability 10.0");
    d.major = 13;
    t = device(SC_LAB_DEVICE_ADD, d);
    expect_unknown(&t, "compute capability 13.0");
    const struct sc_theory_device other = {.kind = "opencl", .units = 60, .clock_mhz = 2500},
                                  nvidia = {"opencl", false, 128, 2520, 0, 0, 8, 9},
                                  pocl = {.kind = "opencl", .is_processor = true, .units = 2, .clock_mhz = 2500};
    t = device(SC_LAB_DEVICE_ADD, other);
    expect_unknown(&t, "how many sums");
    t = device(SC_LAB_DEVICE_COPY, other);
    expect_unknown(&t, "OpenCL tells neither");
    t = device(SC_LAB_DEVICE_WIDE, pocl);
    expect_unknown(&t, "the processor");
    t = device(SC_LAB_DEVICE_WIDE, nvidia);
    cr_expect_eq(t.value, 128 * 2520e6 * 64, "OpenCL of NVIDIA tells the capability: %g, %s", t.value, t.basis);
}

/* ---- processors ---- */

/* A lab that has these kernels, for the names alone. */
static struct sc_cpu_ops ops;
static struct sc_fr_ops fr;
static struct sc_group_ops group;

static struct sc_lab lab_with(const char *vectors, const char *curves)
{
    struct sc_lab lab = {.ops = &ops};
    ops.name = vectors;
    fr.kernels = group.kernels = curves;
    for (int f = 0; f < SC_FR_END; f++) {
        lab.fr[f] = &fr;
    }
    for (int g = 0; g < SC_GROUP_END; g++) {
        lab.group[g] = &group;
    }
    return lab;
}

static struct socle_bench_theory host(enum sc_lab_limit limit, const char *kernels, const struct sc_computer *m, unsigned threads,
                                      unsigned cores, double hz)
{
    struct socle_bench_theory t;
    const struct sc_lab lab = lab_with(kernels, kernels);
    sc_theory_of_host(&t, &lab, limit, &(struct sc_theory_host){m, threads, cores, hz, true});
    return t;
}

static const struct sc_computer zen4 = {.vendor = "AuthenticAMD", .family = 25, .model = 17, .virtualised = 0};
static const struct sc_computer zen3 = {.vendor = "AuthenticAMD", .family = 25, .model = 1, .virtualised = 0};
static const struct sc_computer zen5 = {.vendor = "AuthenticAMD", .family = 26, .model = 2, .virtualised = 0};
static const struct sc_computer broadwell = {.vendor = "GenuineIntel", .family = 6, .model = 79, .virtualised = 0};
static const struct sc_computer sapphire = {.vendor = "GenuineIntel", .family = 6, .model = 143, .virtualised = 0};

static void expect_rate(double per_clock, enum sc_lab_limit limit, const char *kernels, const struct sc_computer *m)
{
    const struct socle_bench_theory t = host(limit, kernels, m, 1, 1, 1e9);
    cr_expect(is_near(t.value, 1e9 * per_clock, 1e-12), "%s on model %d: %g a clock, not %g: %s", sc_lab_limit_name(limit), m->model,
              1e-9 * t.value, per_clock, t.basis);
}

/* By hand: Zen 4 begins one 512-bit multiply a clock and two vector instructions, Sapphire Rapids two and two, Zen 3 two and four of 256
 * bits. */
Test(theory, what_binds_is_multiplies_or_all_instructions)
{
    expect_rate(16 / 28.0, SC_LAB_LEVELS, "avx512", &zen4);    /* 56 / 2 > 22 */
    expect_rate(16 / 2.25, SC_LAB_WIDE, "avx512", &zen4);      /* 4.5 / 2 > 2 */
    expect_rate(16 / 391.5, SC_LAB_COMPRESS, "avx512", &zen4); /* 783 / 2 */
    expect_rate(16 / 85.0, SC_LAB_EXT_MUL, "avx512", &sapphire);
    expect_rate(8 / 70.0, SC_LAB_EXT_MUL, "avx2", &broadwell);  /* 70 / 1 > 190 / 3 */
    expect_rate(8 / 105.0, SC_LAB_GROUP, "ifma", &zen4);       /* 105 / 1 > 127 / 2 */
    expect_rate(8 / 63.5, SC_LAB_GROUP, "ifma", &sapphire);    /* 127 / 2 > 105 / 2 */
    expect_rate(8 / 792.0, SC_LAB_BLS_G2, "ifma", &zen4);
    expect_rate(8 / 15.5, SC_LAB_LEVELS, "avx2", &zen3);       /* 62 / 4 > 22 / 2 */
    expect_rate(1 / 36.0, SC_LAB_GROUP, "adx", &broadwell);
    expect_rate(1 / 144.0, SC_LAB_BLS_FR, "adx", &zen3);
}

Test(theory, cores_and_clock_multiply_and_threads_of_a_core_do_not)
{
    const struct socle_bench_theory few = host(SC_LAB_WIDE, "avx512", &zen4, 2, 8, 2e9),
                                    many = host(SC_LAB_WIDE, "avx512", &zen4, 16, 8, 2e9),
                                    blind = host(SC_LAB_WIDE, "avx512", &zen4, 16, 0, 2e9);
    cr_expect_eq(input_of(&few, "cores"), 2);
    cr_expect_eq(input_of(&many, "cores"), 8);
    cr_expect_eq(input_of(&blind, "cores"), 16);
    cr_expect(is_near(many.value, 8 * 2e9 * 16 / 2.25, 1e-12) && is_near(many.value, 4 * few.value, 1e-12) &&
              is_near(blind.value, 2 * many.value, 1e-12));
    cr_expect(strstr(many.basis, "Zen 4") != NULL && strstr(many.basis, "chains of additions") != NULL &&
              strstr(blind.basis, "cores are not known") != NULL);
    cr_expect(input_of(&many, "multiplies") == 2 && input_of(&many, "instructions") == 4.5 && input_of(&many, "lanes") == 16 &&
              input_of(&many, "multiplies_per_clock") == 1 && input_of(&many, "instructions_per_clock") == 2 &&
              input_of(&many, "clock") == 2e9);
}

Test(theory, what_is_not_known_of_a_processor_says_why)
{
    struct sc_computer m = {.family = -1, .model = -1, .virtualised = -1};
    struct socle_bench_theory t = host(SC_LAB_LEVELS, "avx512", &m, 2, 2, 3e9);
    expect_unknown(&t, "does not tell which core");
    m = (struct sc_computer){.vendor = "GenuineIntel", .family = 6, .model = 1, .virtualised = 0};
    t = host(SC_LAB_LEVELS, "avx2", &m, 2, 2, 3e9);
    expect_unknown(&t, "GenuineIntel family 6 model 1");
    t = host(SC_LAB_LEVELS, "ref", &zen4, 2, 2, 3e9);
    expect_unknown(&t, "the ref loop");
    t = host(SC_LAB_BN_G2, "ref", &zen4, 2, 2, 3e9);
    expect_unknown(&t, "the ref loop");
    t = host(SC_LAB_LEVELS, "neon", &zen4, 2, 2, 3e9);
    expect_unknown(&t, "the neon loop");
    t = host(SC_LAB_LEVELS, "avx512", &zen3, 2, 2, 3e9);
    expect_unknown(&t, "Zen 3");
    t = host(SC_LAB_GROUP, "adx", &zen5, 2, 2, 3e9);
    expect_unknown(&t, "Zen 5");
    t = host(SC_LAB_LEVELS, "avx512", &zen4, 2, 2, 0);
    expect_unknown(&t, "clock could not be measured");
    const struct sc_lab lab = lab_with("avx512", "ifma");
    sc_theory_of_host(&t, &lab, SC_LAB_LEVELS, &(struct sc_theory_host){&zen4, 2, 2, 3e9, false});
    expect_unknown(&t, "another compiler");
    t = host(SC_LAB_DEVICE_WIDE, "avx512", &zen4, 2, 2, 3e9);
    expect_unknown(&t, "no limit of a processor");
}

Test(theory, memory_is_that_of_its_modules)
{
    struct sc_computer m = zen4;
    struct socle_bench_theory t = host(SC_LAB_COPY, "avx512", &m, 2, 2, 3e9);
    expect_unknown(&t, "cannot be read");
    m.n_modules = 12;
    m.module_bits = 12 * 64;
    m.module_rate = 4800e6;
    t = host(SC_LAB_COPY, "avx512", &m, 2, 2, 3e9);
    cr_expect(is_near(t.value, 460.8e9, 1e-12), "twelve channels of DDR5-4800, as of EPYC 9004, have 460.8 GB/s, not %g", t.value);
    cr_expect(input_of(&t, "modules") == 12 && strstr(t.basis, "channel of its own") != NULL);
    m.virtualised = 1;
    t = host(SC_LAB_COPY, "avx512", &m, 2, 2, 3e9);
    expect_unknown(&t, "virtual machine");
}

/* Each limit of a processor is counted for each set of kernels that has it, and no core begins more multiplies than instructions. */
Test(theory, tables_are_whole_and_sane)
{
    static const char *const vectors[] = {"avx2", "avx512"}, *const curves[] = {"ifma", "adx"};
    for (int l = 0; l < SC_LAB_COPY; l++) {
        for (size_t k = 0; k < 2; k++) {
            const struct socle_bench_theory t = host((enum sc_lab_limit)l, l < SC_LAB_FR ? vectors[k] : curves[k], &zen4, 1, 1, 1e9);
            cr_expect(t.value > 0 && t.value < 1e10, "%s: %s", sc_lab_limit_name((enum sc_lab_limit)l), t.basis);
            cr_expect(strlen(t.basis) + 1 < sizeof t.basis, "cut: %s", t.basis);
        }
    }
#define CORE(maker, family_, first, last, name, source, v2, m2, v5, m5, f5, m64)                                                           \
    cr_expect((first) <= (last) && (m2) > 0 && (m2) <= (v2) && (m5) <= (v5) && (f5) <= (v5) && strlen(maker) < sizeof zen4.vendor,          \
              "%s %d", maker, first);
#include "host/bench/cores.def"
#undef CORE
#define LOOP(kernels, limit, lanes, multiplies, instructions) \
    cr_expect((lanes) > 0 && ((instructions) == 0 || (multiplies) <= (instructions)) && (multiplies) + (instructions) > 0, "%s %s", kernels, \
              #limit);
#include "host/bench/limit_loops.def"
#undef LOOP
}
