/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of the bus argument against plain loops over field elements: run as C behind a device in host memory, and by every device of
 * CUDA and OpenCL that there is.
 */
#include "core/poly/eq.h"
#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "kernels/kc/gkr_plan.h"
#include "tests/support/fake_device.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rng_state = 11;

static fp next_fp(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    const uint32_t kind = (uint32_t)(rng_state >> 60);
    return kind == 0 ? FP_P - 1 : kind == 1 ? 0 : (fp)((rng_state >> 20) % FP_P);
}

static fx next_fx(void)
{
    fx r;
    for (int k = 0; k < FX_DEG; k++) {
        r.c[k] = next_fp();
    }
    return r;
}

static fx at(const fp *v, size_t plane, size_t i)
{
    fx r;
    for (size_t k = 0; k < FX_DEG; k++) {
        r.c[k] = v[k * plane + i];
    }
    return r;
}

static void put_at(fp *v, size_t plane, size_t i, fx a)
{
    for (size_t k = 0; k < FX_DEG; k++) {
        v[k * plane + i] = a.c[k];
    }
}

/** A device, and places of buffers in its arena. */
struct bed {
    struct sc_device d;
    uint64_t offset[SC_KC_N_GKR_BUFFERS], size[SC_KC_N_GKR_BUFFERS];
};

static void bed_make(struct bed *b, struct sc_device d, const size_t words[SC_KC_N_GKR_BUFFERS])
{
    struct sc_device_info info;
    uint64_t end = 0;
    d.ops->info(d.self, &info);
    const uint64_t align = info.align < 64 ? 64 : info.align;
    b->d = d;
    for (int i = 0; i < SC_KC_N_GKR_BUFFERS; i++) {
        b->offset[i] = end;
        b->size[i] = 4 * words[i];
        end += (b->size[i] + align - 1) / align * align;
    }
    cr_assert_eq(d.ops->arena(d.self, end), SOCLE_OK);
}

static void up_to(struct bed *b, enum sc_kc_gkr_buffer to, const fp *words)
{
    cr_assert_eq(b->d.ops->put(b->d.self, b->offset[to], words, b->size[to]), SOCLE_OK);
}

static void back(struct bed *b, fp *words, enum sc_kc_gkr_buffer from)
{
    cr_assert_eq(b->d.ops->get(b->d.self, words, b->offset[from], b->size[from]), SOCLE_OK);
}

static void run(struct bed *b, const struct sc_kc_launch *l, unsigned n)
{
    const struct sc_kc_plan plan = {l, n};
    const struct sc_launch job = {.op = SC_OP_LAUNCHES, .arg = &plan, .n_uses = SC_KC_N_GKR_BUFFERS, .offset = b->offset, .size = b->size};
    cr_assert_eq(b->d.ops->run(b->d.self, &job), SOCLE_OK);
}

static fp *random_words(size_t n)
{
    fp *const w = malloc(n * sizeof *w + 1);
    cr_assert_not_null(w);
    for (size_t i = 0; i < n; i++) {
        w[i] = next_fp();
    }
    return w;
}

/* ---- one layer from the one below ---- */

static void expect_up(struct sc_device d, unsigned log)
{
    struct bed b;
    const size_t n = (size_t)1 << log, words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_LAYER] = sc_kc_layer_len(log), [SC_KC_BELOW] = sc_kc_layer_len(log + 1)};
    fp *const below = random_words(words[SC_KC_BELOW]), *const got = random_words(words[SC_KC_LAYER]);
    const fp *const q = below + FX_DEG * 2 * n;
    const struct sc_kc_launch l = sc_kc_gkr_up(log);
    bed_make(&b, d, words);
    up_to(&b, SC_KC_BELOW, below);
    run(&b, &l, 1);
    back(&b, got, SC_KC_LAYER);
    for (size_t i = 0; i < n; i++) {
        const fx p0 = at(below, 2 * n, i), p1 = at(below, 2 * n, i + n), q0 = at(q, 2 * n, i), q1 = at(q, 2 * n, i + n);
        cr_assert(fx_eq(at(got, n, i), fx_add(fx_mul(p0, q1), fx_mul(p1, q0))), "log %u, numerator %zu", log, i);
        cr_assert(fx_eq(at(got + FX_DEG * n, n, i), fx_mul(q0, q1)), "log %u, denominator %zu", log, i);
    }
    free(below);
    free(got);
}

/* ---- all rounds of a layer ---- */

static fx fold(fx a, fx b, fx c)
{
    return fx_add(a, fx_mul(c, fx_sub(b, a)));
}

