/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A laboratory for forged traces: small programs assembled in place, their trace, its cells by name, and the two questions
 * "does this row hold?" and "does this trace hold?". The second is the bus argument itself, summed at a fixed point.
 * Owns what lab_run made until lab_close.
 */
#ifndef SC_TESTS_LAB_H
#define SC_TESTS_LAB_H

#include "core/chips/chips.h"
#include "host/trace/check.h"
#include "host/trace/trace.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The smallest assembler: one function a format. */
static inline uint32_t asm_r(unsigned op, unsigned f3, unsigned f7, unsigned rd, unsigned rs1, unsigned rs2)
{
    return (uint32_t)f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}
static inline uint32_t asm_i(unsigned op, unsigned f3, unsigned rd, unsigned rs1, int imm)
{
    return ((uint32_t)imm & 0xfffu) << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}
static inline uint32_t asm_s(unsigned f3, unsigned rs1, unsigned rs2, int imm)
{
    return ((uint32_t)imm >> 5 & 0x7fu) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | ((uint32_t)imm & 31u) << 7 | 0x23u;
}
static inline uint32_t asm_u(unsigned op, unsigned rd, uint32_t upper)
{
    return upper << 12 | rd << 7 | op;
}
#define LOAD(f3, rd, rs1, imm) asm_i(0x03, f3, rd, rs1, imm)
#define STORE(f3, rs2, rs1, imm) asm_s(f3, rs1, rs2, imm)
#define ADDI(rd, rs1, imm) asm_i(0x13, 0, rd, rs1, imm)
#define SLLI(rd, rs1, n) asm_i(0x13, 1, rd, rs1, n)
#define LUI(rd, upper) asm_u(0x37, rd, upper)
#define ECALL 0x73u

enum { LAB_MAX_WORDS = 1024, LAB_CODE = 0x10000, LAB_RO = 0x20000, LAB_RW = 0x30000 };

/** Code at LAB_CODE (class RX), constants at LAB_RO, data at LAB_RW. */
struct lab_program {
    uint32_t code[2 * LAB_MAX_WORDS];
    size_t n;
    uint64_t ro[64], rw[64];
    size_t n_ro, n_rw;
};

struct lab {
    struct sc_elf elf;
    struct sc_segment segments[3];
    struct sc_image_word words[LAB_MAX_WORDS + 128];
    struct sc_run run;
    struct sc_image image;
    struct sc_trace trace;
    char why[256];
};

static inline void emit(struct lab_program *p, uint32_t word)
{
    cr_assert(p->n < 2 * LAB_MAX_WORDS);
    p->code[p->n++] = word;
}

static inline void lab_words(struct lab *l, uint64_t addr, const uint64_t *v, size_t n, enum sc_space space)
{
    for (size_t i = 0; i < n; i++) {
        l->words[l->elf.n_words++] = (struct sc_image_word){addr + 8 * i, v[i], (uint8_t)space};
    }
    if (n > 0) {
        l->segments[l->elf.n_segments++] = (struct sc_segment){addr, 8 * n, 8 * n, (uint8_t)space};
    }
}

/** Execute and build the trace. The input is kept by the caller. */
static inline void lab_run(struct lab *l, const struct lab_program *p, const uint8_t *input, size_t input_size, struct sc_pool *pool)
{
    static uint64_t code[LAB_MAX_WORDS];
    memset(l, 0, sizeof *l);
    memset(code, 0, sizeof code);
    for (size_t i = 0; i < p->n; i++) {
        code[i / 2] |= (uint64_t)p->code[i] << (32 * (i % 2));
    }
    l->elf = (struct sc_elf){.entry = LAB_CODE, .segments = l->segments, .words = l->words};
    lab_words(l, LAB_CODE, code, (p->n + 1) / 2, SPACE_RX);
    lab_words(l, LAB_RO, p->ro, p->n_ro, SPACE_RO);
    lab_words(l, LAB_RW, p->rw, p->n_rw, SPACE_RW);
    const struct sc_exec_options o = {.input = input, .input_size = input_size, .record = true};
    const socle_status st = sc_exec(&l->run, l->why, sizeof l->why, &l->elf, &o);
    cr_assert(st == SOCLE_OK, "execution: %s", l->why);
    cr_assert(sc_image_build(&l->image, &l->elf) == SOCLE_OK);
    cr_assert(sc_trace_build(&l->trace, l->why, sizeof l->why, &l->run, &l->image, pool) == SOCLE_OK, "%s", l->why);
}

static inline void lab_close(struct lab *l)
{
    sc_trace_fini(&l->trace);
    sc_image_fini(&l->image);
    sc_run_fini(&l->run);
}

