/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every CPU kernel of every instruction set against its definition, written with core's scalar functions.
 * Shapes: powers of two from 1, odd ranges, values p - 1 (in Montgomery form: the largest representative).
 */
#include "core/hash/blake3.h"
#include "core/poly/eq.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/kc/hash_plan.h"
#include "tests/support/hash_ref.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { N = 512, PLANE = N + 3, SEED = 99 };

static uint64_t rng_state = SEED;

static fp next_fp(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    const uint32_t kind = (uint32_t)(rng_state >> 60);
    return kind == 0 ? FP_P - 1 : kind == 1 ? 0 : (fp)((rng_state >> 20) % FP_P);
}

static void random_fps(fp *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = next_fp();
    }
}

static fx next_fx(void)
{
    fx r;
    random_fps(r.c, FX_DEG);
    return r;
}

static fx at(const fp *t, size_t plane, size_t i)
{
    fx r;
    for (size_t k = 0; k < FX_DEG; k++) {
        r.c[k] = t[k * plane + i];
    }
    return r;
}

#define EVERY_ISA(ops)                                                                       \
    for (int isa_ = 0; isa_ < SC_ISA_END; isa_++)                                            \
        for (const struct sc_cpu_ops *ops = sc_cpu_ops_get((enum sc_isa)isa_); ops; ops = NULL)

static const size_t ranges[][2] = {{0, 0}, {0, 1}, {0, 7}, {0, 8}, {0, 16}, {3, 20}, {0, 33}, {5, 256}, {0, 256}};
#define N_RANGES (sizeof ranges / sizeof ranges[0])

static fp a[FX_DEG * PLANE], b[FX_DEG * PLANE], c[FX_DEG * PLANE], was[FX_DEG * PLANE];

static void randomise(void)
{
    random_fps(a, FX_DEG * PLANE);
    random_fps(b, FX_DEG * PLANE);
    random_fps(c, FX_DEG * PLANE);
}

Test(ops, dispatch_knows_names_and_always_has_the_reference)
{
    cr_expect_not_null(sc_cpu_ops_get(SC_ISA_REF));
    cr_expect_eq(sc_cpu_ops_by_name("auto"), sc_cpu_ops_best());
    cr_expect_null(sc_cpu_ops_by_name("sparc"));
    EVERY_ISA(ops) {
        cr_expect_eq(sc_cpu_ops_by_name(ops->name), ops);
    }
}

Test(ops, folds_bind_the_top_variable)
{
    EVERY_ISA(ops) {
        for (size_t r = 0; r < N_RANGES; r++) {
            randomise();
            const size_t begin = ranges[r][0], end = ranges[r][1];
            const fx x = next_fx();
            memcpy(was, c, sizeof c);
            ops->fold_ext(c, PLANE, a, PLANE, 256, x, begin, end);
            for (size_t i = 0; i < PLANE; i++) {
                const fx lo = at(a, PLANE, i), hi = at(a, PLANE, i < 256 ? i + 256 : i);
                const fx want = i >= begin && i < end ? fx_add(lo, fx_mul(x, fx_sub(hi, lo))) : at(was, PLANE, i);
                cr_assert(fx_eq(at(c, PLANE, i), want), "%s fold_ext range %zu at %zu", ops->name, r, i);
            }
            ops->fold_base(c, PLANE, a, 256, x, begin, end);
            for (size_t i = begin; i < end; i++) {
                const fx want = fx_add(fx_from_fp(a[i]), fx_mul_fp(x, fp_sub(a[i + 256], a[i])));
                cr_assert(fx_eq(at(c, PLANE, i), want), "%s fold_base", ops->name);
            }
            memcpy(was, a, sizeof a);
            ops->fold_ext(a, PLANE, a, PLANE, 256, x, begin, end);
            for (size_t i = begin; i < end; i++) {
                const fx lo = at(was, PLANE, i), hi = at(was, PLANE, i + 256);
                cr_assert(fx_eq(at(a, PLANE, i), fx_add(lo, fx_mul(x, fx_sub(hi, lo)))), "%s in place", ops->name);
            }
        }
    }
}

