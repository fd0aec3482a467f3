/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sections one after the other, to the last byte.
 */
#include "host/groth16/binfile.h"

#include <stdio.h>
#include <string.h>

static socle_status bad(char *why, size_t why_size, const char *what)
{
    (void)snprintf(why, why_size, "%s", what);
    return SOCLE_E_FORMAT;
}

socle_status sc_binfile_open(struct binfile *out, char *why, size_t why_size, const uint8_t *bytes, size_t len, const char magic[4],
                             uint32_t version)
{
    struct rd r = rd_view(bytes, len);
    struct rd none;
    memset(out, 0, sizeof *out);
    const uint8_t *const seen = rd_take(&r, 4);
    if (seen == NULL || memcmp(seen, magic, 4) != 0) {
        return bad(why, why_size, "it does not begin as such a file does");
    }
    const uint32_t v = (uint32_t)rd_uint(&r, 4), n = (uint32_t)rd_uint(&r, 4);
    if (!r.bad && v != version) {
        (void)snprintf(why, why_size, "it is of version %u, not %u", v, version);
        return SOCLE_E_VERSION;
    }
    if (r.bad || n == 0 || n > BINFILE_SECTIONS) {
        return bad(why, why_size, "the number of sections is wrong");
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t type = (uint32_t)rd_uint(&r, 4);
        const uint64_t size = rd_uint(&r, 8);
        if (!r.bad && sc_binfile_find(&none, out, type)) {
            return bad(why, why_size, "a section is there twice");
        }
        const uint8_t *const at = size <= r.left ? rd_take(&r, (size_t)size) : NULL;
        if (at == NULL) {
            return bad(why, why_size, "a section is longer than the file");
        }
        out->section[i].type = type;
        out->section[i].bytes = at;
        out->section[i].len = (size_t)size;
        out->n = i + 1;
    }
    return r.left == 0 ? SOCLE_OK : bad(why, why_size, "there are bytes behind the last section");
}

bool sc_binfile_find(struct rd *out, const struct binfile *f, uint32_t type)
{
    for (unsigned i = 0; i < f->n; i++) {
        if (f->section[i].type == type) {
            *out = rd_view(f->section[i].bytes, f->section[i].len);
            return true;
        }
    }
    *out = rd_view(NULL, 0);
    return false;
}
