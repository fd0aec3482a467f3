/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The Fiat-Shamir transcript, and the verifier's channel: a transcript that owns the reader of the proof,
 * so that bytes of the proof can be obtained only by absorbing them. Normative text: docs/spec/transcript.md.
 */
#ifndef SC_TRANSCRIPT_TRANSCRIPT_H
#define SC_TRANSCRIPT_TRANSCRIPT_H

#include "core/base/rd.h"
#include "core/base/status.h"
#include "core/field/fx.h"

enum sc_label {
#define L(name, value) SC_L_##name = value,
#include "core/transcript/labels.def"
#undef L
};

struct sc_tr {
    uint8_t s[32];
    /* Optional observer of every frame (label, kind, payload length, new state), for transcript logs. */
    void (*log)(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32]);
    void *log_arg;
};

void sc_tr_init(struct sc_tr *tr);
void sc_tr_absorb(struct sc_tr *tr, enum sc_label label, const void *bytes, size_t len);
void sc_tr_absorb_fx(struct sc_tr *tr, enum sc_label label, const fx *v, size_t n);
void sc_tr_challenge(struct sc_tr *tr, enum sc_label label, fx *out, size_t n);
/** n indices of @p bits bits (<= 24), duplicates kept. */
void sc_tr_indices(struct sc_tr *tr, enum sc_label label, uint32_t *out, size_t n, unsigned bits);
/** Absorb a nonce; true when its low @p bits bits of work are there. bits = 0 makes no frame and is true. */
SC_MUST_USE bool sc_tr_grind(struct sc_tr *tr, enum sc_label label, unsigned bits, uint64_t nonce);
/** What sc_tr_grind would say, without touching @p tr. For the prover's search. */
SC_MUST_USE bool sc_tr_grind_try(const struct sc_tr *tr, enum sc_label label, unsigned bits, uint64_t nonce);

/** Verifier's channel. */
struct sc_vch {
    struct sc_tr tr;
    struct rd rd;
};

/** Each recv reads the exact length, absorbs it under the label, and decodes it. SOCLE_E_FORMAT when bytes are missing or not canonical; outputs are then zero. */
SC_MUST_USE socle_status sc_recv_bytes(struct sc_vch *ch, enum sc_label label, const uint8_t **out, size_t len);
SC_MUST_USE socle_status sc_recv_fx(struct sc_vch *ch, enum sc_label label, fx *out, size_t n);
/** Read a nonce (8 bytes; nothing when bits = 0) and check its work: SOCLE_E_REJECT when it is not there. */
SC_MUST_USE socle_status sc_recv_grind(struct sc_vch *ch, enum sc_label label, unsigned bits);

/** Encode and decode extension elements (20 bytes each, docs/spec/field.md). decode: false on a residue >= p. */
void sc_fx_encode(uint8_t *out, const fx *v, size_t n);
SC_MUST_USE bool sc_fx_decode(fx *out, const uint8_t *in, size_t n);
SC_MUST_USE bool sc_fp_decode(fp *out, const uint8_t *in, size_t n);

#endif
