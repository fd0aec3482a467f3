/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What is kept of one proof of a benchmark. Owns nothing.
 */
#ifndef SC_BENCH_PROOF_RUN_H
#define SC_BENCH_PROOF_RUN_H

#include "host/socle.h"

#define SC_PROOF_WHY 160 /* bytes of a sentence */

/** One proof that was made and verified. digest: of its bytes; workload: BLAKE3 of what is proved, both lengths before (sc_workload_digest). */
struct sc_proof_run {
    uint8_t digest[SOCLE_BENCH_DIGEST], workload[SOCLE_BENCH_DIGEST];
    uint64_t ns, verify_ns, bytes, peak_memory;
    uint64_t units; /* of the row, when only the run tells how many; else 0 */
    unsigned bits, n_segments, n_stages;
    struct socle_stage stages[SOCLE_MAX_STAGES];
    uint64_t key_bytes, key_ns; /* Groth16: of the proving key; making it, whenever that was */
};

/** BLAKE3 of both lengths (8 bytes, little-endian), program and input. */
void sc_workload_digest(uint8_t out[SOCLE_BENCH_DIGEST], const uint8_t *program, size_t program_len, const uint8_t *input, size_t input_len);

#endif