/** Chunk and row within it of row @p row of a table. */
static inline unsigned lab_chunk(const struct lab *l, unsigned table, size_t *row)
{
    const struct sc_layout *const y = &l->trace.layout;
    for (unsigned index = 0; index < AIR_MAX_CHUNKS; index++) {
        for (unsigned k = 0; k < y->n_chunks; k++) {
            if (y->chunk[k].table == table && y->chunk[k].index == index) {
                if (*row < (size_t)1 << y->chunk[k].log_h) {
                    return k;
                }
                *row -= (size_t)1 << y->chunk[k].log_h;
                break;
            }
        }
    }
    cr_assert_fail("table %s has no such row", sc_air_tables[table].name);
    return 0;
}

static inline fp *lab_at(const struct lab *l, unsigned table, size_t row, unsigned col)
{
    const unsigned k = lab_chunk(l, table, &row);
    return sc_trace_column(&l->trace, k, col) + row;
}

/** Cell by the name of its column, as in docs/constraints.txt: "ts", "e[1]". */
static inline fp *lab_cell(const struct lab *l, unsigned table, size_t row, const char *name)
{
    const struct air_table *const t = &sc_air_tables[table];
    for (unsigned c = 0; c < t->n_cols; c++) {
        if (strcmp(t->col_names[c], name) == 0) {
            return lab_at(l, table, row, c);
        }
    }
    cr_assert_fail("table %s has no column %s", t->name, name);
    return NULL;
}

/** All columns of a row, the closed-form ones too. */
static inline void lab_row(fp *out, const struct lab *l, unsigned table, size_t row)
{
    const struct air_table *const t = &sc_air_tables[table];
    const size_t index = row;
    const unsigned k = lab_chunk(l, table, &row);
    for (unsigned c = 0; c < t->n_cols; c++) {
        out[c] = sc_trace_column(&l->trace, k, c)[row];
    }
    for (unsigned c = 0; c < t->n_closed; c++) {
        out[t->n_cols + c] = fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[c], (uint32_t)index, 0));
    }
}

static inline fp lab_form(const struct air_table *t, unsigned form, const fp *row)
{
    fp v = t->forms[form].k;
    for (unsigned i = 0; i < t->forms[form].n; i++) {
        const struct air_term *const term = &t->terms[t->forms[form].first + i];
        v = fp_add(v, fp_mul(term->coef, row[term->col]));
    }
    return v;
}

/** The law that the row breaks, NULL when it keeps all constraints. */
static inline const char *lab_broken(unsigned table, const fp *row)
{
    const struct air_table *const t = &sc_air_tables[table];
    fp c[512];
    cr_assert(t->n_constraints <= 512);
    if (t->n_constraints == 0) {
        return NULL;
    }
    t->check(c, row);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        if (c[i] != 0) {
            return t->labels[i];
        }
    }
    return NULL;
}

/** alpha + beta_0 bus + sum beta_s slot_s at a fixed point that no test knows how to hit. */
static inline fx lab_fingerprint(unsigned bus, unsigned n, const fp *slot)
{
    fx v = FX_ZERO, power = {{11, 22222, 3333333, 444444444, 555}};
    const fx g = {{0x12345678, 0x0badcafe, 0x31415926, 0x27182818, 0x16180339}};
    v = fx_add(v, power);
    power = fx_mul(power, g);
    v = fx_add(v, fx_mul_fp(power, fp_from_u32(bus)));
    for (unsigned s = 0; s < n; s++) {
        power = fx_mul(power, g);
        v = fx_add(v, fx_mul_fp(power, slot[s]));
    }
    return v;
}

/** What one row adds to the sum over the buses with @p perm (and PROG), or over the lookup buses. */
static inline fx lab_row_sum(unsigned table, const fp *row, bool fixed_buses_only)
{
    const struct air_table *const t = &sc_air_tables[table];
    fx sum = FX_ZERO;
    for (unsigned u = 0; u < t->n_uses; u++) {
        const struct air_use *const use = &t->uses[u];
        const fp sel = lab_form(t, use->sel, row);
        fp slot[AIR_SLOTS];
        if (sel == 0 || (fixed_buses_only && air_bus_fixed(use->bus))) {
            continue;
        }
        for (unsigned s = 0; s < use->n_slots; s++) {
            slot[s] = lab_form(t, use->slots + s, row);
        }
        const fx term = fx_mul_fp(sc_fx_inv(lab_fingerprint(use->bus, use->n_slots, slot)), sel);
        sum = use->sign > 0 ? fx_add(sum, term) : fx_sub(sum, term);
    }
    return sum;
}

