/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The CUDA backend. Owns a use of the device's primary context, three streams, the module, the arena, and for each direction two pieces
 * of host memory that the device can reach, through which copies go: so a copy, too, is waited for by asking, and can be given up.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/device/cuda.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "cuda_image.h"
#include "host/device/cuda_api.h"
#include "host/device/device_ops.h"
#include "host/device/wait.h"
#include "host/sys/bind.h"
#include "host/sys/mem.h"

enum { NTT_ITEMS = 256, MESSAGE = 256, ALIGN = 256, PIECES = 2 };
#define PIECE ((size_t)4 << 20)
#define STAGING_BYTES (PIECES * PIECE)
#define LEFT_TO_DRIVER ((uint64_t)256 << 20) /* of the device's memory: contexts, code, local memory of kernels */

/** Two pieces of host memory by turns: the device copies one while the host copies the other. */
struct staging {
    uint8_t *bytes;
    bool registered; /* else a copy waits in the driver */
    sc_cu_event done[PIECES];
};

struct cuda {
    const struct sc_cu_api *api;
    int device;
    struct sc_cuda_about about;
    uint64_t room; /* most for the arena */
    bool retained;
    sc_cu_context context;
    sc_cu_stream stream[SC_N_QUEUES];
    sc_cu_module module;
    sc_cu_function kernel[SC_KC_N_KERNELS];
    unsigned items[SC_KC_N_KERNELS]; /* of a group */
    struct staging staging[SC_N_QUEUES]; /* of PUT and GET */
    sc_cu_address arena;
    uint64_t arena_size;
    atomic_bool stuck; /* interrupted, or something did not come back: what it may still use stays */
    struct cuda *next; /* of those that stay */
    pthread_mutex_t lock; /* of the message */
    char message[MESSAGE], told[MESSAGE];
};

static const char *const to_it = "copying to it", *const from_it = "copying from it";

static const void *image = sc_cuda_image;
static size_t image_len = sizeof sc_cuda_image - 1;

void sc_cuda_use_kernels(const void *other, size_t len)
{
    image = other;
    image_len = len;
}

/* ---- failures ---- */

static void say(struct cuda *d, const char *what, const char *how, int e)
{
    (void)pthread_mutex_lock(&d->lock);
    (void)snprintf(d->message, sizeof d->message, "%s: %s: %s (%d)", d->about.name, what, how, e);
    (void)pthread_mutex_unlock(&d->lock);
}

static socle_status check(struct cuda *d, int e, const char *what)
{
    const char *text = NULL;
    if (e == SC_CU_SUCCESS) {
        return SOCLE_OK;
    }
    if (d->api->cuGetErrorString(e, &text) != SC_CU_SUCCESS || text == NULL) {
        text = "error";
    }
    say(d, what, text, e);
    return e == SC_CU_OUT_OF_MEMORY ? SOCLE_E_NOMEM : SOCLE_E_DEVICE;
}

/* Contexts are the threads'. */
static socle_status enter(struct cuda *d)
{
    if (atomic_load(&d->stuck)) {
        say(d, "not asked", "it did not come back before", SC_CU_TIMEOUT);
        return SOCLE_E_DEVICE;
    }
    return check(d, d->api->cuCtxSetCurrent(d->context), "the context");
}

/* A stream when @p event is NULL. */
static socle_status wait_for(struct cuda *d, sc_cu_stream stream, sc_cu_event event, const char *what)
{
    const struct sc_wait w = sc_wait_begin();
    for (;;) {
        const int e = event != NULL ? d->api->cuEventQuery(event) : d->api->cuStreamQuery(stream);
        if (e != SC_CU_NOT_READY) {
            return check(d, e, what);
        }
        if (!sc_wait_more(&w, &d->stuck)) {
            say(d, what, "it does not come back", SC_CU_TIMEOUT);
            return SOCLE_E_DEVICE;
        }
    }
}

