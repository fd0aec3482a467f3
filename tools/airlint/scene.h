/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The honest execution that airlint lies about: a program that shows every table many operands, its trace, and an index of
 * what its rows say on the buses. Operands come from the private input, and results are overwritten soon: a lie about one
 * row can then be covered up in few others.
 * Owns everything until scene_destroy.
 */
#ifndef AIRLINT_SCENE_H
#define AIRLINT_SCENE_H

#include "host/trace/check.h"
#include "tools/airlint/assemble.h"

#define SCENE_INPUT_WORDS 2048

/** One use of STATE, PROG, MEM, INIT, CHAIN, OUT or MCALL on a row of the honest trace. */
struct entry {
    uint8_t bus;
    uint16_t table, use;
    uint32_t row;
    fp count; /* sign * selector; of the table's side of PROG: -1 whatever the multiplicity */
    uint32_t slot[AIR_SLOTS - 1];
    uint32_t next; /* in the hash chain, + 1 */
};

struct scene {
    struct prog prog;
    struct sc_elf elf;
    uint64_t input[SCENE_INPUT_WORDS];
    unsigned n_input;
    struct sc_run run;
    struct sc_renewal renewals[2];
    struct sc_image image;
    struct sc_trace trace;
    uint32_t height[AIR_N_TABLES]; /* rows of all chunks */
    uint32_t n_real[AIR_N_TABLES]; /* real rows come first */
    struct entry *entries;
    size_t n_entries;
    uint32_t *heads; /* 2^SCENE_HASH_LOG */
    uint32_t *lines; /* entries of DECODE that give a program line */
    unsigned n_lines;
};
#define SCENE_HASH_LOG 16

/** Run the program and build everything; NULL, with words on stderr, when something failed. */
struct scene *scene_create(void);
void scene_destroy(struct scene *s);

/** The cells of a row, closed-form columns included: sc_air_tables[table].n_cols + n_closed elements. */
void scene_row(fp *out, const struct scene *s, unsigned table, uint32_t row);
/** The cell itself. */
fp *scene_cell(const struct scene *s, unsigned table, uint32_t row, unsigned col);

/** Value of a selector or slot on a row. */
fp form_at(const struct air_table *t, unsigned form, const fp *row);
/** The use on the row as an entry without place; false when it says nothing. */
bool entry_at(struct entry *e, const struct air_table *t, unsigned use, const fp *row);
uint32_t entry_hash(const struct entry *e);
bool entry_same(const struct entry *a, const struct entry *b);
/** Chain through the entries of one hash: index + 1 of the first, then .next; compare with entry_same. */
uint32_t scene_first(const struct scene *s, const struct entry *e);

/** Is the tuple a row of U16T, BYTET or POW2T? */
bool lookup_holds(unsigned bus, const uint32_t *slot);

#endif
