/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Products, differences and sums in the big fields as devices do them, against core/curve: the kernels run as C, and on the first device of
 * OpenCL where there is one.
 */
#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "host/device/device_ops.h"
#include "host/device/opencl.h"
#include "kernels/kc/launch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MUL, SUB, ADD, N_OPS, MAX_WORDS = 6 };

/* One operation of the host on elements of a field, words of 64 bits. */
#define FIELD(f)                                                                                    \
    static void f##_op(uint64_t *r, const uint64_t *a, const uint64_t *b, unsigned op)              \
    {                                                                                               \
        struct f x, y;                                                                              \
        memcpy(&x, a, sizeof x);                                                                    \
        memcpy(&y, b, sizeof y);                                                                    \
        if (op == MUL) {                                                                            \
            f##_mul(&x, &x, &y);                                                                    \
        } else if (op == SUB) {                                                                     \
            f##_sub(&x, &x, &y);                                                                    \
        } else {                                                                                    \
            f##_add(&x, &x, &y);                                                                    \
        }                                                                                           \
        memcpy(r, &x, sizeof x);                                                                    \
    }
FIELD(bn_fp)
FIELD(bn_fr)
FIELD(bls_fp)
FIELD(bls_fr)

static const struct field {
    const char *name;
    enum sc_kc_kernel kernel;
    unsigned words, bits;
    const uint64_t *p;
    void (*op)(uint64_t *, const uint64_t *, const uint64_t *, unsigned);
} fields[] = {
    {"BN254 base", SC_KC_MAP_BN_FP, BN_FP_N, BN_FP_BITS, BN_FP_P, bn_fp_op},
    {"BN254 scalar", SC_KC_MAP_BN_FR, BN_FR_N, BN_FR_BITS, BN_FR_P, bn_fr_op},
    {"BLS12-381 base", SC_KC_MAP_BLS_FP, BLS_FP_N, BLS_FP_BITS, BLS_FP_P, bls_fp_op},
    {"BLS12-381 scalar", SC_KC_MAP_BLS_FR, BLS_FR_N, BLS_FR_BITS, BLS_FR_P, bls_fr_op},
};

static uint64_t rng = 20261127;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

enum { N_EDGES = 6, N = N_EDGES * N_EDGES + 221 };

/* 0, 1, 2, p - 1, p - 2, all ones below the top bit. */
static void edge(const struct field *f, uint64_t *x, unsigned kind)
{
    memset(x, 0, 8 * f->words);
    if (kind < 3) {
        x[0] = kind;
    } else if (kind < 5) {
        uint64_t borrow = 0;
        x[0] = sbb64(f->p[0], kind - 2, &borrow);
        for (unsigned i = 1; i < f->words; i++) {
            x[i] = sbb64(f->p[i], 0, &borrow);
        }
    } else {
        memset(x, 0xff, 8 * f->words);
        x[f->words - 1] >>= 65 - f->bits % 64;
    }
}

/* All pairs of edges, then random elements. */
static void fill(const struct field *f, uint64_t *a, uint64_t *b)
{
    for (unsigned i = 0; i < N; i++) {
        uint64_t *const x = a + i * f->words, *const y = b + i * f->words;
        if (i < N_EDGES * N_EDGES) {
            edge(f, x, i % N_EDGES);
            edge(f, y, i / N_EDGES);
            continue;
        }
        for (unsigned k = 0; k < f->words; k++) {
            x[k] = next();
            y[k] = next();
        }
        x[f->words - 1] >>= 65 - f->bits % 64;
        y[f->words - 1] >>= 65 - f->bits % 64;
    }
}

static void check(const struct field *f, const uint64_t *got, const uint64_t *a, const uint64_t *b, unsigned op, const char *where)
{
    for (unsigned i = 0; i < N; i++) {
        uint64_t want[MAX_WORDS];
        f->op(want, a + i * f->words, b + i * f->words, op);
        cr_assert_eq(memcmp(want, got + i * f->words, 8 * f->words), 0, "%s, %s: operation %u, pair %u", where, f->name, op, i);
    }
}

static struct sc_kc_launch launch_of(const struct field *f, unsigned op, uint8_t out)
{
    return (struct sc_kc_launch){f->kernel, {(N + SC_KC_GROUP_ITEMS - 1) / SC_KC_GROUP_ITEMS, 1}, {out, 0, 1}, {N, op}};
}

Test(kc_big, fields_as_c_agree_with_core)
{
    for (unsigned i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct field *const f = &fields[i];
        const size_t size = N * 8 * f->words; /* exact, so that a sanitizer sees a step beside it */
        uint64_t *const a = malloc(size), *const b = malloc(size), *const out = malloc(size), *const in = malloc(size);
        cr_assert(a != NULL && b != NULL && out != NULL && in != NULL);
        fill(f, a, b);
        for (unsigned op = 0; op < N_OPS; op++) {
            uint32_t *buffer[] = {(uint32_t *)a, (uint32_t *)b, (uint32_t *)out};
            const struct sc_kc_launch l = launch_of(f, op, 2), in_place = launch_of(f, op, 0);
            sc_kc_run(&l, buffer);
            check(f, out, a, b, op, "as C");
            memcpy(in, a, size);
            buffer[0] = (uint32_t *)in;
            sc_kc_run(&in_place, buffer);
            check(f, in, a, b, op, "as C, in place");
        }
        free(a);
        free(b);
        free(out);
        free(in);
    }
}

Test(kc_big, fields_on_a_device_agree_with_core)
{
    struct sc_device d;
    struct sc_device_info info;
    char why[256] = "";
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    cr_assert_eq(sc_opencl_open(&d, why, sizeof why, 0), SOCLE_OK, "%s", why);
    d.ops->info(d.self, &info);
    const uint64_t room = (uint64_t)N * 8 * MAX_WORDS, part = (room + info.align - 1) / info.align * info.align;
    cr_assert_eq(d.ops->arena(d.self, 3 * part), SOCLE_OK);
    for (unsigned i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct field *const f = &fields[i];
        const uint64_t size = (uint64_t)N * 8 * f->words;
        uint64_t *const a = malloc(size), *const b = malloc(size), *const out = malloc(size);
        cr_assert(a != NULL && b != NULL && out != NULL);
        fill(f, a, b);
        cr_assert_eq(d.ops->put(d.self, 0, a, size), SOCLE_OK);
        cr_assert_eq(d.ops->put(d.self, part, b, size), SOCLE_OK);
        for (unsigned op = 0; op < N_OPS; op++) {
            const struct sc_kc_launch l = launch_of(f, op, 2);
            const struct sc_kc_plan plan = {&l, 1};
            const uint64_t offset[] = {0, part, 2 * part}, sizes[] = {size, size, size};
            const struct sc_launch job = {.op = SC_OP_LAUNCHES, .arg = &plan, .n_uses = 3, .offset = offset, .size = sizes};
            cr_assert_eq(d.ops->run(d.self, &job), SOCLE_OK, "%s", sc_opencl_message(&d));
            cr_assert_eq(d.ops->get(d.self, out, 2 * part, size), SOCLE_OK);
            check(f, out, a, b, op, info.name);
        }
        free(a);
        free(b);
        free(out);
    }
    d.ops->close(d.self);
}