Test(ops, eq_steps_build_the_eq_table)
{
    enum { VARS = 7 };
    fx point[VARS], want[1 << VARS];
    EVERY_ISA(ops) {
        for (unsigned n = 0; n <= VARS; n++) {
            for (unsigned k = 0; k < n; k++) {
                point[k] = next_fx();
            }
            sc_eq_table(want, point, n);
            memset(a, 0, sizeof a);
            a[0] = FP_ONE;
            for (unsigned k = 0; k < n; k++) {
                const size_t size = (size_t)1 << k, cut = size / 3;
                ops->eq_step(a, PLANE, size, point[n - 1 - k], cut, size);
                ops->eq_step(a, PLANE, size, point[n - 1 - k], 0, cut);
            }
            for (size_t i = 0; i < (size_t)1 << n; i++) {
                cr_assert(fx_eq(at(a, PLANE, i), want[i]), "%s n %u at %zu", ops->name, n, i);
            }
        }
    }
}

Test(ops, sums_and_updates_equal_their_definitions)
{
    EVERY_ISA(ops) {
        for (size_t r = 0; r < N_RANGES; r++) {
            randomise();
            const size_t begin = ranges[r][0], end = ranges[r][1];
            fx base = FX_ZERO, ext = FX_ZERO, q[4] = {FX_ZERO, FX_ZERO, FX_ZERO, FX_ZERO};
            for (size_t i = begin; i < end; i++) {
                const fx x0 = at(a, PLANE, i), x1 = at(a, PLANE, i + 256), y0 = at(b, PLANE, i), y1 = at(b, PLANE, i + 256);
                const fx y2 = fx_sub(fx_add(y1, y1), y0);
                base = fx_add(base, fx_mul_fp(y0, a[i]));
                ext = fx_add(ext, fx_mul(x0, y0));
                q[0] = fx_add(q[0], fx_mul_fp(y0, a[i]));
                q[1] = fx_add(q[1], fx_mul_fp(y2, fp_sub(fp_add(a[i + 256], a[i + 256]), a[i])));
                q[2] = fx_add(q[2], fx_mul(y0, x0));
                q[3] = fx_add(q[3], fx_mul(y2, fx_sub(fx_add(x1, x1), x0)));
            }
            cr_assert(fx_eq(ops->dot_base(a, b, PLANE, begin, end), base), "%s", ops->name);
            cr_assert(fx_eq(ops->dot_ext(a, PLANE, b, PLANE, begin, end), ext), "%s", ops->name);
            fx got[2];
            ops->quad_base(got, a, b, PLANE, 256, begin, end);
            cr_assert(fx_eq(got[0], q[0]) && fx_eq(got[1], q[1]), "%s", ops->name);
            ops->quad_ext(got, a, PLANE, b, PLANE, 256, begin, end);
            cr_assert(fx_eq(got[0], q[2]) && fx_eq(got[1], q[3]), "%s", ops->name);
            const fx x = next_fx();
            memcpy(was, c, sizeof c);
            ops->axpy_base(c, PLANE, a, x, begin, end);
            for (size_t i = 0; i < PLANE; i++) {
                const fx add = i >= begin && i < end ? fx_mul_fp(x, a[i]) : FX_ZERO;
                cr_assert(fx_eq(at(c, PLANE, i), fx_add(at(was, PLANE, i), add)), "%s", ops->name);
            }
            ops->scale_ext(c, PLANE, a, PLANE, x, begin, end);
            for (size_t i = begin; i < end; i++) {
                cr_assert(fx_eq(at(c, PLANE, i), fx_mul(x, at(a, PLANE, i))), "%s", ops->name);
            }
            memcpy(was, c, sizeof c);
            ops->axpy_ext(c, PLANE, a, PLANE, x, begin, end);
            for (size_t i = begin; i < end; i++) {
                cr_assert(fx_eq(at(c, PLANE, i), fx_add(at(was, PLANE, i), fx_mul(x, at(a, PLANE, i)))), "%s", ops->name);
            }
        }
    }
}

