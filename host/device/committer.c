/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Commitments on a device. The arena is taken once for the first shape, and again only for a larger one; twiddles stay in it, since those
 * of a smaller transform are the first of a larger one's.
 */
#include "host/device/committer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "host/device/device_ops.h"
#include "host/sys/mem.h"

/* Tickets given out by all committers: an oracle may be opened on another device than the one that committed to it, as IMAGE is. */
static _Atomic uint64_t tickets;

struct sc_committer {
    struct sc_device device;
    struct sc_device_info info;
    uint64_t budget, arena;
    _Atomic uint64_t pieces; /* the most bytes to plan pieces for; read by who has borrowed the device, too */
    atomic_uint shrunk;
    uint64_t need;   /* of the arena, of who has borrowed it */
    bool tight;      /* only what a job needs is taken of it */
    uint64_t n_pow; /* twiddles in the arena, from its beginning */
    struct sc_kept kept;
    bool compare;
    unsigned in_a_row;
    struct sc_committer_report report;
    pthread_mutex_t lock;
};

socle_status sc_committer_create(struct sc_committer **out, struct sc_device device, uint64_t budget, bool compare)
{
    struct sc_committer *const c = sc_alloc(1, sizeof *c);
    *out = c;
    if (c == NULL) {
        return SOCLE_E_NOMEM;
    }
    c->device = device;
    device.ops->info(device.self, &c->info);
    c->budget = budget == 0 || budget > c->info.memory ? c->info.memory : budget;
    atomic_store(&c->pieces, c->budget);
    c->compare = compare;
    (void)pthread_mutex_init(&c->lock, NULL);
    return SOCLE_OK;
}

void sc_committer_destroy(struct sc_committer *c)
{
    if (c != NULL) {
        if (c->arena != 0) {
            (void)c->device.ops->arena(c->device.self, 0);
        }
        (void)pthread_mutex_destroy(&c->lock);
        sc_free(c);
    }
}

/* ---- places in the arena ---- */

struct places {
    uint64_t offset[SC_KC_N_BUFFERS], size[SC_KC_N_BUFFERS], end;
};

/* Twiddles come first, as many as are there already. */
static struct places places_of(const struct sc_committer *c, struct sc_kc_commit shape)
{
    static const enum sc_kc_buffer order[SC_KC_N_BUFFERS] = {SC_KC_POW, SC_KC_LEAF_KEY, SC_KC_NODE_KEY, SC_KC_MESSAGE, SC_KC_CODE, SC_KC_TREE};
    struct places p = {.end = 0};
    const uint64_t align = c->info.align;
    for (int i = 0; i < SC_KC_N_BUFFERS; i++) {
        const enum sc_kc_buffer b = order[i];
        const uint64_t kept = b == SC_KC_POW && c->n_pow > sc_kc_len(shape, b) ? c->n_pow : sc_kc_len(shape, b);
        p.offset[b] = p.end;
        p.size[b] = 4 * (uint64_t)sc_kc_len(shape, b);
        p.end += (4 * kept + align - 1) / align * align;
    }
    return p;
}

/* Bytes of an arena for this commitment alone. */
static uint64_t least_of(const struct sc_committer *c, struct sc_kc_commit shape)
{
    const struct sc_committer fresh = {.info = c->info};
    return places_of(&fresh, shape).end;
}

/* What is in the arena is anything. */
static void forget(struct sc_committer *c)
{
    c->n_pow = 0;
    c->kept = (struct sc_kept){0};
}

/* There is no memory for an arena of @p size bytes, or beside it. */
static void halve(struct sc_committer *c, uint64_t size)
{
    if (size / 2 < atomic_load(&c->pieces)) {
        atomic_store(&c->pieces, size / 2);
    }
}

static socle_status take_arena(struct sc_committer *c, uint64_t size)
{
    if (size <= c->arena) {
        return SOCLE_OK;
    }
    if (size > c->budget) {
        return SOCLE_E_NOMEM;
    }
    forget(c);
    c->arena = 0;
    const socle_status st = c->device.ops->arena(c->device.self, size);
    c->arena = st == SOCLE_OK ? size : 0;
    if (st == SOCLE_E_NOMEM) {
        halve(c, size);
    }
    return st;
}

