/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: the folder of `--resume`. The input is a list of what happens to it, by us or by others: its
 * head is compared, proofs are kept and asked for, files are spoiled, cut, replaced by folders and by
 * links that lead nowhere. What the calls answer is what a list of the files says they must: a proof is
 * given exactly as it lies there or not at all, another head is refused and stays, nothing is left beside.
 */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/rd.h"
#include "host/api/store.h"
#include "host/sys/mem.h"
#include "tests/fuzz/fuzz.h"

enum { PARTS = 4, HEAD = PARTS, FILES, MOST = 2048 };
enum what { NOTHING, BYTES, FOLDER, NOWHERE };

/** What should be in the folder. */
struct file {
    enum what what;
    size_t len;
    uint8_t bytes[MOST];
};

static char folder[64], kept[80];
static struct file files[FILES];
static socle_context *ctx;
static const uint32_t index_of[PARTS] = {0, 1, 7, UINT32_MAX};

static const char *path_of(unsigned f)
{
    static char path[128];
    if (f == HEAD) {
        (void)snprintf(path, sizeof path, "%s/head", kept);
    } else {
        (void)snprintf(path, sizeof path, "%s/%u.part", kept, index_of[f]);
    }
    return path;
}

static void clear(void)
{
    for (unsigned f = 0; f < FILES; f++) {
        if (files[f].what == FOLDER) {
            (void)rmdir(path_of(f));
        } else if (files[f].what != NOTHING) {
            (void)unlink(path_of(f));
        }
        files[f].what = NOTHING;
    }
}