/* The end of a call: after a failure, too, what was started ends before its buffers are used again. */
static socle_status ended(struct cuda *d, socle_status st, enum sc_queue q, const char *what)
{
    const socle_status last = wait_for(d, d->stream[q], NULL, what);
    return st != SOCLE_OK ? st : last;
}

/* ---- what there is ---- */

static int attribute(const struct sc_cu_api *api, int device, int which)
{
    int v = 0;
    return api->cuDeviceGetAttribute(&v, which, device) == SC_CU_SUCCESS && v > 0 ? v : 0;
}

static void about(struct sc_cuda_about *out, const struct sc_cu_api *api, int device)
{
    int version = 0;
    size_t memory = 0;
    memset(out, 0, sizeof *out);
    if (api->cuDeviceGetName(out->name, sizeof out->name - 1, device) != SC_CU_SUCCESS) {
        (void)snprintf(out->name, sizeof out->name, "unnamed");
    }
    if (api->cuDeviceGetPCIBusId(out->bus, sizeof out->bus - 1, device) != SC_CU_SUCCESS) {
        out->bus[0] = '\0';
    }
    if (api->cuDriverGetVersion(&version) == SC_CU_SUCCESS) {
        (void)snprintf(out->driver, sizeof out->driver, "CUDA %d.%d", version / 1000, version % 1000 / 10);
    }
    out->memory = api->cuDeviceTotalMem(&memory, device) == SC_CU_SUCCESS ? memory : 0;
    out->units = (uint32_t)attribute(api, device, SC_CU_UNITS);
    out->clock_mhz = (uint32_t)attribute(api, device, SC_CU_CLOCK_KHZ) / 1000;
    out->memory_khz = (uint32_t)attribute(api, device, SC_CU_MEMORY_KHZ);
    out->bus_bits = (uint32_t)attribute(api, device, SC_CU_BUS_BITS);
    out->major = (uint32_t)attribute(api, device, SC_CU_MAJOR);
    out->minor = (uint32_t)attribute(api, device, SC_CU_MINOR);
}

static unsigned count_of(const struct sc_cu_api *api)
{
    int n = 0;
    return api != NULL && api->cuDeviceGetCount(&n) == SC_CU_SUCCESS && n > 0 ? (unsigned)n : 0;
}

size_t sc_cuda_list(struct sc_cuda_about *out, size_t max)
{
    const char *why;
    const struct sc_cu_api *const api = sc_cu_api(&why);
    const size_t all = count_of(api), n = all < SC_MAX_DEVICES ? all : SC_MAX_DEVICES;
    for (size_t i = 0; i < n && i < max; i++) {
        int device = 0;
        memset(&out[i], 0, sizeof out[i]);
        if (api->cuDeviceGet(&device, (int)i) == SC_CU_SUCCESS) {
            about(&out[i], api, device);
        }
    }
    return n;
}

/* ---- opening ---- */

static socle_status open_kernels(struct cuda *d)
{
    const int e = d->api->cuModuleLoadData(&d->module, image);
    if (e == SC_CU_NO_BINARY) {
        (void)snprintf(d->message, sizeof d->message, "%s: the kernels of this build are not for compute capability %u.%u", d->about.name,
                       d->about.major, d->about.minor);
        return SOCLE_E_DEVICE;
    }
    socle_status st = check(d, e, "loading the kernels");
    for (int i = 0; i < SC_KC_N_KERNELS && st == SOCLE_OK; i++) {
        int most = 0;
        st = check(d, d->api->cuModuleGetFunction(&d->kernel[i], d->module, sc_kc_kernels[i].name), sc_kc_kernels[i].name);
        if (st == SOCLE_OK) {
            st = check(d, d->api->cuFuncGetAttribute(&most, SC_CU_MAX_ITEMS, d->kernel[i]), sc_kc_kernels[i].name);
        }
        const unsigned wanted = i == SC_KC_NTT_PASS ? NTT_ITEMS : SC_KC_GROUP_ITEMS;
        d->items[i] = most > 0 && (unsigned)most < wanted ? (unsigned)most : wanted; /* any number is right */
    }
    return st;
}

