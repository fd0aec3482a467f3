/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The judge of row forgeries, and their text. What other tables are relied on to say is that of tools/determinism/claims.py.
 */
#include "tools/airlint/row_lie.h"

#include "core/chips/chips.h"
#include "tools/airlint/assemble.h"

#include <stdlib.h>
#include <string.h>

#define STAMPS (1u << 27)
#define KEYS (1u << 29)

/** What a row says on the buses that are no lookups, copies counted. */
struct sayings {
    unsigned n;
    struct entry e[AIR_MAX_USES];
};

static bool fail(char *why, size_t size, const char *what, const char *of)
{
    snprintf(why, size, "%s%s%s", what, of ? ": " : "", of ? of : "");
    return false;
}

/** The line of an instruction word at an address; false when the word is none of the machine's. */
static bool line_of_word(struct entry *line, uint32_t word, uint32_t ip)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    struct sc_fetch f = {.count = 1, .word8 = (uint64_t)word << (ip & 1 ? 32 : 0)};
    uint32_t row[AIR_MAX_COLS] = {0};
    fp cell[AIR_MAX_COLS] = {0};
    sc_decode(&f.inst, word, ip);
    if (f.inst.op == 0) {
        return false;
    }
    sc_decode_fill(&f, (void *)row);
    for (unsigned k = 0; k < t->n_cols; k++) {
        cell[k] = fp_from_u32(row[k]);
    }
    for (unsigned u = 0; u < t->n_uses; u++) {
        if (t->uses[u].bus == AIR_BUS_PROG) {
            memset(line, 0, sizeof *line);
            return entry_at(line, t, u, cell);
        }
    }
    return false;
}

static bool limbs(const uint32_t *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (v[i] >= 65536) {
            return false;
        }
    }
    return true;
}

/** The product of two words of limbs, true over the integers and below 2^64? */
static bool product_is(const uint32_t *s)
{
    uint64_t sum = 0;
    for (unsigned k = 0; k < 7; k++) {
        for (unsigned i = k < 4 ? 0 : k - 3; i <= k && i < 4; i++) {
            sum += (uint64_t)s[i] * s[4 + k - i];
        }
        if ((sum & 65535) != (k < 4 ? s[8 + k] : 0)) {
            return false;
        }
        sum >>= 16;
    }
    return sum == 0;
}

/** May somebody have said this, other tables being honest? */
static bool may_be_received(const struct entry *e)
{
    const uint32_t *const s = e->slot;
    switch (e->bus) {
    case AIR_BUS_STATE:
        return s[0] < STAMPS && s[2] == 0;
    case AIR_BUS_MEM:
        if (s[4] >= STAMPS || !limbs(s + 5, 4) || s[0] > 3) {
            return false;
        }
        if (s[0] == 0) {
            return s[1] <= 32 && s[2] == 0 && s[3] == 0 && (s[1] != 0 || (s[5] | s[6] | s[7] | s[8]) == 0);
        }
        return s[1] % 8 == 0 && limbs(s + 1, 2) && s[3] < 3;
    case AIR_BUS_CHAIN:
        return s[0] < 3 && (s[1] < KEYS || s[1] == FP_P - 1);
    case AIR_BUS_INIT:
        return s[0] > 0 && s[0] < 4 && limbs(s + 1, 6) && s[1] % 8 == 0;
    case AIR_BUS_MCALL:
        return limbs(s, 12) && product_is(s);
    default:
        return true;
    }
}

/** Do two received tuples answer the same question? */
static bool same_question(const struct entry *a, const struct entry *b)
{
    if (a->bus != b->bus) {
        return false;
    }
    switch (a->bus) {
    case AIR_BUS_MEM:
        return (a->slot[0] == 0) == (b->slot[0] == 0) && !memcmp(a->slot + 1, b->slot + 1, 3 * sizeof *a->slot);
    case AIR_BUS_INIT:
        return !memcmp(a->slot + 1, b->slot + 1, 2 * sizeof *a->slot);
    case AIR_BUS_MCALL:
        return !memcmp(a->slot, b->slot, 8 * sizeof *a->slot);
    default:
        return true;
    }
}

