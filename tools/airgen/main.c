/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * airgen: records every chip of core/chips/machine.def, checks the rules, and writes what is made from them.
 *
 *   airgen --out DIR [--max-nodes N]   DIR/air_tables.c and DIR/air_eval.inc
 *   airgen --listing                   the golden listing, to standard output
 *   airgen --solver DIR                DIR/<table>.txt
 *   airgen --digest                    the machine digest
 *
 * --alone skips the rules between tables, for a build of some chips only. Exit 1: a rule is broken; the chip and the law are named.
 */
#include "tools/airgen/emit.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NODES 256

struct options {
    const char *out, *solver;
    unsigned max_nodes;
    bool listing, digest, alone;
};

static bool parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const bool more = i + 1 < argc;
        if (!strcmp(argv[i], "--out") && more) {
            o->out = argv[++i];
        } else if (!strcmp(argv[i], "--solver") && more) {
            o->solver = argv[++i];
        } else if (!strcmp(argv[i], "--max-nodes") && more) {
            o->max_nodes = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (!strcmp(argv[i], "--listing")) {
            o->listing = true;
        } else if (!strcmp(argv[i], "--digest")) {
            o->digest = true;
        } else if (!strcmp(argv[i], "--alone")) {
            o->alone = true;
        } else {
            return false;
        }
    }
    return o->max_nodes > 0;
}

static FILE *open_in(const char *dir, const char *name, const char *suffix)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix);
    FILE *f = fopen(path, "w");
    if (!f) {
        fprintf(stderr, "airgen: cannot write %s\n", path);
    }
    return f;
}

/** True when everything reached the disk. */
static bool finish(FILE *f)
{
    const bool bad = ferror(f) != 0;
    return fclose(f) == 0 && !bad;
}

static bool write_code(const struct machine *m, const struct options *o, struct rec_log *log)
{
    FILE *f = open_in(o->out, "air_tables", ".c");
    if (!f) {
        return false;
    }
    emit_tables(f, m);
    if (!finish(f) || !(f = open_in(o->out, "air_eval", ".inc"))) {
        return false;
    }
    const bool ok = emit_eval(f, m, o->max_nodes, log);
    return finish(f) && ok;
}

static bool write_solver(const struct machine *m, const char *dir)
{
    for (unsigned i = 0; i < m->n; i++) {
        FILE *f = open_in(dir, m->t[i]->name, ".txt");
        if (!f) {
            return false;
        }
        emit_solver(f, m->t[i]);
        if (!finish(f)) {
            return false;
        }
    }
    return true;
}

static void print_digest(const struct machine *m)
{
    uint8_t d[32];
    machine_digest(d, m);
    for (unsigned i = 0; i < sizeof d; i++) {
        printf("%02x", d[i]);
    }
    puts("");
}

static bool write_all(const struct machine *m, const struct options *o, struct rec_log *log)
{
    bool ok = true;
    if (o->out) {
        ok = write_code(m, o, log);
    }
    if (o->solver) {
        ok = write_solver(m, o->solver) && ok;
    }
    if (o->listing) {
        emit_listing(stdout, m);
    }
    if (o->digest) {
        print_digest(m);
    }
    return ok;
}

int main(int argc, char **argv)
{
    static struct rec_log log;
    struct machine m = {NULL, 0};
    struct options o = {.max_nodes = MAX_NODES};
    if (!parse(&o, argc, argv)) {
        fputs("usage: airgen [--out DIR] [--max-nodes N] [--listing] [--digest] [--solver DIR] [--alone]\n", stderr);
        return 2;
    }
    bool ok = machine_record(&m, &log);
    ok = ok && (o.alone || rules_machine(m.t, m.n, &log));
    ok = ok && write_all(&m, &o, &log);
    machine_free(&m);
    fputs(log.text, stderr);
    return ok ? 0 : 1;
}