/* node: the one near the device, or -1. What cannot be put there does its work from where it is. */
static socle_status open_staging(struct cuda *d, struct staging *s, int node)
{
    socle_status st = SOCLE_OK;
    s->bytes = sc_big_take(STAGING_BYTES);
    if (s->bytes == NULL) {
        (void)snprintf(d->message, sizeof d->message, "no memory");
        return SOCLE_E_NOMEM;
    }
    (void)sc_bind_memory(s->bytes, STAGING_BYTES, node);
    s->registered = d->api->cuMemHostRegister(s->bytes, STAGING_BYTES, 0) == SC_CU_SUCCESS;
    for (int i = 0; i < PIECES && st == SOCLE_OK; i++) {
        st = check(d, d->api->cuEventCreate(&s->done[i], SC_CU_EVENT_NO_TIMING), "an event");
    }
    return st;
}

static socle_status open_all(struct cuda *d)
{
    socle_status st = SOCLE_OK;
    size_t unused = 0, all = 0;
    TRY(check(d, d->api->cuDevicePrimaryCtxRetain(&d->context, d->device), "opening the device"));
    d->retained = true;
    TRY(enter(d));
    TRY(check(d, d->api->cuMemGetInfo(&unused, &all), "its memory"));
    d->room = unused > LEFT_TO_DRIVER ? unused - LEFT_TO_DRIVER : 0;
    for (int i = 0; i < SC_N_QUEUES; i++) {
        TRY(check(d, d->api->cuStreamCreate(&d->stream[i], SC_CU_STREAM_NON_BLOCKING), "a stream"));
    }
    const int node = sc_bind_node_of(d->about.bus);
    TRY(open_staging(d, &d->staging[SC_QUEUE_PUT], node));
    TRY(open_staging(d, &d->staging[SC_QUEUE_GET], node));
    st = open_kernels(d);
out:
    return st;
}

/* ---- the backend ---- */

static void cuda_info(void *self, struct sc_device_info *out)
{
    const struct cuda *const d = self;
    memset(out, 0, sizeof *out);
    (void)snprintf(out->name, sizeof out->name, "%.*s", (int)sizeof out->name - 1, d->about.name);
    out->kind = "cuda";
    out->memory = d->room;
    out->align = ALIGN;
}

static socle_status cuda_arena(void *self, uint64_t size)
{
    struct cuda *const d = self;
    socle_status st = enter(d);
    if (st == SOCLE_OK && d->arena != 0) {
        st = check(d, d->api->cuMemFree(d->arena), "giving the arena back");
        d->arena = 0;
        d->arena_size = 0;
    }
    if (st != SOCLE_OK || size == 0) {
        return st;
    }
    st = check(d, size > d->room ? SC_CU_OUT_OF_MEMORY : d->api->cuMemAlloc(&d->arena, size), "taking the arena");
    d->arena_size = st == SOCLE_OK ? size : 0;
    return st;
}

static bool in_arena(const struct cuda *d, uint64_t offset, uint64_t size)
{
    return offset <= d->arena_size && size <= d->arena_size - offset;
}

static size_t piece_at(uint64_t at, uint64_t size)
{
    return size - at < PIECE ? (size_t)(size - at) : PIECE;
}

/* A piece is filled again when the device has read it. */
static socle_status put_pieces(struct cuda *d, uint64_t offset, const uint8_t *host, uint64_t size)
{
    const struct staging *const s = &d->staging[SC_QUEUE_PUT];
    const sc_cu_stream stream = d->stream[SC_QUEUE_PUT];
    socle_status st = SOCLE_OK;
    for (uint64_t k = 0; k * PIECE < size; k++) {
        const uint64_t at = k * PIECE;
        uint8_t *const piece = s->bytes + k % PIECES * PIECE;
        const size_t n = piece_at(at, size);
        if (k >= PIECES) {
            TRY(wait_for(d, NULL, s->done[k % PIECES], to_it));
        }
        memcpy(piece, host + at, n);
        TRY(check(d, d->api->cuMemcpyHtoDAsync(d->arena + offset + at, piece, n, stream), to_it));
        TRY(check(d, d->api->cuEventRecord(s->done[k % PIECES], stream), to_it));
    }
out:
    return st;
}

