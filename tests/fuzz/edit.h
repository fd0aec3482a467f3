/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Edits of an honest proof, by message: so that a small input says much, and an edit keeps the format
 * unless it means not to. Nine bytes of the input are one edit.
 */
#ifndef SC_TESTS_EDIT_H
#define SC_TESTS_EDIT_H

#include "core/base/rd.h"
#include "tests/fuzz/proof_scene.h"
#include "tests/fuzz/watch.h"

#define EDIT_ROOM ((size_t)1 << 12) /* for bytes that edits insert */
#define EDIT_MOST 64
#define EDIT_LEN 9

/** An honest proof and what verifying it takes. */
struct honest_view {
    const struct scene_proof *proof;
    struct watch_message *messages;
    unsigned n_messages;
    uint64_t n_blocks;
    double seconds;
};

/** An honest proof with the edits that @p rd has, at most EDIT_MOST; @p other gives messages of another
 * one. The bytes end where their block ends, so that a sanitizer sees a read past the end; the
 * caller frees them. */
uint8_t *edit_proof(size_t *len,
                    struct rd *rd,
                    const struct honest_view *h,
                    const struct honest_view *other);

#endif
