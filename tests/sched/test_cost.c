/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cost model: statistics against their definition, interpolation by hand, the strict file form.
 */
#include "scheduler/cost.h"
#include "tests/sched/lent.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct sc_cost_device gpu = {.name = "sim-gpu", .memory = 1000, .put_ns = 10, .put_mb_per_s = 500, .get_ns = 20, .get_mb_per_s = 250};
static const struct sc_cost_device cpu = {.name = "cpu.8", .memory = 1000, .shares_host = true};

static void two_devices(struct sc_cost *c, uint32_t room)
{
    uint32_t id;
    cr_assert_eq(sc_cost_init(c, &lent, room), SOCLE_OK);
    cr_assert_eq(sc_cost_add_device(c, &id, &gpu), SOCLE_OK);
    cr_assert_eq(id, 0);
    cr_assert_eq(sc_cost_add_device(c, &id, &cpu), SOCLE_OK);
    cr_assert_eq(id, 1);
    cr_assert_eq(sc_cost_op(c, &id, "encode"), SOCLE_OK);
    cr_assert_eq(id, 0);
    cr_assert_eq(sc_cost_op(c, &id, "tree"), SOCLE_OK);
    cr_assert_eq(sc_cost_op(c, &id, "tree"), SOCLE_OK);
    cr_assert_eq(id, 1);
}

static void note(struct sc_cost *c, uint32_t log_n, uint32_t count, double ns)
{
    cr_assert_eq(sc_cost_note(c, 0, 0, log_n, count, ns), SOCLE_OK);
}

static void expect(const struct sc_cost *c, uint32_t log_n, uint32_t count, double want, enum sc_basis basis)
{
    double ns;
    cr_expect_eq(sc_cost_estimate(c, &ns, 0, 0, log_n, count), basis, "basis at %u %u", log_n, count);
    cr_expect(fabs(ns - want) <= 1e-9 * want, "%u %u: %g, not %g", log_n, count, ns, want);
}

Test(cost, keeps_number_mean_and_spread)
{
    struct sc_cost c;
    double x[50], mean = 0, m2 = 0;
    uint64_t seed = 5;
    two_devices(&c, 4);
    for (unsigned i = 0; i < 50; i++) {
        x[i] = 1e9 + dice(&seed, 1000);
        mean += x[i] / 50;
        note(&c, 20, 1, x[i]);
    }
    for (unsigned i = 0; i < 50; i++) {
        m2 += (x[i] - mean) * (x[i] - mean);
    }
    cr_expect_eq(c.n_samples, 1);
    cr_expect_eq(c.samples[0].runs, 50);
    cr_expect(fabs(c.samples[0].mean_ns - mean) < 1e-4);
    cr_expect(fabs(sc_cost_spread(&c.samples[0]) - sqrt(m2 / 49)) < 1e-4);
    expect(&c, 20, 1, c.samples[0].mean_ns, SC_BASIS_MEASURED);
    sc_cost_fini(&c);
}

Test(cost, interpolates_counts_by_lines_and_stays_between_constant_and_proportional)
{
    struct sc_cost c;
    two_devices(&c, 16);
    note(&c, 10, 8, 800);
    expect(&c, 10, 8, 800, SC_BASIS_MEASURED);
    expect(&c, 10, 4, 400, SC_BASIS_BEYOND);
    expect(&c, 10, 16, 1600, SC_BASIS_BEYOND);
    note(&c, 10, 16, 1200); /* 400 + 50 a count */
    expect(&c, 10, 12, 1000, SC_BASIS_BETWEEN);
    expect(&c, 10, 4, 600, SC_BASIS_BEYOND);
    expect(&c, 10, 32, 2000, SC_BASIS_BEYOND);
    note(&c, 10, 20, 2400); /* steeper than proportional: beyond, proportional */
    expect(&c, 10, 40, 4800, SC_BASIS_BEYOND);
    note(&c, 10, 4, 900); /* falls: below, constant */
    expect(&c, 10, 2, 900, SC_BASIS_BEYOND);
    sc_cost_fini(&c);
}

