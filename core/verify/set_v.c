/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The verifier of a set of proofs: the global transcript, then each proof with the parts of body_v.c, then the sum over all.
 * What the heads said of proof i is read a second time from the file when its turn comes, and its sample points are drawn a second
 * time from a transcript that follows the first one: nothing is kept for each proof. Theory: docs/spec/proof.md, "Sets".
 */
#include "core/proof/set.h"
#include "core/verify/body_v.h"
#include "core/verify/verify.h"

#include <string.h>

/* What is known of the whole set, and of the next proof. */
struct set {
    struct sc_body *b;
    struct sc_verified *v;
    const uint8_t *runs, *roots; /* SET_RUN, SET_ROOT */
    struct rd shapes, answers;   /* SET_SHAPE and SET_OOD_ANS of the proofs to come */
    struct sc_tr again;          /* before the first SET_OOD, then after that of the last proof */
    struct sc_bus_point bus;
    uint8_t digest[32];
    struct sc_fraction sum;      /* of the global fractions so far */
    bool alone;                  /* a proof ends where the bytes end */
};

static struct sc_set_segment segment(const struct set *s, uint32_t i)
{
    struct sc_set_segment g;
    sc_set_segment_decode(&g, s->runs + (size_t)(i - 1) * SC_SEGMENT_LEN);
    return g;
}

/* --- the global transcript --------------------------------------------------------------------------------------------- */

static socle_status recv_program(struct set *s, const uint8_t vk[SC_VK_LEN])
{
    struct sc_body *const b = s->b;
    struct sc_head_image *const image = &s->v->image;
    uint8_t seed[SC_SET_SEED_LEN];
    uint8_t own[SC_VK_LEN];
    const uint8_t *bytes;
    sc_set_seed(seed, b->m, b->profile);
    sc_tr_absorb(&b->ch.tr, SC_L_SET_SEED, seed, sizeof seed);
    const socle_status st = sc_recv_bytes(&b->ch, SC_L_SET_IMAGE, &bytes, SC_HEAD_IMAGE_LEN);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_head_image_decode(image, bytes);
    sc_vk_compute(own, b->m, b->profile, image);
    sc_tr_absorb(&b->ch.tr, SC_L_SET_VK, own, sizeof own);
    if (memcmp(own, vk, SC_VK_LEN) != 0) {
        return SOCLE_E_VERSION;
    }
    return sc_image_holds(image) ? SOCLE_OK : SOCLE_E_LIMIT;
}

/* Segments follow each other, from the entry point on. */
static socle_status check_segments(const struct set *s)
{
    uint32_t ip = s->v->image.entry;
    for (uint32_t i = 1; i <= s->v->n_segments; i++) {
        const struct sc_set_segment g = segment(s, i);
        if (!sc_end_holds(g.ts_end, g.ip_out)) {
            return SOCLE_E_LIMIT;
        }
        if (g.ip_in != ip) {
            return SOCLE_E_REJECT;
        }
        ip = g.ip_out;
        s->v->n_cycles += sc_cycles(g.ts_end);
        s->v->run.ts_end = g.ts_end;
        s->v->run.ip_end = g.ip_out;
    }
    return SOCLE_OK;
}

static socle_status recv_run(struct set *s)
{
    socle_status st = SOCLE_OK;
    struct sc_vch *const ch = &s->b->ch;
    struct sc_verified *const v = s->v;
    const uint8_t *bytes;
    TRY(sc_recv_bytes(ch, SC_L_SET_SIZE, &bytes, SC_SET_SIZE_LEN));
    TRY(sc_set_size_decode(&v->n_segments, &v->output_len, bytes));
    const size_t keys = (size_t)v->n_segments * SC_SEGMENT_LEN;
    TRY(sc_recv_bytes(ch, SC_L_SET_RUN, &s->runs, keys + SC_SET_KEYS_LEN));
    v->run.last_ram = (uint32_t)load_le(s->runs + keys, 4);
    v->run.last_input = (uint32_t)load_le(s->runs + keys + 4, 4);
    v->run.output_len = v->output_len;
    if (!sc_keys_hold(v->run.last_ram, v->run.last_input) || !sc_output_holds(v->output_len) || v->output_len > SIZE_MAX) {
        return SOCLE_E_LIMIT;
    }
    TRY(check_segments(s));
    TRY(sc_recv_bytes(ch, SC_L_SET_OUTPUT, &v->output, (size_t)v->output_len));
out:
    return st;
}