static socle_status cuda_put(void *self, uint64_t offset, const void *host, uint64_t size)
{
    struct cuda *const d = self;
    if (!in_arena(d, offset, size)) {
        return SOCLE_E_ARG;
    }
    const socle_status st = enter(d);
    return st != SOCLE_OK ? st : ended(d, put_pieces(d, offset, host, size), SC_QUEUE_PUT, to_it);
}

static socle_status get_piece(struct cuda *d, uint64_t k, uint64_t offset, uint64_t size)
{
    const struct staging *const s = &d->staging[SC_QUEUE_GET];
    const sc_cu_stream stream = d->stream[SC_QUEUE_GET];
    const int e = d->api->cuMemcpyDtoHAsync(s->bytes + k % PIECES * PIECE, d->arena + offset + k * PIECE, piece_at(k * PIECE, size), stream);
    return check(d, e != SC_CU_SUCCESS ? e : d->api->cuEventRecord(s->done[k % PIECES], stream), from_it);
}

/* The piece after the one that the host copies is on its way. */
static socle_status get_pieces(struct cuda *d, uint8_t *host, uint64_t offset, uint64_t size)
{
    const struct staging *const s = &d->staging[SC_QUEUE_GET];
    socle_status st = size > 0 ? get_piece(d, 0, offset, size) : SOCLE_OK;
    for (uint64_t k = 0; k * PIECE < size && st == SOCLE_OK; k++) {
        if ((k + 1) * PIECE < size) {
            TRY(get_piece(d, k + 1, offset, size));
        }
        TRY(wait_for(d, NULL, s->done[k % PIECES], from_it));
        memcpy(host + k * PIECE, s->bytes + k % PIECES * PIECE, piece_at(k * PIECE, size));
    }
out:
    return st;
}

static socle_status cuda_get(void *self, void *host, uint64_t offset, uint64_t size)
{
    struct cuda *const d = self;
    if (!in_arena(d, offset, size)) {
        return SOCLE_E_ARG;
    }
    const socle_status st = enter(d);
    return st != SOCLE_OK ? st : ended(d, get_pieces(d, host, offset, size), SC_QUEUE_GET, from_it);
}

static int launch(struct cuda *d, const struct sc_kc_launch *l, const sc_cu_address *part)
{
    const struct sc_kc_shape *const shape = &sc_kc_kernels[l->kernel];
    sc_cu_address pointer[SC_KC_MAX_POINTERS];
    uint32_t number[SC_KC_MAX_ARGS];
    void *params[SC_KC_MAX_POINTERS + SC_KC_MAX_ARGS];
    unsigned n = 0;
    for (unsigned i = 0; i < shape->n_pointers; i++) {
        pointer[i] = part[l->pointer[i]];
        params[n++] = &pointer[i];
    }
    for (unsigned i = 0; i < shape->n_args; i++) {
        number[i] = l->arg[i];
        params[n++] = &number[i];
    }
    return d->api->cuLaunchKernel(d->kernel[l->kernel], l->groups[0], l->groups[1], 1, d->items[l->kernel], 1, 1, 0, d->stream[SC_QUEUE_RUN],
                                  params, NULL);
}

static socle_status cuda_run(void *self, const struct sc_launch *l)
{
    struct cuda *const d = self;
    struct sc_kc_launch own[SC_KC_MAX_LAUNCHES];
    struct sc_kc_plan plan;
    sc_cu_address part[SC_KC_MAX_BUFFERS] = {0};
    if (!sc_device_plan(&plan, own, l)) {
        return SOCLE_E_ARG;
    }
    for (unsigned i = 0; i < l->n_uses; i++) {
        if (!in_arena(d, l->offset[i], l->size[i])) {
            return SOCLE_E_ARG;
        }
        part[i] = d->arena + l->offset[i];
    }
    socle_status st = enter(d);
    for (unsigned i = 0; i < plan.n && st == SOCLE_OK; i++) {
        st = check(d, launch(d, &plan.launch[i], part), "starting a kernel");
    }
    return ended(d, st, SC_QUEUE_RUN, "running a kernel");
}

