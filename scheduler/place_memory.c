/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Memories of the planner. Each is a list of segments; a free one remembers who used it last, so that a new owner waits for them and
 * nobody else. Lists of a free segment are never changed, so the two halves of a cut one share theirs.
 */
#include "scheduler/place_in.h"

#include <string.h>

void *sc_place_grow(struct planner *p, struct pool *pool)
{
    if (pool->n == pool->cap) {
        const uint32_t cap = pool->cap < 64 ? 64 : pool->cap * 2;
        void *const more = cap > pool->cap && cap <= UINT32_MAX / 2 ? sc_heap_take(p->heap, cap, pool->size) : NULL;
        if (more == NULL) {
            p->no_memory = true;
            return NULL;
        }
        if (pool->n > 0) {
            memcpy(more, pool->p, pool->n * pool->size);
        }
        sc_heap_give(p->heap, pool->p);
        pool->p = more;
        pool->cap = cap;
    }
    return (unsigned char *)pool->p + pool->size * pool->n++;
}

static void add_touch(struct planner *p, uint32_t *list, uint32_t step)
{
    const uint32_t queue = sc_queue_of(step_at(p, step));
    for (uint32_t i = *list; i != SC_NONE; i = touch_at(p, i)->next) {
        struct touch *const t = touch_at(p, i);
        if (sc_queue_of(step_at(p, t->step)) == queue) {
            t->step = t->step > step ? t->step : step;
            return;
        }
    }
    struct touch *const t = sc_place_grow(p, &p->touches);
    if (t != NULL) {
        *t = (struct touch){step, *list};
        *list = p->touches.n - 1;
    }
}

/* When those who touched it are done. */
static double touched_until(const struct planner *p, uint32_t list)
{
    double t = 0;
    for (uint32_t i = list; i != SC_NONE; i = touch_at(p, i)->next) {
        const double f = step_at(p, touch_at(p, i)->step)->finish;
        t = f > t ? f : t;
    }
    return t;
}

static void wait_for(struct planner *p, uint32_t step)
{
    uint32_t *const last = &p->wait_in[sc_queue_of(step_at(p, step))];
    if (*last == SC_NONE || *last < step) {
        *last = step;
    }
}

void sc_wait_all(struct planner *p, uint32_t held)
{
    for (uint32_t i = held_at(p, held)->touch; i != SC_NONE; i = touch_at(p, i)->next) {
        wait_for(p, touch_at(p, i)->step);
    }
}

void sc_wait_writer(struct planner *p, uint32_t held)
{
    if (held_at(p, held)->writer != SC_NONE) {
        wait_for(p, held_at(p, held)->writer);
    }
}

void sc_note_read(struct planner *p, uint32_t held, uint32_t step)
{
    uint32_t list = held_at(p, held)->touch;
    if (p->g->buffers[held_at(p, held)->buffer].role == SC_ROLE_INPUT && held_at(p, held)->memory == SC_HOST) {
        return; /* nobody will ever write it */
    }
    add_touch(p, &list, step);
    held_at(p, held)->touch = list;
}

void sc_note_write(struct planner *p, uint32_t held, uint32_t step)
{
    uint32_t list = SC_NONE;
    add_touch(p, &list, step);
    held_at(p, held)->touch = list;
    held_at(p, held)->writer = step;
    held_at(p, held)->valid = true;
}

uint64_t sc_memory_size(const struct planner *p, uint32_t buffer, uint32_t memory)
{
    const uint64_t align = memory == SC_HOST ? 64 : p->in->devices[memory - 1].align;
    return (p->g->buffers[buffer].size + align - 1) & ~(align - 1);
}

static uint32_t new_segment(struct planner *p)
{
    const uint32_t i = p->spare_segment;
    if (i != SC_NONE) {
        p->spare_segment = segment_at(p, i)->next;
        return i;
    }
    return sc_place_grow(p, &p->segments) != NULL ? p->segments.n - 1 : SC_NONE;
}

static uint32_t new_held(struct planner *p, uint32_t buffer, uint32_t memory, uint32_t segment)
{
    uint32_t i = p->spare_held;
    if (i != SC_NONE) {
        p->spare_held = held_at(p, i)->segment;
    } else {
        i = sc_place_grow(p, &p->helds) != NULL ? p->helds.n - 1 : SC_NONE;
    }
    if (i != SC_NONE) {
        *held_at(p, i) = (struct held){.buffer = buffer, .memory = memory, .segment = segment, .writer = SC_NONE, .touch = SC_NONE};
        *at_of(p, buffer, memory) = i;
    }
    return i;
}

