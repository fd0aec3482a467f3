/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums of multiples by the kernels of devices against host/curve/msm.h, which has tests of its own, bit for bit: run as C by a device in host
 * memory, which can be small and can fail, and on the first device of OpenCL where there is one.
 */
#include "host/curve/msm.h"
#include "host/curve/msm_d.h"
#include "host/device/opencl.h"
#include "host/sys/mem.h"
#include "kernels/kc/msm_plan.h"
#include "tests/support/fake_device.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIZE = 192, MAX_N = 3000 };

static uint64_t rng = 20261128;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

enum shape { FULL, SMALL, BITS, ZERO, ONE, SAME, R_MINUS_1, MIXED, N_SHAPES };
static const char *const SHAPE[] = {"full", "small", "bits", "zero", "one", "same", "r - 1", "mixed"};

/* MIXED is a witness: mostly zeros and ones, some small, some full. */
static void scalar(uint64_t k[4], const struct sc_group_ops *ops, enum shape shape)
{
    static const uint64_t same[4] = {0x123456789abcdef0, 0xfedcba9876543210, 0x0f1e2d3c4b5a6978, 0x1122334455667788};
    const uint64_t kind = next() >> 60;
    memset(k, 0, 32);
    if (shape == FULL || (shape == MIXED && kind < 2)) {
        for (unsigned j = 0; j < 4; j++) {
            k[j] = next();
        }
        k[3] %= ops->order[3]; /* below the order */
    } else if (shape == SAME) {
        memcpy(k, same, 32);
    } else if (shape == R_MINUS_1) {
        memcpy(k, ops->order, 32);
        k[0] -= 1 + next() % 3;
    } else if (shape != ZERO) {
        k[0] = shape == ONE ? 1 : shape == BITS || kind < 12 ? next() >> 63 : next() % 1000;
    }
}

enum points { DISTINCT, REPEATED, INVERSES, INFINITIES, N_POINTS };
static const char *const POINTS[] = {"distinct", "repeated", "inverses", "infinities"};

/* Multiples of the generator. */
static void fill(uint8_t *p, const struct sc_group_ops *ops, enum points kind, size_t n)
{
    _Alignas(64) uint8_t sum[4 * 96], step[4 * 96];
    ops->generator(p);
    ops->weighted_sum(sum, p, 1);
    memcpy(step, sum, ops->xyzz_size);
    for (size_t i = 0; i < n; i++) {
        uint8_t *const to = p + i * ops->size;
        ops->from_xyzz(to, sum);
        ops->xyzz_add(sum, sum, step);
        if (kind == REPEATED && i >= 3) {
            memcpy(to, p + i % 3 * ops->size, ops->size);
        } else if (kind == INVERSES && i % 2 != 0) {
            ops->neg(to, to - ops->size);
        } else if (kind == INFINITIES && i % 3 != 0) {
            memset(to, 0, ops->size);
        }
    }
}

/** Points and scalars at addresses that are not those of words, and of exactly n. */
struct input {
    uint8_t *p, *shifted;
    uint64_t (*k)[4];
};

static struct input input_of(enum sc_group g, enum shape shape, enum points kind, size_t n)
{
    const struct sc_group_ops *const ops = sc_group_ops_ref(g);
    struct input in = {malloc((n + 1) * ops->size), malloc(n * ops->size + 1), malloc((n + 1) * 32)};
    cr_assert(in.p != NULL && in.shifted != NULL && in.k != NULL);
    fill(in.p, ops, kind, n);
    memcpy(in.shifted + 1, in.p, n * ops->size);
    for (size_t i = 0; i < n; i++) {
        scalar(in.k[i], ops, shape);
    }
    return in;
}

static void input_fini(struct input *in)
{
    free(in->p);
    free(in->shifted);
    free(in->k);
}

static void expect_same(struct sc_committer *c, enum sc_group g, enum shape shape, enum points kind, size_t n)
{
    const struct sc_group_ops *const ops = sc_group_ops_ref(g);
    _Alignas(64) uint8_t want[MAX_SIZE], got[MAX_SIZE];
    struct input in = input_of(g, shape, kind, n);
    memset(got, 0xaa, sizeof got);
    cr_assert_eq(sc_msm(g, want, in.p, (const uint64_t(*)[4])in.k, n, NULL), SOCLE_OK);
    cr_assert_eq(sc_msm_device(c, g, got, in.shifted + 1, (const uint64_t(*)[4])in.k, n), SOCLE_OK, "%s: n = %zu", ops->name, n);
    cr_assert_eq(memcmp(want, got, ops->size), 0, "%s: n = %zu, scalars %s, points %s", ops->name, n, SHAPE[shape], POINTS[kind]);
    input_fini(&in);
}

static struct sc_committer *committer_of(struct sc_device d)
{
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, d, 0, false), SOCLE_OK);
    return c;
}

