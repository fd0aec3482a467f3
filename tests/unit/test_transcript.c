/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transcript, verifier's channel and prover's channel: both sides agree, and nothing read goes
 * unhashed.
 */
#include "core/hash/blake3.h"
#include "core/transcript/transcript.h"
#include "host/prove/pch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A conversation with every kind of frame. */
static void prover_side(struct sc_pch *ch, fx last[3])
{
    const uint8_t root[32] = {1, 2, 3, 250};
    uint32_t index[40];
    fx c[20];
    sc_pch_init(ch, NULL);
    sc_tr_absorb(&ch->tr, SC_L_SEED, "seed", 4);
    sc_send_bytes(ch, SC_L_MAIN_ROOT, root, sizeof root);
    sc_send_grind(ch, SC_L_LOGUP_POW, 7);
    sc_tr_challenge(&ch->tr, SC_L_BETA, c, 20);
    sc_send_fx(ch, SC_L_COLUMNS, c, 20);
    sc_send_grind(ch, SC_L_WHIR_FOLD_POW, 0);
    sc_send_grind(ch, SC_L_WHIR_QUERY_POW, 3);
    sc_tr_indices(&ch->tr, SC_L_WHIR_QUERY, index, 40, 11);
    for (unsigned i = 0; i < 40; i++) {
        cr_assert_lt(index[i], 2048u);
    }
    sc_send_bytes(ch, SC_L_WHIR_PATH, NULL, 0);
    sc_tr_challenge(&ch->tr, SC_L_GAMMA, last, 3);
}

static socle_status verifier_side(struct sc_vch *ch, const uint8_t *proof, size_t len, fx last[3])
{
    const uint8_t *bytes;
    uint32_t index[40];
    fx c[20];
    fx got[20];
    socle_status st = SOCLE_OK;
    sc_tr_init(&ch->tr);
    ch->rd = rd_view(proof, len);
    sc_tr_absorb(&ch->tr, SC_L_SEED, "seed", 4);
    TRY(sc_recv_bytes(ch, SC_L_MAIN_ROOT, &bytes, 32));
    TRY(sc_recv_grind(ch, SC_L_LOGUP_POW, 7));
    sc_tr_challenge(&ch->tr, SC_L_BETA, c, 20);
    TRY(sc_recv_fx(ch, SC_L_COLUMNS, got, 20));
    TRY(sc_recv_grind(ch, SC_L_WHIR_FOLD_POW, 0));
    TRY(sc_recv_grind(ch, SC_L_WHIR_QUERY_POW, 3));
    sc_tr_indices(&ch->tr, SC_L_WHIR_QUERY, index, 40, 11);
    TRY(sc_recv_bytes(ch, SC_L_WHIR_PATH, &bytes, 0));
    sc_tr_challenge(&ch->tr, SC_L_GAMMA, last, 3);
out:
    return st;
}

Test(transcript, prover_and_verifier_draw_the_same_challenges)
{
    struct sc_pch p;
    struct sc_vch v;
    fx a[3];
    fx b[3];
    prover_side(&p, a);
    cr_assert_eq(sc_pch_status(&p), SOCLE_OK);
    cr_assert_eq(p.len, 32u + 8 + 400 + 8);
    cr_assert_eq(verifier_side(&v, p.buf, p.len, b), SOCLE_OK);
    cr_assert(rd_done(&v.rd));
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert_arr_eq(p.tr.s, v.tr.s, 32);
    sc_pch_fini(&p);
}

Test(transcript, every_byte_read_changes_the_next_challenge)
{
    struct sc_pch p;
    struct sc_vch v;
    fx a[3];
    fx b[3];
    prover_side(&p, a);
    for (size_t at = 0; at < p.len; at++) {
        p.buf[at] ^= 1;
        if (verifier_side(&v, p.buf, p.len, b) == SOCLE_OK) {
            cr_assert(!fx_eq(a[0], b[0]), "byte %zu", at);
        }
        p.buf[at] ^= 1;
    }
    sc_pch_fini(&p);
}

Test(transcript, a_short_proof_is_a_format_error)
{
    struct sc_pch p;
    struct sc_vch v;
    fx a[3];
    prover_side(&p, a);
    for (size_t len = 0; len < p.len; len++) {
        cr_assert_eq(verifier_side(&v, p.buf, len, a), SOCLE_E_FORMAT, "length %zu", len);
    }
    sc_pch_fini(&p);
}

Test(transcript, a_residue_of_p_or_more_is_refused)
{
    struct sc_vch v;
    uint8_t bytes[20] = {0};
    fx out;
    store_le(bytes + 8, FP_P, 4);
    sc_tr_init(&v.tr);
    v.rd = rd_view(bytes, sizeof bytes);
    out = FX_ONE;
    cr_assert_eq(sc_recv_fx(&v, SC_L_COLUMNS, &out, 1), SOCLE_E_FORMAT);
    cr_assert(fx_is_zero(out));
    store_le(bytes + 8, FP_P - 1, 4);
    v.rd = rd_view(bytes, sizeof bytes);
    cr_assert_eq(sc_recv_fx(&v, SC_L_COLUMNS, &out, 1), SOCLE_OK);
    cr_assert_eq(out.c[2], fp_from_u32(FP_P - 1));
}

