/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chunks, stacking and leaf blocks: every size up to some thousand rows, and the limits. Closed-form columns against their rows.
 */
#include "core/verify/verify.h"
#include "core/poly/eq.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The rows of the chunks, from the definition in stacking.md: tried one after the other. */
static uint64_t least_height(uint64_t rows)
{
    uint64_t top = 1;
    while (2 * top <= rows) {
        top *= 2;
    }
    const uint64_t fine = top / 64 > 1 << 11 ? top / 64 : 1 << 11, coarse = top / 4 > 16 ? top / 4 : 16, step = fine < coarse ? fine : coarse;
    uint64_t n = (rows + step - 1) / step * step;
    while (__builtin_popcountll(n) > AIR_MAX_CHUNKS) {
        n += step;
    }
    return n;
}

Test(layout, chunks_are_those_of_the_specification)
{
    uint64_t before = 0;
    for (uint64_t rows = 1; rows <= UINT64_C(1) << 30; rows += 1 + rows / 4999) {
        uint8_t h[AIR_MAX_CHUNKS];
        const unsigned n = sc_chunks_from_rows(rows, h);
        uint64_t sum = 0;
        cr_assert(n >= 1 && n <= AIR_MAX_CHUNKS && sc_chunks_valid(h, n), "%d rows", (int)rows);
        for (unsigned i = 0; i < n; i++) {
            sum += (uint64_t)1 << h[i];
        }
        cr_assert_eq(sum, least_height(rows), "%d rows", (int)rows);
        cr_assert(sum >= before && sum >= rows && (sum < rows + 16 || 4 * (sum - rows) < rows), "%d rows", (int)rows);
        cr_assert(rows < 1 << 18 || 15 * (sum - rows) < rows + rows / 64, "%d rows", (int)rows);
        before = sum;
    }
    uint8_t h[AIR_MAX_CHUNKS];
    cr_assert_eq(sc_chunks_from_rows(0, h), 0);
    cr_assert_eq(sc_chunks_from_rows((uint64_t)1 << 30, h), 1);
    cr_assert_eq(h[0], 30);
}

Test(layout, accepts_exactly_the_lists_that_fall)
{
    for (unsigned n = 0; n <= AIR_MAX_CHUNKS + 1; n++) {
        for (unsigned code = 0; code < 1u << (3 * n); code++) {
            uint8_t h[AIR_MAX_CHUNKS + 1];
            bool good = n <= AIR_MAX_CHUNKS;
            for (unsigned i = 0; i < n; i++) {
                h[i] = (uint8_t)(2 + ((code >> (3 * i)) & 7));
                good = good && h[i] >= 4 && (i == 0 || h[i] < h[i - 1]);
            }
            cr_assert_eq(sc_chunks_valid(h, n), good, "list %u of %u", code, n);
        }
    }
    cr_assert(sc_chunks_valid((const uint8_t[]){30, 29, 5, 4}, 4));
    cr_assert_not(sc_chunks_valid((const uint8_t[]){31}, 1));
}

static struct sc_shape some_shape(unsigned seed)
{
    struct sc_shape s;
    memset(&s, 0, sizeof s);
    srand(seed);
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        const unsigned fixed = sc_air_tables[t].fixed_log_h;
        s.n_chunks[t] = (uint8_t)sc_chunks_from_rows(fixed ? (uint64_t)1 << fixed : (uint64_t)(rand() % 3000), s.log_h[t]);
    }
    s.image_log_h = (uint8_t)(8 + rand() % 8);
    return s;
}

Test(layout, blocks_are_aligned_by_construction_disjoint_and_in_order)
{
    struct sc_layout *const l = malloc(sizeof *l);
    for (unsigned seed = 1; seed <= 50; seed++) {
        const struct sc_shape s = some_shape(seed);
        cr_assert(sc_shape_valid(&sc_machine_rv64im, &s));
        cr_assert(sc_layout(l, &sc_machine_rv64im, &s));
        uint64_t cells = 0, leaves = 0;
        for (unsigned i = 0; i + 1 < l->n_chunks; i++) {
            const struct sc_chunk *const c = &l->chunk[i];
            cr_assert_eq((uint64_t)c->block << c->log_h, cells);
            cells += (uint64_t)sc_air_tables[c->table].n_cols << c->log_h;
            cr_assert(i == 0 || c[-1].log_h > c->log_h || (c[-1].log_h == c->log_h && c[-1].table < c->table));
        }
        cr_assert_eq(cells, l->n_cells);
        /* leaf blocks: each begins where another ends */
        for (unsigned done = 0; done < l->n_chunks; done++) {
            bool found = false;
            for (unsigned i = 0; i < l->n_chunks && !found; i++) {
                const struct sc_chunk *const c = &l->chunk[i];
                if ((uint64_t)c->leaf << c->log_h == leaves) {
                    leaves += (uint64_t)sc_air_tables[c->table].n_uses << c->log_h;
                    found = true;
                }
            }
            cr_assert(found);
        }
        cr_assert_eq(leaves, l->n_leaves);
        cr_assert(leaves <= (uint64_t)1 << l->n_leaf_vars && leaves > (uint64_t)1 << (l->n_leaf_vars - 1));
    }
    free(l);
}

