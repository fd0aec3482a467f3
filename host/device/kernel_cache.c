/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A file for each binary, named by its key: "SOCLEKC1", BLAKE3 of the rest, the key again, the binary. The digest finds damage. Against
 * people it is the system that guards: folder and file must be the user's own and writable by nobody else.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/device/kernel_cache.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/hash/blake3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/own.h"

static const char magic[8] = {'S', 'O', 'C', 'L', 'E', 'K', 'C', '1'};
enum { MAGIC = 8, DIGEST_AT = MAGIC, KEY_AT = DIGEST_AT + 32, BODY_AT = KEY_AT + 32, MAX_FILE = 64 << 20, PATH = 512 };

struct sc_kernel_key sc_kernel_key(const char *const *texts, size_t n_texts)
{
    struct sc_kernel_key key;
    struct b3 h;
    sc_b3_init_derive(&h, "socle kernel cache 1");
    for (size_t i = 0; i < n_texts; i++) {
        sc_b3_update(&h, texts[i], strlen(texts[i]) + 1);
    }
    sc_b3_final(&h, 0, key.digest, sizeof key.digest);
    return key;
}

static bool path_of(char out[PATH], const struct sc_kernel_key *key)
{
    if (!sc_own_folder(out, PATH, "XDG_CACHE_HOME", "/.cache", "kernels", true)) {
        return false;
    }
    size_t n = strlen(out);
    if (n + 2 + 2 * sizeof key->digest > PATH) {
        return false;
    }
    out[n++] = '/';
    for (size_t i = 0; i < sizeof key->digest; i++, n += 2) {
        (void)snprintf(out + n, 3, "%02x", key->digest[i]);
    }
    return true;
}

static void digest_of(uint8_t out[32], const uint8_t *file, size_t len)
{
    struct b3 h;
    sc_b3_init(&h);
    sc_b3_update(&h, file + KEY_AT, len - KEY_AT);
    sc_b3_final(&h, 0, out, 32);
}

uint8_t *sc_kernel_cache_get(size_t *len, const struct sc_kernel_key *key)
{
    char path[PATH], why[256];
    uint8_t *file = NULL, digest[32];
    size_t size = 0;
    *len = 0;
    if (!path_of(path, key) || !sc_own(path, false) || sc_file_read(&file, &size, why, sizeof why, path, MAX_FILE) != SOCLE_OK) {
        return NULL;
    }
    if (size > BODY_AT) {
        digest_of(digest, file, size);
    }
    if (size <= BODY_AT || memcmp(file, magic, MAGIC) != 0 || memcmp(file + DIGEST_AT, digest, 32) != 0 || memcmp(file + KEY_AT, key->digest, 32) != 0) {
        sc_free(file);
        return NULL;
    }
    *len = size - BODY_AT;
    memmove(file, file + BODY_AT, *len);
    return file;
}

void sc_kernel_cache_put(const struct sc_kernel_key *key, const uint8_t *bytes, size_t len)
{
    char path[PATH], why[256];
    if (len == 0 || len > MAX_FILE - BODY_AT || !path_of(path, key)) {
        return;
    }
    uint8_t *const file = sc_alloc(1, BODY_AT + len);
    if (file == NULL) {
        return;
    }
    memcpy(file, magic, MAGIC);
    memcpy(file + KEY_AT, key->digest, 32);
    memcpy(file + BODY_AT, bytes, len);
    digest_of(file + DIGEST_AT, file, BODY_AT + len);
    if (sc_file_write(why, sizeof why, path, file, BODY_AT + len) == SOCLE_OK) {
        (void)chmod(path, 0600); /* whatever the umask allows others */
    }
    sc_free(file);
}