/* A launch had no memory beside the arena. Where that is larger than the job needs it is given back, for one that is not: then the job is worth
 * another try, and none is taken ahead of time from here on. */
static bool shrink(struct sc_committer *c, uint64_t need)
{
    if (c->arena <= need) {
        return false;
    }
    forget(c);
    (void)c->device.ops->arena(c->device.self, 0);
    c->arena = 0;
    c->tight = true;
    atomic_fetch_add(&c->shrunk, 1);
    return true;
}

static socle_status put(const struct sc_committer *c, uint64_t offset, const void *bytes, uint64_t size)
{
    return c->device.ops->put(c->device.self, offset, bytes, size);
}

static socle_status put_all(struct sc_committer *c, const struct places *p, const fp *const *plane, struct sc_kc_commit shape, const fp *pow,
                            const uint8_t leaf_key[32], const uint8_t node_key[32])
{
    socle_status st = SOCLE_OK;
    const uint64_t n_pow = sc_kc_len(shape, SC_KC_POW), plane_size = (uint64_t)4 << shape.mu;
    if (n_pow > c->n_pow) {
        TRY(put(c, p->offset[SC_KC_POW], pow, p->size[SC_KC_POW]));
        c->n_pow = n_pow;
    }
    TRY(put(c, p->offset[SC_KC_LEAF_KEY], leaf_key, 32));
    TRY(put(c, p->offset[SC_KC_NODE_KEY], node_key, 32));
    for (unsigned i = 0; i < shape.planes; i++) {
        TRY(put(c, p->offset[SC_KC_MESSAGE] + i * plane_size, plane[i], plane_size));
    }
out:
    return st;
}

static socle_status commit(struct sc_committer *c, fp *code, uint8_t *nodes, const fp *const *plane, struct sc_kc_commit shape, const fp *pow,
                           const uint8_t leaf_key[32], const uint8_t node_key[32])
{
    socle_status st = SOCLE_OK;
    const struct places p = places_of(c, shape);
    const struct sc_launch launch = {.op = SC_OP_COMMIT,
                                     .log_n = (uint32_t)(shape.mu - shape.k + shape.lr),
                                     .count = (uint32_t)shape.planes << shape.k,
                                     .arg = &shape,
                                     .n_uses = SC_KC_N_BUFFERS,
                                     .offset = p.offset,
                                     .size = p.size};
    TRY(take_arena(c, p.end));
    c->kept = (struct sc_kept){0};
    TRY(put_all(c, &p, plane, shape, pow, leaf_key, node_key));
    TRY(c->device.ops->run(c->device.self, &launch));
    if (code != NULL) {
        TRY(c->device.ops->get(c->device.self, code, p.offset[SC_KC_CODE], p.size[SC_KC_CODE]));
    }
    TRY(c->device.ops->get(c->device.self, nodes, p.offset[SC_KC_TREE], p.size[SC_KC_TREE] - 32)); /* the last has no digest */
    c->kept = (struct sc_kept){atomic_fetch_add(&tickets, 1) + 1, p.offset[SC_KC_MESSAGE], p.size[SC_KC_MESSAGE]};
out:
    return st;
}

/* ---- how it goes ---- */

/* count: of what went well; not read after a failure. */
static void note(struct sc_committer *c, socle_status st, uint32_t *count)
{
    if (st == SOCLE_OK) {
        ++*count;
        c->in_a_row = 0;
        return;
    }
    c->report.failed++;
    c->report.last_failure = st;
    forget(c);
    c->in_a_row += st != SOCLE_E_NOMEM && st != SOCLE_E_LIMIT; /* a smaller one may fit; what the kernels do not make is no fault */
    c->report.given_up = c->in_a_row >= SC_COMMITTER_PATIENCE || st == SOCLE_E_SELFCHECK; /* as wrong bytes in a proof */
}

