/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: key files. Exactly the encodings of keys are read, and no other file is taken for one,
 * alone or beside a proof.
 */
#include <string.h>

#include "core/proof/proof.h"
#include "host/socle.h"
#include "tests/fuzz/fuzz.h"

static socle_context *ctx;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct socle_options options = {.n_threads = 1};
    (void)argc;
    (void)argv;
    FUZZ_NEED(socle_create(&ctx, &options) == SOCLE_OK, "context");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t zero[SC_VK_LEN];
    uint8_t vk[SC_VK_LEN], again[SC_KEY_FILE_LEN];
    struct socle_info info;
    struct socle_verified verified;
    const socle_status st = sc_key_decode(vk, data, size);
    sc_key_encode(again, vk);
    if (st == SOCLE_OK) {
        FUZZ_NEED(size == SC_KEY_FILE_LEN && memcmp(data, again, size) == 0,
                  "a key that is not encoded like this");
    } else {
        FUZZ_NEED(st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION, "status %d", (int)st);
        FUZZ_NEED(memcmp(vk, zero, sizeof vk) == 0, "a key from a file that is none");
    }
    const socle_status seen = socle_inspect(ctx, &info, data, size);
    FUZZ_NEED((seen == SOCLE_OK && info.kind == SOCLE_KIND_KEY) == (st == SOCLE_OK),
              "inspect says %d, decode %d", (int)seen, (int)st);
    const socle_status judged = socle_verify(ctx, &verified, data, size, data, size);
    FUZZ_NEED(judged != SOCLE_OK && verified.output == NULL, "a key file is a proof");
    FUZZ_NEED(socle_message(ctx)[0] != '\0', "a refusal without words");
    return 0;
}