Test(ops, power_sums_equal_their_definition)
{
    enum { Q = 9, STRIDE = 270 };
    fx coef[Q];
    EVERY_ISA(ops) {
        for (size_t n_q = 0; n_q <= Q; n_q++) {
            for (size_t r = 0; r < N_RANGES; r++) {
                randomise();
                for (size_t q = 0; q < Q; q++) {
                    coef[q] = r == 0 ? at(a, PLANE, 0) : next_fx();
                }
                if (r + 1 == N_RANGES) {
                    for (size_t i = 0; i < FX_DEG * PLANE; i++) {
                        a[i] = FP_P - 1;
                    }
                    for (size_t q = 0; q < Q; q++) {
                        coef[q] = at(a, PLANE, 0);
                    }
                }
                memcpy(was, c, sizeof c);
                ops->add_powers(c, PLANE, coef, a, STRIDE, n_q, ranges[r][0], ranges[r][1]);
                for (size_t i = 0; i < PLANE; i++) {
                    fx want = at(was, PLANE, i);
                    for (size_t q = 0; q < n_q && i >= ranges[r][0] && i < ranges[r][1]; q++) {
                        want = fx_add(want, fx_mul_fp(coef[q], a[q * STRIDE + i]));
                    }
                    cr_assert(fx_eq(at(c, PLANE, i), want), "%s n_q %zu at %zu", ops->name, n_q, i);
                }
            }
        }
    }
}

Test(ops, affine_forms_equal_their_definition)
{
    enum { TERMS = 9 };
    const fp *col[TERMS];
    fx coef[TERMS];
    EVERY_ISA(ops) {
        for (size_t n = 0; n <= TERMS; n++) {
            for (size_t r = 0; r < N_RANGES; r++) {
                randomise();
                const bool largest = r % 2;
                for (size_t i = 0; i < FX_DEG * PLANE && largest; i++) {
                    a[i] = FP_P - 1;
                }
                for (size_t t = 0; t < n; t++) {
                    col[t] = a + t * 256;
                    coef[t] = largest ? at(a, PLANE, 0) : next_fx();
                }
                const struct sc_lin l = {.n = n, .col = col, .coef = coef, .k = next_fx()};
                const size_t begin = ranges[r][0], end = ranges[r][1];
                ops->lin_ext(c, PLANE, &l, begin, end);
                ops->lin_base(b, &l, begin, end);
                for (size_t i = begin; i < end; i++) {
                    fx want = l.k;
                    for (size_t t = 0; t < n; t++) {
                        want = fx_add(want, fx_mul_fp(coef[t], col[t][i]));
                    }
                    cr_assert(fx_eq(at(c, PLANE, i - begin), want), "%s %zu terms", ops->name, n);
                    cr_assert_eq(b[i - begin], want.c[0], "%s %zu terms", ops->name, n);
                }
            }
        }
    }
}

/* Value of a table, extended linearly from i to i + half, at 2. */
static fx at2(const fp *t, size_t i, size_t half)
{
    const fx hi = at(t, PLANE, i + half);
    return fx_sub(fx_add(hi, hi), at(t, PLANE, i));
}