Test(layout, refuses_heights_that_make_too_many_leaves_or_cells)
{
    struct sc_layout *const l = malloc(sizeof *l);
    struct sc_shape s = some_shape(7);
    for (unsigned h = 20; h <= 30; h++) {
        s.n_chunks[AIR_TABLE_ADD] = 1;
        s.log_h[AIR_TABLE_ADD][0] = (uint8_t)h;
        const struct air_table *const t = &sc_air_tables[AIR_TABLE_ADD];
        const bool fits = (uint64_t)t->n_uses << h <= (uint64_t)1 << 29 && (uint64_t)t->n_cols << h <= (uint64_t)1 << 29;
        const bool over = (uint64_t)t->n_uses << h > (uint64_t)1 << 30 || (uint64_t)t->n_cols << h > (uint64_t)1 << 30;
        const bool got = sc_layout(l, &sc_machine_rv64im, &s);
        cr_assert(!fits || got);
        cr_assert(!over || !got);
    }
    free(l);
}

Test(layout, refuses_lookup_tables_of_another_height)
{
    struct sc_shape s = some_shape(9);
    s.log_h[AIR_TABLE_U16T][0] = 15;
    cr_assert_not(sc_shape_valid(&sc_machine_rv64im, &s));
    s.log_h[AIR_TABLE_U16T][0] = 16;
    s.n_chunks[AIR_TABLE_U16T] = 0;
    cr_assert_not(sc_shape_valid(&sc_machine_rv64im, &s));
}

Test(closed, extensions_agree_with_rows)
{
    const struct {
        enum air_closed kind;
        unsigned log_h;
        uint32_t index;
    } all[] = {{AIR_CF_INDEX, 16, 0},  {AIR_CF_INDEX, 6, 3},    {AIR_CF_HI8, 16, 0},    {AIR_CF_LO8, 16, 0}, {AIR_CF_AND8, 16, 0},
               {AIR_CF_POW2_M, 7, 0},  {AIR_CF_POW2_Q, 7, 0},   {AIR_CF_REG_REAL, 6, 0}, {AIR_CF_PROOF, 5, 0}, {AIR_CF_PROOF, 5, 65535},
               {AIR_CF_FIRST, 5, 0},   {AIR_CF_FIRST, 5, 1},    {AIR_CF_FIRST, 5, 65535}};
    fp *const v = malloc(sizeof(fp) << 16);
    fx point[16];
    srand(3);
    for (unsigned i = 0; i < 16; i++) {
        for (unsigned k = 0; k < FX_DEG; k++) {
            point[i].c[k] = (fp)((uint32_t)rand() % FP_P);
        }
    }
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (uint32_t x = 0; x < 1u << all[i].log_h; x++) {
            v[x] = fp_from_u32(sc_air_closed_row(all[i].kind, x, all[i].index));
        }
        cr_assert(fx_eq(sc_mle_eval_fp(v, point, all[i].log_h), sc_air_closed_at(all[i].kind, point, all[i].log_h, all[i].index)), "kind %u", i);
    }
    free(v);
}

/* --- proofs of a set --------------------------------------------------------------------------------------------- */

static void put_heights(uint8_t *n, uint8_t log_h[AIR_MAX_CHUNKS], uint64_t rows)
{
    *n = (uint8_t)sc_chunks_from_rows(rows, log_h);
}

/** A shape of proof @p index of a set. */
static struct sc_shape set_shape(unsigned seed, uint32_t index)
{
    struct sc_shape s = some_shape(seed);
    s.index = index;
    s.part = index == 0 ? SC_FIRST : SC_SEGMENT;
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        const bool memory = t == AIR_TABLE_INITFINAL || t == AIR_TABLE_REGS;
        const bool lookup = t == AIR_TABLE_U16T || t == AIR_TABLE_BYTET || t == AIR_TABLE_POW2T;
        s.n_chunks[t] = !lookup && memory != (index == 0) ? 0 : s.n_chunks[t];
    }
    s.image_log_h = index == 0 ? s.image_log_h : 0;
    put_heights(&s.n_boundary, s.boundary_log_h, 1 + (uint64_t)(rand() % 40000));
    return s;
}

