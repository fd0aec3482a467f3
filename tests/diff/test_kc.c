/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of devices, run as C, against the commitment of the CPU: code words, leaves and nodes of every shape, bit for bit.
 */
#include "core/proof/merkle_v.h"
#include "host/prove/oracle.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/kc/commit_plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rng_state = 7;

static fp next_fp(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    const uint32_t kind = (uint32_t)(rng_state >> 60);
    return kind == 0 ? FP_P - 1 : kind == 1 ? 0 : (fp)((rng_state >> 20) % FP_P);
}

/** A commitment by the kernels as C; every buffer is exactly as long as the plan says, so that a sanitizer sees a step beside it. */
struct by_kc {
    uint32_t *buffer[SC_KC_N_BUFFERS];
};

static void buffers_create(struct by_kc *b, struct sc_kc_commit c)
{
    struct sc_merkle_keys keys;
    struct sc_twiddles tw;
    const unsigned log_n = (unsigned)(c.mu - c.k + c.lr);
    fp *const table = malloc(sc_twiddles_len(log_n) * sizeof *table);
    for (int i = 0; i < SC_KC_N_BUFFERS; i++) {
        b->buffer[i] = malloc(4 * sc_kc_len(c, (enum sc_kc_buffer)i));
        cr_assert_not_null(b->buffer[i]);
    }
    cr_assert_not_null(table);
    sc_twiddles_init(&tw, table, log_n);
    memcpy(b->buffer[SC_KC_POW], tw.pow, 4 * sc_kc_len(c, SC_KC_POW));
    sc_merkle_keys(&keys);
    memcpy(b->buffer[SC_KC_LEAF_KEY], keys.leaf, 32);
    memcpy(b->buffer[SC_KC_NODE_KEY], keys.node, 32);
    for (size_t i = 0; i < sc_kc_len(c, SC_KC_MESSAGE); i++) {
        b->buffer[SC_KC_MESSAGE][i] = next_fp();
    }
    free(table);
}

static void buffers_destroy(struct by_kc *b)
{
    for (int i = 0; i < SC_KC_N_BUFFERS; i++) {
        free(b->buffer[i]);
    }
}

static void expect_same(struct sc_kc_commit c)
{
    static struct sc_kc_launch plan[SC_KC_MAX_LAUNCHES];
    struct by_kc b;
    struct sc_oracle o;
    const fp *plane[FX_DEG];
    buffers_create(&b, c);
    for (unsigned i = 0; i < c.planes; i++) {
        plane[i] = b.buffer[SC_KC_MESSAGE] + ((size_t)i << c.mu);
    }
    cr_assert(sc_kc_commit_fits(c));
    cr_assert_eq(sc_oracle_commit(&o, plane, c.planes, c.mu, c.k, c.lr, NULL, NULL), SOCLE_OK);
    const unsigned n = sc_kc_commit_plan(plan, c);
    cr_assert_leq(n, (unsigned)SC_KC_MAX_LAUNCHES);
    for (unsigned i = 0; i < n; i++) {
        sc_kc_run(&plan[i], b.buffer);
    }
    cr_expect_eq(memcmp(o.code, b.buffer[SC_KC_CODE], 4 * sc_kc_len(c, SC_KC_CODE)), 0, "code: planes %u, mu %u, k %u, lr %u", c.planes, c.mu,
                 c.k, c.lr);
    const size_t digests = 4 * sc_kc_len(c, SC_KC_TREE) - 32; /* one less than twice as many as leaves */
    cr_expect_eq(memcmp(o.nodes, b.buffer[SC_KC_TREE], digests), 0, "tree: planes %u, mu %u, k %u, lr %u", c.planes, c.mu, c.k, c.lr);
    sc_oracle_fini(&o);
    buffers_destroy(&b);
}

Test(kc, commitments_of_every_small_shape)
{
    for (uint8_t k = 0; k <= 4; k++) {
        for (uint8_t log_a = 0; log_a <= 9; log_a++) {
            for (uint8_t lr = 0; lr <= 3; lr++) {
                expect_same((struct sc_kc_commit){1, (uint8_t)(k + log_a), k, lr});
                expect_same((struct sc_kc_commit){FX_DEG, (uint8_t)(k + log_a), k, lr});
            }
        }
    }
}

/* More levels than one tile has: 13 to 16 are two passes. */
Test(kc, words_that_are_longer_than_a_tile)
{
    for (uint8_t log_a = 10; log_a <= 16; log_a++) {
        expect_same((struct sc_kc_commit){1, (uint8_t)(log_a + 1), 1, 1});
    }
    expect_same((struct sc_kc_commit){FX_DEG, 14, 1, 2});
    expect_same((struct sc_kc_commit){1, 12, 0, 5});
}

/* Three passes: more than 8 levels beside those of the tile. */
Test(kc, a_word_of_three_passes)
{
    static struct sc_kc_launch plan[SC_KC_MAX_LAUNCHES];
    const struct sc_kc_commit c = {1, 21, 0, 1};
    (void)sc_kc_commit_plan(plan, c);
    cr_assert(plan[2].kernel == SC_KC_NTT_PASS && plan[3].kernel == SC_KC_LEAVES);
    expect_same(c);
}

/* Leaves of one chunk of BLAKE3 and of several, up to the most that a device takes. */
Test(kc, leaves_of_every_number_of_chunks)
{
    for (uint8_t k = 5; k <= 12; k++) {
        expect_same((struct sc_kc_commit){1, (uint8_t)(k + 2), k, 1});
    }
    for (uint8_t k = 5; k <= 9; k++) {
        expect_same((struct sc_kc_commit){FX_DEG, (uint8_t)(k + 1), k, 1});
    }
    cr_expect(!sc_kc_commit_fits((struct sc_kc_commit){1, 14, 13, 1}));
    cr_expect(!sc_kc_commit_fits((struct sc_kc_commit){FX_DEG, 12, 10, 1}));
    cr_expect(!sc_kc_commit_fits((struct sc_kc_commit){1, 25, 1, 1}));
    cr_expect(!sc_kc_commit_fits((struct sc_kc_commit){1, 3, 4, 1}));
}