Test(ops, fraction_layers_and_rounds_equal_their_definitions)
{
    static fp d[FX_DEG * PLANE], p[FX_DEG * PLANE], q[FX_DEG * PLANE], mixed[FX_DEG * PLANE], base[FX_DEG * PLANE];
    const fp *const v[4] = {a, b, c, d};
    EVERY_ISA(ops) {
        for (size_t r = 0; r < N_RANGES; r++) {
            randomise();
            random_fps(d, FX_DEG * PLANE);
            for (size_t i = 0; i < FX_DEG * PLANE && r % 2; i++) {
                a[i] = b[i] = c[i] = d[i] = FP_P - 1;
            }
            const size_t begin = ranges[r][0], end = ranges[r][1];
            ops->gkr_up(p, q, PLANE, a, c, PLANE, 256, begin, end);
            fx want[2] = {FX_ZERO, FX_ZERO}, got[2];
            for (size_t i = begin; i < end; i++) {
                const fx n0 = at(a, PLANE, i), n1 = at(a, PLANE, i + 256), d0 = at(c, PLANE, i), d1 = at(c, PLANE, i + 256);
                cr_assert(fx_eq(at(p, PLANE, i), fx_add(fx_mul(n0, d1), fx_mul(n1, d0))), "%s", ops->name);
                cr_assert(fx_eq(at(q, PLANE, i), fx_mul(d0, d1)), "%s", ops->name);
                const fx eq = at(a, PLANE, i - begin);
                const fx zero = fx_add(fx_mul(n0, at(d, PLANE, i)), fx_mul(at(b, PLANE, i), d0));
                const fx two = fx_add(fx_mul(at2(a, i, 256), at2(d, i, 256)), fx_mul(at2(b, i, 256), at2(c, i, 256)));
                want[0] = fx_add(want[0], fx_mul(eq, zero));
                want[1] = fx_add(want[1], fx_mul(eq, two));
            }
            ops->gkr_round(got, v, PLANE, 256, a, PLANE, begin, end);
            cr_assert(fx_eq(got[0], want[0]) && fx_eq(got[1], want[1]), "%s", ops->name);

            /* base numerators: the same with vectors of extension elements */
            const fx mu = next_fx();
            memset(mixed, 0, sizeof mixed);
            memset(base, 0, sizeof base);
            memcpy(mixed, a, 512 * sizeof(fp));
            memcpy(base, b, 512 * sizeof(fp));
            const fp *const num[2] = {a, b}, *const den[2] = {c, d}, *const same[4] = {mixed, base, c, d};
            ops->gkr_up_base(p, q, PLANE, num, den, PLANE, begin, end);
            for (size_t i = begin; i < end; i++) {
                const fx d0 = at(c, PLANE, i), d1 = at(d, PLANE, i);
                cr_assert(fx_eq(at(p, PLANE, i), fx_add(fx_mul_fp(d1, a[i]), fx_mul_fp(d0, b[i]))), "%s", ops->name);
                cr_assert(fx_eq(at(q, PLANE, i), fx_mul(d0, d1)), "%s", ops->name);
            }
            ops->gkr_round_base(got, num, den, PLANE, 256, mu, a, PLANE, begin, end);
            ops->axpy_ext(mixed, PLANE, c, PLANE, mu, 0, 512);
            ops->gkr_round(want, same, PLANE, 256, a, PLANE, begin, end);
            cr_assert(fx_eq(got[0], want[0]) && fx_eq(got[1], want[1]), "%s base", ops->name);
        }
    }
}

Test(ops, forced_choice_is_used_until_taken_back)
{
    EVERY_ISA(ops) {
        sc_cpu_ops_force(ops);
        cr_expect_eq(sc_cpu_ops_now(), ops);
    }
    sc_cpu_ops_force(NULL);
    cr_expect_eq(sc_cpu_ops_now(), sc_cpu_ops_best());
}

Test(ops, largest_representatives_do_not_overflow)
{
    EVERY_ISA(ops) {
        for (size_t i = 0; i < FX_DEG * PLANE; i++) {
            a[i] = b[i] = FP_P - 1;
        }
        const fx top = at(a, PLANE, 0), sq = fx_mul(top, top), b1 = fx_mul_fp(top, FP_P - 1);
        fx ext = FX_ZERO, base = FX_ZERO;
        for (int i = 0; i < 300; i++) {
            ext = fx_add(ext, sq);
            base = fx_add(base, b1);
        }
        cr_assert(fx_eq(ops->dot_ext(a, PLANE, b, PLANE, 0, 300), ext), "%s", ops->name);
        cr_assert(fx_eq(ops->dot_base(a, b, PLANE, 0, 300), base), "%s", ops->name);
    }
}

/* ---- encoding ---- */

static uint32_t reverse(uint32_t v, unsigned bits)
{
    uint32_t r = 0;
    for (unsigned i = 0; i < bits; i++) {
        r |= ((v >> i) & 1u) << (bits - 1 - i);
    }
    return r;
}

static fp eval(const fp *coef, size_t n, fp x)
{
    fp r = 0;
    while (n-- > 0) {
        r = fp_add(fp_mul(r, x), coef[n]);
    }
    return r;
}

enum { MAX_LOG = 15 };

