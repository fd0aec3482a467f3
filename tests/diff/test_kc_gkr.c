/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of the bus argument against plain loops over field elements: run as C behind a device in host memory, and by every device of
 * CUDA and OpenCL that there is.
 */
#include "core/air/air.h"
#include "core/poly/eq.h"
#include "core/transcript/transcript.h"
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

static fx at(const fp *v, size_t plane, size_t i)
{
    fx r;
    for (size_t k = 0; k < FX_DEG; k++) {
        r.c[k] = v[k * plane + i];
    }
    return r;
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

static void up_to(struct bed *b, unsigned to, const fp *words)
{
    cr_assert_eq(b->d.ops->put(b->d.self, b->offset[to], words, b->size[to]), SOCLE_OK);
}

static void back(struct bed *b, fp *words, unsigned from)
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
    const size_t n = (size_t)1 << log;
    size_t words[SC_KC_N_GKR_BUFFERS] = {0};
    words[SC_KC_LAYER + log] = sc_kc_layer_len(log);
    words[SC_KC_LAYER + log + 1] = sc_kc_layer_len(log + 1);
    fp *const below = random_words(words[SC_KC_LAYER + log + 1]), *const got = random_words(words[SC_KC_LAYER + log]);
    const fp *const q = below + FX_DEG * 2 * n;
    const struct sc_kc_launch l = sc_kc_gkr_up(log);
    bed_make(&b, d, words);
    up_to(&b, SC_KC_LAYER + log + 1, below);
    run(&b, &l, 1);
    back(&b, got, SC_KC_LAYER + log);
    for (size_t i = 0; i < n; i++) {
        const fx p0 = at(below, 2 * n, i), p1 = at(below, 2 * n, i + n), q0 = at(q, 2 * n, i), q1 = at(q, 2 * n, i + n);
        cr_assert(fx_eq(at(got, n, i), fx_add(fx_mul(p0, q1), fx_mul(p1, q0))), "log %u, numerator %zu", log, i);
        cr_assert(fx_eq(at(got + FX_DEG * n, n, i), fx_mul(q0, q1)), "log %u, denominator %zu", log, i);
    }
    free(below);
    free(got);
}

/* ---- frames ---- */

/* A state of bytes that are not all the same. */
static struct sc_tr random_transcript(void)
{
    struct sc_tr tr = {.log = NULL};
    for (size_t i = 0; i < sizeof tr.s; i++) {
        tr.s[i] = (uint8_t)next_fp();
    }
    return tr;
}

/* So many elements absorbed, so many drawn, as core does it; none of either is no frame. */
static void expect_frames(struct sc_device d, unsigned n, unsigned n_out, unsigned groups)
{
    enum { AT = 24, TO = 300, LEN = 500 };
    const size_t words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_TALK] = LEN, [SC_KC_PARTIAL] = 2 * FX_DEG * (size_t)(groups + 1)};
    struct bed b;
    struct sc_tr tr = random_transcript();
    fp *const talk = random_words(LEN), *const got = random_words(LEN), *const partial = random_words(words[SC_KC_PARTIAL]);
    fx out[64], sent[64];
    const struct sc_kc_launch l = {.kernel = SC_KC_SAY,
                                   .groups = {1, 1},
                                   .pointer = {SC_KC_TALK, SC_KC_PARTIAL},
                                   .arg = {groups, AT, FX_DEG * n, SC_L_GKR_CLAIMS, TO, n_out, SC_L_WHIR_OOD}};
    bed_make(&b, d, words);
    memcpy(talk, tr.s, sizeof tr.s);
    up_to(&b, SC_KC_TALK, talk);
    up_to(&b, SC_KC_PARTIAL, partial);
    run(&b, &l, 1);
    back(&b, got, SC_KC_TALK);
    for (size_t k = 0; k < 2 * FX_DEG && groups > 0; k++) {
        talk[AT + k] = 0;
        for (size_t g = 0; g < groups; g++) {
            talk[AT + k] = fp_add(talk[AT + k], partial[2 * FX_DEG * g + k]);
        }
    }
    memcpy(sent, talk + AT, n * sizeof *sent);
    if (n > 0) {
        sc_tr_absorb_fx(&tr, SC_L_GKR_CLAIMS, sent, n);
    }
    if (n_out > 0) {
        sc_tr_challenge(&tr, SC_L_WHIR_OOD, out, n_out);
    }
    cr_assert_eq(memcmp(got, tr.s, sizeof tr.s), 0, "state after %u, %u", n, n_out);
    cr_assert_eq(memcmp(got + TO, out, n_out * sizeof *out), 0, "%u drawn after %u", n_out, n);
    cr_assert_eq(memcmp(got + AT, talk + AT, 4 * (TO - AT)), 0, "what was sent, %u of %u groups", n, groups);
    free(talk);
    free(got);
    free(partial);
}

