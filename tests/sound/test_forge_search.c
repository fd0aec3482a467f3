/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A forger: takes an honest row, keeps what it receives and its program line, changes one cell, and then repairs violated
 * constraints one after the other, each by solving for one of its cells, until everything holds again. A row that then
 * says something else than the honest one would prove a wrong result.
 */
#include "tests/sound/forge.h"
#include "tools/airlint/solve.h"

#include <criterion/criterion.h>

#define MAX_DEPTH 7

struct forger {
    const struct suspect *honest;
    bool frozen[AIR_MAX_COLS];
    bool changed[AIR_MAX_COLS]; /* in this branch */
    bool reads[AIR_MAX_CONSTRAINTS][AIR_MAX_COLS];
    fp row[AIR_MAX_COLS];
    unsigned budget, found, repaired;
    unsigned deleted; /* a constraint that the forger need not keep; none when out of range */
    char story[512];
};

static void constraints_at(const struct forger *f, fp *out)
{
    f->honest->t->check(out, f->row);
    if (f->deleted < f->honest->t->n_constraints) {
        out[f->deleted] = 0;
    }
}

/* --- what a row says ----------------------------------------------------------------------------------------------- */

static bool in_table(unsigned bus, const uint32_t *s)
{
    const uint32_t x = s[1], y = s[2];
    if (bus == AIR_BUS_U16) {
        return s[0] < 65536;
    }
    if (bus == AIR_BUS_B2) {
        return s[0] < 256 && s[1] < 256;
    }
    if (bus == AIR_BUS_BOP) {
        return x < 256 && y < 256 && ((s[0] == 1 && s[3] == (x & y)) || (s[0] == 2 && s[3] == (x | y)) || (s[0] == 3 && s[3] == (x ^ y)));
    }
    if (bus == AIR_BUS_POW2) {
        return s[0] < 128 && s[2] == (s[0] % 64) / 8 && s[1] == (s[0] < 64 ? 1u << s[0] % 8 : 1u << (8 - s[0] % 8));
    }
    return true;
}

/** Tokens exist for registers and for words with canonical addresses only. */
static bool has_token(const uint32_t *s)
{
    return s[0] == SPACE_REG ? s[1] < SC_N_REGS && s[2] == 0 && s[3] == 0
                             : s[0] <= SPACE_RX && s[1] < 65536 && s[1] % 8 == 0 && s[2] < 65536 && s[3] < 3;
}

/** The product that another row vouches for. */
static bool true_call(const uint32_t *s)
{
    uint64_t w[3] = {0, 0, 0};
    for (unsigned k = 0; k < 12; k++) {
        if (s[k] > 65535) {
            return false;
        }
        w[k / 4] |= (uint64_t)s[k] << 16 * (k % 4);
    }
    return (w[0] == 0 || w[1] <= UINT64_MAX / w[0]) && w[0] * w[1] == w[2];
}

/** A slot that tells others what the row computed, by bus, direction and position. */
static bool is_result(const struct air_use *u, unsigned slot, bool decode)
{
    if (u->bus == AIR_BUS_MCALL) {
        return u->sign < 0 && slot >= 8;
    }
    if (u->bus == AIR_BUS_PROG) {
        return decode;
    }
    return !air_bus_fixed(u->bus) && (u->sign > 0 || (u->bus == AIR_BUS_MEM && slot >= 1 && slot < 4 && !decode));
}

/** Slots that the forger must leave: what comes in and the program line. Which word it reads is its own claim. */
static bool is_given(const struct air_use *u, unsigned slot, bool decode)
{
    if (u->bus == AIR_BUS_PROG) {
        return !decode;
    }
    return u->sign < 0 && !air_bus_fixed(u->bus) && !is_result(u, slot, decode);
}

static void freeze(struct forger *f)
{
    const struct suspect *s = f->honest;
    const bool decode = s->table == AIR_TABLE_DECODE;
    for (unsigned i = 0; i < s->t->n_uses; i++) {
        const struct air_use *u = &s->t->uses[i];
        for (unsigned j = 0; suspect_form(s->t, u->sel, s->full) && j < u->n_slots; j++) {
            const struct air_form *slot = &s->t->forms[u->slots + j];
            for (unsigned k = 0; is_given(u, j, decode) && slot->n == 1 && k < slot->n; k++) {
                f->frozen[s->t->terms[slot->first + k].col] = true;
            }
        }
    }
    for (unsigned k = 0; k < s->t->n_closed; k++) {
        f->frozen[s->t->n_cols + k] = true;
    }
}