Test(cost, interpolates_sizes_geometrically)
{
    struct sc_cost c;
    double ns;
    two_devices(&c, 16);
    note(&c, 10, 1, 100);
    expect(&c, 12, 1, 400, SC_BASIS_BEYOND); /* one alone: twice for each step */
    expect(&c, 9, 1, 50, SC_BASIS_BEYOND);
    note(&c, 14, 1, 8100);
    expect(&c, 12, 1, 900, SC_BASIS_BETWEEN);
    expect(&c, 15, 1, 24300, SC_BASIS_BEYOND); /* three times a step */
    expect(&c, 9, 1, 100.0 / 3, SC_BASIS_BEYOND);
    note(&c, 15, 1, 100 * 8100.0); /* more than four times a step is not believed */
    expect(&c, 16, 1, 4 * 100 * 8100.0, SC_BASIS_BEYOND);
    note(&c, 9, 1, 500); /* nor that more is less */
    expect(&c, 8, 1, 500, SC_BASIS_BEYOND);
    cr_expect_eq(sc_cost_estimate(&c, &ns, 1, 0, 10, 1), SC_BASIS_NONE);
    cr_expect_eq(sc_cost_estimate(&c, &ns, 0, 1, 10, 1), SC_BASIS_NONE);
    cr_expect_eq(sc_cost_estimate(&c, &ns, 2, 0, 10, 1), SC_BASIS_NONE);
    cr_expect_eq(sc_cost_estimate(&c, &ns, 0, UINT32_MAX, 10, 1), SC_BASIS_NONE);
    cr_expect_eq(ns, 0);
    (void)sc_cost_estimate(&c, &ns, 0, 0, SC_COST_MAX_LOG, UINT32_MAX);
    cr_expect(ns <= SC_COST_MAX_NS);
    sc_cost_fini(&c);
}

Test(cost, charges_copies_latency_and_bandwidth)
{
    struct sc_cost c;
    two_devices(&c, 1);
    cr_expect_eq(sc_cost_copy(&c, 0, true, 5000), 10 + 10000);
    cr_expect_eq(sc_cost_copy(&c, 0, false, 5000), 20 + 20000);
    cr_expect_eq(sc_cost_copy(&c, 1, true, 5000), 0);
    sc_cost_fini(&c);
}

Test(cost, refuses_what_is_out_of_range)
{
    struct sc_cost c;
    uint32_t id;
    two_devices(&c, 2);
    cr_expect_eq(sc_cost_note(&c, 2, 0, 1, 1, 1), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_note(&c, 0, 2, 1, 1, 1), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_note(&c, 0, 0, SC_COST_MAX_LOG + 1, 1, 1), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_note(&c, 0, 0, 1, 0, 1), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_note(&c, 0, 0, 1, 1, -1), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_note(&c, 0, 0, 1, 1, (double)NAN), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_note(&c, 0, 0, 1, 1, 2 * SC_COST_MAX_NS), SOCLE_E_ARG);
    cr_expect_eq(c.n_samples, 0);
    note(&c, 1, 1, 1);
    note(&c, 1, 2, 1);
    cr_expect_eq(sc_cost_note(&c, 0, 0, 1, 3, 1), SOCLE_E_LIMIT);
    note(&c, 1, 2, 1);
    cr_expect_eq(sc_cost_op(&c, &id, "a b"), SOCLE_E_ARG);
    cr_expect_eq(sc_cost_op(&c, &id, ""), SOCLE_E_ARG);
    for (unsigned i = 2; i < SC_COST_MAX_OPS; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "op%u", i);
        cr_expect_eq(sc_cost_op(&c, &id, name), SOCLE_OK);
    }
    cr_expect_eq(sc_cost_op(&c, &id, "one-more"), SOCLE_E_LIMIT);
    cr_expect_eq(sc_cost_add_device(&c, &id, &gpu), SOCLE_E_ARG);
    sc_cost_fini(&c);
    cr_expect_eq(sc_cost_init(&c, &lent, SC_COST_MAX_SAMPLES + 1), SOCLE_E_ARG);
    sc_mem_fail_at(1);
    cr_expect_eq(sc_cost_init(&c, &lent, 1), SOCLE_E_NOMEM);
    sc_mem_fail_at(0);
    sc_cost_fini(&c);
}

static const char head[] = "schema = \"socle.model\"\nschema_version = 1\norigin = \"made for a test\"\n";
static const char device[] = "\n[[device]]\nname = \"sim-gpu\"\nshares_host = false\nmemory = 1000\nput_ns = 10\nput_mb_per_s = 500\nget_ns = 20\n"
                             "get_mb_per_s = 250\n";
static const char sample[] = "\n[[sample]]\ndevice = \"sim-gpu\"\nop = \"encode\"\nlog_n = 20\ncount = 64\nruns = 5\nmean_ns = 450000\nspread_ns = 1234\n";

static char text[1 << 16], again[1 << 16];

static socle_status read_text(struct sc_cost *c, char why[160], const char *t, size_t len)
{
    cr_assert_eq(sc_cost_init(c, &lent, 8), SOCLE_OK);
    return sc_cost_read(c, why, 160, t, len);
}

