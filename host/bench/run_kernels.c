/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rounds of kernels. A round has one run of each case, so that what disturbs the machine for a while disturbs all of them, and a case
 * meets every state that the machine has. Just before each run its limits are measured. Contracts: rounds.h.
 */
#include "host/bench/rounds.h"

#include "host/bench/lab_device.h"
#include "host/device/committer.h"

#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)

/* The cases that there is a form of and that fit together, the first ones first. */
static void choose(struct socle_bench *b, uint64_t room, unsigned n_threads, bool on_device)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct sc_lab_case *const c = &b->cases[i];
        b->wanted[i] = on_device ? c->form != SC_LAB_HOST : !c->device_only;
        if (!b->wanted[i]) {
            (void)snprintf(b->rows[i].why, sizeof b->rows[i].why, "%s", on_device ? "there is no form of it for devices" : "with --device alone"); /* bench/table.py leaves those out */
            continue;
        }
        if (sc_lab_memory(b->cases, b->wanted, b->n, n_threads) > room) {
            b->wanted[i] = false;
            (void)snprintf(b->rows[i].why, sizeof b->rows[i].why, "needs %lluM of memory, room for %lluM",
                           (unsigned long long)((b->rows[i].memory + MIB - 1) / MIB), (unsigned long long)(room / MIB));
        }
    }
}

/* Seconds that so many units take at a limit, which is measured now. */
static socle_status least_time(double *out, struct sc_rounds *r, enum sc_lab_limit limit, double units)
{
    struct socle_bench *const b = r->b;
    double rate = 0;
    const socle_status st = r->lab.committer != NULL ? sc_lab_device_limit(&rate, &r->lab, limit) : SOCLE_OK;
    rate = r->lab.committer != NULL ? rate : sc_lab_limit(&r->lab, limit);
    if (rate > 0 && b->n_rates[limit] < b->max_rates) {
        b->rates[limit][b->n_rates[limit]++] = rate;
    }
    *out = rate > 0 ? units / rate : 0;
    return st;
}

struct timing {
    uint64_t ns;
    double arithmetic, memory; /* seconds that the limits allow at least */
    struct sc_energy before, after;
};

/* The limits of a case, then its work between two looks at the energy. What is no point of its curve is a wrong result, as its digest says. */
static socle_status time_it(struct timing *t, struct sc_rounds *r, const struct sc_lab_case *c)
{
    const struct sc_lab_least least = sc_lab_least(c, r->lab.committer != NULL);
    socle_status st = SOCLE_OK;
    if (least.work > 0) {
        TRY(least_time(&t->arithmetic, r, least.limit, least.work));
    }
    if (!least.is_limit || r->lab.committer == NULL) {
        TRY(least_time(&t->memory, r, least.memory, least.bytes));
    }
    if (r->lab.committer != NULL) {
        sc_energy_read(&t->before, r->root);
        st = sc_lab_on_device(&t->ns, &r->lab, c);
        sc_energy_read(&t->after, r->root);
        return st == SOCLE_E_SELFCHECK ? SOCLE_OK : st;
    }
    TRY(sc_lab_prepare(&r->lab, c));
    sc_energy_read(&t->before, r->root);
    const uint64_t start = sc_clock_ns();
    st = c->run(&r->lab, c);
    t->ns = sc_clock_ns() - start;
    sc_energy_read(&t->after, r->root);
out:
    return st;
}

/* One run and its check; @p at: its number, or -1 for the one that warms up. */
static socle_status run_once(struct sc_rounds *r, size_t i, int at)
{
    const struct sc_lab_case *const c = &r->b->cases[i];
    struct socle_bench_row *const row = &r->b->rows[i];
    struct timing t = {0};
    uint8_t digest[SC_LAB_DIGEST];
    sc_rounds_moment(r);
    socle_status st = time_it(&t, r, c);
    if (st == SOCLE_E_NOMEM && r->lab.committer != NULL && at < 0) {
        r->b->wanted[i] = false;
        (void)snprintf(row->why, sizeof row->why, "does not fit into the device's memory, %llu MiB",
                       (unsigned long long)(sc_committer_budget(r->lab.committer) / MIB));
        return SOCLE_OK;
    }
    TRY(st);
    TRY(sc_lab_digest(digest, &r->lab, c->out_len));
    if (row->outcome != SOCLE_BENCH_WRONG) {
        memcpy(row->digest, digest, sizeof digest);
        row->outcome = memcmp(digest, row->reference, sizeof digest) == 0 ? SOCLE_BENCH_GOOD : SOCLE_BENCH_WRONG;
    }
    if (at >= 0) {
        const double joules = r->lab.committer == NULL ? sc_energy_between(&t.before, &t.after) : sc_stats_unknown(); /* of processors */
        r->b->runs[i * r->b->max_runs + (size_t)at] = t.ns > 0 ? t.ns : 1;
        r->b->least[i * r->b->max_runs + (size_t)at] = (uint64_t)(1e9 * (t.arithmetic > t.memory ? t.arithmetic : t.memory));
        r->b->by_memory[i] += t.memory > t.arithmetic;
        row->n_runs = (unsigned)at + 1;
        row->joules = at == 0 ? joules : row->joules + joules;
    }
out:
    return st;
}