/** Everything holds: is a result different? */
static void judge(struct forger *f)
{
    const struct suspect *s = f->honest;
    const bool decode = s->table == AIR_TABLE_DECODE;
    bool lie = false;
    f->repaired++;
    for (unsigned i = 0; i < s->t->n_uses; i++) {
        const struct air_use *u = &s->t->uses[i];
        uint32_t slot[AIR_SLOTS];
        const fp sel = suspect_form(s->t, u->sel, f->row), was = suspect_form(s->t, u->sel, s->full);
        if (sel != was && (u->bus == AIR_BUS_PROG || (!air_bus_fixed(u->bus) && u->sign < 0))) {
            return; /* it must take what it took, and obey the same line */
        }
        lie = lie || (sel != was && !air_bus_fixed(u->bus));
        if (sel == 0) {
            continue;
        }
        for (unsigned j = 0; j < u->n_slots; j++) {
            slot[j] = fp_to_u32(suspect_form(s->t, u->slots + j, f->row));
            const bool differs = slot[j] != fp_to_u32(suspect_form(s->t, u->slots + j, s->full));
            if (differs && is_given(u, j, decode)) {
                return;
            }
            lie = lie || (differs && is_result(u, j, decode));
        }
        if (u->bus == AIR_BUS_MEM && !has_token(slot)) {
            return;
        }
        if (u->sign > 0 && (!in_table(u->bus, slot) || (u->bus == AIR_BUS_MCALL && !true_call(slot)))) {
            return;
        }
    }
    if (lie) {
        unsigned at = 0;
        f->found++;
        for (unsigned c = 0; c < s->t->n_cols && at < sizeof f->story - 80; c++) {
            if (f->row[c] != s->full[c]) {
                at += (unsigned)snprintf(f->story + at, sizeof f->story - at, " %s %u->%u", s->t->col_names[c],
                                         (unsigned)fp_to_u32(s->full[c]), (unsigned)fp_to_u32(f->row[c]));
            }
        }
    }
}

/* --- repair -------------------------------------------------------------------------------------------------------- */

/** Values of cell @p c that make constraint @p k vanish; returns how many. */
static unsigned solve(struct forger *f, unsigned k, unsigned c, fp *roots)
{
    fp y[4], out[AIR_MAX_CONSTRAINTS];
    const fp keep = f->row[c];
    for (unsigned i = 0; i < 4; i++) {
        f->row[c] = fp_from_u32(i);
        constraints_at(f, out);
        y[i] = out[k];
    }
    f->row[c] = keep;
    return solve_roots(roots, y);
}

static void repair(struct forger *f, unsigned depth)
{
    fp out[AIR_MAX_CONSTRAINTS], roots[4];
    unsigned k = 0;
    if (f->budget == 0 || f->found) {
        return;
    }
    f->budget--;
    constraints_at(f, out);
    while (k < f->honest->t->n_constraints && out[k] == 0) {
        k++;
    }
    if (k == f->honest->t->n_constraints) {
        judge(f);
        return;
    }
    for (unsigned c = 0; depth < MAX_DEPTH && c < f->honest->t->n_cols; c++) {
        if (f->frozen[c] || f->changed[c] || !f->reads[k][c]) {
            continue;
        }
        const fp keep = f->row[c];
        const unsigned n = solve(f, k, c, roots);
        f->changed[c] = true;
        for (unsigned i = 0; i < n; i++) {
            f->row[c] = roots[i];
            repair(f, depth + 1);
        }
        f->changed[c] = false;
        f->row[c] = keep;
    }
}

static uint64_t seed = 1;

static fp random_fp(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (fp)((seed >> 33) % FP_P);
}

/** Which cells a constraint reads: those whose change on a random row changes it. */
static void find_reads(struct forger *f)
{
    fp a[AIR_MAX_CONSTRAINTS], b[AIR_MAX_CONSTRAINTS];
    for (unsigned c = 0; c < f->honest->t->n_cols + f->honest->t->n_closed; c++) {
        f->row[c] = random_fp();
    }
    constraints_at(f, a);
    for (unsigned c = 0; c < f->honest->t->n_cols; c++) {
        const fp keep = f->row[c];
        f->row[c] = random_fp();
        constraints_at(f, b);
        f->row[c] = keep;
        for (unsigned k = 0; k < f->honest->t->n_constraints; k++) {
            f->reads[k][c] = a[k] != b[k];
        }
    }
}

struct census {
    unsigned rows[AIR_N_TABLES], starts, repaired, found;
    unsigned max_rows, budget; /* rows per table, repairs tried per start */
    bool quiet;
};

