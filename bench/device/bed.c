/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Buffers, jobs and their time. Contracts: bed.h.
 */
#include "bench/device/bed.h"

#include "host/bench/lab.h"

#include "core/field/fp.h"
#include "core/hash/blake3.h"
#include "host/device/device_ops.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_RUNS = 3, MOST_RUNS = 15, MOST_LAUNCHES = 1 << 15 };
#define ALIGN_LEAST 256u
#define GRAIN ((size_t)1 << 16)

double seconds_now(void)
{
    return 1e-9 * (double)sc_clock_ns();
}

/* ---- buffers ---- */

struct filling {
    uint32_t *to;
    enum fill how;
};

static void fill(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct filling *const f = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const uint32_t r = sc_lab_word(i);
        f->to[i] = f->how == FILL_ZERO ? 0 : f->how == FILL_SCALARS && i % 8 == 7 ? r >> 4 : r;
    }
}

void bed_clear(struct bed *b)
{
    for (int i = 0; i < SC_KC_MAX_BUFFERS; i++) {
        sc_big_free(b->host[i], b->size[i]);
        b->host[i] = NULL;
        b->size[i] = 0;
    }
}

socle_status bed_make(struct bed *b, const struct job *j, const uint32_t *const *kept)
{
    const uint64_t align = b->info.align < ALIGN_LEAST ? ALIGN_LEAST : b->info.align;
    uint64_t end = 0;
    socle_status st = SOCLE_OK;
    bed_clear(b);
    for (int i = 0; i < SC_KC_MAX_BUFFERS; i++) {
        b->offset[i] = end;
        end += (4 * j->words[i] + align - 1) / align * align;
    }
    TRY(end > b->info.memory ? SOCLE_E_NOMEM : b->d.ops->arena(b->d.self, end));
    for (int i = 0; i < SC_KC_MAX_BUFFERS; i++) {
        if (j->words[i] == 0) {
            continue;
        }
        b->host[i] = sc_big_take(4 * j->words[i]);
        b->size[i] = b->host[i] != NULL ? 4 * j->words[i] : 0;
        TRY(b->host[i] != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
        if (j->fill[i] == FILL_KEPT) {
            memcpy(b->host[i], kept[i], 4 * j->words[i]);
        } else {
            sc_pool_for(b->pool, j->words[i], GRAIN, fill, &(struct filling){b->host[i], j->fill[i]});
        }
        TRY(b->d.ops->put(b->d.self, b->offset[i], b->host[i], b->size[i]));
    }
out:
    return st;
}

/* ---- jobs ---- */

socle_status bed_run(struct bed *b, const struct job *j, unsigned times)
{
    struct sc_kc_launch *const all = sc_alloc((size_t)times * j->n_launches, sizeof *all);
    socle_status st = all != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
    for (unsigned i = 0; i < times && st == SOCLE_OK; i++) {
        memcpy(all + (size_t)i * j->n_launches, j->launch, j->n_launches * sizeof *all);
    }
    if (st == SOCLE_OK) {
        const struct sc_kc_plan plan = {all, times * j->n_launches};
        const struct sc_launch job = {.op = SC_OP_LAUNCHES, .arg = &plan, .n_uses = SC_KC_MAX_BUFFERS, .offset = b->offset, .size = b->size};
        st = b->d.ops->run(b->d.self, &job);
    }
    sc_free(all);
    return st;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct timing timing_of(double *seconds, unsigned n, unsigned each)
{
    qsort(seconds, n, sizeof *seconds, by_size);
    return (struct timing){(seconds[(n - 1) / 2] + seconds[n / 2]) / 2, seconds[0], n, each};
}

socle_status bed_time(struct timing *t, struct bed *b, const struct job *j)
{
    double seconds[MOST_RUNS], one, all = 0;
    unsigned each = 1, n = 0;
    socle_status st = SOCLE_OK;
    *t = (struct timing){0, 0, 0, 0};
    for (;;) { /* also the warm-up */
        const double began = seconds_now();
        TRY(bed_run(b, j, each));
        one = seconds_now() - began;
        if (one >= b->enough / 2 || 2 * each * j->n_launches > MOST_LAUNCHES) {
            break;
        }
        each = one < b->enough / 16 ? 8 * each : 2 * each;
        each = each * j->n_launches > MOST_LAUNCHES ? MOST_LAUNCHES / j->n_launches : each;
    }
    while (n < LEAST_RUNS || (n < MOST_RUNS && all < b->enough)) {
        const double began = seconds_now();
        TRY(bed_run(b, j, each));
        one = seconds_now() - began;
        all += one;
        seconds[n++] = one / each;
    }
    *t = timing_of(seconds, n, each);
out:
    return st;
}

/* ---- the same on the host ---- */

struct groups {
    const struct sc_kc_launch *l;
    uint32_t *const *buffer;
};

static void some_groups(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct groups *const g = arg;
    (void)worker;
    sc_kc_run_groups(g->l, g->buffer, begin, end);
}

static void digest_of(uint8_t digest[BED_DIGEST], const void *bytes, size_t len)
{
    struct b3 h;
    sc_b3_init(&h);
    sc_b3_update(&h, bytes, len);
    sc_b3_final(&h, 0, digest, BED_DIGEST);
}

socle_status bed_compare(uint8_t digest[BED_DIGEST], bool *same, struct bed *b, const struct job *j)
{
    const size_t len = 4 * j->out_words;
    uint8_t other[BED_DIGEST];
    uint8_t *const got = sc_big_take(len);
    socle_status st = got != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
    *same = false;
    TRY(st);
    TRY(bed_run(b, j, 1));
    TRY(b->d.ops->get(b->d.self, got, b->offset[j->out] + 4 * j->out_at, len));
    for (unsigned i = 0; i < j->n_launches; i++) {
        const struct sc_kc_launch *const l = &j->launch[i];
        sc_pool_for(b->pool, (size_t)l->groups[0] * l->groups[1], 0, some_groups, &(struct groups){l, b->host});
    }
    digest_of(digest, b->host[j->out] + j->out_at, len);
    digest_of(other, got, len);
    *same = memcmp(digest, other, sizeof other) == 0;
out:
    sc_big_free(got, len);
    return st;
}

/* ---- output ---- */

void say_digest(const uint8_t digest[BED_DIGEST])
{
    for (int i = 0; i < BED_DIGEST; i++) {
        printf("%02x", digest[i]);
    }
}

void say_timing(const struct timing *t)
{
    printf("\"seconds\":%.9g,\"least_seconds\":%.9g,\"runs\":%u,\"each\":%u", t->median, t->least, t->runs, t->each);
}