/* The list of one proof, checked; its rows are added to *rows. */
static socle_status recv_boundary(struct set *s, uint64_t *rows)
{
    struct sc_body *const b = s->b;
    const uint8_t *bytes;
    socle_status st = sc_recv_bytes(&b->ch, SC_L_SET_SHAPE, &bytes, 1);
    if (st != SOCLE_OK) {
        return st;
    }
    const unsigned n = bytes[0];
    if (n > AIR_MAX_CHUNKS) {
        return SOCLE_E_FORMAT;
    }
    st = sc_recv_bytes(&b->ch, SC_L_SET_SHAPE, &bytes, n);
    if (st != SOCLE_OK) {
        return st;
    }
    if (!sc_boundary_holds(b->m, b->profile, bytes, n)) {
        return SOCLE_E_LIMIT;
    }
    for (unsigned c = 0; c < n; c++) {
        *rows += (uint64_t)1 << bytes[c];
    }
    return SOCLE_OK;
}

static socle_status recv_boundaries(struct set *s)
{
    socle_status st = SOCLE_OK;
    struct sc_vch *const ch = &s->b->ch;
    uint64_t rows = 0;
    s->shapes = ch->rd;
    for (uint32_t i = 0; i <= s->v->n_segments; i++) {
        TRY(recv_boundary(s, &rows));
    }
    if (rows >= SC_SET_ROWS_LIMIT) {
        return SOCLE_E_LIMIT;
    }
    s->roots = ch->rd.p;
    for (uint32_t i = 0; i <= s->v->n_segments; i++) {
        const uint8_t *bytes;
        TRY(sc_recv_bytes(ch, SC_L_SET_ROOT, &bytes, 32));
    }
out:
    return st;
}

/* The next list; it has been checked. */
static unsigned next_boundary(struct rd *shapes, uint8_t log_h[AIR_MAX_CHUNKS])
{
    const unsigned n = rd_u8(shapes);
    const uint8_t *const bytes = rd_take(shapes, n);
    memcpy(log_h, bytes, n);
    return n;
}

static const struct sc_whir_round *boundary_round(const struct set *s, const uint8_t *log_h, unsigned n)
{
    return &s->b->profile->boundary[sc_boundary_vars(s->b->m, log_h, n)].r[0];
}

static socle_status recv_samples(struct set *s)
{
    struct sc_body *const b = s->b;
    struct rd shapes = s->shapes;
    s->again = b->ch.tr;
    s->again.log = NULL; /* no transcript of its own */
    s->answers = b->ch.rd;
    for (uint32_t i = 0; i <= s->v->n_segments; i++) {
        uint8_t log_h[AIR_MAX_CHUNKS];
        const unsigned n = next_boundary(&shapes, log_h);
        const struct sc_whir_round *const r = boundary_round(s, log_h, n);
        if (r->ood == 0) {
            continue;
        }
        sc_tr_challenge(&b->ch.tr, SC_L_SET_OOD, b->samples.coords, (size_t)r->ood * r->mu);
        const socle_status st = sc_recv_fx(&b->ch, SC_L_SET_OOD_ANS, b->samples.answers, r->ood);
        if (st != SOCLE_OK) {
            return st;
        }
    }
    return SOCLE_OK;
}