static void forge_row(const struct suspect *s, unsigned deleted, struct census *n)
{
    const int64_t add[] = {1, -1, 2, 255, 256, 65535, 65536, -65536, 32768, 1 << 14};
    static struct forger f;
    memset(&f, 0, sizeof f);
    f.honest = s;
    f.deleted = deleted;
    find_reads(&f);
    freeze(&f);
    for (unsigned c = 0; c < s->t->n_cols; c++) {
        for (unsigned i = 0; !f.frozen[c] && i < sizeof add / sizeof add[0] + 3; i++) {
            memcpy(f.row, s->full, sizeof f.row);
            f.row[c] = i < sizeof add / sizeof add[0] ? fp_add(s->full[c], fp_from_i64(add[i]))
                       : i % 3 == 0                   ? FP_ZERO
                       : i % 3 == 1                   ? FP_ONE
                                                      : fp_from_u32((uint32_t)(seed >> 17) & 0xffff);
            (void)random_fp();
            f.changed[c] = true;
            f.budget = n->budget;
            n->starts++;
            repair(&f, 0);
            f.changed[c] = false;
            if (f.found) {
                n->found++;
                if (n->quiet) {
                    return;
                }
                cr_log_error("FORGED %s row %u:%s", s->t->name, (unsigned)s->number, f.story);
                f.found = 0;
            }
        }
    }
    n->repaired += f.repaired;
}

/** Forge rows of table @p table (all tables: AIR_N_TABLES) without constraint @p deleted. */
static void forge_tables(const struct sc_trace *trace, unsigned table, unsigned deleted, struct census *n)
{
    uint32_t first[AIR_N_TABLES] = {0};
    memset(n->rows, 0, sizeof n->rows);
    for (unsigned i = 0; i < trace->layout.n_chunks; i++) {
        const struct sc_chunk *c = &trace->layout.chunk[i];
        /* The register and the stamp of a row of RENEW are the prover's choice. */
        const bool wanted = (table == AIR_N_TABLES || c->table == table) && c->table != AIR_TABLE_IMAGE && c->table != AIR_TABLE_RENEW;
        for (uint32_t r = 0; wanted && sc_air_tables[c->table].n_constraints && r < 1u << c->log_h && n->rows[c->table] < n->max_rows && !(n->quiet && n->found); r++) {
            struct suspect s;
            suspect_take(&s, trace, i, first[c->table], r);
            if (suspect_is_real(&s)) {
                n->rows[c->table]++;
                forge_row(&s, deleted, n);
            }
        }
        first[c->table] += 1u << c->log_h;
    }
}

Test(forge_search, no_row_can_be_repaired_into_another_result)
{
    struct honest *h = honest_create();
    struct census n = {.max_rows = 12, .budget = 60};
    cr_assert(h, "the honest trace could not be built");
    forge_tables(&h->trace, AIR_N_TABLES, UINT32_MAX, &n);
    cr_log_info("%u starts, %u rows repaired, %u forged", n.starts, n.repaired, n.found);
    cr_expect_eq(n.found, 0, "%u forged rows", n.found);
    cr_expect(n.repaired > 100, "the forger is too weak to say anything: %u rows repaired", n.repaired);
    honest_destroy(h);
}

/** Laws whose absence the forger turns into a wrong result, so that its silence above means something. */
static const struct {
    unsigned table;
    const char *label;
} laws[] = {
    {AIR_TABLE_ADD, "limbs of rs1 + rs2 are limbs of rd, carries are bits"},
    {AIR_TABLE_SUB, "limbs of rd + rs2 are limbs of rs1, carries are bits"},
    {AIR_TABLE_ADDW, "k[1] is a bit"},
    {AIR_TABLE_ADDIW, "the low limbs of rs1 + imm are those of the result, carries are bits"},
    {AIR_TABLE_BITI, "upper limbs meet an immediate of equal bits"},
    {AIR_TABLE_BRANCH, "next ip is ip + 1, or ip + step when taken"},
    {AIR_TABLE_SLT, "the chosen limbs differ in the order that lt says"},
    {AIR_TABLE_JALR, "b0 is a bit"},
    {AIR_TABLE_ECALL, "exit leaves 0 in a0"},
    {AIR_TABLE_SHIFT, "the result is chosen by the byte distance"},
    {AIR_TABLE_SHIFTI, "limbs of the operand times m"},
    {AIR_TABLE_LOADS, "an unsigned load has no sign"},
    {AIR_TABLE_LOADX, "sign is bit 7 of the top byte"},
    {AIR_TABLE_STORES, "the bytes at the offset are replaced"},
    {AIR_TABLE_STOREX, "the bytes at the offset are replaced"},
    {AIR_TABLE_MUL, "limbs of x times y"},
    {AIR_TABLE_DIV, "the value written is the one that the kind asks for"},
    {AIR_TABLE_DECODE, "hib[0] is a bit"},
};

Test(forge_search, deleted_laws_are_exploited)
{
    struct honest *h = honest_create();
    cr_assert(h, "the honest trace could not be built");
    for (unsigned i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        const struct air_table *t = &sc_air_tables[laws[i].table];
        struct census n = {.max_rows = 8, .budget = 60, .quiet = true};
        for (unsigned k = 0; k < t->n_constraints && !n.found; k++) {
            if (!strcmp(t->labels[k], laws[i].label)) {
                forge_tables(&h->trace, laws[i].table, k, &n);
            }
        }
        cr_expect(n.found, "%s without \"%s\" was not exploited", t->name, laws[i].label);
    }
    honest_destroy(h);
}