/* Tables of eq of a point, as the kernels want them. */
static void eq_tables(fp *out, const fx *point, unsigned n, unsigned log_low)
{
    const unsigned low = n < log_low ? n : log_low;
    const size_t n_low = (size_t)1 << low, n_high = (size_t)1 << (n - low);
    fx *const t = malloc((n_low > n_high ? n_low : n_high) * sizeof *t);
    cr_assert_not_null(t);
    sc_eq_table(t, point + (n - low), low);
    for (size_t i = 0; i < n_low; i++) {
        put_at(out, n_low, i, t[i]);
    }
    sc_eq_table(t, point, n - low);
    memcpy(out + FX_DEG * n_low, t, n_high * sizeof *t);
    free(t);
}

/* Round sums of the vectors by definition. */
static void sums(fx out[2], const fx *const v[4], const fx *eq, size_t half)
{
    out[0] = out[1] = FX_ZERO;
    for (size_t i = 0; i < half; i++) {
        fx two[4];
        for (int k = 0; k < 4; k++) {
            two[k] = fx_sub(fx_add(v[k][i + half], v[k][i + half]), v[k][i]);
        }
        out[0] = fx_add(out[0], fx_mul(eq[i], fx_add(fx_mul(v[0][i], v[3][i]), fx_mul(v[1][i], v[2][i]))));
        out[1] = fx_add(out[1], fx_mul(eq[i], fx_add(fx_mul(two[0], two[3]), fx_mul(two[1], two[2]))));
    }
}

static void expect_rounds(struct sc_device d, unsigned log, unsigned log_low)
{
    struct bed b;
    const size_t n = (size_t)1 << log, half = n / 2;
    const unsigned most = log >= 2 ? log - 2 : 0;
    const size_t words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_LAYER] = sc_kc_layer_len(log),
                                               [SC_KC_EQS] = sc_kc_eqs_len(most, log_low),
                                               [SC_KC_PARTIAL] = sc_kc_partial_len(most, log_low),
                                               [SC_KC_OUT] = sc_kc_packed_len(log - 1)};
    fp *const layer = random_words(words[SC_KC_LAYER]), *const eqs = random_words(words[SC_KC_EQS]);
    fp *const got = random_words(words[SC_KC_OUT]);
    fx *v[4], point[32], c = next_fx();
    fx *const eq = malloc((n + 1) * sizeof *eq);
    for (int k = 0; k < 4; k++) {
        v[k] = malloc(half * sizeof *v[k]);
        cr_assert(v[k] != NULL && eq != NULL);
        for (size_t i = 0; i < half; i++) {
            v[k][i] = at(layer + (k >= 2 ? FX_DEG * n : 0), n, i + (k % 2 == 1 ? half : 0));
        }
    }
    bed_make(&b, d, words);
    up_to(&b, SC_KC_LAYER, layer);
    for (unsigned left = log - 1; left-- > 0;) { /* variables after this round */
        const size_t places = (size_t)1 << left;
        const bool first = left + 2 == log;
        struct sc_kc_launch l[2];
        fx want[2];
        for (unsigned i = 0; i < left; i++) {
            point[i] = next_fx();
        }
        eq_tables(eqs, point, left, log_low);
        sc_eq_table(eq, point, left);
        up_to(&b, SC_KC_EQS, eqs);
        sc_kc_gkr_round(l, log, left, log_low, first, c);
        run(&b, l, 2);
        back(&b, got, SC_KC_OUT);
        for (size_t i = 0; i < 2 * places; i++) {
            v[0][i] = first ? fx_add(v[0][i], fx_mul(c, v[2][i])) : fold(v[0][i], v[0][i + 2 * places], c);
            for (int k = 1; k < 4 && !first; k++) {
                v[k][i] = fold(v[k][i], v[k][i + 2 * places], c);
            }
        }
        sums(want, (const fx *const *)(const void *)v, eq, places);
        cr_assert_eq(memcmp(got, want, sizeof want), 0, "log %u, low %u, %u variables left", log, log_low, left);
        c = next_fx();
    }
    for (unsigned log_len = 0; log_len < log; log_len++) {
        const struct sc_kc_launch pack = sc_kc_gkr_pack(log, log_len);
        const size_t len = (size_t)1 << log_len, live = log > 1 ? 2 : half; /* folded once less than vectors are */
        run(&b, &pack, 1);
        back(&b, got, SC_KC_OUT);
        for (size_t k = 0; k < 4; k++) {
            for (size_t i = 0; i < len && i < live; i++) {
                cr_assert(fx_eq(at(got + FX_DEG * len * k, len, i), v[k][i]), "log %u, vector %zu, element %zu", log, k, i);
            }
        }
    }
    for (int k = 0; k < 4; k++) {
        free(v[k]);
    }
    free(got);
    free(eq);
    free(layer);
    free(eqs);
}