Test(cost, file_form_is_read_and_written_the_same)
{
    struct sc_cost c;
    char why[160];
    const size_t len = (size_t)snprintf(text, sizeof text, "%s%s%s", head, device, sample);
    cr_assert_eq(read_text(&c, why, text, len), SOCLE_OK, "%s", why);
    cr_expect_str_eq(c.origin, "made for a test");
    cr_expect_eq(c.n_devices, 1);
    cr_expect_eq(c.n_samples, 1);
    cr_expect_eq(c.devices[0].get_mb_per_s, 250);
    cr_expect(c.samples[0].runs == 5 && c.samples[0].mean_ns == 450000 && c.samples[0].log_n == 20 && c.samples[0].count == 64);
    cr_expect(fabs(sc_cost_spread(&c.samples[0]) - 1234) < 1e-6);
    cr_expect_eq(sc_cost_write(&c, NULL, 0), len);
    cr_expect_eq(sc_cost_write(&c, again, 100), len);
    cr_expect_eq(memcmp(text, again, 100), 0);
    cr_expect_eq(again[100], 0);
    cr_expect_eq(sc_cost_write(&c, again, sizeof again), len);
    cr_expect_eq(memcmp(text, again, len), 0);
    sc_cost_fini(&c);
}

struct edit {
    const char *from, *to, *word; /* the first place of from becomes to; word: in the reason */
    socle_status want;
};

static const struct edit edits[] = {
    {"socle.model", "socle.other", "schema is not", SOCLE_E_FORMAT},
    {"schema_version = 1", "schema_version = 2", "version 2", SOCLE_E_VERSION},
    {"schema_version = 1", "schema_version = 01", "whole number", SOCLE_E_FORMAT},
    {"schema_version = 1", "schema_version = -1", "whole number", SOCLE_E_FORMAT},
    {"schema_version = 1", "schema_version = ", "whole number", SOCLE_E_FORMAT},
    {"schema_version = 1", "schema_version = 1\nschema_version = 1", "twice", SOCLE_E_FORMAT},
    {"schema_version = 1\n", "", "schema_version is missing", SOCLE_E_FORMAT},
    {"origin = ", "origin=", "no key", SOCLE_E_FORMAT},
    {"origin = ", "origin  = ", "expected", SOCLE_E_FORMAT},
    {"made for", "made\\for", "character", SOCLE_E_FORMAT},
    {"made for", "made\tfor", "character", SOCLE_E_FORMAT},
    {"made for a test\"", "made for a test", "not a string", SOCLE_E_FORMAT},
    {"[[device]]", "[[devices]]", "neither [[device]]", SOCLE_E_FORMAT},
    {"\"sim-gpu\"\ns", "\"sim gpu\"\ns", "not a name", SOCLE_E_FORMAT},
    {"\"sim-gpu\"\ns", "\"\"\ns", "not a name", SOCLE_E_FORMAT},
    {"shares_host = false", "shares_host = no", "neither true", SOCLE_E_FORMAT},
    {"shares_host = false", "shares_host = true", "with shares_host", SOCLE_E_FORMAT},
    {"memory = 1000", "memory = 0", "must not be 0", SOCLE_E_FORMAT},
    {"memory = 1000", "memory = 9007199254740993", "2^53", SOCLE_E_FORMAT},
    {"memory = 1000", "memory = 18446744073709551617", "2^53", SOCLE_E_FORMAT},
    {"put_mb_per_s = 500", "put_mb_per_s = 0", "must not be 0", SOCLE_E_FORMAT},
    {"get_mb_per_s = 250", "get_mb_per_s = 0", "must not be 0", SOCLE_E_FORMAT},
    {"get_mb_per_s = 250", "get_mb_per_s = 250\ncount = 1", "no key", SOCLE_E_FORMAT},
    {"device = \"sim-gpu\"", "device = \"gpu\"", "not named before", SOCLE_E_FORMAT},
    {"op = \"encode\"", "op = \"en code\"", "not a name of an op", SOCLE_E_FORMAT},
    {"log_n = 20", "log_n = 49", "out of range", SOCLE_E_FORMAT},
    {"count = 64", "count = 0", "out of range", SOCLE_E_FORMAT},
    {"count = 64", "count = 4294967296", "out of range", SOCLE_E_FORMAT},
    {"runs = 5", "runs = 0", "out of range", SOCLE_E_FORMAT},
    {"runs = 5", "runs = 1", "out of range", SOCLE_E_FORMAT},
    {"spread_ns = 1234\n", "spread_ns = 1234", "does not end", SOCLE_E_FORMAT},
    {"spread_ns = 1234\n", "", "spread_ns is missing", SOCLE_E_FORMAT},
};