/* ---- a whole argument ---- */

static fx fold(fx a, fx b, fx c)
{
    return fx_add(a, fx_mul(c, fx_sub(b, a)));
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

/* What layer l sends is at @p said, and the transcript goes on with it; rho becomes the next layer's. */
static void expect_layer(const fp *said, const fp *layer, struct sc_tr *tr, fx *rho, unsigned l)
{
    const size_t half = (size_t)1 << l, plane = 2 * half;
    fx *v[4], *const eq = malloc((half + 1) * sizeof *eq), mu, point[32], e[4];
    sc_tr_challenge(tr, SC_L_GKR_MIX, &mu, 1);
    for (size_t k = 0; k < 4; k++) {
        v[k] = malloc(half * sizeof *v[k]);
        cr_assert(v[k] != NULL && eq != NULL);
        for (size_t i = 0; i < half; i++) {
            v[k][i] = at(layer + (k >= 2 ? FX_DEG * plane : 0), plane, i + (k % 2 == 1 ? half : 0));
        }
    }
    for (size_t i = 0; i < half; i++) {
        v[0][i] = fx_add(v[0][i], fx_mul(mu, v[2][i]));
    }
    for (unsigned i = 0; i < l; i++) {
        const size_t places = half >> (i + 1);
        fx t[2];
        sc_eq_table(eq, rho + i + 1, l - 1 - i);
        sums(t, (const fx *const *)(const void *)v, eq, places);
        cr_assert_eq(memcmp(said + 2 * FX_DEG * i, t, sizeof t), 0, "layer %u, round %u", l, i);
        sc_tr_absorb_fx(tr, SC_L_GKR_T, t, 2);
        sc_tr_challenge(tr, SC_L_GKR_ROUND, &point[i], 1);
        for (size_t k = 0; k < 4; k++) {
            for (size_t j = 0; j < places; j++) {
                v[k][j] = fold(v[k][j], v[k][j + places], point[i]);
            }
        }
    }
    for (size_t k = 0; k < 4; k++) {
        e[k] = k == 0 ? fx_sub(v[0][0], fx_mul(mu, v[2][0])) : v[k][0];
    }
    cr_assert_eq(memcmp(said + 2 * FX_DEG * l, e, sizeof e), 0, "claims of layer %u", l);
    sc_tr_absorb_fx(tr, SC_L_GKR_CLAIMS, e, 4);
    sc_tr_challenge(tr, SC_L_GKR_LINE, &rho[0], 1);
    memcpy(rho + 1, point, l * sizeof *rho);
    for (int k = 0; k < 4; k++) {
        free(v[k]);
    }
    free(eq);
}

static void expect_argument(struct sc_device d, unsigned n_vars, unsigned log_low)
{
    struct sc_kc_launch *const launch = malloc((2 + n_vars * (1 + SC_KC_GKR_LAUNCHES)) * sizeof *launch);
    size_t words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_TALK] = sc_kc_gkr_log(n_vars), [SC_KC_PARTIAL] = 10};
    struct sc_tr tr = random_transcript();
    fx rho[32];
    fp *layer[32] = {NULL};
    struct bed b;
    unsigned n = 0;
    cr_assert_not_null(launch);
    for (unsigned k = 0; k <= n_vars; k++) {
        words[SC_KC_LAYER + k] = sc_kc_layer_len(k);
        words[SC_KC_PARTIAL] = k >= 2 && sc_kc_partial_len(k - 2, log_low) > words[SC_KC_PARTIAL] ? sc_kc_partial_len(k - 2, log_low) : words[SC_KC_PARTIAL];
    }
    fp *const talk = random_words(words[SC_KC_TALK]);
    bed_make(&b, d, words);
    memcpy(talk, tr.s, sizeof tr.s);
    up_to(&b, SC_KC_TALK, talk);
    for (unsigned k = n_vars + 1; k-- > 0;) {
        layer[k] = random_words(words[SC_KC_LAYER + k]);
        if (k == n_vars) {
            up_to(&b, SC_KC_LAYER + k, layer[k]);
        } else {
            const struct sc_kc_launch up = sc_kc_gkr_up(k);
            run(&b, &up, 1);
            back(&b, layer[k], SC_KC_LAYER + k);
        }
    }
    launch[n++] = sc_kc_gkr_mix();
    for (unsigned l = 0; l < n_vars; l++) {
        n += sc_kc_gkr_layer(launch + n, l, log_low, l + 1 < n_vars);
    }
    run(&b, launch, n);
    back(&b, talk, SC_KC_TALK);
    for (unsigned l = 0; l < n_vars; l++) {
        expect_layer(talk + sc_kc_gkr_log(l), layer[l + 1], &tr, rho, l);
    }
    cr_assert_eq(memcmp(talk, tr.s, sizeof tr.s), 0, "the state behind %u layers", n_vars);
    for (unsigned k = 0; k <= n_vars; k++) {
        free(layer[k]);
    }
    free(talk);
    free(launch);
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
    const size_t n = (size_t)1 << LOG;
    const size_t words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_LAYER + LOG] = sc_kc_layer_len(LOG), [SC_KC_CELLS] = 5 * ROWS, [SC_KC_FORMS] = 1024};
    fp *const cells = random_words(words[SC_KC_CELLS]), *const forms = random_words(words[SC_KC_FORMS]), *const got = random_words(sc_kc_layer_len(LOG));
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
        back(&b, got, SC_KC_LAYER + LOG);
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

