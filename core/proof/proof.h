/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fixed parts of key and proof files: heads, the verification key, and how long a proof can be.
 * Owns nothing. Theory: docs/spec/proof.md.
 */
#ifndef SC_PROOF_PROOF_H
#define SC_PROOF_PROOF_H

#include "core/air/layout.h"
#include "core/base/status.h"
#include "core/budget/params.h"

#define SC_PROOF_VERSION 4u
#define SC_MAGIC_LEN 8
#define SC_PROOF_MAGIC "SOCLEPRF"
#define SC_KEY_MAGIC "SOCLEVK1"
#define SC_FILE_HEAD_LEN 12 /* magic and version */
#define SC_PROOF_HEAD_LEN (SC_FILE_HEAD_LEN + 32 + 1) /* and the digest of the profile, and the kind */
#define SC_VK_LEN 32
#define SC_KEY_FILE_LEN (SC_FILE_HEAD_LEN + SC_VK_LEN)
#define SC_SEED_LEN 79
#define SC_HEAD_IMAGE_LEN 37
#define SC_HEAD_RUN_LEN 32

/* Bounds of proof.md, "Shape and limits". */
#define SC_TS_LIMIT (UINT32_C(1) << 27)
#define SC_KEY_LIMIT (UINT32_C(1) << 29)
#define SC_ENTRY_LIMIT (UINT32_C(1) << 30)
#define SC_OUTPUT_MAX ((UINT64_C(1) << 32) - 8)
#define SC_IMAGE_MIN_LOG_H 8
#define SC_IMAGE_MAX_LOG_H 27
#define SC_CHAIN_START_RAM 511u
#define SC_CHAIN_START_IO (FP_P - 1u)

/** The program, as the key binds it. */
struct sc_head_image {
    uint32_t entry; /* e_entry / 4 */
    uint8_t log_h;
    uint8_t root[32];
};

/** The run, as the proof claims it. Chain ends are canonical residues. */
struct sc_head_run {
    uint32_t ts_end, ip_end;
    uint32_t last_ram, last_input;
    uint64_t output_len;
};

/** What follows the head of a proof file. */
enum sc_proof_kind { SC_KIND_SINGLE = 1, SC_KIND_SET = 2 };

/** The head of a proof file. */
void sc_proof_head(uint8_t out[SC_PROOF_HEAD_LEN], const struct sc_profile *p, enum sc_proof_kind kind);
/** E_FORMAT: no proof file. E_VERSION: of another version, or (*profile is then NULL) of a profile that is not shipped. */
SC_MUST_USE socle_status sc_proof_head_decode(const struct sc_profile **profile, enum sc_proof_kind *kind, uint32_t *version,
                                              const uint8_t *bytes, size_t len);

/** What the transcript begins with. */
void sc_seed(uint8_t out[SC_SEED_LEN], const struct sc_machine *m, const struct sc_profile *p);

void sc_head_image_encode(uint8_t out[SC_HEAD_IMAGE_LEN], const struct sc_head_image *h);
void sc_head_image_decode(struct sc_head_image *out, const uint8_t in[SC_HEAD_IMAGE_LEN]);
void sc_head_run_encode(uint8_t out[SC_HEAD_RUN_LEN], const struct sc_head_run *h);
/** E_FORMAT when the number of segments is not 1 or the index not 0. */
SC_MUST_USE socle_status sc_head_run_decode(struct sc_head_run *out, const uint8_t in[SC_HEAD_RUN_LEN]);

void sc_vk_compute(uint8_t vk[SC_VK_LEN], const struct sc_machine *m, const struct sc_profile *p, const struct sc_head_image *h);

void sc_key_encode(uint8_t out[SC_KEY_FILE_LEN], const uint8_t vk[SC_VK_LEN]);
/** E_FORMAT: no key file; E_VERSION: of another version. */
SC_MUST_USE socle_status sc_key_decode(uint8_t vk[SC_VK_LEN], const uint8_t *bytes, size_t len);

/** Bounds by themselves: of the program, of an end of a run or segment, of the last keys, of what a run writes. */
SC_MUST_USE bool sc_image_holds(const struct sc_head_image *image);
SC_MUST_USE bool sc_end_holds(uint32_t ts_end, uint32_t ip_end);
SC_MUST_USE bool sc_keys_hold(uint32_t last_ram, uint32_t last_input);
SC_MUST_USE bool sc_output_holds(uint64_t output_len);
/** The rows of the shape that take STATE have stamps below the limit. */
SC_MUST_USE bool sc_clock_holds(const struct sc_machine *m, const struct sc_shape *shape);

/** Instructions of a run or segment: number n has stamp 4 (n + 1), the end the stamp after the last. */
static inline uint64_t sc_cycles(uint32_t ts_end)
{
    return ts_end < 4 ? 0 : ts_end / 4 - 1;
}

/** Bounds of image, run and shape of a single proof together, before anything is computed from them. */
SC_MUST_USE bool sc_limits_hold(const struct sc_machine *m, const struct sc_head_image *image, const struct sc_head_run *run,
                                const struct sc_shape *shape);

/** Most bytes that can follow HEAD_SHAPE in a proof of this layout; output_len is 0 in a set, whose output is not among them. */
uint64_t sc_proof_max(const struct sc_layout *l, const struct sc_profile *p, uint64_t output_len);

#endif
