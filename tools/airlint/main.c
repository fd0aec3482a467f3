/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * airlint: tries to cheat every table of the machine, and to find out which of its laws nobody would miss.
 * Exit status: 0 nothing was found, 1 a mutation passed or a law is not accounted for, 2 usage or another error.
 */
#include "tools/airlint/families.h"
#include "tools/airlint/record.h"
#include "tools/airlint/replay.h"
#include "tools/airlint/solve.h"
#include "tools/airlint/unforged.h"
#include "tools/socle/json.h"

#include <stdlib.h>
#include <time.h>

struct options {
    bool json, record, whole;
    const char *chip, *forgeries, *rows, *judge;
    uint64_t seed;
    unsigned rounds, search;
};

struct report {
    struct tally family[AIR_N_TABLES][N_FAMILIES];
    unsigned laws[AIR_N_TABLES], noticed[AIR_N_TABLES], rows[AIR_N_TABLES], listed[AIR_N_TABLES], open[AIR_N_TABLES], proof[AIR_N_TABLES], uses[AIR_N_TABLES], needed[AIR_N_TABLES];
    unsigned bad;
};

static const char *const family_key[] = {
#define F(NAME, key, text) key,
    FAMILIES(F)
#undef F
};

static bool wanted(const struct options *o, unsigned table)
{
    return !o->chip || !strcmp(o->chip, sc_air_tables[table].name);
}

static void usage(FILE *f)
{
    fputs("airlint [--chip NAME] [--rounds N] [--seed N] [--json] [--forgeries FILE] [--rows FILE] [--whole]\n"
          "        [--record] [--search N]\n"
          "  --rounds N   mutations of each family and table (1000)\n"
          "  --judge FILE judge row forgeries, one verdict a line, and nothing else\n"
          "  --whole      judge every recorded forgery by the trace checker, too\n"
          "  --search N   look for a forgery of laws that are listed as having none, N openings each\n"
          "  --record     look for forgeries of all laws that have none, and add them to the file\n",
          f);
}

static bool parse(struct options *o, int argc, char **argv)
{
    *o = (struct options){.forgeries = "tools/airlint/forgeries.txt", .rows = "tools/airlint/rows.txt", .seed = 1, .rounds = 1000};
    for (int i = 1; i < argc; i++) {
        const char *const a = argv[i];
        const char *const value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(a, "--json")) {
            o->json = true;
        } else if (!strcmp(a, "--record")) {
            o->record = true;
        } else if (!strcmp(a, "--whole")) {
            o->whole = true;
        } else if (!value) {
            return false;
        } else if (!strcmp(a, "--chip")) {
            o->chip = argv[++i];
        } else if (!strcmp(a, "--forgeries")) {
            o->forgeries = argv[++i];
        } else if (!strcmp(a, "--judge")) {
            o->judge = argv[++i];
        } else if (!strcmp(a, "--rows")) {
            o->rows = argv[++i];
        } else if (!strcmp(a, "--seed")) {
            o->seed = strtoull(argv[++i], NULL, 10);
        } else if (!strcmp(a, "--rounds")) {
            o->rounds = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (!strcmp(a, "--search")) {
            o->search = (unsigned)strtoul(argv[++i], NULL, 10);
        } else {
            return false;
        }
    }
    unsigned t = 0;
    while (t < AIR_N_TABLES && !(o->chip && wanted(o, t))) {
        t++;
    }
    return !o->chip || t < AIR_N_TABLES;
}

static void say_miss(void *arg, enum family family, const struct lie *l)
{
    struct report *const r = arg;
    r->bad++;
    fprintf(stderr, "PASSES (%s): ", family_key[family]);
    record_write(stderr, l);
}

static void say_law(struct report *r, const struct law *law, const char *what)
{
    char text[256];
    law_text(text, sizeof text, law);
    fprintf(stderr, "%s: %s\n", text, what);
    r->bad++;
}