/* Cases of one operation over one field or group: the time of one tells that of another. */
static bool kin(const struct sc_lab_case *a, const struct sc_lab_case *b)
{
    return strcmp(a->op, b->op) == 0 && a->of == b->of;
}

static double work_of(const struct sc_lab_case *c)
{
    return sc_lab_least(c, false).work;
}

/* Seconds that case i is expected to take, with its reference and the rounds it has to have: as the largest of its kin that was seen did.
 * 0: none was. */
static double expected(const struct socle_bench *b, const double *took, size_t i)
{
    size_t like = i;
    for (size_t k = 0; k < b->n; k++) {
        if (took[k] > 0 && kin(&b->cases[k], &b->cases[i]) && (like == i || work_of(&b->cases[k]) > work_of(&b->cases[like]))) {
            like = k;
        }
    }
    const double of = work_of(&b->cases[like]); /* 0 of transfers: as long as their like */
    return like == i ? 0 : of > 0 ? took[like] * work_of(&b->cases[i]) / of : took[like];
}

/* The reference and the run that warms up; *took: seconds, as expected() has them. The first run of all its kin on a device may build
 * the kernels, which tells nothing of the next ones. */
static socle_status take_up(struct sc_rounds *r, double *took, size_t i, bool first)
{
    struct socle_bench *const b = r->b;
    const unsigned rounds = b->max_runs < SC_STATS_PAIR ? b->max_runs : SC_STATS_PAIR;
    socle_status st = SOCLE_OK;
    const double start = sc_rounds_since(r);
    TRY(sc_lab_reference(b->rows[i].reference, &r->lab, &b->cases[i]));
    const double made = sc_rounds_since(r) - start;
    if (first && r->lab.committer != NULL) {
        TRY(run_once(r, i, -1));
    }
    const double middle = sc_rounds_since(r);
    if (b->wanted[i]) {
        TRY(run_once(r, i, -1));
    }
    *took = made + (1 + rounds) * (sc_rounds_since(r) - middle) + 1e-9;
out:
    return st;
}

/* The cases that fit into the time, the shortest first; the first of each kin in any case. */
static socle_status take_up_all(struct sc_rounds *r, double *took, double seconds, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    double promised = 0;
    for (size_t done = 0; done < b->n; done++) {
        size_t next = b->n;
        double least = 0;
        for (size_t i = 0; i < b->n; i++) {
            const double e = b->wanted[i] && took[i] <= 0 ? expected(b, took, i) : 0;
            if (b->wanted[i] && took[i] <= 0 && (next == b->n || e < least)) {
                next = i;
                least = e;
            }
        }
        if (next == b->n) {
            break;
        }
        if (least > 0 && promised + least > seconds) {
            b->wanted[next] = false;
            (void)snprintf(b->rows[next].why, sizeof b->rows[next].why, "takes about %.0f s, %.0f of %.0f are left", least,
                           promised < seconds ? seconds - promised : 0, seconds);
            continue;
        }
        TRY(host->tell(host->arg, b->cases[next].op, (double)done / (double)(b->n * (b->max_runs + 2))));
        TRY(take_up(r, &took[next], next, least <= 0));
        promised += took[next];
    }
out:
    return st;
}

static socle_status run_rounds(struct sc_rounds *r, double seconds, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    const double steps = (double)b->n * (b->max_runs + 2);
    for (unsigned round = 0; round < b->max_runs && (round < SC_BENCH_LEAST_ROUNDS || sc_rounds_since(r) <= seconds); round++) {
        for (size_t i = 0; i < b->n; i++) {
            if (b->wanted[i]) {
                TRY(host->tell(host->arg, b->cases[i].op, (double)(b->n * (round + 2) + i) / steps));
                TRY(run_once(r, i, (int)round));
            }
        }
    }
    sc_rounds_moment(r);
out:
    return st;
}

socle_status sc_bench_kernels(struct sc_rounds *r, double seconds, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    double *const took = sc_alloc(b->n, sizeof *took);
    TRY(took != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    choose(b, host->room, host->pool != NULL ? sc_pool_size(host->pool) : 1, host->committer != NULL);
    TRY(sc_lab_init(&r->lab, b->cases, b->wanted, b->n, host->pool));
    r->lab.committer = host->committer;
    b->on_device = host->committer != NULL;
    TRY(take_up_all(r, took, seconds, host));
    TRY(run_rounds(r, seconds, host));
out:
    sc_free(took);
    return st;
}