static bool taken(const struct entry *e)
{
    return e->count != FP_ONE;
}

/** Laws, lookups and what is relied on of one row; @p law is left out. Collects what it says. */
static bool row_is_fair(struct sayings *out, const struct row *r, const struct row_forgery *f, const struct law *law, char *why, size_t size)
{
    const struct air_table *const t = &sc_air_tables[r->table];
    fp k[AIR_MAX_CONSTRAINTS];
    struct entry line;
    out->n = 0;
    t->check(k, r->cell);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        if (k[i] && !(law->kind == LAW_CONSTRAINT && law->table == r->table && law->index == i)) {
            return fail(why, size, t->name, t->labels[i]);
        }
    }
    for (unsigned u = 0; u < t->n_uses; u++) {
        const bool query = t->uses[u].sign > 0;
        struct entry e = {.table = r->table, .use = (uint16_t)u};
        if (!entry_at(&e, t, u, r->cell) || (law->kind == LAW_LOOKUP && law->table == r->table && law->index == u)) {
            continue;
        }
        if (e.bus >= AIR_BUS_U16) {
            if (query && !lookup_holds(e.bus, e.slot)) {
                return fail(why, size, t->name, "a lookup fails");
            }
        } else if (e.bus == AIR_BUS_PROG && query) {
            if (!line_of_word(&line, f->word, e.slot[0]) || !entry_same(&line, &e)) {
                return fail(why, size, t->name, "no such line of the word");
            }
        } else {
            e.count = e.bus == AIR_BUS_PROG ? FP_ONE : fp_mul(e.count, fp_from_u32(r->copies));
            if (e.count != FP_ONE && e.count != fp_neg(FP_ONE)) {
                return fail(why, size, t->name, "a tuple is said more or less often than once");
            }
            if ((taken(&e) || e.bus == AIR_BUS_MCALL) && !may_be_received(&e)) {
                return fail(why, size, t->name, "nobody says what it receives");
            }
            for (unsigned i = 0; i < out->n; i++) {
                if (taken(&e) && taken(&out->e[i]) && same_question(&e, &out->e[i])) {
                    return fail(why, size, t->name, "it asks for the same twice");
                }
            }
            out->e[out->n++] = e;
        }
    }
    return true;
}

/** Of what both rows receive: are equal questions answered alike, and are state, chain and word of code the same? */
static bool same_received(const struct sayings *a, const struct sayings *b)
{
    for (unsigned i = 0; i < a->n; i++) {
        for (unsigned j = 0; j < b->n; j++) {
            if (taken(&a->e[i]) && taken(&b->e[j]) && same_question(&a->e[i], &b->e[j]) && !entry_same(&a->e[i], &b->e[j])) {
                return false;
            }
        }
    }
    return true;
}

/** Is there a tuple of the one, received or not, that the other does not have? Calls are not compared. */
static bool says_more(const struct sayings *a, const struct sayings *b)
{
    for (unsigned i = 0; i < a->n; i++) {
        bool found = a->e[i].bus == AIR_BUS_MCALL;
        for (unsigned j = 0; j < b->n && !found; j++) {
            found = entry_same(&a->e[i], &b->e[j]) && a->e[i].count == b->e[j].count;
        }
        if (!found) {
            return true;
        }
    }
    return false;
}

static bool breaks(const struct row_forgery *f)
{
    const struct air_table *const t = &sc_air_tables[f->lying.table];
    fp k[AIR_MAX_CONSTRAINTS];
    struct entry e, line;
    if (f->lying.table != f->law.table) {
        return false;
    }
    if (f->law.kind == LAW_CONSTRAINT) {
        t->check(k, f->lying.cell);
        return k[f->law.index] != 0;
    }
    memset(&e, 0, sizeof e);
    if (f->law.kind != LAW_LOOKUP || !entry_at(&e, t, f->law.index, f->lying.cell)) {
        return false;
    }
    return e.bus == AIR_BUS_PROG ? !line_of_word(&line, f->word, e.slot[0]) || !entry_same(&line, &e) : !lookup_holds(e.bus, e.slot);
}

