/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The whole argument on a machine of toy tables: honest runs are accepted, every lie is refused.
 */
#include "tests/sound/toy.h"

#include "core/verify/gkr_v.h"

static uint8_t *honest(struct toy *t, size_t *len)
{
    uint8_t *proof;
    cr_assert_eq(sc_prove(&proof, len, &t->prover, &t->program, &t->w), SOCLE_OK);
    return proof;
}

Test(argue, accepts_an_honest_run_with_the_same_bytes_on_every_instruction_set_and_thread_count)
{
    uint8_t *first = NULL;
    size_t first_len = 0;
    for (unsigned isa = 0; isa < SC_ISA_END; isa++) {
        for (unsigned threads = 1; threads <= 2; threads++) {
            const struct sc_cpu_ops *const ops = sc_cpu_ops_get((enum sc_isa)isa);
            struct sc_pool *pool;
            if (!ops) {
                continue;
            }
            cr_assert_eq(sc_pool_create(&pool, threads), SOCLE_OK);
            struct toy *const t = toy_create(ops, pool);
            size_t len;
            uint8_t *const proof = honest(t, &len);
            cr_assert_eq(toy_verify(t, t->program.vk, proof, len), SOCLE_OK);
            if (!first) {
                first = proof;
                first_len = len;
            } else {
                cr_assert_eq(len, first_len);
                cr_assert_eq(memcmp(proof, first, len), 0, "%s, %u threads", ops->name, threads);
                sc_free(proof);
            }
            toy_destroy(t);
            sc_pool_destroy(pool);
        }
    }
    sc_free(first);
}

Test(argue, refuses_one_flipped_bit_anywhere, .timeout = 200)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    size_t len;
    uint8_t *const proof = honest(t, &len);
    /* every byte of the heads, of the roots and of the argument's first messages, then a stride */
    for (size_t i = 0, step = 1; i < len; i += step) {
        step = i < 600 ? 1 : 41;
        proof[i] ^= (uint8_t)(1u << (i % 8));
        cr_assert_neq(toy_verify(t, t->program.vk, proof, len), SOCLE_OK, "byte %zu of %zu", i, len);
        proof[i] ^= (uint8_t)(1u << (i % 8));
    }
    cr_assert_eq(toy_verify(t, t->program.vk, proof, len), SOCLE_OK);
    sc_free(proof);
    toy_destroy(t);
}

Test(argue, refuses_proofs_cut_short_or_with_bytes_left_over)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    size_t len;
    uint8_t *const proof = honest(t, &len);
    uint8_t *const longer = calloc(1, len + (1u << 20));
    memcpy(longer, proof, len);
    for (size_t i = 0; i < len; i += 1 + len / 300) {
        cr_assert_neq(toy_verify(t, t->program.vk, proof, i), SOCLE_OK);
    }
    cr_assert_eq(toy_verify(t, t->program.vk, proof, len - 1), SOCLE_E_FORMAT);
    cr_assert_eq(toy_verify(t, t->program.vk, longer, len + 1), SOCLE_E_FORMAT);
    cr_assert_eq(toy_verify(t, t->program.vk, longer, len + (1u << 20)), SOCLE_E_FORMAT);
    free(longer);
    sc_free(proof);
    toy_destroy(t);
}

Test(argue, refuses_another_key_profile_or_machine)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    size_t len;
    uint8_t *const proof = honest(t, &len);
    uint8_t vk[SC_VK_LEN];
    memcpy(vk, t->program.vk, sizeof vk);
    vk[31] ^= 1;
    cr_assert_eq(toy_verify(t, vk, proof, len), SOCLE_E_VERSION);
    t->profile.main[16].r[0].t++;
    cr_assert_eq(toy_verify(t, t->program.vk, proof, len), SOCLE_E_VERSION);
    t->profile.main[16].r[0].t--;
    const uint8_t other[32] = {0};
    toy_machine.digest = other;
    cr_assert_eq(toy_verify(t, t->program.vk, proof, len), SOCLE_E_VERSION);
    toy_machine.digest = toy_digest;
    cr_assert_eq(toy_verify(t, t->program.vk, proof, len), SOCLE_OK);
    sc_free(proof);
    toy_destroy(t);
}

Test(argue, refuses_every_cell_changed_on_a_real_row)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    for (unsigned table = 0; table < TOY_IMAGE; table++) {
        for (unsigned col = 0; col < toy_tables[table].n_cols; col++) {
            fp *const cell = toy_cell(t, table, 2, col);
            const fp was = *cell;
            *cell = fp_add(was, FP_ONE);
            cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "table %u column %u", table, col);
            *cell = was;
        }
    }
    cr_assert_eq(toy_answer(t), SOCLE_OK);
    toy_destroy(t);
}

