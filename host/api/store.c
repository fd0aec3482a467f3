/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Finished proofs of a set in a folder.
 */
#include "host/api/store.h"

#include <stdio.h>
#include <string.h>

#include "host/sys/file.h"
#include "host/sys/mem.h"

/* folder/name; NULL when there is no memory. */
static char *path_in(const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *const path = sc_alloc(size, 1);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, name);
    }
    return path;
}

static char *path_of_part(const char *folder, uint32_t index)
{
    char name[24];
    (void)snprintf(name, sizeof name, "%u.part", index);
    return path_in(folder, name);
}

static socle_status same_head(socle_context *ctx, const char *folder, const char *path, const uint8_t *head, size_t len)
{
    uint8_t *kept = NULL;
    size_t kept_len = 0;
    socle_status st = sc_file_read(&kept, &kept_len, ctx->message, sizeof ctx->message, path, len);
    if (st == SOCLE_E_LIMIT || (st == SOCLE_OK && (kept_len != len || memcmp(kept, head, len) != 0))) {
        st = sc_fail(ctx, SOCLE_E_ARG, "%s keeps proofs of another run (program, input, profile or version)", folder);
    }
    sc_free(kept);
    return st;
}

socle_status sc_store_open(socle_context *ctx, const char *folder, const uint8_t *head, size_t len)
{
    socle_status st = SOCLE_OK;
    char *path = NULL;
    if (folder == NULL) {
        return SOCLE_OK;
    }
    TRY(sc_folder_make(ctx->message, sizeof ctx->message, folder));
    path = path_in(folder, "head");
    TRY(path != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    st = sc_file_exists(path) ? same_head(ctx, folder, path, head, len) : sc_file_write(ctx->message, sizeof ctx->message, path, head, len);
out:
    sc_free(path);
    return st;
}

socle_status sc_store_get(uint8_t **part, size_t *len, const char *folder, uint32_t index, size_t limit)
{
    socle_status st = SOCLE_OK;
    char why[256];
    char *path = NULL;
    *part = NULL;
    *len = 0;
    if (folder == NULL) {
        return SOCLE_OK;
    }
    path = path_of_part(folder, index);
    TRY(path != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    if (sc_file_exists(path)) {
        st = sc_file_read(part, len, why, sizeof why, path, limit);
        st = st == SOCLE_E_NOMEM ? st : SOCLE_OK; /* what cannot be read is made again */
    }
out:
    sc_free(path);
    return st;
}

socle_status sc_store_put(char *why, size_t why_size, const char *folder, uint32_t index, const uint8_t *part, size_t len)
{
    if (folder == NULL) {
        return SOCLE_OK;
    }
    char *const path = path_of_part(folder, index);
    const socle_status st = path != NULL ? sc_file_write(why, why_size, path, part, len) : SOCLE_E_NOMEM;
    sc_free(path);
    return st;
}