static bool receives(const struct sayings *a, unsigned bus)
{
    for (unsigned i = 0; i < a->n; i++) {
        if (a->e[i].bus == bus && taken(&a->e[i])) {
            return true;
        }
    }
    return false;
}

/** Is a token given whose stamp is at most that of the one taken at its place? */
static bool goes_back(const struct sayings *a)
{
    for (unsigned i = 0; i < a->n; i++) {
        for (unsigned j = 0; j < a->n; j++) {
            const struct entry *const in = &a->e[i], *const out = &a->e[j];
            if (in->bus == AIR_BUS_MEM && out->bus == AIR_BUS_MEM && taken(in) && !taken(out) && !memcmp(in->slot, out->slot, 4 * sizeof *in->slot) &&
                out->slot[4] <= in->slot[4]) {
                return true;
            }
        }
    }
    return false;
}

/** Does a program end abnormally in which the word, or one that does nothing, is executed with the registers that the row reads? */
static bool run_fails(const struct sayings *a, uint32_t word, bool *abnormal)
{
    static const uint32_t spare[] = {5, 6, 7};
    struct prog *const p = calloc(1, sizeof *p);
    struct sc_run run = {0};
    uint64_t value[2] = {0};
    uint32_t reg[2] = {0}, base = 0, n = 0;
    char why[256];
    for (unsigned i = 0; i < a->n && n < 2; i++) {
        const uint32_t *const s = a->e[i].slot;
        if (a->e[i].bus == AIR_BUS_MEM && taken(&a->e[i]) && s[0] == 0 && s[1] > 0 && s[1] < 32 && (s[1] == (word >> 15 & 31) || s[1] == (word >> 20 & 31))) {
            reg[n] = s[1];
            value[n++] = s[5] | (uint64_t)s[6] << 16 | (uint64_t)s[7] << 32 | (uint64_t)s[8] << 48;
        }
    }
    while (spare[base] == reg[0] || spare[base] == reg[1]) {
        base++;
    }
    if (!p) {
        return false;
    }
    put_i(p, OP_IMM, 0, spare[base], 0, 1);
    put_i(p, OP_IMM, 1, spare[base], spare[base], 32);
    for (uint32_t i = 0; i < n; i++) {
        put_i(p, OP_LOAD, 3, reg[i], spare[base], (int32_t)(8 + 8 * i));
    }
    put(p, word);
    put_i(p, OP_IMM, 0, 17, 0, 93);
    put_i(p, OP_IMM, 0, 10, 0, 0);
    put(p, OP_SYSTEM);
    const struct sc_elf elf = prog_elf(p);
    const struct sc_exec_options o = {.input = (const uint8_t *)value, .input_size = sizeof value, .max_cycles = 64};
    const socle_status st = sc_exec(&run, why, sizeof why, &elf, &o);
    *abnormal = st == SOCLE_E_GUEST;
    sc_run_fini(&run);
    free(p);
    return st != SOCLE_OK;
}

static bool executor_refuses(const struct sayings *a, uint32_t word)
{
    static const uint32_t nop = 0x13;
    bool abnormal = false, unused;
    return run_fails(a, word, &abnormal) && abnormal && !run_fails(a, nop, &unused);
}

