/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transforms over the scalar fields by the kernels of devices against host/curve/fr_ntt.h, bit for bit: run as C, and on the first device
 * of OpenCL where there is one.
 */
#include "host/curve/fr_ntt.h"
#include "host/device/device_ops.h"
#include "host/device/opencl.h"
#include "kernels/kc/fr_plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum work { NTT, INTT, SHIFT, N_WORKS };

static uint64_t rng = 20261127;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

static void fill(const struct sc_fr_ops *ops, struct sc_fr_word *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < 4; k++) {
            x[i].l[k] = next();
        }
        x[i].l[3] >>= 260 - ops->bits;
        if (i % 11 == 3) {
            memcpy(&x[i], ops->modulus, 32);
            x[i].l[0] -= 1;
        }
    }
}

/** Buffers of exactly the lengths that the plan says, so that a sanitizer sees a step beside them. */
struct both {
    struct sc_kc_fr shape;
    struct sc_fr_word *buffer[SC_KC_N_FR_BUFFERS], *x, *want, g;
    struct sc_fr_domain *domain;
};

static void both_create(struct both *b, struct sc_kc_fr f)
{
    const struct sc_fr_ops *const ops = sc_fr_ops_best(f.field);
    *b = (struct both){.shape = f};
    const size_t n = sc_kc_fr_len(f, SC_KC_FR_X);
    for (int i = 0; i < SC_KC_N_FR_BUFFERS; i++) {
        b->buffer[i] = malloc(sc_kc_fr_len(f, (enum sc_kc_fr_buffer)i) * sizeof(struct sc_fr_word));
        cr_assert_not_null(b->buffer[i]);
    }
    b->x = malloc(n * sizeof *b->x);
    b->want = malloc(n * sizeof *b->want);
    cr_assert(b->x != NULL && b->want != NULL);
    fill(ops, b->x, n);
    fill(ops, &b->g, 1);
    sc_kc_fr_table(b->buffer[SC_KC_FR_POW], f);
    sc_kc_fr_factor(b->buffer[SC_KC_FR_FACTOR], f);
    sc_kc_fr_powers(b->buffer[SC_KC_FR_POWERS], f, &b->g);
    cr_assert_eq(sc_fr_domain_create(&b->domain, f.field, f.log_n, NULL), SOCLE_OK);
}

static void both_destroy(struct both *b)
{
    for (int i = 0; i < SC_KC_N_FR_BUFFERS; i++) {
        free(b->buffer[i]);
    }
    free(b->x);
    free(b->want);
    sc_fr_domain_destroy(b->domain);
}

/* What the host makes of x, and the launches that are to make it too. */
static unsigned begin(struct both *b, struct sc_kc_launch *plan, enum work what, bool from_reversed)
{
    const enum sc_fr_order order = from_reversed ? SC_FR_FROM_REVERSED : SC_FR_TO_REVERSED;
    const size_t size = sc_kc_fr_len(b->shape, SC_KC_FR_X) * sizeof *b->x, n = b->shape.n_polys;
    memcpy(b->want, b->x, size);
    memcpy(b->buffer[SC_KC_FR_X], b->x, size);
    switch (what) {
    case NTT:
        sc_fr_ntt(b->domain, b->want, n, order, NULL);
        return sc_kc_fr_ntt(plan, b->shape, from_reversed);
    case INTT:
        sc_fr_intt(b->domain, b->want, n, order, NULL);
        return sc_kc_fr_intt(plan, b->shape, from_reversed);
    case SHIFT:
        sc_fr_shift(b->domain, b->want, n, &b->g, from_reversed, NULL);
        return sc_kc_fr_shift(plan, b->shape, from_reversed);
    case N_WORKS:
        break;
    }
    return 0;
}

static void expect_same(const struct both *b, enum work what, bool from_reversed, const char *where)
{
    const size_t size = sc_kc_fr_len(b->shape, SC_KC_FR_X) * sizeof *b->x;
    cr_assert_eq(memcmp(b->want, b->buffer[SC_KC_FR_X], size), 0, "%s: field %d, 2^%u, %u polynomials, work %d, from reversed %d", where,
                 (int)b->shape.field, b->shape.log_n, b->shape.n_polys, (int)what, from_reversed);
}