/* Laws hold and buses do not, and the other way round. */
Test(argue, refuses_a_bus_without_balance_and_a_law_that_does_not_hold)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    toy_set(t, TOY_SQUARE, 5, (const int64_t[]){1, 3, 9}, 3);
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT);
    toy_fill(t);
    for (unsigned i = 0; i < 64; i++) { /* counted twice by the second fill */
        fp *const mult = toy_cell(t, TOY_INDEX, i, 0);
        *mult = fp_mul(*mult, fp_inv(fp_from_u32(2)));
    }
    cr_assert_eq(toy_answer(t), SOCLE_OK);
    *toy_cell(t, TOY_STEP, 5, 5) = *toy_cell(t, TOY_SQUARE, 5, 2) = fp_from_u32(77);
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT);
    toy_destroy(t);
}

Test(argue, refuses_other_public_values)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    const struct sc_head_run right = t->w.run;
    t->w.run.ts_end += 4;
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "ts_end");
    t->w.run = right;
    t->w.run.ip_end++;
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "ip_end");
    t->w.run = right;
    t->w.run.last_ram++;
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "last key of RAM");
    t->w.run = right;
    t->w.run.last_input = 3;
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "last key of input");
    t->w.run = right;
    t->w.run.output_len--;
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "output length");
    t->w.run = right;
    for (unsigned i = 0; i < TOY_OUTPUT; i++) {
        t->output[i] ^= 0x40;
        cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "output byte %u", i);
        t->output[i] ^= 0x40;
    }
    toy_destroy(t);
}

Test(argue, refuses_public_values_out_of_range_before_anything_else)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    size_t len;
    uint8_t *const proof = honest(t, &len);
    const size_t run = SC_PROOF_HEAD_LEN + SC_HEAD_IMAGE_LEN;
    const struct {
        size_t at;
        uint32_t v;
        socle_status st;
    } lies[] = {
        {0, 2, SOCLE_E_FORMAT}, {4, 1, SOCLE_E_FORMAT}, /* segments */
        {8, 4, SOCLE_E_LIMIT}, {8, 0, SOCLE_E_LIMIT}, {8, 10, SOCLE_E_LIMIT}, {8, 1u << 27, SOCLE_E_LIMIT}, /* ts_end */
        {12, FP_P, SOCLE_E_LIMIT}, /* ip_end */
        {16, 1u << 29, SOCLE_E_LIMIT}, {16, FP_P - 1, SOCLE_E_LIMIT}, {20, 1u << 29, SOCLE_E_LIMIT}, {20, FP_P, SOCLE_E_LIMIT}, /* keys */
        {28, 1, SOCLE_E_LIMIT}, /* output length above 2^32 - 8 */
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        uint8_t was[4];
        memcpy(was, proof + run + lies[i].at, 4);
        store_le(proof + run + lies[i].at, lies[i].v, 4);
        cr_assert_eq(toy_verify(t, t->program.vk, proof, len), lies[i].st, "lie %zu", i);
        memcpy(proof + run + lies[i].at, was, 4);
    }
    /* shapes: count and exponents of STEP come first: 3, 6 5 4 */
    uint8_t *const shape = proof + run + SC_HEAD_RUN_LEN;
    const uint8_t bad[][4] = {{5, 6, 5, 4}, {3, 4, 5, 6}, {3, 6, 6, 4}, {3, 6, 4, 4}, {3, 6, 5, 3}, {3, 5, 7, 4}, {3, 31, 30, 29}, {3, 30, 29, 28}, {3, 255, 254, 253}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memcpy(shape, bad[i], 4);
        const socle_status st = toy_verify(t, t->program.vk, proof, len);
        cr_assert(st == (i == 0 ? SOCLE_E_FORMAT : SOCLE_E_LIMIT), "shape %zu: %d", i, (int)st);
    }
    sc_free(proof);
    toy_destroy(t);
}

/* A tree of one layer and the verifier's terms, through a channel of hand-made bytes: P, Q, p0, p1, q0, q1. */
static socle_status tree_answer(const fx sent[6], struct sc_fraction terms)
{
    uint8_t bytes[4 * FX_DEG * 6] = {0};
    struct sc_vch ch;
    struct sc_leaf_claim leaf[2];
    struct sc_fraction global;
    sc_fx_encode(bytes, sent, 6);
    sc_tr_init(&ch.tr);
    ch.rd = rd_view(bytes, sizeof bytes);
    return sc_gkr_verify(&ch, leaf, &global, (const unsigned[]){1, 0}, terms);
}