#define MAX_FITS 32u /* that are compared: time to plan for a little memory to wait for */

/** Neighbouring free segments that are large enough. */
struct fit {
    uint32_t first;
    double when; /* all of it is free */
};

static struct fit find_place(const struct planner *p, uint32_t memory, uint64_t size, double when)
{
    struct fit best = {SC_NONE, 0};
    uint32_t n_fits = 0;
    for (uint32_t i = p->first_segment[memory], next; i != SC_NONE && n_fits < MAX_FITS; i = next) {
        uint64_t have = 0;
        double free_at = 0;
        uint32_t k = i;
        for (; k != SC_NONE && segment_at(p, k)->held == SC_NONE && have < size; k = segment_at(p, k)->next) {
            const double t = touched_until(p, segment_at(p, k)->touch);
            free_at = t > free_at ? t : free_at;
            have += segment_at(p, k)->size;
        }
        if (have < size) { /* nor does it fit further on before what is at k */
            next = k != SC_NONE ? segment_at(p, k)->next : SC_NONE;
            continue;
        }
        next = segment_at(p, i)->next;
        n_fits++;
        if (best.first == SC_NONE || free_at < best.when) {
            best = (struct fit){i, free_at};
            if (free_at <= when) {
                return best;
            }
        }
    }
    return best;
}

/* Cut segment @p i at @p size bytes; the rest stays free. */
static bool cut_segment(struct planner *p, uint32_t i, uint64_t size)
{
    if (segment_at(p, i)->size == size) {
        return true;
    }
    const uint32_t rest = new_segment(p);
    if (rest == SC_NONE) {
        return false;
    }
    struct segment *const s = segment_at(p, i);
    *segment_at(p, rest) = (struct segment){s->offset + size, s->size - size, SC_NONE, s->touch, s->next};
    s->size = size;
    s->next = rest;
    return true;
}

/* Make the @p size bytes from segment @p first on one segment of a new copy, which waits for all who touched them. */
static uint32_t occupy(struct planner *p, uint32_t buffer, uint32_t memory, uint32_t first, uint64_t size)
{
    uint32_t list = SC_NONE;
    uint64_t have = 0;
    for (uint32_t k = first; have < size; k = segment_at(p, k)->next) {
        const uint64_t left = size - have;
        if (segment_at(p, k)->size > left && !cut_segment(p, k, left)) {
            return SC_NONE;
        }
        have += segment_at(p, k)->size;
        for (uint32_t i = segment_at(p, k)->touch; i != SC_NONE; i = touch_at(p, i)->next) {
            add_touch(p, &list, touch_at(p, i)->step);
        }
    }
    struct segment *const s = segment_at(p, first);
    while (s->size < size) {
        const uint32_t next = s->next;
        s->size += segment_at(p, next)->size;
        s->next = segment_at(p, next)->next;
        segment_at(p, next)->next = p->spare_segment;
        p->spare_segment = next;
    }
    const uint32_t held = new_held(p, buffer, memory, first);
    if (held != SC_NONE) {
        held_at(p, held)->touch = list;
        segment_at(p, first)->held = held;
        p->free[memory] -= size;
        const uint64_t end = segment_at(p, first)->offset + size;
        p->plan->arena[memory] = end > p->plan->arena[memory] ? end : p->plan->arena[memory];
    }
    return held;
}

uint32_t sc_memory_take(struct planner *p, uint32_t buffer, uint32_t memory, double when)
{
    const uint64_t size = sc_memory_size(p, buffer, memory);
    const struct fit fit = size <= p->free[memory] ? find_place(p, memory, size, when) : (struct fit){SC_NONE, 0};
    return fit.first == SC_NONE ? SC_NONE : occupy(p, buffer, memory, fit.first, size);
}