Test(cost, file_form_is_strict)
{
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        const struct edit *const e = &edits[i];
        struct sc_cost c;
        char why[160], whole[2048];
        (void)snprintf(whole, sizeof whole, "%s%s%s", head, device, sample);
        const char *const at = strstr(whole, e->from);
        cr_assert(at != NULL, "%s", e->from);
        const int len = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, e->to, at + strlen(e->from));
        cr_expect_eq(read_text(&c, why, text, (size_t)len), e->want, "%s: %s", e->to, why);
        cr_expect(strncmp(why, "line ", 5) == 0 && strstr(why, e->word) != NULL, "%s: \"%s\" says nothing of \"%s\"", e->to, why, e->word);
        cr_expect(c.n_devices == 0 && c.n_samples == 0 && c.n_ops == 0 && c.origin[0] == 0);
        sc_cost_fini(&c);
    }
}

Test(cost, file_form_has_limits)
{
    struct sc_cost c;
    char why[160];
    int len = snprintf(text, sizeof text, "%s%s%s%s", head, device, sample, sample);
    cr_expect_eq(read_text(&c, why, text, (size_t)len), SOCLE_E_FORMAT);
    cr_expect(strstr(why, "of this shape") != NULL);
    sc_cost_fini(&c);
    len = snprintf(text, sizeof text, "%s%s%s", head, device, device);
    cr_expect_eq(read_text(&c, why, text, (size_t)len), SOCLE_E_FORMAT);
    cr_expect(strstr(why, "sim-gpu is there twice") != NULL);
    sc_cost_fini(&c);
    len = snprintf(text, sizeof text, "%s%s", head, device);
    for (unsigned i = 0; i < 9; i++) {
        len += snprintf(text + len, sizeof text - (size_t)len, "%.*s%u%s", (int)(strstr(sample, "20") - sample), sample, i, strstr(sample, "20") + 2);
    }
    cr_expect_eq(read_text(&c, why, text, (size_t)len), SOCLE_E_LIMIT);
    cr_expect(strstr(why, "more samples than 8") != NULL, "%s", why);
    sc_cost_fini(&c);
    len = snprintf(text, sizeof text, "%s", head);
    for (unsigned i = 0; i <= SC_MAX_DEVICES; i++) {
        len += snprintf(text + len, sizeof text - (size_t)len, "[[device]]\nname = \"d%u\"\n%s", i, strstr(device, "shares_host"));
    }
    cr_expect_eq(read_text(&c, why, text, (size_t)len), SOCLE_E_LIMIT);
    cr_expect(strstr(why, "more devices than 64") != NULL, "%s", why);
    sc_cost_fini(&c);
    cr_expect_eq(read_text(&c, why, text, SC_COST_MAX_TEXT + 1), SOCLE_E_LIMIT);
    sc_cost_fini(&c);
    cr_expect_eq(read_text(&c, why, "", 0), SOCLE_E_FORMAT);
    cr_expect(strstr(why, "schema is missing") != NULL);
    sc_mem_fail_at(1);
    cr_expect_eq(sc_cost_read(&c, why, sizeof why, text, 10), SOCLE_E_NOMEM);
    sc_mem_fail_at(0);
    sc_cost_fini(&c);
}

/* Any damage: an error, or a model that is written and read again the same. */
Test(cost, file_form_survives_damage)
{
    char why[160], whole[2048];
    const size_t len = (size_t)snprintf(whole, sizeof whole, "%s%s%s", head, device, sample);
    uint64_t seed = 77;
    for (unsigned i = 0; i < 20000; i++) {
        struct sc_cost c;
        size_t n = len;
        memcpy(text, whole, len);
        for (unsigned k = dice(&seed, 3); k < 3; k++) {
            text[dice(&seed, (uint32_t)len)] = "\n \"[]=09az\0\xff#"[dice(&seed, 13)];
        }
        n = dice(&seed, 4) == 0 ? dice(&seed, (uint32_t)len) : n;
        const socle_status st = read_text(&c, why, text, n);
        cr_assert(st == SOCLE_OK || st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION);
        if (st == SOCLE_OK) {
            const size_t m = sc_cost_write(&c, again, sizeof again);
            sc_cost_fini(&c);
            cr_assert_eq(read_text(&c, why, again, m), SOCLE_OK, "%s", why);
            cr_assert_eq(sc_cost_write(&c, text, sizeof text), m);
            cr_assert_eq(memcmp(text, again, m), 0);
        }
        sc_cost_fini(&c);
    }
}