static socle_status root_answer(fx p, fx q, struct sc_fraction terms)
{
    const fx sent[6] = {p, q, p, FX_ZERO, q, FX_ONE}; /* p0 q1 + p1 q0 = p, q0 q1 = q */
    return tree_answer(sent, terms);
}

Test(argue, refuses_a_layer_that_does_not_add_up)
{
    const struct sc_fraction zero = {FX_ZERO, FX_ONE};
    const fx one = FX_ONE, two = fx_from_fp(fp_from_u32(2));
    const fx right[6] = {FX_ZERO, two, one, fx_neg(two), one, two}; /* 1/1 - 2/2 = 0/2 */
    cr_assert_eq(tree_answer(right, zero), SOCLE_OK);
    for (unsigned i = 2; i < 6; i++) {
        fx wrong[6];
        memcpy(wrong, right, sizeof wrong);
        wrong[i] = fx_add(wrong[i], FX_ONE);
        cr_assert_eq(tree_answer(wrong, zero), SOCLE_E_REJECT, "claim %u", i);
    }
    const fx fewer[6] = {FX_ZERO, one, one, fx_neg(two), one, two}; /* another denominator: only mu sees it */
    cr_assert_eq(tree_answer(fewer, zero), SOCLE_E_REJECT);
}

Test(argue, refuses_roots_and_public_terms_with_a_zero_denominator)
{
    const fx three = fx_from_fp(fp_from_u32(3));
    const struct sc_fraction zero = {FX_ZERO, FX_ONE};
    const struct sc_fraction minus = {fx_neg(three), FX_ONE};
    cr_assert_eq(root_answer(FX_ZERO, three, zero), SOCLE_OK);
    cr_assert_eq(root_answer(three, FX_ONE, minus), SOCLE_OK);
    cr_assert_eq(root_answer(three, FX_ONE, zero), SOCLE_E_REJECT);
    cr_assert_eq(root_answer(FX_ZERO, FX_ZERO, zero), SOCLE_E_REJECT);
    cr_assert_eq(root_answer(three, FX_ZERO, (struct sc_fraction){FX_ZERO, FX_ZERO}), SOCLE_E_REJECT);
    cr_assert_eq(root_answer(FX_ZERO, three, (struct sc_fraction){three, FX_ZERO}), SOCLE_E_REJECT);
}

/* Stops the n-th time it is asked. */
static socle_status stop_at(void *arg, enum sc_stage stage, double fraction)
{
    unsigned *const left = arg;
    cr_assert(stage < SC_N_STAGES && fraction >= 0 && fraction <= 1);
    return *left == 0 || --*left > 0 ? SOCLE_OK : SOCLE_E_CANCELLED;
}

Test(argue, stops_when_told_and_gives_everything_back)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    unsigned left = 0;
    const struct sc_watch watch = {&left, stop_at};
    const size_t held = sc_mem_now();
    uint8_t *proof;
    size_t len;
    t->prover.watch = &watch;
    for (unsigned n = 1; n < 1000; n += 1 + n / 4) {
        left = n;
        const socle_status st = sc_prove(&proof, &len, &t->prover, &t->program, &t->w);
        cr_assert(st == SOCLE_OK || (st == SOCLE_E_CANCELLED && !proof && len == 0), "%u: %d", n, (int)st);
        sc_free(proof);
        cr_assert_eq(sc_mem_now(), held);
        if (st == SOCLE_OK) {
            cr_assert_gt(n, 5);
            toy_destroy(t);
            return;
        }
    }
    cr_assert_fail("never ended");
}

Test(argue, ends_cleanly_when_any_allocation_is_refused)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    const size_t held = sc_mem_now();
    uint8_t *proof;
    size_t len;
    for (unsigned n = 1; n < 1000; n++) {
        sc_mem_fail_at(n);
        const socle_status st = sc_prove(&proof, &len, &t->prover, &t->program, &t->w);
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_OK || (st == SOCLE_E_NOMEM && !proof && len == 0), "allocation %u: %d", n, (int)st);
        sc_free(proof);
        cr_assert_eq(sc_mem_now(), held, "allocation %u", n);
        if (st == SOCLE_OK) {
            cr_assert_gt(n, 5);
            toy_destroy(t);
            return;
        }
    }
    cr_assert_fail("never ended");
}