bool row_forgery_holds(const struct row_forgery *f, char *why, size_t size)
{
    const struct law none = {.kind = LAW_NONE};
    struct sayings a, b;
    why[0] = 0;
    if (!row_is_fair(&b, &f->lying, f, &f->law, why, size)) {
        return false;
    }
    if (!breaks(f)) {
        return fail(why, size, "it does not break the law", NULL);
    }
    if (f->proof == ROW_BACK) {
        return goes_back(&b) || fail(why, size, "no token goes back in time", NULL);
    }
    if (f->proof == ROW_REFUSED) {
        return (receives(&b, AIR_BUS_STATE) && executor_refuses(&b, f->word)) || fail(why, size, "the executor does not refuse it", NULL);
    }
    if (!row_is_fair(&a, &f->honest, f, &none, why, size)) {
        return false;
    }
    if (receives(&a, AIR_BUS_STATE) != receives(&b, AIR_BUS_STATE) || receives(&a, AIR_BUS_CHAIN) != receives(&b, AIR_BUS_CHAIN) || a.n == 0 || b.n == 0) {
        return fail(why, size, "one of the rows is not real", NULL);
    }
    if (!same_received(&a, &b)) {
        return fail(why, size, "the rows do not receive the same", NULL);
    }
    return says_more(&a, &b) || says_more(&b, &a) || fail(why, size, "the rows say the same", NULL);
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static bool read_law(struct law *out, const char *table, const char *kind, const char *index)
{
    for (unsigned t = 0; table && kind && index && t < AIR_N_TABLES; t++) {
        const unsigned long i = strtoul(index, NULL, 10);
        const bool constraint = !strcmp(kind, "constraint");
        if (!strcmp(sc_air_tables[t].name, table) && (constraint || !strcmp(kind, "query")) &&
            i < (constraint ? sc_air_tables[t].n_constraints : sc_air_tables[t].n_uses)) {
            *out = (struct law){.kind = constraint ? LAW_CONSTRAINT : LAW_LOOKUP, .table = (uint16_t)t, .index = (uint16_t)i};
            return true;
        }
    }
    return false;
}

/** The word in place of the honest row's table? */
static bool read_proof(enum row_proof *out, const char *name)
{
    *out = name && !strcmp(name, "refused") ? ROW_REFUSED : name && !strcmp(name, "back") ? ROW_BACK : ROW_DIFFERS;
    return *out != ROW_DIFFERS;
}

/** "TABLE" or "TABLExCOPIES" */
static bool read_table(struct row *r, char *name)
{
    char *const x = name ? strchr(name, 'x') : NULL;
    memset(r, 0, sizeof *r);
    r->copies = x ? (uint32_t)strtoul(x + 1, NULL, 10) : 1;
    if (x) {
        *x = 0;
    }
    while (name && r->table < AIR_N_TABLES && strcmp(sc_air_tables[r->table].name, name) != 0) {
        r->table++;
    }
    return name && r->table < AIR_N_TABLES && r->copies > 0;
}

static bool read_cell(struct row *r, uint32_t *word, char *text)
{
    const struct air_table *const t = &sc_air_tables[r->table];
    char *const value = strchr(text, '=');
    if (!value) {
        return false;
    }
    *value = 0;
    const uint32_t v = (uint32_t)strtoul(value + 1, NULL, 10);
    if (!strcmp(text, "word")) {
        *word = v;
        return true;
    }
    for (unsigned k = 0; k < t->n_cols; k++) {
        if (!strcmp(t->col_names[k], text)) {
            r->cell[k] = fp_from_u32(v);
            return true;
        }
    }
    return false;
}

bool row_forgery_read(struct row_forgery *out, FILE *f, char *why, size_t why_size)
{
    static const size_t max = 16384;
    char *const line = malloc(max);
    bool ok = false;
    why[0] = 0;
    memset(out, 0, sizeof *out);
    while (line && fgets(line, (int)max, f)) {
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        const char *const table = strtok(line, " \n"), *const kind = strtok(NULL, " \n"), *const index = strtok(NULL, " \n");
        unsigned rows = 0;
        ok = read_law(&out->law, table, kind, index);
        for (char *word = strtok(NULL, " \n"); ok && word; word = strtok(NULL, " \n")) {
            struct row *const r = rows > 1 ? &out->lying : &out->honest;
            if (!strcmp(word, "|")) {
                char *const name = strtok(NULL, " \n");
                rows++;
                ok = rows == 1 ? read_proof(&out->proof, name) || read_table(&out->honest, name) : rows == 2 && read_table(&out->lying, name);
            } else {
                ok = rows > 0 && read_cell(r, &out->word, word);
            }
        }
        ok = ok && rows == 2;
        if (!ok) {
            snprintf(why, why_size, "a row forgery of %s %s %s is not written rightly", table ? table : "?", kind ? kind : "?", index ? index : "?");
        }
        break;
    }
    free(line);
    return ok;
}
