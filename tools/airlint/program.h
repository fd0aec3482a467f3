/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The program of the scene and its input.
 */
#ifndef AIRLINT_PROGRAM_H
#define AIRLINT_PROGRAM_H

#include "tools/airlint/scene.h"

/* 65536 x 32512 = -1 mod p: a jump with a false carry can go that much too far. */
#define PROG_ALIAS (UINT64_C(32512) << 16)

/** The image: prog_elf, and the code once more PROG_ALIAS above. */
struct sc_elf scene_elf(struct prog *p);
/** Fills prog, input and n_input. */
void scene_program(struct scene *s);

#endif
