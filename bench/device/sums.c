/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums of multiples on the device, as who proves would ask for them: points and scalars go up, the host joins windows. The same point by the
 * host's own way. Contracts: bed.h.
 */
#include "bench/curve/points.h"
#include "bench/device/bed.h"

#include "host/curve/msm.h"
#include "host/curve/msm_d.h"
#include "host/sys/mem.h"
#include "kernels/kc/msm_plan.h"

#include <string.h>

enum { RUNS = 3, LOG_G1 = 20, LOG_G2 = 18 };

struct sum {
    const struct sc_group_ops *ops;
    enum sc_group group;
    size_t n;
    uint8_t *points, *scratch;
    uint64_t (*scalars)[4];
};

static void scalars(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sum *const s = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        for (unsigned w = 0; w < 4; w++) {
            z = (z ^ (z >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
            s->scalars[i][w] = z ^ (z >> 32);
        }
        s->scalars[i][3] >>= 258 - s->ops->scalar_bits; /* below r */
    }
}

static socle_status run(struct timing *t, bool *same, const struct sum *s, const struct bed *b, struct sc_committer *c)
{
    _Alignas(64) uint8_t want[256] = {0}, got[256] = {0};
    double seconds[RUNS];
    const uint64_t (*const k)[4] = (const uint64_t(*)[4])s->scalars;
    socle_status st = sc_msm(s->group, want, s->points, k, s->n, b->pool);
    *same = st == SOCLE_OK;
    for (unsigned i = 0; i <= RUNS && st == SOCLE_OK; i++) { /* the first one warms up */
        const double began = seconds_now();
        st = sc_msm_device(c, s->group, got, s->points, k, s->n);
        seconds[i > 0 ? i - 1 : 0] = seconds_now() - began;
        *same = *same && memcmp(want, got, s->ops->size) == 0;
    }
    if (st == SOCLE_OK) {
        *t = timing_of(seconds, RUNS, 1);
    }
    *same = *same && st == SOCLE_OK;
    return st;
}

static bool say_sum(const struct bed *b, struct sc_committer *c, enum sc_group g, unsigned log, bool first)
{
    struct sum s = {.ops = sc_group_ops_ref(g), .group = g, .n = (size_t)1 << log};
    struct timing t = {0, 0, 0, 0};
    _Alignas(64) uint8_t generator[256];
    bool same = false;
    socle_status st = SOCLE_OK;
    s.points = sc_big_alloc(s.n * s.ops->size);
    s.scratch = sc_big_alloc(POINTS_BLOCK * s.ops->pairs_scratch);
    s.scalars = sc_big_alloc(s.n * sizeof *s.scalars);
    TRY(s.points == NULL || s.scratch == NULL || s.scalars == NULL ? SOCLE_E_NOMEM : SOCLE_OK);
    s.ops->generator(generator);
    fill_points(s.points, s.n, s.ops, generator, s.scratch);
    sc_pool_for(b->pool, s.n, 0, scalars, &s);
    st = run(&t, &same, &s, b, c);
out:
    sc_big_free(s.points, s.n * s.ops->size);
    sc_big_free(s.scratch, POINTS_BLOCK * s.ops->pairs_scratch);
    sc_big_free(s.scalars, s.n * sizeof *s.scalars);
    const struct sc_kc_msm m = sc_kc_msm_of(g, (uint32_t)s.n, s.ops->scalar_bits); /* each point once for each window */
    printf("%s\n  {\"name\":\"msm-%s\",\"unit\":\"add_%s\",\"units\":%.9g,\"bytes\":%zu,", first ? "" : ",", s.ops->name, s.ops->name,
           (double)s.n * m.n_windows, s.n * (s.ops->size + 32));
    if (st == SOCLE_E_NOMEM) {
        printf("\"skipped\":\"no memory\"}");
        return true;
    }
    printf("\"agrees\":%s,", same ? "true" : "false");
    say_timing(&t);
    printf("}");
    (void)fflush(stdout);
    return same;
}

bool say_sums(struct bed *b, unsigned shrink, const char *only, bool first)
{
    struct sc_committer *c = NULL;
    bool good = true;
    char name[64];
    bed_clear(b);
    if (b->d.ops->arena(b->d.self, 0) != SOCLE_OK || sc_committer_create(&c, b->d, 0, false) != SOCLE_OK) {
        return false;
    }
    for (enum sc_group g = SC_BN_G1; g < SC_GROUP_END; g++) {
        const unsigned log = g == SC_BN_G1 || g == SC_BLS_G1 ? LOG_G1 : LOG_G2;
        (void)snprintf(name, sizeof name, "msm-%s", sc_group_ops_ref(g)->name);
        if (only == NULL || strstr(name, only) != NULL) {
            good = say_sum(b, c, g, log > shrink + 6 ? log - shrink : 6, first) && good;
            first = false;
        }
    }
    sc_committer_destroy(c);
    return good;
}