/** Blocks of L (or G) by place: each begins where another ends, and a block lies before those lower than it or, as high, later in order. */
static uint64_t follow_leaves(const struct sc_layout *l, bool global)
{
    uint64_t at = 0;
    unsigned last = UINT32_MAX;
    for (unsigned done = 0; done < l->n_chunks; done++) {
        for (unsigned i = 0; i < l->n_chunks; i++) {
            const struct sc_chunk *const c = &l->chunk[i];
            const struct air_table *const t = &sc_air_tables[c->table];
            const uint64_t n = global ? t->n_global : (unsigned)t->n_uses - t->n_global;
            const uint64_t begin = (uint64_t)(global ? c->leaf_global : c->leaf) << c->log_h;
            if (n != 0 && begin == at) {
                const struct sc_chunk *const before = last == UINT32_MAX ? NULL : &l->chunk[last];
                cr_assert(!before || before->log_h > c->log_h || (before->log_h == c->log_h && (before->table < c->table || before->index < c->index)));
                at += n << c->log_h;
                last = i;
                break;
            }
        }
    }
    return at;
}

Test(layout, of_a_set_gives_boundary_its_own_polynomial_and_leaves_of_both_kinds)
{
    struct sc_layout *const l = malloc(sizeof *l);
    for (unsigned seed = 1; seed <= 60; seed++) {
        const struct sc_shape s = set_shape(seed, seed % 3);
        uint64_t cells = 0, rows = 0, leaves = 0;
        cr_assert(sc_shape_valid(&sc_machine_rv64im, &s));
        cr_assert(sc_layout(l, &sc_machine_rv64im, &s));
        cr_assert_eq(l->index, seed % 3);
        cr_assert_eq(l->n_image_chunks, s.image_log_h != 0);
        for (unsigned i = 0; i < l->n_chunks; i++) {
            const struct sc_chunk *const c = &l->chunk[i];
            const unsigned poly = c->table == AIR_TABLE_BOUNDARY ? 2 : c->table == AIR_TABLE_IMAGE;
            cr_assert_eq(sc_chunk_poly(l, i), poly);
            cr_assert(i == 0 || sc_chunk_poly(l, i - 1) <= poly, "main, image, boundary");
            leaves += (uint64_t)(sc_air_tables[c->table].n_uses - sc_air_tables[c->table].n_global) << c->log_h;
            if (poly == 2) {
                cr_assert_eq((uint64_t)c->block << c->log_h, cells);
                cr_assert_eq(c->value, l->n_main_values + l->n_image_values + 16 * c->index);
                cells += (uint64_t)16 << c->log_h;
                rows += (uint64_t)1 << c->log_h;
            }
            cr_assert(c->log_h <= l->n_vars && l->n_vars <= l->n_leaf_vars);
        }
        cr_assert_eq(l->n_values, l->n_main_values + l->n_image_values + 16 * s.n_boundary);
        cr_assert(cells <= (uint64_t)1 << l->boundary_m0 && (l->boundary_m0 == SC_MIN_LOG_CELLS || cells > (uint64_t)1 << (l->boundary_m0 - 1)));
        cr_assert_eq(l->boundary_m0, sc_boundary_vars(&sc_machine_rv64im, s.boundary_log_h, s.n_boundary));
        cr_assert_eq(follow_leaves(l, true), 4 * rows);
        cr_assert_eq(l->n_global_leaves, 4 * rows);
        cr_assert(4 * rows <= (uint64_t)1 << l->n_global_vars && 4 * rows > (uint64_t)1 << (l->n_global_vars - 1));
        cr_assert_eq(follow_leaves(l, false), leaves);
        cr_assert_eq(l->n_leaves, leaves);
    }
    free(l);
}

Test(layout, a_single_proof_has_no_boundary_and_no_global_leaves)
{
    struct sc_layout *const l = malloc(sizeof *l);
    struct sc_shape s = some_shape(3);
    cr_assert(sc_layout(l, &sc_machine_rv64im, &s));
    cr_expect(l->boundary_m0 == 0 && l->n_global_leaves == 0 && l->n_global_vars == 0);
    put_heights(&s.n_boundary, s.boundary_log_h, 16);
    cr_expect_not(sc_shape_valid(&sc_machine_rv64im, &s));
    free(l);
}