/** Columns of every closed form beside each other, in proofs of a set. */
static void expect_closed(struct sc_device d)
{
    enum { KINDS = AIR_CF_FIRST + 1, APART = 3 };
    for (unsigned log_h = 0; log_h <= 16; log_h += log_h < 6 ? 1 : 5) {
        const size_t rows = (size_t)1 << log_h, words[SC_KC_N_GKR_BUFFERS] = {[SC_KC_CELLS] = KINDS * (rows + APART)};
        fp *const want = random_words(words[SC_KC_CELLS]), *const got = random_words(words[SC_KC_CELLS]);
        const uint32_t index = log_h % 3 == 0 ? 0 : 4 * log_h;
        struct sc_kc_launch l[KINDS];
        struct bed b;
        bed_make(&b, d, words);
        up_to(&b, SC_KC_CELLS, want);
        for (unsigned kind = 0; kind < KINDS; kind++) {
            const size_t at_word = kind * (rows + APART);
            l[kind] = sc_kc_closed((uint32_t)at_word, log_h, kind, index);
            for (size_t i = 0; i < rows; i++) {
                want[at_word + i] = fp_from_u32(sc_air_closed_row((enum air_closed)kind, (uint32_t)i, index));
            }
        }
        run(&b, l, KINDS);
        back(&b, got, SC_KC_CELLS);
        cr_assert_eq(memcmp(got, want, b.size[SC_KC_CELLS]), 0, "2^%u rows", log_h); /* and nothing between them */
        free(want);
        free(got);
    }
}

static void expect_all(struct sc_device d, unsigned step)
{
    expect_closed(d);
    for (unsigned log = 0; log <= 12; log += step) {
        expect_up(d, log);
    }
    for (unsigned n = 0; n <= 50; n += 4 + step) {
        expect_frames(d, n, 40 - 4 * (n / 5), n % 4 == 0 ? 0 : 3 * n);
        expect_frames(d, n, n / 25, n % 3);
    }
    for (unsigned n_vars = 1; n_vars <= 13; n_vars += step == 1 ? 1 : 6) {
        expect_argument(d, n_vars, 10);
        expect_argument(d, n_vars, 3);
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