static inline fx lab_public_term(unsigned bus, unsigned n, const uint32_t *v, bool send)
{
    fp slot[AIR_SLOTS];
    for (unsigned i = 0; i < n; i++) {
        slot[i] = fp_from_u32(v[i]);
    }
    const fx term = sc_fx_inv(lab_fingerprint(bus, n, slot));
    return send ? term : fx_neg(term);
}

/** The verifier's own terms, machine.md section 3. */
static inline fx lab_public_sum(const struct sc_trace *t)
{
    const uint64_t n_words = (t->output_size + 7) / 8;
    const uint32_t last[3] = {t->ram_key, t->input_key, (uint32_t)n_words};
    const uint32_t begin[] = {4, t->entry_ip, 0}, end[] = {t->ts_end, t->ip_end, 1};
    fx sum = fx_add(lab_public_term(AIR_BUS_STATE, 3, begin, true), lab_public_term(AIR_BUS_STATE, 3, end, false));
    for (uint32_t r = 0; r < 3; r++) {
        const uint32_t first_key[] = {r, sc_word_start(r)}, last_key[] = {r, last[r]};
        sum = fx_add(sum, lab_public_term(AIR_BUS_CHAIN, 2, first_key, true));
        sum = fx_add(sum, lab_public_term(AIR_BUS_CHAIN, 2, last_key, false));
    }
    for (uint64_t i = 0; i <= n_words; i++) {
        uint64_t v = i == 0 ? t->output_size : 0;
        for (unsigned b = 0; i > 0 && b < 8 && 8 * (i - 1) + b < t->output_size; b++) {
            v |= (uint64_t)t->output[8 * (i - 1) + b] << (8 * b);
        }
        const uint32_t word[] = {(uint32_t)i, v & 0xffff, v >> 16 & 0xffff, v >> 32 & 0xffff, (uint32_t)(v >> 48)};
        sum = fx_add(sum, lab_public_term(AIR_BUS_OUT, 5, word, false));
    }
    return sum;
}

/** All constraints, and the sum over all buses. */
static inline bool lab_sums_to_zero(struct lab *l)
{
    const struct sc_layout *const y = &l->trace.layout;
    fx sum = lab_public_sum(&l->trace);
    for (unsigned k = 0; k < y->n_chunks; k++) {
        const unsigned table = y->chunk[k].table;
        size_t first = 0;
        for (unsigned j = 0; j < y->n_chunks; j++) {
            first += y->chunk[j].table == table && y->chunk[j].index < y->chunk[k].index ? (size_t)1 << y->chunk[j].log_h : 0;
        }
        for (size_t i = first; i < first + ((size_t)1 << y->chunk[k].log_h); i++) {
            fp row[AIR_MAX_COLS];
            lab_row(row, l, table, i);
            const char *const law = lab_broken(table, row);
            if (law != NULL) {
                snprintf(l->why, sizeof l->why, "%s row %zu: %s", sc_air_tables[table].name, i, law);
                return false;
            }
            sum = fx_add(sum, lab_row_sum(table, row, false));
        }
    }
    snprintf(l->why, sizeof l->why, "the buses do not balance");
    return fx_is_zero(sum);
}

/** Count the lookups again and ask the whole trace. False with a reason in l->why. The checker must say the same. */
static inline bool lab_holds(struct lab *l)
{
    struct sc_check_report report;
    if (sc_trace_count(&l->trace, l->why, sizeof l->why, NULL) != SOCLE_OK) {
        return false;
    }
    const bool holds = lab_sums_to_zero(l);
    cr_expect((sc_trace_check_built(&report, NULL, &l->trace) == SOCLE_OK) == holds, "the checker disagrees: %s", report.text);
    return holds;
}

/** Is a changed row refused, everything else of the trace being as before? Lookups may be counted anew; the tuples of all other
 * buses, the program lines among them, must then add up to what they were. */
static inline bool lab_refuses(unsigned table, const fp *before, const fp *after)
{
    const struct air_table *const t = &sc_air_tables[table];
    if (lab_broken(table, after) != NULL) {
        return true;
    }
    for (unsigned u = 0; u < t->n_uses; u++) {
        const struct air_use *const use = &t->uses[u];
        if (!air_bus_fixed(use->bus) || use->sign < 0 || lab_form(t, use->sel, after) == 0) {
            continue;
        }
        uint32_t v[4] = {0};
        for (unsigned s = 0; s < use->n_slots; s++) {
            v[s] = fp_to_u32(lab_form(t, use->slots + s, after));
        }
        if (use->bus == AIR_BUS_U16 ? v[0] > 65535 : use->bus == AIR_BUS_B2 && (v[0] > 255 || v[1] > 255)) {
            return true;
        }
    }
    return !fx_eq(lab_row_sum(table, before, true), lab_row_sum(table, after, true));
}

#endif
