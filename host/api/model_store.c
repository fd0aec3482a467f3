/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cost model that is kept for this machine: a file of the user's own, named by a digest of the processor and of all devices with their
 * drivers. Another machine, device or driver has another file.
 */
#include "host/api/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/hash/blake3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/own.h"

enum { DIGEST = 16 };

static void absorb(struct b3 *h, const char *text)
{
    sc_b3_update(h, text, strlen(text) + 1);
}

/* E_NOMEM. */
static socle_status digest_of(uint8_t out[DIGEST])
{
    struct b3 h;
    struct socle_device *const d = sc_alloc(SOCLE_MAX_LISTED_DEVICES, sizeof *d);
    if (d == NULL) {
        return SOCLE_E_NOMEM;
    }
    const size_t n = sc_api_list_devices(d, SOCLE_MAX_LISTED_DEVICES);
    sc_b3_init_derive(&h, "socle stored cost model 1");
    for (size_t i = 0; i < n && i < SOCLE_MAX_LISTED_DEVICES; i++) {
        char more[64];
        (void)snprintf(more, sizeof more, "%u threads, %u units", d[i].threads, d[i].units);
        absorb(&h, d[i].id);
        absorb(&h, d[i].name);
        absorb(&h, d[i].isa != NULL ? d[i].isa : "");
        absorb(&h, d[i].platform);
        absorb(&h, d[i].driver);
        absorb(&h, more);
    }
    sc_b3_final(&h, 0, out, DIGEST);
    sc_free(d);
    return SOCLE_OK;
}

/* Where it is. With @p make the folder is made; else E_IO when there is none. */
static socle_status path_of(socle_context *ctx, char out[SOCLE_MAX_PATH], bool make)
{
    uint8_t digest[DIGEST];
    if (!sc_own_folder(out, SOCLE_MAX_PATH - 2 * DIGEST - sizeof "/.toml", "XDG_DATA_HOME", "/.local/share", "models", make)) {
        return make ? sc_fail(ctx, SOCLE_E_IO, "cost models are kept in socle/models of $XDG_DATA_HOME or ~/.local/share, which cannot be made or is not yours alone")
                    : sc_fail(ctx, SOCLE_E_IO, "no cost model is stored; `socle model measure` makes one");
    }
    if (digest_of(digest) != SOCLE_OK) {
        return SOCLE_E_NOMEM;
    }
    size_t n = strlen(out);
    out[n++] = '/';
    for (size_t i = 0; i < DIGEST; i++, n += 2) {
        (void)snprintf(out + n, 3, "%02x", digest[i]);
    }
    (void)snprintf(out + n, sizeof ".toml", ".toml");
    return SOCLE_OK;
}

static socle_status read_stored(socle_context *ctx, socle_model **out, char path[SOCLE_MAX_PATH])
{
    socle_status st = SOCLE_OK;
    uint8_t *text = NULL;
    size_t len = 0;
    *out = NULL;
    TRY(path_of(ctx, path, false));
    if (!sc_file_exists(path)) {
        return sc_fail(ctx, SOCLE_E_IO, "no cost model is stored for this machine and its devices; `socle model measure` makes one");
    }
    if (!sc_own(path, false)) {
        return sc_fail(ctx, SOCLE_E_FORMAT, "the stored cost model is no file of yours alone: others could have written it");
    }
    TRY(sc_file_read(&text, &len, ctx->message, sizeof ctx->message, path, SC_COST_MAX_TEXT));
    TRY(sc_api_model_parse(ctx, out, text, len));
out:
    sc_free(text);
    return st;
}

socle_status socle_model_stored(socle_context *ctx, socle_model **out, char path[SOCLE_MAX_PATH])
{
    path[0] = '\0';
    sc_api_begin(ctx);
    return sc_api_end(ctx, read_stored(ctx, out, path));
}

socle_status socle_model_store(socle_context *ctx, char path[SOCLE_MAX_PATH], const socle_model *model)
{
    socle_status st = SOCLE_OK;
    uint8_t *text = NULL;
    path[0] = '\0';
    sc_api_begin(ctx);
    const size_t len = sc_cost_write(&model->cost, NULL, 0);
    TRY(path_of(ctx, path, true));
    text = sc_alloc(len, 1);
    TRY(text != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    (void)sc_cost_write(&model->cost, (char *)text, len);
    TRY(sc_file_write(ctx->message, sizeof ctx->message, path, text, len));
    TRY(chmod(path, 0600) == 0 ? SOCLE_OK : sc_fail(ctx, SOCLE_E_IO, "%.200s: its mode cannot be set", path));
out:
    sc_free(text);
    return sc_api_end(ctx, st);
}

const struct socle_model *sc_api_model(socle_context *ctx, const char **why)
{
    char path[SOCLE_MAX_PATH], said[API_MESSAGE];
    if (!ctx->model_sought) {
        memcpy(said, ctx->message, sizeof said);
        const socle_status st = read_stored(ctx, &ctx->model, path);
        ctx->model_sought = st != SOCLE_E_NOMEM;
        if (st != SOCLE_OK) {
            (void)snprintf(ctx->model_why, sizeof ctx->model_why, "%s", ctx->message[0] != '\0' ? ctx->message : socle_status_text(st));
        }
        memcpy(ctx->message, said, sizeof said);
    }
    *why = ctx->model_why;
    return ctx->model;
}