Test(ops, encoding_is_evaluation_at_bit_reversed_powers)
{
    fp *const pow = malloc(sizeof(fp) * sc_twiddles_len(MAX_LOG)), *const word = malloc(sizeof(fp) << MAX_LOG);
    fp *const src = malloc(sizeof(fp) << MAX_LOG), *const ref = malloc(sizeof(fp) << MAX_LOG);
    const fp *const from = src, *const inside = word;
    struct sc_twiddles tw;
    sc_twiddles_init(&tw, pow, MAX_LOG);
    random_fps(src, (size_t)1 << MAX_LOG);
    for (unsigned n = 0; n <= MAX_LOG; n++) {
        for (unsigned lr = 0; lr <= n && lr <= 5; lr++) {
            const size_t size = (size_t)1 << n;
            const fp root = fp_root(n);
            sc_cpu_ops_get(SC_ISA_REF)->rs_encode(ref, &from, 1, n - lr, n, &tw);
            for (uint32_t s = 0; s < 40; s++) {
                const uint32_t j = n <= 5 ? s % (1u << n) : (s * 2654435761u) >> (32 - n);
                cr_assert_eq(ref[j], eval(src, size >> lr, fp_pow(root, reverse(j, n))), "n %u lr %u at %u", n, lr, j);
            }
            EVERY_ISA(ops) {
                memset(word, 0xff, size * sizeof(fp));
                ops->rs_encode(word, &from, 1, n - lr, n, &tw);
                cr_assert_eq(memcmp(word, ref, size * sizeof(fp)), 0, "%s n %u lr %u", ops->name, n, lr);
                memcpy(word, src, (size >> lr) * sizeof(fp));
                ops->rs_encode(word, &inside, 1, n - lr, n, &tw);
                cr_assert_eq(memcmp(word, ref, size * sizeof(fp)), 0, "%s in place", ops->name);
            }
        }
    }
    free(pow);
    free(word);
    free(src);
    free(ref);
}

Test(ops, twiddles_are_powers_of_the_roots)
{
    enum { LOG = 16 }; /* several parts */
    static fp table[2 << LOG];
    struct sc_twiddles tw;
    EVERY_ISA(ops) {
        sc_cpu_ops_force(ops);
        sc_twiddles_init(&tw, table, 3);
        cr_assert_eq(sc_twiddle_lift(tw.cube[7]), fp_pow(fp_root(3), 9), "%s", ops->name);
        sc_twiddles_init(&tw, table, LOG);
        for (unsigned k = 1; k <= LOG; k++) {
            for (size_t i = 0; i < (size_t)1 << (k - 1); i++) {
                const fp w = tw.pow[((size_t)1 << (k - 1)) + i], w3 = tw.cube[((size_t)1 << (k - 1)) + i];
                cr_assert_eq(sc_twiddle_lift(w), fp_pow(fp_root(k), i), "%s", ops->name);
                cr_assert_eq(sc_twiddle_lift(w3), fp_pow(fp_root(k), 3 * i), "%s", ops->name);
                cr_assert(w <= FP_P / 2 || w >= 0u - FP_P / 2, "%s: a product of a twiddle may overflow", ops->name);
                cr_assert(w3 <= FP_P / 2 || w3 >= 0u - FP_P / 2, "%s", ops->name);
            }
        }
    }
}

Test(ops, words_encoded_together_equal_words_encoded_alone)
{
    enum { WORDS = 3, LOG = 13 };
    fp *const pow = malloc(sizeof(fp) * sc_twiddles_len(LOG)), *const src = malloc(sizeof(fp) * WORDS << LOG);
    fp *const alone = malloc(sizeof(fp) * WORDS << LOG), *const together = malloc(sizeof(fp) * WORDS << LOG);
    struct sc_twiddles tw;
    sc_twiddles_init(&tw, pow, LOG);
    for (size_t i = 0; i < (size_t)WORDS << LOG; i++) { /* the largest differences, then anything */
        src[i] = i < 2048 ? (i & 1024 ? FP_P - 1 : 0) : next_fp();
    }
    for (unsigned lr = 0; lr <= 3; lr++) {
        const fp *from[WORDS];
        EVERY_ISA(ops) {
            for (size_t w = 0; w < WORDS; w++) {
                from[w] = src + (w << LOG);
                sc_cpu_ops_get(SC_ISA_REF)->rs_encode(alone + (w << LOG), &from[w], 1, LOG - lr, LOG, &tw);
            }
            ops->rs_encode(together, from, WORDS, LOG - lr, LOG, &tw);
            cr_assert_eq(memcmp(together, alone, sizeof(fp) * WORDS << LOG), 0, "%s lr %u", ops->name, lr);
        }
    }
    free(pow);
    free(src);
    free(alone);
    free(together);
}