static void as_c(struct sc_kc_fr f)
{
    struct both b;
    both_create(&b, f);
    for (unsigned w = 0; w < 2 * N_WORKS; w++) {
        struct sc_kc_launch plan[SC_KC_FR_MAX_LAUNCHES];
        uint32_t *words[SC_KC_N_FR_BUFFERS];
        const unsigned n = begin(&b, plan, (enum work)(w / 2), w % 2 != 0);
        cr_assert_leq(n, (unsigned)SC_KC_FR_MAX_LAUNCHES);
        for (int i = 0; i < SC_KC_N_FR_BUFFERS; i++) {
            words[i] = (uint32_t *)b.buffer[i];
        }
        for (unsigned i = 0; i < n; i++) {
            sc_kc_run(&plan[i], words);
        }
        expect_same(&b, (enum work)(w / 2), w % 2 != 0, "as C");
    }
    both_destroy(&b);
}

/* One pass up to 2^9, two up to 2^16. */
Test(kc_fr, transforms_as_c_have_the_bytes_of_the_host)
{
    for (unsigned log_n = 0; log_n <= 13; log_n++) {
        as_c((struct sc_kc_fr){SC_BN_FR, log_n, 1 + log_n % 3});
        as_c((struct sc_kc_fr){SC_BLS_FR, log_n, 1 + (log_n + 1) % 3});
    }
    as_c((struct sc_kc_fr){SC_BLS_FR, 17, 1});
}

/* The most launches that the largest size takes. */
Test(kc_fr, plans_of_every_size_fit)
{
    for (unsigned log_n = 0; log_n <= SC_KC_FR_MAX_LOG; log_n++) {
        struct sc_kc_launch plan[SC_KC_FR_MAX_LAUNCHES];
        uint32_t layers = 0;
        const unsigned n = sc_kc_fr_ntt(plan, (struct sc_kc_fr){SC_BN_FR, log_n, 1}, false);
        cr_assert_lt(n, (unsigned)SC_KC_FR_MAX_LAUNCHES);
        for (unsigned i = 0; i < n; i++) {
            layers += plan[i].arg[2];
        }
        cr_assert_eq(layers, log_n);
    }
}

static void run_on(struct sc_device d, const struct both *b, struct sc_kc_plan plan, uint32_t align)
{
    uint64_t offset[SC_KC_N_FR_BUFFERS], size[SC_KC_N_FR_BUFFERS], at = 0;
    for (int i = 0; i < SC_KC_N_FR_BUFFERS; i++) {
        offset[i] = at;
        size[i] = sc_kc_fr_len(b->shape, (enum sc_kc_fr_buffer)i) * sizeof(struct sc_fr_word);
        at += (size[i] + align - 1) / align * align;
    }
    cr_assert_eq(d.ops->arena(d.self, at), SOCLE_OK);
    for (int i = 0; i < SC_KC_N_FR_BUFFERS; i++) {
        cr_assert_eq(d.ops->put(d.self, offset[i], b->buffer[i], size[i]), SOCLE_OK);
    }
    const struct sc_launch job = {.op = SC_OP_LAUNCHES, .arg = &plan, .n_uses = SC_KC_N_FR_BUFFERS, .offset = offset, .size = size};
    cr_assert_eq(d.ops->run(d.self, &job), SOCLE_OK, "%s", sc_opencl_message(&d));
    cr_assert_eq(d.ops->get(d.self, b->buffer[SC_KC_FR_X], offset[SC_KC_FR_X], size[SC_KC_FR_X]), SOCLE_OK);
}

Test(kc_fr, transforms_on_a_device_have_the_bytes_of_the_host)
{
    static const struct sc_kc_fr shapes[] = {{SC_BN_FR, 1, 1}, {SC_BN_FR, 7, 3}, {SC_BN_FR, 14, 1}, {SC_BLS_FR, 9, 2}, {SC_BLS_FR, 12, 1}};
    struct sc_device d;
    struct sc_device_info info;
    char why[256] = "";
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    cr_assert_eq(sc_opencl_open(&d, why, sizeof why, 0), SOCLE_OK, "%s", why);
    d.ops->info(d.self, &info);
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        struct both b;
        both_create(&b, shapes[s]);
        for (unsigned w = 0; w < 2 * N_WORKS; w++) {
            struct sc_kc_launch plan[SC_KC_FR_MAX_LAUNCHES];
            const unsigned n = begin(&b, plan, (enum work)(w / 2), w % 2 != 0);
            run_on(d, &b, (struct sc_kc_plan){plan, n}, info.align);
            expect_same(&b, (enum work)(w / 2), w % 2 != 0, info.name);
        }
        both_destroy(&b);
    }
    d.ops->close(d.self);
}