/** Look for forgeries where none is recorded; found ones are kept. Prints what it does. */
static void record(struct replay *p, struct search *q, const struct scene *s, const struct reads *reads, const struct options *o)
{
    uint64_t rng = o->seed;
    for (unsigned i = 0; i < p->n; i++) {
        static const unsigned budgets[] = {40, 150, 500};
        char text[256];
        bool ok = false;
        if (p->forgery[i] || !wanted(o, p->law[i].table)) {
            continue;
        }
        for (unsigned b = 0; b < 3 && !ok; b++) {
            ok = search_law(q, s, reads, &p->law[i], solve_random(&rng), (o->search ? o->search : 800) * 40 / budgets[b] + 1, budgets[b]);
        }
        law_text(text, sizeof text, &p->law[i]);
        printf("%s %s\n", ok ? "found" : "     ", text);
        fflush(stdout);
        if (ok) {
            p->forgery[i] = malloc(sizeof q->lie);
            if (p->forgery[i]) {
                memcpy(p->forgery[i], &q->lie, sizeof q->lie);
            }
            (void)replay_write(p, o->forgeries); /* a long search may be interrupted */
        }
    }
}

static void check_laws(struct report *r, struct replay *p, struct search *q, const struct scene *s, const struct reads *reads, const struct options *o)
{
    uint64_t rng = o->seed;
    for (unsigned i = 0; i < p->n; i++) {
        const unsigned t = p->law[i].table;
        const char *reason;
        const bool listed = unforged(&p->law[i], &reason);
        char why[600];
        if (!wanted(o, t)) {
            continue;
        }
        r->laws[t]++;
        if (p->forgery[i]) {
            const bool noticed = replay_noticed(p, i);
            r->noticed[t] += noticed;
            if (!noticed) {
                say_law(r, &p->law[i], "the recorded forgery is no forgery any more");
            } else if (listed) {
                say_law(r, &p->law[i], "listed as having no forgery, and there is one");
            } else if (o->whole && !record_whole_trace_passes(p->forgery[i], why, sizeof why)) {
                say_law(r, &p->law[i], why);
            }
        } else if (p->row[i]) {
            const bool noticed = replay_row_noticed(p, i, why, sizeof why);
            r->rows[t] += noticed;
            if (!noticed || listed) {
                say_law(r, &p->law[i], noticed ? "listed as having no forgery, and there is a row forgery" : why);
            }
        } else if (!listed) {
            say_law(r, &p->law[i], "no forgery is recorded, and it is not listed");
        } else {
            r->listed[t]++;
            r->open[t] += reason == NULL;
            r->proof[t] += reason == unforged_proof;
            if (o->search && search_law(q, s, reads, &p->law[i], solve_random(&rng), o->search, 90)) {
                say_law(r, &p->law[i], "listed as having no forgery, and the search finds one:");
                record_write(stderr, &q->lie);
            }
        }
    }
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        if (wanted(o, t)) {
            r->needed[t] = replay_needed_uses(s, t, &r->uses[t]);
            r->bad += r->needed[t] != r->uses[t];
        }
    }
}

static void add_tally(struct tally *sum, const struct tally *t)
{
    sum->tried += t->tried;
    sum->caught += t->caught;
    sum->harmless += t->harmless;
    sum->missed += t->missed;
}

static void print_text(const struct report *r, const struct options *o)
{
    struct tally all[N_FAMILIES] = {{0}}, everything = {0};
    unsigned laws = 0, noticed = 0, rows = 0, listed = 0, open = 0, proof = 0, uses = 0, needed = 0;
    printf("%-10s %10s %10s %8s %6s   %5s %7s %5s %6s   %9s\n", "table", "mutations", "caught", "harmless", "missed", "laws", "traces", "rows", "listed", "ends");
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        struct tally sum = {0};
        if (!wanted(o, t)) {
            continue;
        }
        for (unsigned f = 0; f < N_FAMILIES; f++) {
            add_tally(&sum, &r->family[t][f]);
            add_tally(&all[f], &r->family[t][f]);
        }
        printf("%-10s %10llu %10llu %8llu %6llu   %5u %7u %5u %6u   %4u/%-4u\n", sc_air_tables[t].name, (unsigned long long)sum.tried,
               (unsigned long long)sum.caught, (unsigned long long)sum.harmless, (unsigned long long)sum.missed, r->laws[t], r->noticed[t],
               r->rows[t], r->listed[t], r->needed[t], r->uses[t]);
        add_tally(&everything, &sum);
        laws += r->laws[t];
        noticed += r->noticed[t];
        rows += r->rows[t];
        listed += r->listed[t];
        open += r->open[t];
        proof += r->proof[t];
        uses += r->uses[t];
        needed += r->needed[t];
    }
    printf("%-10s %10llu %10llu %8llu %6llu   %5u %7u %5u %6u   %4u/%-4u\n\n", "all", (unsigned long long)everything.tried,
           (unsigned long long)everything.caught, (unsigned long long)everything.harmless, (unsigned long long)everything.missed, laws, noticed,
           rows, listed, needed, uses);
    printf("of the listed laws %u are needed by a proof of tools/determinism.py, %u have an argument, %u are open\n\n", proof, listed - proof - open, open);
    static const char *const text[] = {
#define F(NAME, key, text) text,
        FAMILIES(F)
#undef F
    };
    for (unsigned f = 0; f < N_FAMILIES; f++) {
        printf("%10llu tried %10llu caught %8llu harmless %4llu missed   %s\n", (unsigned long long)all[f].tried, (unsigned long long)all[f].caught,
               (unsigned long long)all[f].harmless, (unsigned long long)all[f].missed, text[f]);
    }
}