/* ---- hashing ---- */

enum { MAX_WORDS = 1030, LEAVES = 37 };

static void key_words(uint32_t out[8], const uint8_t key[32])
{
    memcpy(out, key, 32); /* tests run on little-endian machines */
}

static void expect_leaves(const struct sc_cpu_ops *ops, const struct sc_leaves *l, const uint8_t key[32], size_t begin, size_t end)
{
    uint8_t got[LEAVES][32], want[32];
    uint8_t bytes[MAX_WORDS * FX_DEG * 4];
    memset(got, 0xee, sizeof got);
    ops->leaf_hash(got, l, begin, end);
    for (size_t j = 0; j < LEAVES; j++) {
        size_t len = 0;
        for (size_t w = 0; w < l->n_words; w++) {
            for (size_t k = 0; k < l->n_coef; k++, len += 4) {
                const uint32_t v = w + l->n_zero < l->n_words ? fp_to_u32(l->words[k * l->plane + w * l->word_stride + j]) : 0;
                memcpy(bytes + len, &v, 4);
            }
        }
        if (j >= begin && j < end) {
            sc_b3_keyed(want, key, bytes, len);
        } else {
            memset(want, 0xee, 32);
        }
        cr_assert_arr_eq(got[j], want, 32, "%s leaf %zu of %zu words", ops->name, j, l->n_words);
    }
}

Test(ops, leaves_hash_like_the_portable_reference)
{
    static fp words[FX_DEG][MAX_WORDS * 40];
    static const size_t counts[] = {1, 2, 5, 15, 16, 17, 64, 128, 255, 256, 257, 512, 768, 1024, 1025};
    static const size_t zeros[] = {1, 15, 16, 17, 33, 255, 256, 1025};
    static const size_t ext_counts[] = {1, 3, 32, 51, 52, 64, 256};
    random_fps(words[0], FX_DEG * MAX_WORDS * 40);
    uint8_t key[32];
    sc_b3_derive(key, "socle merkle leaf v1", "", 0);
    struct sc_leaves l = {.words = words[0], .word_stride = 40, .plane = MAX_WORDS * 40, .n_coef = 1};
    key_words(l.key, key);
    EVERY_ISA(ops) {
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
            l.n_words = counts[k];
            l.n_coef = 1;
            expect_leaves(ops, &l, key, 0, k % 2 ? LEAVES : 32);
            expect_leaves(ops, &l, key, 16, 17);
            for (size_t z = 0; z < sizeof zeros / sizeof zeros[0]; z++) { /* what is in memory there does not count */
                l.n_zero = zeros[z] < counts[k] ? zeros[z] : counts[k];
                expect_leaves(ops, &l, key, 0, LEAVES);
            }
            l.n_zero = 0;
        }
        for (size_t k = 0; k < sizeof ext_counts / sizeof ext_counts[0]; k++) {
            l.n_words = ext_counts[k];
            l.n_coef = FX_DEG;
            expect_leaves(ops, &l, key, 0, LEAVES);
        }
    }
}

Test(ops, grinding_finds_the_least_nonce)
{
    uint32_t key[8], block[16] = {0}, out[16];
    for (int i = 0; i < 8; i++) {
        key[i] = next_fp();
    }
    for (int i = 0; i < 7; i++) {
        block[i] = next_fp();
    }
    block[4] &= 0xffffu;
    for (unsigned bits = 1; bits <= 12; bits++) {
        const uint32_t mask = (1u << bits) - 1;
        int64_t want = -1;
        for (uint32_t i = 3; i < 65536 && want < 0; i++) {
            uint32_t m[16];
            memcpy(m, block, sizeof m);
            m[4] |= i << 16;
            sc_b3_compress(out, key, m, 0, 26, 1 | 2 | 8 | 16);
            want = (out[8] & mask) == 0 ? (int64_t)i : -1;
        }
        EVERY_ISA(ops) {
            cr_expect_eq(ops->grind(key, block, mask, 3, 65536), want, "%s %u bits", ops->name, bits);
            if (want >= 0) {
                cr_expect_eq(ops->grind(key, block, mask, 3, (uint32_t)want), -1, "%s", ops->name);
                cr_expect_eq(ops->grind(key, block, mask, 3, (uint32_t)want + 1), want, "%s", ops->name);
            }
        }
    }
}