Test(transcript, frames_follow_the_specification)
{
    /* challenge frame by hand: keyed hash of label, kind 1, length 8, n = 2 */
    struct sc_tr tr;
    uint8_t frame[18] = {SC_L_TAU, 1};
    uint8_t stream[512];
    struct b3 h;
    fx got[2];
    sc_tr_init(&tr);
    store_le(frame + 2, 8, 8);
    store_le(frame + 10, 2, 8);
    sc_b3_init_keyed(&h, tr.s);
    sc_b3_update(&h, frame, sizeof frame);
    sc_b3_final(&h, 0, stream, sizeof stream);
    sc_tr_challenge(&tr, SC_L_TAU, got, 2);
    cr_assert_arr_eq(tr.s, stream, 32);
    size_t at = 32;
    for (unsigned i = 0; i < 10; at += 4) {
        const uint32_t w = (uint32_t)load_le(stream + at, 4) & 0x7fffffff;
        if (w < FP_P) {
            cr_assert_eq(fp_to_u32(got[i / 5].c[i % 5]), w);
            i++;
        }
    }
}

Test(transcript, the_nonce_found_is_the_least)
{
    struct sc_pch p;
    sc_pch_init(&p, NULL);
    for (unsigned bits = 1; bits <= 10; bits++) {
        const struct sc_tr before = p.tr;
        uint64_t n = 0;
        while (!sc_tr_grind_try(&before, SC_L_WHIR_FOLD_POW, bits, n)) {
            n++;
        }
        sc_send_grind(&p, SC_L_WHIR_FOLD_POW, bits);
        cr_assert_eq(load_le(p.buf + p.len - 8, 8), n);
    }
    cr_assert_eq(sc_pch_status(&p), SOCLE_OK);
    sc_pch_fini(&p);
}

struct seen {
    unsigned frames;
    uint8_t last[32];
};

static void see(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    struct seen *const seen = arg;
    (void)label;
    cr_assert_leq(kind, 3);
    cr_assert_leq(len, 400u);
    seen->frames++;
    memcpy(seen->last, s, 32);
}

Test(transcript, the_log_sees_every_frame)
{
    struct seen seen = {0};
    struct sc_tr tr;
    fx c;
    uint32_t i;
    sc_tr_init(&tr);
    tr.log = see;
    tr.log_arg = &seen;
    sc_tr_absorb(&tr, SC_L_SEED, "x", 1);
    sc_tr_absorb_fx(&tr, SC_L_COLUMNS, &FX_ONE, 1);
    sc_tr_challenge(&tr, SC_L_GAMMA, &c, 1);
    sc_tr_indices(&tr, SC_L_WHIR_QUERY, &i, 1, 5);
    (void)!sc_tr_grind(&tr, SC_L_WHIR_QUERY_POW, 1, 0);
    (void)!sc_tr_grind(&tr, SC_L_WHIR_QUERY_POW, 0, 0);
    cr_assert_eq(seen.frames, 5u);
    cr_assert_arr_eq(seen.last, tr.s, 32);
}

Test(transcript, absorbing_elements_equals_absorbing_their_bytes)
{
    struct sc_tr a;
    struct sc_tr b;
    fx v[37];
    uint8_t bytes[37 * 20];
    sc_tr_init(&a);
    sc_tr_challenge(&a, SC_L_TAU, v, 37);
    b = a;
    sc_fx_encode(bytes, v, 37);
    sc_tr_absorb_fx(&a, SC_L_COLUMNS, v, 37);
    sc_tr_absorb(&b, SC_L_COLUMNS, bytes, sizeof bytes);
    cr_assert_arr_eq(a.s, b.s, 32);
}

/* The specification has the labels as text: each with its number, and no other. */
Test(transcript, labels_are_those_of_the_specification)
{
    static const char *const name[] = {
#define L(name, value) [value] = #name,
#include "core/transcript/labels.def"
#undef L
    };
    const size_t n = sizeof name / sizeof name[0];
    static char text[1 << 16];
    FILE *const f = fopen(SC_SOURCE_ROOT "/docs/spec/transcript.md", "r");
    cr_assert_not_null(f);
    const size_t len = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[len] = '\0';
    for (size_t v = 1; v < n; v++) {
        char cell[64];
        snprintf(cell, sizeof cell, "| %zu %s |", v, name[v]);
        cr_assert_not_null(strstr(text, cell), "%s", cell);
    }
    char after[16];
    snprintf(after, sizeof after, "| %zu ", n);
    cr_assert_null(strstr(text, after), "a label that the code does not have");
}
