/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A device in host memory for tests: the kernels as C behind scheduler/device.h. A call of it can be made to fail, and its results to be wrong.
 */
#ifndef SC_TESTS_FAKE_DEVICE_H
#define SC_TESTS_FAKE_DEVICE_H

#include "host/device/device_ops.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Call number fail_at fails with how, as do those after it when all_after; every bit of get number spoil_at is another, the first bit of
 * put number skew_at. From run number wait_at on it does nothing before the other one has begun something. There is no
 * memory for a larger arena than arena_room, nor for a run beside a larger one than run_room; 0: there is. unlucky: a search for a nonce among
 * other launches finds none. */
struct fake {
    uint8_t *arena;
    uint64_t size, memory;
    unsigned calls, fail_at, arenas, puts;
    socle_status how;
    bool all_after, unlucky;
    unsigned gets, spoil_at, skew_at;
    unsigned runs, launches;
    uint64_t up, down; /* bytes */
    uint64_t most_up;  /* of one put */
    unsigned most_ups; /* puts of as many */
    uint64_t arena_room, run_room;
    struct fake *other;
    unsigned wait_at;
    atomic_bool begun;
};

static inline void fake_wait(struct fake *f)
{
    const struct timespec nap = {0, 1000000};
    atomic_store(&f->begun, true);
    for (unsigned ms = 0; f->other != NULL && f->runs + 1 >= f->wait_at && !atomic_load(&f->other->begun) && ms < 30000; ms++) {
        (void)nanosleep(&nap, NULL);
    }
}

static bool fails(struct fake *f)
{
    f->calls++;
    return f->calls == f->fail_at || (f->all_after && f->fail_at != 0 && f->calls > f->fail_at);
}

static void fake_info(void *self, struct sc_device_info *out)
{
    const struct fake *const f = self;
    *out = (struct sc_device_info){.name = "fake", .kind = "sim", .memory = f->memory, .align = 64};
}

static socle_status fake_arena(void *self, uint64_t size)
{
    struct fake *const f = self;
    free(f->arena);
    f->arena = NULL;
    f->size = 0;
    if (size == 0) {
        return SOCLE_OK;
    }
    f->arenas++;
    if (fails(f)) {
        return f->how;
    }
    if (f->arena_room != 0 && size > f->arena_room) {
        return SOCLE_E_NOMEM;
    }
    f->arena = malloc(size);
    f->size = size;
    return f->arena != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
}

static socle_status fake_put(void *self, uint64_t offset, const void *host, uint64_t size)
{
    struct fake *const f = self;
    cr_assert(offset % 64 == 0 && offset <= f->size && size <= f->size - offset, "put outside the arena");
    f->puts++;
    f->up += size;
    f->most_ups = size > f->most_up ? 1 : f->most_ups + (size == f->most_up);
    f->most_up = size > f->most_up ? size : f->most_up;
    memcpy(f->arena + offset, host, size);
    f->arena[offset] ^= f->puts == f->skew_at;
    return fails(f) ? f->how : SOCLE_OK;
}

static socle_status fake_get(void *self, void *host, uint64_t offset, uint64_t size)
{
    struct fake *const f = self;
    cr_assert(offset <= f->size && size <= f->size - offset, "get outside the arena");
    memcpy(host, f->arena + offset, size);
    f->gets++;
    f->down += size;
    for (uint64_t i = 0; i < size && f->gets == f->spoil_at; i++) {
        ((uint8_t *)host)[i] ^= 0xff;
    }
    return fails(f) ? f->how : SOCLE_OK;
}

static socle_status fake_run(void *self, const struct sc_launch *l)
{
    struct fake *const f = self;
    struct sc_kc_launch own[SC_KC_MAX_LAUNCHES];
    struct sc_kc_plan plan;
    uint32_t *buffer[SC_KC_MAX_BUFFERS] = {NULL};
    fake_wait(f);
    if (f->run_room != 0 && f->size > f->run_room) {
        f->calls++;
        return SOCLE_E_NOMEM;
    }
    cr_assert(sc_device_plan(&plan, own, l));
    for (unsigned i = 0; i < l->n_uses; i++) {
        cr_assert(l->offset[i] <= f->size && l->size[i] <= f->size - l->offset[i]);
        buffer[i] = (uint32_t *)(void *)(f->arena + l->offset[i]);
    }
    f->runs++;
    f->launches += plan.n;
    for (unsigned i = 0; i < plan.n; i++) {
        if (!f->unlucky || plan.n == 1 || plan.launch[i].kernel != SC_KC_GRIND) {
            sc_kc_run(&plan.launch[i], buffer);
        }
    }
    return fails(f) ? f->how : SOCLE_OK;
}

static void fake_close(void *self)
{
    (void)fake_arena(self, 0);
}

static const struct sc_device_ops fake_ops = {.info = fake_info, .arena = fake_arena, .put = fake_put, .get = fake_get, .run = fake_run, .close = fake_close};

#endif
