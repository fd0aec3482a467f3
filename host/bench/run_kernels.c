/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rounds of kernels. A round has one run of each case, so that what disturbs the machine for a while disturbs all of them, and a case
 * meets every state that the machine has. Just before each run its limits are measured. Contracts: rounds.h.
 */
#include "host/bench/rounds.h"

#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)

/* The cases that fit together, the first ones first. */
static void choose(struct socle_bench *b, uint64_t room, unsigned n_threads)
{
    for (size_t i = 0; i < b->n; i++) {
        b->wanted[i] = true;
        if (sc_lab_memory(b->cases, b->wanted, b->n, n_threads) > room) {
            b->wanted[i] = false;
            (void)snprintf(b->rows[i].why, sizeof b->rows[i].why, "needs %lluM of memory, room for %lluM",
                           (unsigned long long)((b->rows[i].memory + MIB - 1) / MIB), (unsigned long long)(room / MIB));
        }
    }
}

static double note_limit(struct sc_rounds *r, enum sc_lab_limit limit)
{
    struct socle_bench *const b = r->b;
    const double rate = sc_lab_limit(&r->lab, limit);
    if (rate > 0 && b->n_rates[limit] < b->max_rates) {
        b->rates[limit][b->n_rates[limit]++] = rate;
    }
    return rate;
}

/* One run and its check; @p at: its number, or -1 for the one that warms up. */
static socle_status run_once(struct sc_rounds *r, size_t i, int at)
{
    const struct sc_lab_case *const c = &r->b->cases[i];
    struct socle_bench_row *const row = &r->b->rows[i];
    struct sc_energy before, after;
    uint8_t digest[SC_LAB_DIGEST];
    double work, bytes;
    socle_status st = SOCLE_OK;
    sc_lab_least(&work, &bytes, c);
    sc_rounds_moment(r);
    const double arithmetic = work > 0 ? work / note_limit(r, c->limit) : 0, memory = bytes / note_limit(r, SC_LAB_COPY);
    TRY(sc_lab_prepare(&r->lab, c));
    sc_energy_read(&before, r->root);
    const uint64_t start = sc_clock_ns();
    st = c->run(&r->lab, c);
    const uint64_t ns = sc_clock_ns() - start;
    sc_energy_read(&after, r->root);
    TRY(st);
    TRY(sc_lab_digest(digest, &r->lab, c->out_len));
    if (row->outcome != SOCLE_BENCH_WRONG) {
        memcpy(row->digest, digest, sizeof digest);
        row->outcome = memcmp(digest, row->reference, sizeof digest) == 0 ? SOCLE_BENCH_GOOD : SOCLE_BENCH_WRONG;
    }
    if (at >= 0) {
        const double joules = sc_energy_between(&before, &after);
        r->b->runs[i * r->b->max_runs + (size_t)at] = ns > 0 ? ns : 1;
        r->b->least[i * r->b->max_runs + (size_t)at] = (uint64_t)(1e9 * (arithmetic > memory ? arithmetic : memory));
        r->b->by_memory[i] += memory > arithmetic;
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
    double work, bytes;
    sc_lab_least(&work, &bytes, c);
    return work;
}

/* Seconds that case i is expected to take, with its reference and the rounds it has to have: as the largest of its kin that was seen. 0: none was. */
static double expected(const struct socle_bench *b, const double *took, size_t i)
{
    size_t like = i;
    for (size_t k = 0; k < b->n; k++) {
        if (took[k] > 0 && kin(&b->cases[k], &b->cases[i]) && (like == i || work_of(&b->cases[k]) > work_of(&b->cases[like]))) {
            like = k;
        }
    }
    return like == i ? 0 : took[like] * work_of(&b->cases[i]) / work_of(&b->cases[like]);
}

/* The reference and the run that warms up; *took: seconds, as expected() has them. */
static socle_status take_up(struct sc_rounds *r, double *took, size_t i)
{
    struct socle_bench *const b = r->b;
    const unsigned rounds = b->max_runs < SC_STATS_PAIR ? b->max_runs : SC_STATS_PAIR;
    socle_status st = SOCLE_OK;
    const double start = sc_rounds_since(r);
    TRY(sc_lab_reference(b->rows[i].reference, &r->lab, &b->cases[i]));
    const double middle = sc_rounds_since(r);
    TRY(run_once(r, i, -1));
    *took = middle - start + (1 + rounds) * (sc_rounds_since(r) - middle) + 1e-9;
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
        TRY(take_up(r, &took[next], next));
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
    choose(b, host->room, host->pool != NULL ? sc_pool_size(host->pool) : 1);
    TRY(sc_lab_init(&r->lab, b->cases, b->wanted, b->n, host->pool));
    TRY(take_up_all(r, took, seconds, host));
    TRY(run_rounds(r, seconds, host));
out:
    sc_free(took);
    return st;
}
