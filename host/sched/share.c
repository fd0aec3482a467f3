/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who makes which proof of a set. Contracts: share.h.
 */
#include "host/sched/share.h"

#include "core/base/assert.h"
#include "host/sys/lend.h"
#include "host/sys/mem.h"
#include "scheduler/place.h"

socle_status sc_share_init(struct sc_share *s, uint32_t n_proofs, uint32_t n_places, const double *ns)
{
    *s = (struct sc_share){.n_proofs = n_proofs, .n_places = n_places, .ns = ns, .stale = true};
    (void)pthread_mutex_init(&s->lock, NULL);
    SC_ASSERT(n_places >= 1 && n_places <= SC_SHARE_PLACES);
    s->owner = sc_alloc(n_proofs, sizeof *s->owner);
    s->taken = sc_alloc(n_proofs, sizeof *s->taken);
    return s->owner != NULL && s->taken != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
}

void sc_share_fini(struct sc_share *s)
{
    if (s->n_places != 0) {
        (void)pthread_mutex_destroy(&s->lock);
    }
    sc_free(s->owner);
    sc_free(s->taken);
    *s = (struct sc_share){0};
}

void sc_share_join(struct sc_share *s, uint32_t place)
{
    (void)pthread_mutex_lock(&s->lock);
    s->workers[place]++;
    s->stale = true;
    (void)pthread_mutex_unlock(&s->lock);
}

void sc_share_skip(struct sc_share *s, uint32_t proof)
{
    s->taken[proof] = true;
}

static double ns_of(const struct sc_share *s, uint32_t place, uint32_t proof)
{
    return s->ns[(size_t)place * s->n_proofs + proof];
}

/* ---- the plan ---- */

/** Proofs that nobody took, as jobs. */
struct left {
    const struct sc_share *s;
    uint32_t *proof; /* by job */
    uint32_t n;
};

static double run_ns(const void *arg, uint32_t job, uint32_t place)
{
    const struct left *const l = arg;
    return ns_of(l->s, place, l->proof[job]);
}

static socle_status plan_left(struct sc_share *s, const struct left *l)
{
    socle_status st = SOCLE_OK;
    struct sc_graph g = {0};
    struct sc_plan plan = {0};
    struct sc_place_device places[SC_SHARE_PLACES];
    const struct sc_heap heap = sc_lend_heap();
    const struct sc_graph_limits limits = {.buffers = 1, .jobs = l->n, .uses = 1};
    const struct sc_times times = {.arg = l, .run = run_ns};
    for (uint32_t p = 0; p < s->n_places; p++) {
        places[p] = (struct sc_place_device){.align = 1, .shares_host = true, .off = s->workers[p] == 0};
    }
    TRY(sc_graph_init(&g, &heap, &limits));
    for (uint32_t j = 0; j < l->n; j++) {
        const struct sc_job_spec spec = {.count = 1};
        uint32_t id;
        TRY(sc_graph_job(&g, &id, &spec));
    }
    TRY(sc_graph_seal(&g));
    const struct sc_place in = {.graph = &g, .times = &times, .n_devices = s->n_places, .devices = places};
    TRY(sc_plan_make(&plan, &heap, &in));
    for (uint32_t i = 0; i < plan.n_steps; i++) {
        s->owner[l->proof[plan.steps[i].what]] = plan.steps[i].device;
    }
out:
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
    return st;
}

static bool times_known(const struct sc_share *s)
{
    bool known = s->ns != NULL;
    for (uint32_t p = 0; known && p < s->n_places; p++) {
        for (uint32_t i = s->first; known && s->workers[p] > 0 && i < s->n_proofs; i++) {
            known = s->taken[i] || ns_of(s, p, i) >= 0;
        }
    }
    return known;
}

/* Without a plan, for want of times or of memory, proofs are made all the same. */
static void plan(struct sc_share *s)
{
    struct left l = {.s = s};
    if (!s->stale) {
        return;
    }
    s->stale = false;
    s->planned = false;
    if (!times_known(s)) {
        return;
    }
    l.proof = sc_alloc(s->n_proofs, sizeof *l.proof);
    for (uint32_t i = s->first; l.proof != NULL && i < s->n_proofs; i++) {
        if (!s->taken[i]) {
            l.proof[l.n++] = i;
        }
    }
    s->planned = l.n > 0 && plan_left(s, &l) == SOCLE_OK;
    sc_free(l.proof);
}

/* ---- taking ---- */

/* What @p place has yet to do. */
static double left_ns(const struct sc_share *s, uint32_t place)
{
    double ns = 0;
    for (uint32_t i = s->first; i < s->n_proofs; i++) {
        ns += !s->taken[i] && s->owner[i] == place ? ns_of(s, place, i) : 0;
    }
    return ns;
}

/* The first that the place has; n_proofs: none. */
static uint32_t own(const struct sc_share *s, uint32_t place)
{
    uint32_t i = s->first;
    while (i < s->n_proofs && (s->taken[i] || (s->planned && s->owner[i] != place))) {
        i++;
    }
    return i;
}

/* The last of the place that is busy the longest, when it would be done with all its own only after @p place with that one. */
static uint32_t others(const struct sc_share *s, uint32_t place)
{
    uint32_t from = place, i = s->n_proofs;
    double most = 0;
    for (uint32_t p = 0; p < s->n_places; p++) {
        const double ns = p == place ? 0 : left_ns(s, p);
        from = ns > most ? p : from;
        most = ns > most ? ns : most;
    }
    while (i-- > s->first) {
        if (!s->taken[i] && s->owner[i] == from) {
            return from != place && ns_of(s, place, i) < most ? i : s->n_proofs;
        }
    }
    return s->n_proofs;
}

bool sc_share_take(struct sc_share *s, uint32_t *proof, uint32_t *place, uint32_t now)
{
    (void)pthread_mutex_lock(&s->lock);
    if (*place != now) {
        s->workers[*place]--;
        s->workers[now]++;
        *place = now;
        s->stale = true;
    }
    plan(s);
    uint32_t i = own(s, now);
    i = i == s->n_proofs && s->planned ? others(s, now) : i;
    const bool there = i < s->n_proofs;
    if (there) {
        s->taken[i] = true;
        *proof = i;
    } else {
        s->workers[now]--;
    }
    while (s->first < s->n_proofs && s->taken[s->first]) {
        s->first++;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return there;
}

double sc_share_span(struct sc_share *s)
{
    double most = -1;
    (void)pthread_mutex_lock(&s->lock);
    plan(s);
    for (uint32_t p = 0; s->planned && p < s->n_places; p++) {
        const double ns = left_ns(s, p);
        most = ns > most ? ns : most;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return most;
}