static bool print_json(const struct report *r, const struct options *o)
{
    struct json j = {0};
    json_begin(&j);
    json_uint(&j, "seed", o->seed);
    json_uint(&j, "rounds", o->rounds);
    json_uint(&j, "bad", r->bad);
    json_object(&j, "tables");
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        if (!wanted(o, t)) {
            continue;
        }
        json_object(&j, sc_air_tables[t].name);
        json_uint(&j, "laws", r->laws[t]);
        json_uint(&j, "noticed", r->noticed[t]);
        json_uint(&j, "rows", r->rows[t]);
        json_uint(&j, "listed", r->listed[t]);
        json_uint(&j, "open", r->open[t]);
        json_uint(&j, "needed_by_proof", r->proof[t]);
        json_uint(&j, "ends", r->uses[t]);
        json_uint(&j, "ends_needed", r->needed[t]);
        for (unsigned f = 0; f < N_FAMILIES; f++) {
            const struct tally *const y = &r->family[t][f];
            json_object(&j, family_key[f]);
            json_uint(&j, "tried", y->tried);
            json_uint(&j, "caught", y->caught);
            json_uint(&j, "harmless", y->harmless);
            json_uint(&j, "missed", y->missed);
            json_end(&j);
        }
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    return json_print(&j, stdout);
}

/** A verdict on each row forgery of the file. */
static int judge_rows(const char *path)
{
    struct row_forgery r;
    char text[256], why[600];
    unsigned bad = 0;
    FILE *const f = fopen(path, "r");
    if (!f) {
        return 2;
    }
    while (row_forgery_read(&r, f, why, sizeof why)) {
        const bool holds = row_forgery_holds(&r, why, sizeof why);
        bad += !holds;
        law_text(text, sizeof text, &r.law);
        printf("%s %s%s%s\n", holds ? "holds" : "fails", text, holds ? "" : ": ", holds ? "" : why);
    }
    fclose(f);
    if (why[0]) {
        fprintf(stderr, "airlint: %s\n", why);
        return 2;
    }
    return bad != 0;
}

int main(int argc, char **argv)
{
    struct options o;
    char why[600];
    if (!parse(&o, argc, argv)) {
        usage(stderr);
        return 2;
    }
    if (o.judge) {
        return judge_rows(o.judge);
    }
    struct scene *const s = scene_create();
    struct replay *const p = calloc(1, sizeof *p);
    struct search *const q = calloc(1, sizeof *q);
    struct reads *const reads = calloc(1, sizeof *reads);
    struct report *const r = calloc(1, sizeof *r);
    int status = 2;
    if (!s || !p || !q || !reads || !r) {
        goto out;
    }
    reads_find(reads);
    if (!replay_read(p, s, o.forgeries, why, sizeof why) || !replay_read_rows(p, o.rows, why, sizeof why)) {
        fprintf(stderr, "airlint: %s\n", why);
        goto out;
    }
    if (o.record) {
        record(p, q, s, reads, &o);
        status = replay_write(p, o.forgeries) ? 0 : 2;
        goto out;
    }
    check_laws(r, p, q, s, reads, &o);
    memset(q, 0, sizeof *q);
    q->lie.s = s;
    q->reads = reads;
    q->rng = o.seed;
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        for (enum family f = 0; wanted(&o, t) && f < N_FAMILIES; f++) {
            family_run(&r->family[t][f], q, f, t, o.rounds, say_miss, r);
        }
    }
    if (o.json) {
        status = print_json(r, &o) ? 0 : 2;
    } else {
        print_text(r, &o);
        status = 0;
    }
    status = status ? status : r->bad != 0;
out:
    if (p) {
        replay_fini(p);
    }
    free(r);
    free(reads);
    free(q);
    free(p);
    scene_destroy(s);
    return status;
}
