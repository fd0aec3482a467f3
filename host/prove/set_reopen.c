/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The set's transcript once more, from its bytes: for a prover that goes on with a set it began. Theory: docs/spec/proof.md.
 */
#include "core/transcript/transcript.h"
#include "host/prove/set.h"
#include "host/sys/mem.h"

#include <string.h>

static struct sc_set_segment *segments_of(const struct sc_set *set)
{
    return (struct sc_set_segment *)(uintptr_t)set->segments; /* made here */
}

static socle_status recv_program(struct sc_vch *ch, const struct sc_prover *p, const struct sc_program *program)
{
    uint8_t head[SC_PROOF_HEAD_LEN], seed[SC_SET_SEED_LEN], image[SC_HEAD_IMAGE_LEN];
    const uint8_t *bytes = rd_take(&ch->rd, sizeof head);
    sc_proof_head(head, p->profile, SC_KIND_SET);
    if (!bytes || memcmp(bytes, head, sizeof head) != 0) {
        return SOCLE_E_FORMAT;
    }
    sc_set_seed(seed, p->machine, p->profile);
    sc_tr_absorb(&ch->tr, SC_L_SET_SEED, seed, sizeof seed);
    const socle_status st = sc_recv_bytes(ch, SC_L_SET_IMAGE, &bytes, sizeof image);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_head_image_encode(image, &program->head);
    sc_tr_absorb(&ch->tr, SC_L_SET_VK, program->vk, SC_VK_LEN);
    return memcmp(bytes, image, sizeof image) == 0 ? SOCLE_OK : SOCLE_E_FORMAT;
}

static socle_status recv_run(struct sc_vch *ch, struct sc_set *set)
{
    socle_status st = SOCLE_OK;
    const uint8_t *bytes;
    TRY(sc_recv_bytes(ch, SC_L_SET_SIZE, &bytes, SC_SET_SIZE_LEN));
    TRY(sc_set_size_decode(&set->n_segments, &set->output_len, bytes));
    const size_t n = set->n_segments;
    TRY(sc_recv_bytes(ch, SC_L_SET_RUN, &bytes, n * SC_SEGMENT_LEN + SC_SET_KEYS_LEN));
    set->segments = sc_alloc(n, sizeof *set->segments);
    set->boundary = sc_alloc(n + 1, sizeof *set->boundary);
    set->samples = sc_alloc(n + 1, sizeof *set->samples);
    if (!set->segments || !set->boundary || !set->samples) {
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        sc_set_segment_decode(&segments_of(set)[i], bytes + SC_SEGMENT_LEN * i);
    }
    set->last_ram = (uint32_t)load_le(bytes + SC_SEGMENT_LEN * n, 4);
    set->last_input = (uint32_t)load_le(bytes + SC_SEGMENT_LEN * n + 4, 4);
    if (set->output_len > SIZE_MAX) {
        return SOCLE_E_FORMAT;
    }
    st = sc_recv_bytes(ch, SC_L_SET_OUTPUT, &set->output, (size_t)set->output_len);
out:
    return st;
}

static socle_status recv_boundaries(struct sc_vch *ch, struct sc_set *set, const struct sc_prover *p)
{
    socle_status st = SOCLE_OK;
    const uint8_t *bytes;
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        struct sc_boundary *const b = &set->boundary[i];
        TRY(sc_recv_bytes(ch, SC_L_SET_SHAPE, &bytes, 1));
        b->n_chunks = bytes[0];
        if (b->n_chunks > AIR_MAX_CHUNKS) {
            return SOCLE_E_FORMAT;
        }
        TRY(sc_recv_bytes(ch, SC_L_SET_SHAPE, &bytes, b->n_chunks));
        memcpy(b->log_h, bytes, b->n_chunks);
        if (!sc_boundary_holds(p->machine, p->profile, b->log_h, b->n_chunks)) {
            return SOCLE_E_FORMAT;
        }
    }
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        TRY(sc_recv_bytes(ch, SC_L_SET_ROOT, &bytes, 32));
        memcpy(set->boundary[i].root, bytes, 32);
    }
out:
    return st;
}

static socle_status recv_samples(struct sc_vch *ch, struct sc_set *set, const struct sc_prover *p)
{
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        const struct sc_boundary *const b = &set->boundary[i];
        const struct sc_whir_round *const r = &p->profile->boundary[sc_boundary_vars(p->machine, b->log_h, b->n_chunks)].r[0];
        fx points[SC_WHIR_MAX_OOD * SC_M0_MAX];
        memcpy(set->samples[i].before, ch->tr.s, sizeof set->samples[i].before);
        if (r->ood == 0) {
            continue;
        }
        sc_tr_challenge(&ch->tr, SC_L_SET_OOD, points, (size_t)r->ood * r->mu);
        const socle_status st = sc_recv_fx(ch, SC_L_SET_OOD_ANS, set->samples[i].answer, r->ood);
        if (st != SOCLE_OK) {
            return st;
        }
    }
    return SOCLE_OK;
}

socle_status sc_set_reopen(struct sc_set *set, const uint8_t *head, size_t len, const struct sc_prover *p, const struct sc_program *program)
{
    socle_status st = SOCLE_OK;
    struct sc_vch ch;
    memset(set, 0, sizeof *set);
    sc_tr_init(&ch.tr);
    ch.rd = rd_view(head, len);
    TRY(recv_program(&ch, p, program));
    TRY(recv_run(&ch, set));
    TRY(recv_boundaries(&ch, set, p));
    TRY(recv_samples(&ch, set, p));
    st = sc_recv_grind(&ch, SC_L_SET_POW, p->profile->logup_pow);
    if (st == SOCLE_E_REJECT || !rd_done(&ch.rd)) {
        st = SOCLE_E_FORMAT;
    }
    TRY(st);
    sc_tr_challenge(&ch.tr, SC_L_SET_ALPHA, &set->bus.alpha, 1);
    sc_tr_challenge(&ch.tr, SC_L_SET_BETA, set->bus.beta, AIR_SLOTS);
    memcpy(set->digest, ch.tr.s, sizeof set->digest);
out:
    if (st != SOCLE_OK) {
        sc_set_close(set);
    }
    return st;
}

void sc_set_close(struct sc_set *set)
{
    sc_free(segments_of(set));
    sc_free(set->boundary);
    sc_set_fini(set);
    memset(set, 0, sizeof *set);
}