static void leave(void)
{
    clear();
    (void)rmdir(kept);
    (void)rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const struct socle_options options = {.n_threads = 1};
    (void)argc;
    (void)argv;
    (void)snprintf(folder, sizeof folder, "%s/socle-store-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".");
    FUZZ_NEED(mkdtemp(folder) != NULL, "no folder for the files");
    (void)snprintf(kept, sizeof kept, "%s/kept", folder);
    FUZZ_NEED(atexit(leave) == 0, "atexit");
    FUZZ_NEED(socle_create(&ctx, &options) == SOCLE_OK, "context");
    return 0;
}

/* Bytes of the input: a length and that many, fewer when the input ends. */
static size_t take(uint8_t out[MOST], struct rd *rd)
{
    size_t n = rd->left >= 2 ? (size_t)rd_uint(rd, 2) % MOST : 0;
    n = n < rd->left ? n : rd->left;
    if (n > 0) {
        memcpy(out, rd_take(rd, n), n);
    }
    return n;
}

/* Somebody else makes the file hold this, whatever it was. */
static void become(unsigned f, enum what what, const uint8_t *bytes, size_t len)
{
    struct file *const x = &files[f];
    (void)mkdir(kept, 0777);
    if (x->what == FOLDER) {
        FUZZ_NEED(rmdir(path_of(f)) == 0, "rmdir");
    } else if (x->what != NOTHING) {
        FUZZ_NEED(unlink(path_of(f)) == 0, "unlink");
    }
    x->what = what;
    if (what == FOLDER) {
        FUZZ_NEED(mkdir(path_of(f), 0777) == 0, "mkdir");
    } else if (what == NOWHERE) {
        FUZZ_NEED(symlink("there/is/nothing", path_of(f)) == 0, "symlink");
    } else if (what == BYTES) {
        FILE *const file = fopen(path_of(f), "wb");
        FUZZ_NEED(file != NULL && (len == 0 || fwrite(bytes, len, 1, file) == 1) && fclose(file) == 0, "write");
        memcpy(x->bytes, bytes, len);
        x->len = len;
    }
}

static void keep(unsigned f, const uint8_t *bytes, size_t len)
{
    struct file *const x = &files[f];
    char why[128] = "";
    const socle_status st = sc_store_put(why, sizeof why, kept, index_of[f], bytes, len);
    if (access(kept, F_OK) != 0 || x->what == FOLDER) {
        FUZZ_NEED(st == SOCLE_E_IO && why[0] != '\0', "status %d: %s", (int)st, why);
        return;
    }
    FUZZ_NEED(st == SOCLE_OK, "status %d: %s", (int)st, why);
    x->what = BYTES;
    x->len = len;
    memcpy(x->bytes, bytes, len);
}

static void ask(unsigned f, size_t limit)
{
    const struct file *const x = &files[f];
    uint8_t *part = NULL;
    size_t len = 0;
    FUZZ_NEED(sc_store_get(&part, &len, kept, index_of[f], limit) == SOCLE_OK, "status");
    const bool there = x->what == BYTES && x->len <= limit;
    FUZZ_NEED((part != NULL) == there, "%zu bytes at a limit of %zu", x->len, limit);
    FUZZ_NEED(!there || (len == x->len && memcmp(part, x->bytes, len) == 0), "other bytes");
    sc_free(part);
}

static void open_with(const uint8_t *head, size_t len)
{
    struct file *const x = &files[HEAD];
    ctx->message[0] = '\0';
    const socle_status st = sc_store_open(ctx, kept, head, len);
    if (x->what == NOTHING || x->what == NOWHERE) {
        FUZZ_NEED(st == SOCLE_OK, "status %d: %s", (int)st, ctx->message);
        x->what = BYTES;
        x->len = len;
        memcpy(x->bytes, head, len);
    } else if (x->what == FOLDER) {
        FUZZ_NEED(st == SOCLE_E_IO && ctx->message[0] != '\0', "status %d", (int)st);
    } else if (x->len == len && memcmp(x->bytes, head, len) == 0) {
        FUZZ_NEED(st == SOCLE_OK, "status %d: %s", (int)st, ctx->message);
    } else {
        FUZZ_NEED(st == SOCLE_E_ARG && strstr(ctx->message, "another run") != NULL, "status %d: %s", (int)st, ctx->message);
    }
}

/* The folder has the files of the list, with their bytes, and no other. */
static void look(void)
{
    unsigned n = 0, want = 0;
    DIR *const d = opendir(kept);
    for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    }
    if (d != NULL) {
        (void)closedir(d);
    }
    for (unsigned f = 0; f < FILES; f++) {
        static uint8_t bytes[MOST + 1];
        want += files[f].what != NOTHING;
        if (files[f].what == BYTES) {
            FILE *const file = fopen(path_of(f), "rb");
            FUZZ_NEED(file != NULL, "%s", path_of(f));
            const size_t len = fread(bytes, 1, sizeof bytes, file);
            (void)fclose(file);
            FUZZ_NEED(len == files[f].len && memcmp(bytes, files[f].bytes, len) == 0, "%s has other bytes", path_of(f));
        }
    }
    FUZZ_NEED(n == want, "%u files, not %u", n, want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[MOST];
    struct rd rd = rd_view(data, size);
    const size_t held = sc_mem_now();
    clear();
    (void)rmdir(kept);
    for (unsigned i = 0; i < 24 && rd.left > 0; i++) {
        const uint8_t op = rd_u8(&rd);
        const unsigned f = op >> 4 & 3;
        size_t len = 0;
        switch (op & 7) {
        case 0:
            len = take(bytes, &rd);
            keep(f, bytes, len);
            break;
        case 1:
            ask(f, MOST);
            break;
        case 2: /* with a limit of its own, at the edge or anywhere */
            ask(f, (op & 8) != 0 ? files[f].len - (files[f].len > 0) : rd.left >= 2 ? (size_t)rd_uint(&rd, 2) : 0);
            break;
        case 3:
            len = take(bytes, &rd);
            open_with(bytes, len);
            break;
        case 4: /* the head that is there, whole or not */
            len = files[HEAD].len;
            memcpy(bytes, files[HEAD].bytes, len);
            open_with(bytes, (op & 8) != 0 ? len / 2 : len);
            break;
        case 5:
            len = take(bytes, &rd);
            become((op & 8) != 0 ? HEAD : f, BYTES, bytes, len);
            break;
        case 6: /* cut */
            if (files[f].what == BYTES) {
                memcpy(bytes, files[f].bytes, files[f].len);
                become(f, BYTES, bytes, files[f].len / 2);
            }
            break;
        default:
            become((op & 8) != 0 ? HEAD : f, rd_u8(&rd) & 1 ? FOLDER : NOWHERE, NULL, 0);
            break;
        }
    }
    look();
    FUZZ_NEED(sc_mem_now() == held, "%zu bytes are kept", sc_mem_now() - held);
    return 0;
}