void sc_memory_drop(struct planner *p, uint32_t buffer, uint32_t memory)
{
    const uint32_t i = *at_of(p, buffer, memory);
    if (i == SC_NONE) {
        return;
    }
    struct held *const h = held_at(p, i);
    h->valid = false;
    if (h->segment == SC_NONE) {
        return;
    }
    struct segment *const s = segment_at(p, h->segment);
    s->held = SC_NONE;
    s->touch = h->touch;
    p->free[memory] += s->size;
    *at_of(p, buffer, memory) = SC_NONE;
    h->segment = p->spare_held;
    p->spare_held = i;
}

static bool elsewhere(const struct planner *p, uint32_t buffer, uint32_t memory)
{
    for (uint32_t m = 0; m < p->n_memories; m++) {
        if (m != memory && valid_in(p, buffer, m) != NULL) {
            return true;
        }
    }
    return false;
}

uint32_t sc_memory_victim(const struct planner *p, uint32_t memory)
{
    uint32_t best = SC_NONE;
    double oldest = 0;
    for (uint32_t i = p->first_segment[memory]; i != SC_NONE; i = segment_at(p, i)->next) {
        if (segment_at(p, i)->held == SC_NONE) {
            continue;
        }
        const struct held *const h = held_at(p, segment_at(p, i)->held);
        const double t = touched_until(p, h->touch);
        const bool may = p->pinned[h->buffer] == 0 && (memory != SC_HOST || !h->valid || elsewhere(p, h->buffer, memory));
        if (may && (best == SC_NONE || t < oldest)) {
            best = h->buffer;
            oldest = t;
        }
    }
    return best;
}

/* Put a resident at its offset. */
static bool settle(struct planner *p, const struct sc_resident *r)
{
    const uint64_t size = sc_memory_size(p, r->buffer, r->memory);
    if (p->g->buffers[r->buffer].role == SC_ROLE_INPUT || *at_of(p, r->buffer, r->memory) != SC_NONE || r->offset > p->budget[r->memory]) {
        return false;
    }
    for (uint32_t i = p->first_segment[r->memory]; i != SC_NONE; i = segment_at(p, i)->next) {
        const struct segment s = *segment_at(p, i);
        if (s.held != SC_NONE || r->offset < s.offset || r->offset - s.offset > s.size || s.size - (r->offset - s.offset) < size) {
            continue;
        }
        uint32_t place = i;
        if (r->offset > s.offset) {
            if (!cut_segment(p, i, r->offset - s.offset)) {
                return false;
            }
            place = segment_at(p, i)->next;
        }
        const uint32_t held = occupy(p, r->buffer, r->memory, place, size);
        if (held != SC_NONE) {
            held_at(p, held)->valid = true;
        }
        return held != SC_NONE;
    }
    return false;
}

/* Inputs and outputs stand in the caller's memory. */
static bool start_outside(struct planner *p)
{
    for (uint32_t b = 0; b < p->g->n_buffers; b++) {
        if (p->g->buffers[b].role != SC_ROLE_INNER) {
            const uint32_t held = new_held(p, b, SC_HOST, SC_NONE);
            if (held == SC_NONE) {
                return false;
            }
            held_at(p, held)->valid = p->g->buffers[b].role == SC_ROLE_INPUT;
        }
    }
    return true;
}

bool sc_memory_start(struct planner *p)
{
    for (uint32_t m = 0; m < p->n_memories; m++) {
        const uint32_t s = new_segment(p);
        if (s == SC_NONE) {
            return false;
        }
        *segment_at(p, s) = (struct segment){0, p->budget[m], SC_NONE, SC_NONE, SC_NONE};
        p->first_segment[m] = s;
        p->free[m] = p->budget[m];
    }
    if (!start_outside(p)) {
        return false;
    }
    for (uint32_t i = 0; i < p->in->n_residents; i++) {
        const struct sc_resident *const r = &p->in->residents[i];
        if (r->buffer >= p->g->n_buffers || r->memory >= p->n_memories) {
            return false;
        }
        if (r->version != p->version[r->buffer] || (r->memory != SC_HOST && p->in->devices[r->memory - 1].off)) {
            continue; /* superseded, or lost */
        }
        if (r->offset == SC_NO_OFFSET) {
            if (r->memory != SC_HOST || p->g->buffers[r->buffer].role != SC_ROLE_OUTPUT) {
                return false;
            }
            held_at(p, *at_of(p, r->buffer, SC_HOST))->valid = true;
        } else if (!settle(p, r)) {
            return false;
        }
    }
    return true;
}