/* From the file's first byte to the set's digest. */
static socle_status recv_global(struct set *s, const uint8_t vk[SC_VK_LEN])
{
    socle_status st = SOCLE_OK;
    struct sc_vch *const ch = &s->b->ch;
    TRY(sc_recv_head(ch, s->b->profile, SC_KIND_SET));
    TRY(recv_program(s, vk));
    TRY(recv_run(s));
    TRY(recv_boundaries(s));
    TRY(recv_samples(s));
    TRY(sc_recv_grind(ch, SC_L_SET_POW, s->b->profile->logup_pow));
    sc_tr_challenge(&ch->tr, SC_L_SET_ALPHA, &s->bus.alpha, 1);
    sc_tr_challenge(&ch->tr, SC_L_SET_BETA, s->bus.beta, AIR_SLOTS);
    memcpy(s->digest, ch->tr.s, sizeof s->digest);
out:
    return st;
}

/* --- one proof ---------------------------------------------------------------------------------------------------------- */

/* Shape, root and samples of BOUNDARY in proof @p i, which is the next. */
static void take_boundary(struct set *s, uint32_t i)
{
    struct sc_body *const b = s->b;
    b->shape.n_boundary = (uint8_t)next_boundary(&s->shapes, b->shape.boundary_log_h);
    memcpy(b->boundary_root, s->roots + (size_t)i * 32, sizeof b->boundary_root);
    const struct sc_whir_round *const r = boundary_round(s, b->shape.boundary_log_h, b->shape.n_boundary);
    b->samples.n = r->ood;
    if (r->ood != 0) {
        const size_t len = (size_t)4 * FX_DEG * r->ood;
        const uint8_t *const bytes = rd_take(&s->answers, len);
        sc_tr_challenge(&s->again, SC_L_SET_OOD, b->samples.coords, (size_t)r->ood * r->mu);
        sc_tr_absorb(&s->again, SC_L_SET_OOD_ANS, bytes, len);
        (void)!sc_fx_decode(b->samples.answers, bytes, r->ood); /* canonical, or it would not have come to this */
    }
}

/* The proof's own transcript up to the end of its shape, and the limits. */
static socle_status begin_proof(struct set *s, uint32_t i)
{
    socle_status st = SOCLE_OK;
    struct sc_body *const b = s->b;
    uint8_t seed[SC_SEED_LEN];
    uint8_t bind[SC_SET_BIND_LEN];
    sc_tr_init(&b->ch.tr);
    sc_seed(seed, b->m, b->profile);
    sc_tr_absorb(&b->ch.tr, SC_L_SEED, seed, sizeof seed);
    sc_set_bind(bind, s->digest, i);
    sc_tr_absorb(&b->ch.tr, SC_L_SET, bind, sizeof bind);
    memset(&b->shape, 0, sizeof b->shape);
    memset(b->bus, 0, sizeof b->bus); /* nothing of the last proof is left to argue with */
    b->shape.part = i == 0 ? SC_FIRST : SC_SEGMENT;
    b->shape.index = i;
    b->shape.image_log_h = i == 0 ? s->v->image.log_h : 0;
    take_boundary(s, i);
    TRY(sc_body_shape(b));
    if (!sc_shape_valid(b->m, &b->shape) || !sc_clock_holds(b->m, &b->shape)) {
        return SOCLE_E_LIMIT;
    }
    TRY(sc_body_layout(b));
    if ((s->alone || i == s->v->n_segments) && b->ch.rd.left > sc_proof_max(&b->layout, b->profile, 0)) {
        return SOCLE_E_FORMAT;
    }
out:
    return st;
}

