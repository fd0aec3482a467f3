/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The container of iden3's files: magic, version, sections of a type and a size. Borrows the bytes.
 */
#ifndef SC_GROTH16_BINFILE_H
#define SC_GROTH16_BINFILE_H

#include "core/base/rd.h"
#include "core/base/status.h"

enum { BINFILE_SECTIONS = 32 };

struct binfile {
    unsigned n;
    struct {
        uint32_t type;
        const uint8_t *bytes;
        size_t len;
    } section[BINFILE_SECTIONS];
};

/** E_FORMAT: another magic, sections that overlap the end, leave bytes, repeat a type, or are too many; E_VERSION. With a sentence. */
SC_MUST_USE socle_status sc_binfile_open(struct binfile *out, char *why, size_t why_size, const uint8_t *bytes, size_t len, const char magic[4],
                                         uint32_t version);
/** A section's bytes; false when there is none of the type. */
bool sc_binfile_find(struct rd *out, const struct binfile *f, uint32_t type);

#endif
