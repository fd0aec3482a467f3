/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cases over the curves: transforms over scalar fields, sums of multiples. Contracts: lab.h.
 *
 * Their input is written into the output before each run: a transform works in place, and a sum's numbers have no other place. Numbers
 * are eight elements of the lab's input each, the last one less two bits, so that they are below both orders.
 */
#include "host/bench/lab.h"

#include "host/curve/msm.h"
#include "host/sys/mem.h"

#include <string.h>

#define GRAIN ((size_t)1 << 12)
#define BLOCK ((size_t)1 << 10)      /* points that share an inversion */
#define NUMBERS_AT ((size_t)1 << 12) /* in the output, behind a sum */
#define SLACK ((size_t)1 << 20)      /* a thread's share that portable tables may take beyond the best ones */

static void fill_numbers(void *arg, size_t begin, size_t end, unsigned worker)
{
    uint64_t(*const out)[4] = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        for (size_t j = 0; j < 4; j++) {
            out[i][j] = (uint64_t)sc_lab_word(8 * i + 2 * j + 1) << 32 | sc_lab_word(8 * i + 2 * j);
        }
        out[i][3] >>= 2;
    }
}

static void hold(struct sc_lab_room *room, size_t bytes)
{
    room->held = bytes > room->held ? bytes : room->held;
}

/* Transforms. */

void sc_lab_fr_needs(struct sc_lab_room *room, const struct sc_lab_case *c, unsigned n_threads)
{
    (void)n_threads;
    hold(room, sc_big_size(sizeof(struct sc_fr_word) << (c->log_n - 1)) + GRAIN); /* twiddles of a domain, and the domain */
}

void sc_lab_fr_input(struct sc_lab *lab, const struct sc_lab_case *c)
{
    sc_pool_for(lab->pool, (size_t)c->count << c->log_n, GRAIN, fill_numbers, lab->out);
}

socle_status sc_lab_fr_prepare(struct sc_lab *lab, const struct sc_lab_case *c)
{
    const socle_status st = sc_fr_domain_create_with(&lab->domain, lab->fr[c->of], c->log_n, lab->pool);
    if (st == SOCLE_OK) {
        sc_lab_fr_input(lab, c);
    }
    return st;
}

socle_status sc_lab_fr_run(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    sc_fr_ntt(lab->domain, (struct sc_fr_word *)lab->out, c->count, SC_FR_TO_REVERSED, lab->pool);
    return SOCLE_OK;
}

/* Sums of multiples. */

static uint64_t (*numbers(const struct sc_lab *lab))[4]
{
    return (void *)((uint8_t *)lab->out + NUMBERS_AT);
}

const uint64_t (*sc_lab_msm_numbers(const struct sc_lab *lab))[4]
{
    return (const uint64_t(*)[4])numbers(lab);
}

void sc_lab_msm_needs(struct sc_lab_room *room, const struct sc_lab_case *c, unsigned n_threads)
{
    const size_t n = (size_t)1 << c->log_n, out = NUMBERS_AT + n * sizeof(uint64_t[4]);
    room->out = out > room->out ? out : room->out;
    room->n_points[c->of] = n > room->n_points[c->of] ? n : room->n_points[c->of];
    hold(room, sc_msm_memory((enum sc_group)c->of, n, n_threads) + n_threads * SLACK);
}

/* Points m, m + 1, ... up to 2 m: point i is (i + 1) P, and the last of those that are there is m P. */
struct doubling {
    const struct sc_group_ops *ops;
    uint8_t *points, *scratch;
    size_t m;
};

static void add_last(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct doubling *const d = arg;
    uint32_t src[2 * BLOCK];
    for (size_t i = begin; i < end; i++) {
        src[2 * (i - begin)] = (uint32_t)i << 1;
        src[2 * (i - begin) + 1] = (uint32_t)(d->m - 1) << 1;
    }
    d->ops->pairs(d->points + (d->m + begin) * d->ops->size, d->points, src, end - begin, d->scratch + worker * BLOCK * d->ops->pairs_scratch);
}

/* By the portable operations, whose points are those of core/curve. */
static socle_status make_points(struct sc_lab *lab, enum sc_group g, size_t n)
{
    const struct sc_group_ops *const ops = sc_group_ops_ref(g);
    const size_t scratch = sc_lab_threads(lab) * BLOCK * ops->pairs_scratch;
    struct doubling d = {ops, lab->points[g], sc_big_take(scratch), lab->n_points[g]};
    if (d.scratch == NULL) {
        return SOCLE_E_NOMEM;
    }
    if (d.m == 0) {
        ops->generator(d.points);
        d.m = 1;
    }
    for (; d.m < n; d.m *= 2) {
        sc_pool_for(lab->pool, d.m, BLOCK, add_last, &d);
    }
    lab->n_points[g] = d.m;
    sc_big_free(d.scratch, scratch);
    return SOCLE_OK;
}

socle_status sc_lab_msm_prepare(struct sc_lab *lab, const struct sc_lab_case *c)
{
    const size_t n = (size_t)1 << c->log_n;
    const socle_status st = lab->n_points[c->of] < n ? make_points(lab, (enum sc_group)c->of, n) : SOCLE_OK;
    if (st == SOCLE_OK) {
        sc_pool_for(lab->pool, n, GRAIN, fill_numbers, numbers(lab));
    }
    return st;
}

socle_status sc_lab_msm_run(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    return sc_msm_with(lab->group[c->of], lab->out, lab->points[c->of], sc_lab_msm_numbers(lab), (size_t)1 << c->log_n, lab->pool);
}

/* An addition of affine points is six products, the inversion shared by many. Signed windows of w bits: one addition a point and window, and
 * adding up 2^(w - 1) buckets costs as much as four each; by the best w. */
double sc_lab_msm_work(const struct sc_lab_case *c)
{
    const unsigned bits = sc_group_ops_ref((enum sc_group)c->of)->scalar_bits;
    double least = 0;
    for (unsigned w = 2; w < 30; w++) {
        const double cost = (double)(bits / w + 1) * ((double)((size_t)1 << c->log_n) + 4.0 * (double)((size_t)1 << (w - 1)));
        least = w == 2 || cost < least ? cost : least;
    }
    return 6 * least;
}