Test(ops, nodes_hash_like_the_portable_reference)
{
    static uint8_t in[2 * LEAVES][32];
    for (size_t i = 0; i < sizeof in; i++) {
        in[i / 32][i % 32] = (uint8_t)next_fp();
    }
    uint8_t key[32], want[32], got[LEAVES][32];
    uint32_t kw[8];
    sc_b3_derive(key, "socle merkle node v1", "", 0);
    key_words(kw, key);
    EVERY_ISA(ops) {
        for (size_t end = 0; end <= LEAVES; end++) {
            const size_t begin = end / 3;
            memset(got, 0, sizeof got);
            ops->node_hash(got, (const uint8_t(*)[32])in, kw, begin, end);
            for (size_t i = begin; i < end; i++) {
                sc_b3_keyed(want, key, in[2 * i], 64);
                cr_assert_arr_eq(got[i], want, 32, "%s node %zu", ops->name, i);
            }
        }
    }
}

/* ---- hashes that no profile uses ---- */

enum { OTHER_WORDS = 140, OTHER_STRIDE = 40 };
static fp constants[2][SC_KC_POSEIDON2_MAX_CONSTANTS];                /* of widths 16 and 24 */
static uint32_t plain_constants[2][SC_KC_POSEIDON2_MAX_CONSTANTS];

static void make_constants(void)
{
    for (unsigned k = 0; k < 2; k++) {
        const size_t n = sc_kc_poseidon2_constants(constants[k], k == 0 ? 16 : 24);
        for (size_t i = 0; i < n; i++) {
            plain_constants[k][i] = fp_to_u32(constants[k][i]);
        }
    }
}

static void to_residues(uint32_t *out, const fp *in, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = fp_to_u32(in[i * stride]);
    }
}

static void from_residues(uint8_t out[32], const uint32_t in[8])
{
    for (size_t i = 0; i < 8; i++) {
        const fp v = fp_from_u32(in[i]);
        memcpy(out + 4 * i, &v, 4);
    }
}

/* hash: as enum sc_kc_hash. */
static void other_leaves(const struct sc_cpu_ops *ops, int hash, uint8_t (*out)[32], const fp *words, size_t n_words, size_t begin, size_t end)
{
    if (hash == SC_KC_SHA256) {
        ops->sha256_leaves(out, words, OTHER_STRIDE, n_words, begin, end);
    } else if (hash == SC_KC_KECCAK256) {
        ops->keccak_leaves(out, words, OTHER_STRIDE, n_words, begin, end);
    } else {
        ops->poseidon2_leaves(out, words, OTHER_STRIDE, n_words, constants[1], begin, end);
    }
}

static void other_leaf_ref(uint8_t want[32], int hash, const fp *words, size_t n_words, size_t j)
{
    uint32_t residues[OTHER_WORDS], digest[8];
    to_residues(residues, words + j, OTHER_STRIDE, n_words);
    if (hash == SC_KC_SHA256) {
        sha256_ref(want, (const uint8_t *)residues, 4 * n_words);
    } else if (hash == SC_KC_KECCAK256) {
        keccak256_ref(want, (const uint8_t *)residues, 4 * n_words);
    } else {
        poseidon2_leaf_ref(digest, residues, n_words, plain_constants[1]);
        from_residues(want, digest);
    }
}