socle_status sc_committer_run(struct sc_committer *c, fp *code, uint8_t *nodes, const fp *const *plane, struct sc_kc_commit shape, const fp *pow,
                              const uint8_t leaf_key[32], const uint8_t node_key[32], uint64_t *ticket)
{
    if (ticket != NULL) {
        *ticket = 0;
    }
    if (!sc_kc_commit_fits(shape)) {
        return SOCLE_E_LIMIT;
    }
    (void)pthread_mutex_lock(&c->lock);
    socle_status st = SOCLE_E_DEVICE;
    if (!c->report.given_up) {
        st = commit(c, code, nodes, plane, shape, pow, leaf_key, node_key);
        if (st == SOCLE_E_NOMEM && shrink(c, least_of(c, shape))) {
            st = commit(c, code, nodes, plane, shape, pow, leaf_key, node_key);
        }
        note(c, st, &c->report.made);
        if (ticket != NULL) {
            *ticket = c->kept.ticket;
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
    return st;
}

void sc_committer_reserve(struct sc_committer *c, struct sc_kc_commit shape, uint64_t bytes)
{
    (void)pthread_mutex_lock(&c->lock);
    if (!c->report.given_up && !c->tight && sc_kc_commit_fits(shape)) {
        const struct places p = places_of(c, shape);
        const uint64_t jobs = p.offset[SC_KC_MESSAGE] + bytes;
        (void)take_arena(c, jobs > p.end ? jobs : p.end); /* who needs it will ask, and be told */
    }
    (void)pthread_mutex_unlock(&c->lock);
}

socle_status sc_committer_borrow(struct sc_committer *c, struct sc_device *out, struct sc_kept *kept)
{
    (void)pthread_mutex_lock(&c->lock);
    if (c->report.given_up) {
        (void)pthread_mutex_unlock(&c->lock);
        return SOCLE_E_DEVICE;
    }
    *out = c->device;
    *kept = c->kept;
    return SOCLE_OK;
}

socle_status sc_committer_room(struct sc_committer *c, bool *lost, uint64_t bytes)
{
    *lost = bytes > c->arena;
    c->need = bytes;
    return take_arena(c, bytes);
}

void sc_committer_give_back(struct sc_committer *c, socle_status how, enum sc_loan what, const struct sc_kept *kept)
{
    if (kept != NULL) {
        c->n_pow = kept->ticket == c->kept.ticket && kept->at == c->kept.at && kept->ticket != 0 ? c->n_pow : 0; /* before it in the arena */
        c->kept = *kept;
    }
    if (kept != NULL && how == SOCLE_E_NOMEM) {
        halve(c, c->need);
        (void)shrink(c, c->need);
    }
    if (kept != NULL || how != SOCLE_OK) {
        note(c, how, &c->report.lent[what]);
    }
    (void)pthread_mutex_unlock(&c->lock);
}

void sc_committer_info(const struct sc_committer *c, struct sc_device_info *out)
{
    *out = c->info;
}

uint64_t sc_committer_budget(const struct sc_committer *c)
{
    return atomic_load(&c->pieces);
}

unsigned sc_committer_shrunk(const struct sc_committer *c)
{
    return atomic_load(&c->shrunk);
}

bool sc_committer_compares(const struct sc_committer *c)
{
    return c->compare;
}

void sc_committer_differs(struct sc_committer *c)
{
    (void)pthread_mutex_lock(&c->lock);
    c->report.failed++;
    c->report.made -= c->report.made > 0;
    c->report.last_failure = SOCLE_E_SELFCHECK;
    c->report.given_up = true;
    (void)pthread_mutex_unlock(&c->lock);
}

struct sc_committer_report sc_committer_report(struct sc_committer *c)
{
    (void)pthread_mutex_lock(&c->lock);
    const struct sc_committer_report r = c->report;
    (void)pthread_mutex_unlock(&c->lock);
    return r;
}