/* The table of decision 0007, cell by cell. */
Test(layout, tables_are_present_exactly_where_a_proof_of_a_set_has_them)
{
    for (uint32_t index = 0; index < 2; index++) {
        const struct sc_shape good = set_shape(5, index);
        for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
            struct sc_shape s = good;
            const unsigned fixed = sc_air_tables[t].fixed_log_h;
            const bool lookup = fixed != 0 && t != AIR_TABLE_REGS;
            const bool has_it = lookup || (t == AIR_TABLE_INITFINAL || t == AIR_TABLE_REGS) == (index == 0);
            s.n_chunks[t] = 1;
            s.log_h[t][0] = (uint8_t)(fixed ? fixed : 4);
            cr_expect_eq(sc_shape_valid(&sc_machine_rv64im, &s), has_it, "%s in proof %u", sc_air_tables[t].name, index);
            s.n_chunks[t] = 0;
            cr_expect_eq(sc_shape_valid(&sc_machine_rv64im, &s), !has_it || !fixed, "no %s in proof %u", sc_air_tables[t].name, index);
        }
        struct sc_shape s = good;
        s.image_log_h = index == 0 ? 0 : 8;
        cr_expect_not(sc_shape_valid(&sc_machine_rv64im, &s), "IMAGE in proof 0 alone");
        s = good;
        s.index = 1 - index;
        cr_expect_not(sc_shape_valid(&sc_machine_rv64im, &s), "proof 0 is the memory's");
        s = good;
        s.n_boundary = 0;
        cr_expect_not(sc_shape_valid(&sc_machine_rv64im, &s), "an empty BOUNDARY");
    }
}

Test(layout, refuses_heights_of_boundary_that_no_table_has)
{
    const uint8_t bad[] = {0, 1, 2, 3, 31, 32, 64, 255};
    struct sc_layout *const l = malloc(sizeof *l);
    struct sc_shape s = set_shape(2, 1);
    s.n_boundary = 1;
    for (unsigned i = 0; i < sizeof bad; i++) {
        s.boundary_log_h[0] = bad[i];
        cr_expect_not(sc_shape_valid(&sc_machine_rv64im, &s), "2^%u rows", bad[i]);
    }
    for (uint8_t h = 4; h <= 30; h++) {
        s.boundary_log_h[0] = h;
        cr_expect(sc_shape_valid(&sc_machine_rv64im, &s));
        cr_expect_eq(sc_layout(l, &sc_machine_rv64im, &s), h <= 26, "2^%u rows of 16 cells", h);
        cr_expect_eq(sc_boundary_vars(&sc_machine_rv64im, &h, 1), h < 12 ? 16u : h + 4u);
    }
    s.n_boundary = 2;
    s.boundary_log_h[0] = 8;
    s.boundary_log_h[1] = 8;
    cr_expect_not(sc_shape_valid(&sc_machine_rv64im, &s), "two chunks of equal height");
    free(l);
}

/* --- limits of proof.md, on the machine itself --------------------------------------------------------------------- */

static struct sc_shape small_shape(void)
{
    struct sc_shape s = {.image_log_h = SC_IMAGE_MIN_LOG_H};
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        s.n_chunks[t] = 1;
        s.log_h[t][0] = sc_air_tables[t].fixed_log_h ? sc_air_tables[t].fixed_log_h : AIR_MIN_LOG_H;
    }
    return s;
}

static bool holds(struct sc_shape s, uint32_t entry, unsigned image_log_h)
{
    const struct sc_head_image image = {.entry = entry, .log_h = (uint8_t)image_log_h};
    const struct sc_head_run run = {.ts_end = 8, .last_ram = 511, .last_input = SC_CHAIN_START_IO};
    s.image_log_h = (uint8_t)image_log_h;
    return sc_limits_hold(&sc_machine_rv64im, &image, &run, &s);
}

/* With more rows than stamps a loop of STATE could close modulo p. */
Test(limits, rows_that_take_state_fit_the_clock)
{
    struct sc_shape s = small_shape();
    const uint8_t most[AIR_MAX_CHUNKS] = {24, 23, 22};
    cr_expect(holds(s, 0, 8));
    s.n_chunks[AIR_TABLE_ADD] = 3;
    memcpy(s.log_h[AIR_TABLE_ADD], most, sizeof most);
    s.log_h[AIR_TABLE_DECODE][0] = s.log_h[AIR_TABLE_INITFINAL][0] = 25; /* take no STATE */
    cr_expect(holds(s, 0, 8), "7/8 of the clock");
    s.log_h[AIR_TABLE_ECALL][0] = 21;
    cr_expect(holds(s, 0, 8), "15/16 of it");
    s.log_h[AIR_TABLE_MUL][0] = 21;
    cr_expect_not(holds(s, 0, 8), "all of it");
    for (unsigned t = 0; t <= AIR_TABLE_ECALL; t++) {
        s = small_shape();
        s.log_h[t][0] = 25;
        cr_expect_not(holds(s, 0, 8), "%s counts", sc_air_tables[t].name);
    }
}

Test(limits, of_the_image)
{
    const struct sc_shape s = small_shape();
    cr_expect(holds(s, SC_ENTRY_LIMIT - 1, 8));
    cr_expect_not(holds(s, SC_ENTRY_LIMIT, 8));
    cr_expect(holds(s, 0, 27));
    cr_expect_not(holds(s, 0, 7));
    cr_expect_not(holds(s, 0, 28));
}