/* Around the ends of blocks of 16 words with 3 of padding, of 34 with one, of 16 with none. */
Test(ops, leaves_of_other_hashes_are_those_of_their_standards)
{
    static const size_t counts[] = {1, 12, 13, 14, 15, 16, 17, 29, 30, 32, 33, 34, 35, 67, 68, 69, 136};
    static fp words[OTHER_WORDS * OTHER_STRIDE];
    random_fps(words, OTHER_WORDS * OTHER_STRIDE);
    make_constants();
    for (int hash = SC_KC_SHA256; hash <= SC_KC_POSEIDON2; hash++) {
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
            uint8_t want[LEAVES][32], none[32];
            memset(none, 0xee, sizeof none);
            for (size_t j = 0; j < LEAVES; j++) {
                other_leaf_ref(want[j], hash, words, counts[k], j);
            }
            EVERY_ISA(ops) {
                const size_t begin = k % 3 * 5, end = k % 2 ? LEAVES : 32;
                uint8_t got[LEAVES][32];
                memset(got, 0xee, sizeof got);
                other_leaves(ops, hash, got, words, counts[k], begin, end);
                for (size_t j = 0; j < LEAVES; j++) {
                    cr_assert_arr_eq(got[j], j >= begin && j < end ? want[j] : none, 32, "%s hash %d leaf %zu of %zu words", ops->name, hash, j,
                                     counts[k]);
                }
            }
        }
    }
}

static void other_nodes(const struct sc_cpu_ops *ops, int hash, uint8_t (*out)[32], const uint8_t (*in)[32], size_t begin, size_t end)
{
    if (hash == SC_KC_SHA256) {
        ops->sha256_nodes(out, in, begin, end);
    } else if (hash == SC_KC_KECCAK256) {
        ops->keccak_nodes(out, in, begin, end);
    } else {
        ops->poseidon2_nodes(out, in, constants[0], begin, end);
    }
}

static void other_node_ref(uint8_t want[32], int hash, const uint8_t pair[64])
{
    fp elements[16];
    uint32_t residues[16], digest[8];
    memcpy(elements, pair, 64);
    if (hash == SC_KC_SHA256) {
        sha256_ref(want, pair, 64);
    } else if (hash == SC_KC_KECCAK256) {
        keccak256_ref(want, pair, 64);
    } else {
        to_residues(residues, elements, 1, 16);
        poseidon2_node_ref(digest, residues, plain_constants[0]);
        from_residues(want, digest);
    }
}

Test(ops, nodes_of_other_hashes_are_those_of_their_standards)
{
    static fp in[2 * LEAVES * 8];
    const uint8_t(*const digests)[32] = (const uint8_t(*)[32])(const void *)in;
    random_fps(in, sizeof in / sizeof in[0]); /* elements, as Poseidon2's digests are; bytes to the others */
    make_constants();
    for (int hash = SC_KC_SHA256; hash <= SC_KC_POSEIDON2; hash++) {
        EVERY_ISA(ops) {
            for (size_t end = 0; end <= LEAVES; end++) {
                const size_t begin = end / 3;
                uint8_t want[32], got[LEAVES + 1][32];
                memset(got, 0xee, sizeof got);
                memset(want, 0xee, sizeof want);
                other_nodes(ops, hash, got, digests, begin, end);
                cr_assert_arr_eq(got[end], want, 32);
                for (size_t i = begin; i < end; i++) {
                    other_node_ref(want, hash, digests[2 * i]);
                    cr_assert_arr_eq(got[i], want, 32, "%s hash %d node %zu of %zu", ops->name, hash, i, end);
                }
            }
        }
    }
}

Test(ops, poseidon2_permutes_states_in_place)
{
    static fp states[24 * OTHER_STRIDE], before[24 * OTHER_STRIDE];
    make_constants();
    for (unsigned width = 16; width <= 24; width += 8) {
        EVERY_ISA(ops) {
            for (size_t end = 0; end <= LEAVES; end++) {
                const size_t begin = end / 3;
                random_fps(states, sizeof states / sizeof states[0]);
                memcpy(before, states, sizeof states);
                ops->poseidon2(states, OTHER_STRIDE, width, constants[width == 24], begin, end);
                for (size_t j = 0; j < OTHER_STRIDE; j++) {
                    uint32_t want[24];
                    to_residues(want, before + j, OTHER_STRIDE, 24);
                    if (j >= begin && j < end) {
                        poseidon2_ref(want, plain_constants[width == 24], width);
                    }
                    for (size_t i = 0; i < 24; i++) {
                        cr_assert_eq(states[i * OTHER_STRIDE + j], fp_from_u32(want[i]), "%s width %u: element %zu of state %zu", ops->name, width, i, j);
                    }
                }
            }
        }
    }
}
