/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Heads and bounds of a set of proofs. Theory: docs/spec/proof.md, "Sets".
 */
#include "core/proof/set.h"

#include "core/base/rd.h"

#include <string.h>

void sc_set_seed(uint8_t out[SC_SET_SEED_LEN], const struct sc_machine *m, const struct sc_profile *p)
{
    memcpy(out, "socle set", 9);
    store_le(out + 9, SC_PROOF_VERSION, 4);
    sc_profile_digest(out + 13, p);
    memcpy(out + 45, m->digest, 32);
}

void sc_set_bind(uint8_t out[SC_SET_BIND_LEN], const uint8_t digest[32], uint32_t index)
{
    memcpy(out, digest, 32);
    store_le(out + 32, index, 4);
}

void sc_set_size_encode(uint8_t out[SC_SET_SIZE_LEN], uint32_t n_segments, uint64_t output_len)
{
    store_le(out, n_segments, 4);
    store_le(out + 4, output_len, 8);
}

socle_status sc_set_size_decode(uint32_t *n_segments, uint64_t *output_len, const uint8_t in[SC_SET_SIZE_LEN])
{
    *n_segments = (uint32_t)load_le(in, 4);
    *output_len = load_le(in + 4, 8);
    return *n_segments >= SC_SET_MIN && *n_segments <= SC_SET_MAX ? SOCLE_OK : SOCLE_E_FORMAT;
}

void sc_set_segment_encode(uint8_t out[SC_SEGMENT_LEN], const struct sc_set_segment *s)
{
    store_le(out, s->ip_in, 4);
    store_le(out + 4, s->ip_out, 4);
    store_le(out + 8, s->ts_end, 4);
}

void sc_set_segment_decode(struct sc_set_segment *out, const uint8_t in[SC_SEGMENT_LEN])
{
    out->ip_in = (uint32_t)load_le(in, 4);
    out->ip_out = (uint32_t)load_le(in + 4, 4);
    out->ts_end = (uint32_t)load_le(in + 8, 4);
}

bool sc_boundary_holds(const struct sc_machine *m, const struct sc_profile *p, const uint8_t *log_h, unsigned n)
{
    if (n == 0 || !sc_chunks_valid(log_h, n)) {
        return false;
    }
    const unsigned vars = sc_boundary_vars(m, log_h, n);
    return vars <= p->max_m0 && p->boundary[vars].r[0].mu == vars && sc_whir_params_ok(&p->boundary[vars]);
}
