/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cells of the table IMAGE.
 * Theory: docs/spec/proof.md, "Image commitment".
 */
#include "core/chips/chips.h"
#include "core/verify/verify.h"
#include "host/sys/mem.h"
#include "host/trace/trace.h"

#include <string.h>

#define IMAGE_MIN_LOG_H 8
#define IMAGE_MAX_LOG_H 27

unsigned sc_image_height(const struct sc_elf *elf)
{
    unsigned log_h = IMAGE_MIN_LOG_H;
    while (((uint64_t)1 << log_h) < elf->n_words) {
        log_h++;
    }
    return log_h;
}

socle_status sc_image_build(struct sc_image *out, const struct sc_elf *elf)
{
    const unsigned n_cols = sc_air_tables[AIR_TABLE_IMAGE].n_cols;
    const unsigned log_h = sc_image_height(elf);
    memset(out, 0, sizeof *out);
    if (log_h > IMAGE_MAX_LOG_H) {
        return SOCLE_E_LIMIT;
    }
    const unsigned m0 = sc_image_vars(&sc_machine_rv64im, log_h);
    fp *const cells = sc_big_alloc(sizeof(fp) << m0);
    if (cells == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < elf->n_words; i++) {
        const struct sc_image_word *const w = &elf->words[i];
        uint32_t row[AIR_MAX_COLS] = {0};
        sc_image_fill(w->addr, (enum sc_space)w->space, w->value, (void *)row);
        for (unsigned c = 0; c < n_cols; c++) {
            cells[((size_t)c << log_h) + i] = fp_from_u32(row[c]);
        }
    }
    *out = (struct sc_image){log_h, m0, cells};
    return SOCLE_OK;
}

void sc_image_fini(struct sc_image *image)
{
    if (image->cells != NULL) {
        sc_big_free(image->cells, sizeof(fp) << image->m0);
    }
    memset(image, 0, sizeof *image);
}