static void cuda_interrupt(void *self)
{
    struct cuda *const d = self;
    atomic_store(&d->stuck, true);
}

static void close_staging(struct cuda *d, struct staging *s)
{
    for (int i = 0; i < PIECES; i++) {
        if (s->done[i] != NULL) {
            (void)d->api->cuEventDestroy(s->done[i]);
        }
    }
    if (s->registered) {
        (void)d->api->cuMemHostUnregister(s->bytes);
    }
    sc_big_free(s->bytes, STAGING_BYTES);
}

static void cuda_close(void *self)
{
    struct cuda *const d = self;
    if (atomic_load(&d->stuck)) {
        static struct cuda *_Atomic left;
        d->next = atomic_exchange(&left, d); /* all of it may still be used */
        return;
    }
    if (d->retained) {
        (void)d->api->cuCtxSetCurrent(d->context);
        if (d->arena != 0) {
            (void)d->api->cuMemFree(d->arena);
        }
        if (d->module != NULL) {
            (void)d->api->cuModuleUnload(d->module);
        }
        close_staging(d, &d->staging[SC_QUEUE_PUT]);
        close_staging(d, &d->staging[SC_QUEUE_GET]);
        for (int i = 0; i < SC_N_QUEUES; i++) {
            if (d->stream[i] != NULL) {
                (void)d->api->cuStreamDestroy(d->stream[i]);
            }
        }
        (void)d->api->cuCtxSetCurrent(NULL);
        (void)d->api->cuDevicePrimaryCtxRelease(d->device);
    }
    (void)pthread_mutex_destroy(&d->lock);
    sc_free(d);
}

static const struct sc_device_ops cuda_ops = {
    .info = cuda_info,
    .arena = cuda_arena,
    .put = cuda_put,
    .get = cuda_get,
    .run = cuda_run,
    .interrupt = cuda_interrupt,
    .close = cuda_close,
};

socle_status sc_cuda_open(struct sc_device *out, char *why, size_t why_size, unsigned index)
{
    const char *fault;
    const struct sc_cu_api *const api = sc_cu_api(&fault);
    const unsigned n = count_of(api);
    int device = 0;
    *out = (struct sc_device){NULL, NULL};
    if (index >= n || api->cuDeviceGet(&device, (int)index) != SC_CU_SUCCESS) {
        (void)snprintf(why, why_size, "there is no device cuda:%u; %s", index, api == NULL ? fault : n == 0 ? "the driver has none" : "the driver has fewer");
        return SOCLE_E_DEVICE;
    }
    if (image_len == 0) {
        (void)snprintf(why, why_size, "this build has no kernels for cuda:%u: nvcc was not there when it was made; opencl may do", index);
        return SOCLE_E_DEVICE;
    }
    struct cuda *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        (void)snprintf(why, why_size, "no memory");
        return SOCLE_E_NOMEM;
    }
    d->api = api;
    d->device = device;
    (void)pthread_mutex_init(&d->lock, NULL);
    about(&d->about, api, device);
    const socle_status st = open_all(d);
    if (st != SOCLE_OK) {
        (void)snprintf(why, why_size, "%s", d->message);
        cuda_close(d);
        return st;
    }
    *out = (struct sc_device){&cuda_ops, d};
    return SOCLE_OK;
}

const char *sc_cuda_message(const struct sc_device *device)
{
    struct cuda *const d = device->self;
    (void)pthread_mutex_lock(&d->lock);
    memcpy(d->told, d->message, sizeof d->told);
    (void)pthread_mutex_unlock(&d->lock);
    return d->told;
}
