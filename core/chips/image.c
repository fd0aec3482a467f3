/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The program image, committed in the key: one row per word that a segment of the ELF file touches.
 * Owns nothing. Theory: docs/spec/chips.md section 22; docs/spec/proof.md.
 */
#include "core/chips/access.h"

/* clang-format off */
#define IMAGE_COLUMNS(ONE, VEC)                              \
    ONE(real, BIT, "1 on rows that hold a word")             \
    ONE(space, FIELD, "class of the word")                   \
    ONE(addr0, FIELD, "address, limb 0")                     \
    ONE(addr1, FIELD, "address, limb 1")                     \
    VEC(v, 4, FIELD, "value, limbs")
/* clang-format on */
AIR_ROW(image, IMAGE_COLUMNS)
AIR_COLS(image, IMAGE_COLUMNS)
#define ROW struct image_row

void sc_image_fill(uint64_t addr, enum sc_space space, uint64_t value, struct image_row *r)
{
    r->real = 1;
    r->space = (uint32_t)space;
    r->addr0 = (uint32_t)addr & 0xffffu;
    r->addr1 = (uint32_t)(addr >> 16) & 0xffffu;
    split(4, 16, r->v, value);
}

#ifdef SC_AIRGEN
void sc_image_constrain(void)
{
    air_real_is(C(real));
    const ex slots[] = {C(space), C(addr0), C(addr1), CI(v, 0), CI(v, 1), CI(v, 2), CI(v, 3)};
    air_send(AIR_BUS_INIT, C(real), 7, slots);
}
#endif
