/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: a folder that keeps the finished proofs of a set, so that a run which was stopped goes on where it was. Files: `head`,
 * the set's file up to its first proof, and `N.part` for proof N. A file is there whole or not at all. Not for others to include.
 */
#ifndef SC_API_STORE_H
#define SC_API_STORE_H

#include "host/api/context.h"

/** Open the folder, made when there is none, for the set of this head. E_ARG: it keeps proofs of another set. @p folder NULL: none is
 * kept; the other calls then do nothing. */
SC_MUST_USE socle_status sc_store_open(socle_context *ctx, const char *folder, const uint8_t *head, size_t len);
/** Proof @p index as it was kept, from sc_alloc; *part is NULL when it was not, or is longer than @p limit. E_NOMEM. */
SC_MUST_USE socle_status sc_store_get(uint8_t **part, size_t *len, const char *folder, uint32_t index, size_t limit);
/** Keep it. @p why receives a sentence. */
SC_MUST_USE socle_status sc_store_put(char *why, size_t why_size, const char *folder, uint32_t index, const uint8_t *part, size_t len);

#endif