/* ---- leaves ---- */

/* A form of so many terms at @p d; returns its length. Column t begins at cell @p column[t]. */
static size_t make_form(fp *d, const uint32_t *column, unsigned n)
{
    d[0] = n;
    for (unsigned k = 0; k < FX_DEG; k++) {
        d[1 + k] = next_fp();
    }
    for (unsigned t = 0; t < n; t++) {
        d[6 + 6 * t] = column[t];
        for (unsigned k = 0; k < FX_DEG; k++) {
            d[7 + 6 * t + k] = next_fp();
        }
    }
    return 6 + 6 * (size_t)n;
}

static fx value_of(const fp *d, const fp *cells, size_t row)
{
    fx r = at(d + 1, 1, 0);
    for (unsigned t = 0; t < d[0]; t++) {
        r = fx_add(r, fx_mul_fp(at(d + 7 + 6 * t, 1, 0), cells[d[6 + 6 * t] + row]));
    }
    return r;
}

static void expect_fractions(struct sc_device d)
{
    enum { LOG = 11, ROWS = 700, COLUMNS = 9, ROW = 5, TO = 300 };
    static const uint32_t column[COLUMNS] = {0, 4 * ROWS, ROWS, 2 * ROWS, ROWS, 3 * ROWS, 0, 4 * ROWS, 2 * ROWS};
    struct bed b;
    const size_t n = (size_t)1 << LOG, words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_LAYER] = sc_kc_layer_len(LOG), [SC_KC_CELLS] = 5 * ROWS, [SC_KC_FORMS] = 1024};
    fp *const cells = random_words(words[SC_KC_CELLS]), *const forms = random_words(words[SC_KC_FORMS]), *const got = random_words(words[SC_KC_LAYER]);
    for (unsigned terms = 0; terms <= COLUMNS; terms += 3) {
        const size_t second = 17 + make_form(forms + 17, column, terms == 0 ? 0 : 1 + terms % 2);
        const unsigned count = ROWS - ROW;
        (void)make_form(forms + second, column, terms);
        const struct sc_kc_launch l[3] = {sc_kc_unused(LOG, 0, TO), sc_kc_fractions(LOG, TO, count, ROW, 17),
                                          sc_kc_unused(LOG, TO + count, (uint32_t)(n - TO - count))};
        bed_make(&b, d, words);
        up_to(&b, SC_KC_CELLS, cells);
        up_to(&b, SC_KC_FORMS, forms);
        run(&b, l, 3);
        back(&b, got, SC_KC_LAYER);
        for (size_t i = 0; i < n; i++) {
            const bool used = i >= TO && i < TO + count;
            const fx p = used ? fx_from_fp(value_of(forms + 17, cells, ROW + i - TO).c[0]) : FX_ZERO;
            const fx q = used ? value_of(forms + second, cells, ROW + i - TO) : FX_ONE;
            cr_assert(fx_eq(at(got, n, i), p) && fx_eq(at(got + FX_DEG * n, n, i), q), "%u terms, leaf %zu", terms, i);
        }
    }
    free(cells);
    free(forms);
    free(got);
}

static void expect_all(struct sc_device d, unsigned step)
{
    for (unsigned log = 0; log <= 12; log += step) {
        expect_up(d, log);
    }
    for (unsigned log = 1; log <= 13; log += step) {
        expect_rounds(d, log, 10);
        expect_rounds(d, log, 3);
    }
    expect_fractions(d);
    d.ops->close(d.self);
}

Test(kc_gkr, the_kernels_as_c, .timeout = 100)
{
    static struct fake f = {.memory = UINT64_MAX};
    expect_all((struct sc_device){&fake_ops, &f}, 1);
}

Test(kc_gkr, every_device_of_opencl, .timeout = 200)
{
    const size_t n = sc_opencl_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_opencl_open(&d, why, sizeof why, i), SOCLE_OK, "opencl:%u: %s", i, why);
        expect_all(d, 3);
    }
    if (n == 0) {
        cr_skip_test("OpenCL has no device here");
    }
}

Test(kc_gkr, every_device_of_cuda, .timeout = 200)
{
    const size_t n = sc_cuda_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_cuda_open(&d, why, sizeof why, i), SOCLE_OK, "cuda:%u: %s", i, why);
        expect_all(d, 1);
    }
    if (n == 0) {
        cr_skip_test("there is no device of CUDA here");
    }
}