/* Sizes below and above one run; two and three levels of heads. */
static void every_shape(enum sc_group g)
{
    static const size_t sizes[] = {0, 1, 2, 3, 31, 33, 100};
    struct fake f = {.memory = 64 << 20};
    struct sc_committer *const c = committer_of((struct sc_device){&fake_ops, &f});
    for (unsigned shape = 0; shape < N_SHAPES; shape++) {
        for (unsigned kind = 0; kind < N_POINTS; kind++) {
            for (unsigned s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
                if (sizes[s] < 4 || (shape + kind + s) % 4 == 0) {
                    expect_same(c, g, (enum shape)shape, (enum points)kind, sizes[s]);
                }
            }
        }
    }
    expect_same(c, g, SAME, DISTINCT, g == SC_BN_G1 ? MAX_N : 600);
    expect_same(c, g, MIXED, DISTINCT, g == SC_BN_G1 ? MAX_N : 600);
    sc_committer_destroy(c);
    cr_expect_eq(sc_mem_now(), 0u);
}

#define EVERY(name, g)                                  \
    Test(kc_msm, name##_as_c_has_the_bytes_of_the_host) \
    {                                                   \
        every_shape(g);                                 \
    }
EVERY(bn254_g1, SC_BN_G1)
EVERY(bn254_g2, SC_BN_G2)
EVERY(bls12_381_g1, SC_BLS_G1)
EVERY(bls12_381_g2, SC_BLS_G2)

/* The room of all buffers, for the largest chunk of a device with so much memory. */
Test(kc_msm, a_small_device_gets_the_points_in_chunks)
{
    for (unsigned kib = 1024; kib >= 128; kib /= 2) {
        struct fake f = {.memory = (uint64_t)kib << 10};
        struct sc_committer *const c = committer_of((struct sc_device){&fake_ops, &f});
        expect_same(c, SC_BN_G1, FULL, DISTINCT, 1501);
        cr_expect(f.size <= f.memory);
        cr_expect(kib != 128 || f.most_up < 1501 * 64 / 2, "%u KiB: %u KiB at once", kib, (unsigned)(f.most_up >> 10));
        sc_committer_destroy(c);
    }
    struct fake f = {.memory = 4 << 10};
    struct sc_committer *const c = committer_of((struct sc_device){&fake_ops, &f});
    _Alignas(64) uint8_t got[MAX_SIZE];
    struct input in = input_of(SC_BN_G1, FULL, DISTINCT, 4);
    cr_expect_eq(sc_msm_device(c, SC_BN_G1, got, in.p, (const uint64_t(*)[4])in.k, 4), SOCLE_E_NOMEM);
    cr_expect(!sc_committer_report(c).given_up && f.arenas == 0);
    input_fini(&in);
    sc_committer_destroy(c);
}

/* Whichever call fails, and whatever copy down is spoiled: a status, infinity, no memory kept; and the next sum is right. */
Test(kc_msm, failures_of_the_device_and_wrong_bytes_are_told)
{
    const struct sc_group_ops *const ops = sc_group_ops_ref(SC_BLS_G1);
    static const uint8_t zero[MAX_SIZE];
    _Alignas(64) uint8_t got[MAX_SIZE];
    struct input in = input_of(SC_BLS_G1, FULL, DISTINCT, 40);
    bool done = false;
    for (unsigned n = 1; !done; n++) {
        struct fake f = {.memory = 8 << 20, .fail_at = n, .how = SOCLE_E_DEVICE};
        struct sc_committer *const c = committer_of((struct sc_device){&fake_ops, &f});
        const socle_status st = sc_msm_device(c, SC_BLS_G1, got, in.p, (const uint64_t(*)[4])in.k, 40);
        done = st == SOCLE_OK;
        cr_expect(done || (st == SOCLE_E_DEVICE && memcmp(got, zero, ops->size) == 0));
        cr_expect_eq(sc_committer_report(c).failed, done ? 0u : 1u);
        cr_expect_eq(sc_committer_report(c).lent[SC_LOAN_SUM], done ? 1u : 0u);
        cr_expect(!done || n == 10, "arena, nothing kept, points, scalars, count, get, put, add, get: %u calls and one", n);
        f.fail_at = 0;
        expect_same(c, SC_BLS_G1, MIXED, DISTINCT, 33);
        sc_committer_destroy(c);
    }
    for (unsigned n = 1; n <= 2; n++) {
        struct fake f = {.memory = 8 << 20, .spoil_at = n};
        struct sc_committer *const c = committer_of((struct sc_device){&fake_ops, &f});
        cr_expect_eq(sc_msm_device(c, SC_BLS_G1, got, in.p, (const uint64_t(*)[4])in.k, 40), SOCLE_E_SELFCHECK);
        cr_expect_eq(sc_committer_report(c).last_failure, SOCLE_E_SELFCHECK);
        sc_committer_destroy(c);
    }
    input_fini(&in);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(kc_msm, arguments_out_of_range_and_missing_memory_are_told)
{
    struct fake f = {.memory = 8 << 20};
    struct sc_committer *const c = committer_of((struct sc_device){&fake_ops, &f});
    _Alignas(64) uint8_t got[MAX_SIZE];
    struct input in = input_of(SC_BN_G2, FULL, DISTINCT, 4);
    for (unsigned n = 1; n <= 3; n++) {
        sc_mem_fail_at(n);
        cr_expect_eq(sc_msm_device(c, SC_BN_G2, got, in.p, (const uint64_t(*)[4])in.k, 4), SOCLE_E_NOMEM);
        sc_mem_fail_at(0);
    }
    memcpy(in.k[3], sc_group_ops_ref(SC_BN_G2)->order, 32);
    cr_expect_eq(sc_msm_device(c, SC_BN_G2, got, in.p, (const uint64_t(*)[4])in.k, 4), SOCLE_E_ARG);
    cr_expect_eq(sc_msm_device(c, SC_BN_G2, got, in.p, (const uint64_t(*)[4])in.k, SC_MSM_MAX + 1), SOCLE_E_ARG);
    cr_expect_eq(sc_committer_report(c).failed, 0u, "the device is not to blame");
    input_fini(&in);
    sc_committer_destroy(c);
}

/* Numbers of words and launches stay within their types for every size. */
Test(kc_msm, plans_of_every_size_fit)
{
    for (unsigned log_n = 0; log_n <= 26; log_n++) {
        for (unsigned bits = 1; bits <= 256; bits += 51) {
            struct sc_kc_launch out[SC_KC_MSM_MAX_LAUNCHES];
            const struct sc_kc_msm m = sc_kc_msm_of(SC_BLS_G2, (uint32_t)1 << log_n, bits);
            cr_expect(sc_kc_msm_add(out, &m, m.n * m.n_windows) <= SC_KC_MSM_MAX_LAUNCHES);
            cr_expect(sc_kc_msm_len(&m, SC_KC_MSM_LIST) <= UINT32_MAX && m.most_entries == m.n * m.n_windows && m.most_entries < 1u << 31);
            cr_expect(m.c * m.n_windows > bits && sc_kc_msm_result(&m) + m.n_windows * m.sum_words < UINT32_MAX);
        }
    }
}

/* What a point costs, entries and buckets: a bucket is as much as four points. */
static uint64_t cost(const struct sc_kc_msm *m, uint64_t entries)
{
    return entries + ((uint64_t)m->n_windows * 4 << (m->c - 1));
}

/* A witness of 2^20 zeros and ones with one full scalar in @p every: windows are for those few, and so is the room. */
Test(kc_msm, windows_and_room_are_for_the_scalars_there_are)
{
    const uint32_t n = 1 << 20, all = 1u << 31;
    const struct sc_kc_msm full = sc_kc_msm_of(SC_BN_G1, n, 254);
    for (uint32_t every = 2; every <= n; every *= 8) {
        struct sc_kc_msm_bits bits = {.n = n, .of = {[0] = n / 2, [1] = n / 2 - n / every, [254] = n / every}};
        const struct sc_kc_msm m = sc_kc_msm_for(SC_BN_G1, n, &bits);
        const uint64_t ones = n / 2 - n / every, entries = ones + (uint64_t)n / every * m.n_windows;
        cr_expect_eq(m.most_entries, entries, "every %u", every);
        cr_expect(m.c < full.c && cost(&m, entries) < cost(&full, ones + (uint64_t)n / every * full.n_windows), "every %u: c = %u", every, m.c);
        cr_expect(sc_kc_msm_len(&m, SC_KC_MSM_LIST) < sc_kc_msm_len(&full, SC_KC_MSM_LIST) / 2 * 3 / 2 && sc_kc_msm_len(&m, SC_KC_MSM_SUMS) < sc_kc_msm_len(&full, SC_KC_MSM_SUMS));
    }
    struct sc_kc_msm_bits most = {.n = all, .of = {[0] = all - 1000, [254] = 1000}};
    struct sc_kc_msm m = sc_kc_msm_for(SC_BLS_G2, SC_KC_MSM_MAX_N, &most);
    cr_expect_eq(m.most_entries, 1000 * m.n_windows, "all of them may be in one chunk");
    most = (struct sc_kc_msm_bits){.n = all, .of = {[1] = all / 2, [255] = all / 2}};
    m = sc_kc_msm_for(SC_BLS_G2, SC_KC_MSM_MAX_N, &most);
    cr_expect(m.most_entries == SC_KC_MSM_MAX_N * m.n_windows && sc_kc_msm_len(&m, SC_KC_MSM_LIST) <= UINT32_MAX);
}

Test(kc_msm, sums_on_a_device_have_the_bytes_of_the_host)
{
    struct sc_device d;
    char why[256] = "";
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    cr_assert_eq(sc_opencl_open(&d, why, sizeof why, 0), SOCLE_OK, "%s", why);
    struct sc_committer *const c = committer_of(d);
    for (int g = 0; g < SC_GROUP_END; g++) {
        expect_same(c, (enum sc_group)g, FULL, DISTINCT, 100);
        expect_same(c, (enum sc_group)g, MIXED, INFINITIES, 301);
        expect_same(c, (enum sc_group)g, SAME, INVERSES, 33);
        expect_same(c, (enum sc_group)g, BITS, REPEATED, 1100);
    }
    cr_expect_eq(sc_committer_report(c).failed, 0u, "%s", sc_opencl_message(&d));
    sc_committer_destroy(c);
    d.ops->close(d.self);
}
