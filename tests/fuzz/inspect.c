/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: socle_inspect on any bytes. What it reports lies in the file and does not depend on the
 * call before.
 */
#include <string.h>

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

static void check_proof(const struct socle_info *info, const uint8_t *data, size_t size)
{
    uint64_t cells = 0, terms = 0;
    FUZZ_NEED(size >= 8 && memcmp(data, "SOCLEPRF", 8) == 0, "a proof without its magic");
    FUZZ_NEED(info->output_len <= size, "an output longer than the file");
    FUZZ_NEED(info->output >= data && info->output + info->output_len <= data + size,
              "an output outside the file");
    FUZZ_NEED(info->n_tables <= SOCLE_MAX_TABLES && info->log_cells <= 30 &&
                  info->image_log_rows <= 27,
              "sizes");
    FUZZ_NEED(info->entry < UINT64_C(1) << 32 && info->cycles < UINT64_C(1) << 25,
              "entry or cycles");
    for (unsigned i = 0; i < info->n_tables; i++) {
        FUZZ_NEED(info->tables[i].name != NULL, "a table without a name");
        cells += info->tables[i].cells;
        terms += info->tables[i].bus_terms;
    }
    FUZZ_NEED(cells == info->cells && terms == info->bus_terms &&
                  cells <= UINT64_C(1) << info->log_cells,
              "sums over the tables");
}

static void check_set(const struct socle_info *info, const uint8_t *data, size_t size)
{
    FUZZ_NEED(size >= 45 && memcmp(data, "SOCLEPRF", 8) == 0 && data[44] == 2, "a set without its head");
    FUZZ_NEED(info->output_len <= size && info->output >= data && info->output + info->output_len <= data + size, "an output outside the file");
    FUZZ_NEED(info->n_segments >= 2 && info->n_segments < 65536 && info->cycles < info->n_segments << 25, "segments or cycles");
    FUZZ_NEED(info->n_tables == 1 && info->tables[0].rows < UINT64_C(1) << 28 && info->cells == 16 * info->tables[0].rows, "rows of BOUNDARY");
    FUZZ_NEED(info->entry < UINT64_C(1) << 32 && info->image_log_rows <= 27, "entry or image");
}

static void check_elf(const struct socle_info *info, const uint8_t *data, size_t size)
{
    FUZZ_NEED(size >= 64 && memcmp(data, "\177ELF", 4) == 0, "a program without its magic");
    FUZZ_NEED(info->n_segments > 0 && info->n_words > 0 && info->n_words <= (UINT64_C(1) << 27),
              "sizes");
    FUZZ_NEED(info->entry % 4 == 0 && info->entry < UINT64_C(1) << 32, "entry");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct socle_info none;
    struct socle_info info, again;
    const socle_status st = socle_inspect(ctx, &info, data, size);
    const socle_status st2 = socle_inspect(ctx, &again, data, size);
    FUZZ_NEED(st == st2 && memcmp(&info, &again, sizeof info) == 0, "two answers");
    if (st != SOCLE_OK) {
        FUZZ_NEED(st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION || st == SOCLE_E_LIMIT, "status %d",
                  (int)st);
        FUZZ_NEED(memcmp(&info, &none, sizeof info) == 0 && socle_message(ctx)[0] != '\0',
                  "a refusal that says something else");
        return 0;
    }
    switch (info.kind) {
    case SOCLE_KIND_PROOF:
        check_proof(&info, data, size);
        break;
    case SOCLE_KIND_SET:
        check_set(&info, data, size);
        break;
    case SOCLE_KIND_KEY:
        FUZZ_NEED(size == SOCLE_KEY_BYTES && memcmp(data, "SOCLEVK", 7) == 0,
                  "a key without its magic");
        break;
    case SOCLE_KIND_ELF:
        check_elf(&info, data, size);
        break;
    }
    return 0;
}