static struct sc_fraction public_terms(const struct set *s, uint32_t i)
{
    struct sc_fraction f = {FX_ZERO, FX_ONE};
    const struct sc_verified *const v = s->v;
    const struct sc_bus_point *const bus = &s->b->bus[SC_LOCAL];
    if (i == 0) {
        sc_add_memory_terms(&f, bus, v->run.last_ram, v->run.last_input, v->output, v->output_len);
    } else {
        const struct sc_set_segment g = segment(s, i);
        sc_add_state_terms(&f, bus, g.ip_in, g.ts_end, g.ip_out, i == v->n_segments);
    }
    return f;
}

static socle_status recv_proof(struct set *s, uint32_t i)
{
    socle_status st = SOCLE_OK;
    struct sc_body *const b = s->b;
    TRY(begin_proof(s, i));
    TRY(sc_body_commit(b));
    b->bus[SC_GLOBAL] = s->bus;
    TRY(sc_body_argue(b, public_terms(s, i)));
    TRY(sc_body_open(b));
    s->sum.n = fx_add(fx_mul(s->sum.n, b->global.d), fx_mul(b->global.n, s->sum.d));
    s->sum.d = fx_mul(s->sum.d, b->global.d);
out:
    return st;
}

socle_status sc_verify_set(struct sc_verified *out, const struct sc_machine *m, const struct sc_profile *profile, const uint8_t vk[SC_VK_LEN],
                           const uint8_t *proof, size_t len, void *scratch, size_t scratch_len)
{
    socle_status st = SOCLE_OK;
    struct sc_verified v;
    memset(out, 0, sizeof *out);
    memset(&v, 0, sizeof v);
    if (!scratch || scratch_len < sc_verify_scratch(m) || ((uintptr_t)scratch & 7) != 0) {
        return SOCLE_E_ARG;
    }
    struct sc_body *const b = sc_body_init(scratch, m, profile);
    struct set s = {.b = b, .v = &v, .sum = {FX_ZERO, FX_ONE}};
    sc_tr_init(&b->ch.tr);
    b->ch.rd = rd_view(proof, len);
    TRY(recv_global(&s, vk));
    memcpy(b->image_root, v.image.root, sizeof b->image_root);
    for (uint32_t i = 0; i <= v.n_segments; i++) {
        TRY(recv_proof(&s, i));
    }
    if (!fx_is_zero(s.sum.n)) {
        return SOCLE_E_REJECT;
    }
    if (!rd_done(&b->ch.rd)) {
        return SOCLE_E_FORMAT;
    }
    *out = v;
out:
    return st;
}

socle_status sc_verify_set_part(struct sc_fraction *global, const struct sc_machine *m, const struct sc_profile *profile,
                                const uint8_t vk[SC_VK_LEN], const struct sc_set_bytes *bytes, uint32_t index, void *scratch,
                                size_t scratch_len)
{
    socle_status st = SOCLE_OK;
    struct sc_verified v;
    memset(global, 0, sizeof *global);
    memset(&v, 0, sizeof v);
    if (!scratch || scratch_len < sc_verify_scratch(m) || ((uintptr_t)scratch & 7) != 0) {
        return SOCLE_E_ARG;
    }
    struct sc_body *const b = sc_body_init(scratch, m, profile);
    struct set s = {.b = b, .v = &v, .sum = {FX_ZERO, FX_ONE}, .alone = true};
    sc_tr_init(&b->ch.tr);
    b->ch.rd = rd_view(bytes->head, bytes->head_len);
    TRY(recv_global(&s, vk));
    if (!rd_done(&b->ch.rd)) {
        return SOCLE_E_FORMAT;
    }
    if (index > v.n_segments) {
        return SOCLE_E_ARG;
    }
    memcpy(b->image_root, v.image.root, sizeof b->image_root);
    for (uint32_t i = 0; i < index; i++) {
        take_boundary(&s, i);
    }
    b->ch.rd = rd_view(bytes->body, bytes->body_len);
    TRY(recv_proof(&s, index));
    if (!rd_done(&b->ch.rd)) {
        return SOCLE_E_FORMAT;
    }
    *global = s.sum;
out:
    return st;
}
