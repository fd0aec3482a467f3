/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Work is done when it has been asked for three times, no sooner: who does not wait sees memory as it was. Contracts: fake_cuda.h and the
 * driver API's reference.
 */
#define _DEFAULT_SOURCE
#include "tests/support/fake_cuda.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/device/cuda_api.h"
#include "kernels/kc/launch.h"

enum { MAX_DEVICES = 4, MAX_PIECES = 64, ASKED = 2, MAX_GRID_Y = 65535 };

struct sc_cu_context {
    int device;
    unsigned uses;
};
struct sc_cu_module {
    unsigned magic;
};
struct sc_cu_function {
    enum sc_kc_kernel kernel;
};
/* A copy, or a kernel when there is nothing to copy to. */
struct work {
    struct work *next;
    void *to;
    const void *from;
    size_t size;
    bool spoiled;
    struct sc_kc_launch launch;
    uint32_t *buffer[SC_KC_MAX_POINTERS];
};
struct sc_cu_stream {
    struct work *first, *last;
    uint64_t queued, done; /* pieces of work so far */
    unsigned asked;
    bool hangs;
};
struct sc_cu_event {
    struct sc_cu_stream *stream;
    uint64_t after; /* of the stream's work */
    unsigned asked;
};

struct fake_cuda fake_cuda = {.n_devices = 1, .memory = (uint64_t)2 << 30, .max_items = 1024};

static struct sc_cu_context contexts[MAX_DEVICES];
static struct sc_cu_function functions[SC_KC_N_KERNELS];
static struct {
    char *at;
    size_t size;
} pieces[MAX_PIECES];
static uint64_t taken;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local sc_cu_context current;

static int misuse(const char *what)
{
    fake_cuda.misuse = fake_cuda.misuse != NULL ? fake_cuda.misuse : what;
    return SC_CU_INVALID_VALUE;
}

static unsigned count(unsigned *n, int by)
{
    (void)pthread_mutex_lock(&lock);
    const unsigned now = *n += (unsigned)by;
    (void)pthread_mutex_unlock(&lock);
    return now;
}

/* The fault of this call, if it is to have one. */
static int call_in(sc_cu_context context, bool wants_context)
{
    (void)pthread_mutex_lock(&lock);
    const unsigned n = ++fake_cuda.calls;
    (void)pthread_mutex_unlock(&lock);
    if (wants_context && (context == NULL || context->uses == 0)) {
        return misuse("no context is current");
    }
    const bool fails = fake_cuda.fail_at != 0 && (n == fake_cuda.fail_at || (fake_cuda.all_after && n > fake_cuda.fail_at));
    const bool spared = fake_cuda.only != 0 && (context == NULL || context->device != fake_cuda.only - 1);
    return fails && !spared ? fake_cuda.fail_with : SC_CU_SUCCESS;
}

static int call(bool wants_context)
{
    return call_in(current, wants_context);
}

#define CALL(wants_context)              \
    do {                                 \
        const int e_ = call(wants_context); \
        if (e_ != SC_CU_SUCCESS) {       \
            return e_;                   \
        }                                \
    } while (0)

static bool device_known(int device)
{
    return device >= 0 && device < fake_cuda.n_devices && device < MAX_DEVICES;
}

int cuInit(unsigned flags)
{
    return flags == 0 ? SC_CU_SUCCESS : misuse("flags of cuInit");
}

int cuDriverGetVersion(int *version)
{
    *version = 13000;
    return SC_CU_SUCCESS;
}

int cuGetErrorString(int e, const char **text)
{
    *text = e == SC_CU_OUT_OF_MEMORY ? "out of memory" : e == SC_CU_ILLEGAL_ADDRESS ? "an illegal memory access was encountered" : "some error";
    return SC_CU_SUCCESS;
}

int cuDeviceGetCount(int *n)
{
    *n = fake_cuda.n_devices;
    return SC_CU_SUCCESS;
}

int cuDeviceGet(int *device, int ordinal)
{
    *device = ordinal;
    return device_known(ordinal) ? SC_CU_SUCCESS : misuse("ordinal");
}

int cuDeviceGetName(char *name, int size, int device)
{
    (void)snprintf(name, (size_t)size, "Fake %d", device);
    return device_known(device) ? SC_CU_SUCCESS : misuse("device");
}

int cuDeviceGetPCIBusId(char *id, int size, int device)
{
    (void)snprintf(id, (size_t)size, "0000:%02x:00.0", 0x3b + device);
    return device_known(device) ? SC_CU_SUCCESS : misuse("device");
}

int cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    *bytes = fake_cuda.memory;
    return device_known(device) ? SC_CU_SUCCESS : misuse("device");
}

int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    *value = attribute == SC_CU_UNITS        ? 132
             : attribute == SC_CU_MAJOR      ? 9
             : attribute == SC_CU_CLOCK_KHZ  ? 1980000
             : attribute == SC_CU_MEMORY_KHZ ? 3201000
             : attribute == SC_CU_BUS_BITS   ? 6144
                                             : 0;
    return device_known(device) ? SC_CU_SUCCESS : misuse("device");
}

/* ---- contexts and memory ---- */

int cuDevicePrimaryCtxRetain(sc_cu_context *out, int device)
{
    CALL(false);
    contexts[device].device = device;
    contexts[device].uses++;
    (void)count(&fake_cuda.live, 1);
    *out = &contexts[device];
    return SC_CU_SUCCESS;
}

int cuDevicePrimaryCtxRelease_v2(int device)
{
    if (contexts[device].uses == 0) {
        return misuse("a context is given back twice");
    }
    contexts[device].uses--;
    (void)count(&fake_cuda.live, -1);
    return SC_CU_SUCCESS;
}

int cuCtxSetCurrent(sc_cu_context context)
{
    const int e = call_in(context, false);
    current = e == SC_CU_SUCCESS ? context : current;
    return e;
}

int cuMemGetInfo_v2(size_t *unused, size_t *all)
{
    CALL(true);
    *unused = fake_cuda.memory - taken;
    *all = fake_cuda.memory;
    return SC_CU_SUCCESS;
}

static int take(sc_cu_address *out, size_t size)
{
    if (size == 0 || size > fake_cuda.memory - taken) {
        return size == 0 ? misuse("no bytes") : SC_CU_OUT_OF_MEMORY;
    }
    for (int i = 0; i < MAX_PIECES; i++) {
        if (pieces[i].at == NULL) {
            pieces[i].at = aligned_alloc(256, (size + 255) / 256 * 256);
            pieces[i].size = size;
            if (pieces[i].at == NULL) {
                return SC_CU_OUT_OF_MEMORY;
            }
            taken += size;
            fake_cuda.most = taken > fake_cuda.most ? taken : fake_cuda.most;
            fake_cuda.live++;
            *out = (uintptr_t)pieces[i].at;
            return SC_CU_SUCCESS;
        }
    }
    return SC_CU_OUT_OF_MEMORY;
}

int cuMemAlloc_v2(sc_cu_address *out, size_t size)
{
    CALL(true);
    (void)pthread_mutex_lock(&lock);
    const int e = take(out, size);
    (void)pthread_mutex_unlock(&lock);
    return e;
}

static int give(sc_cu_address address)
{
    for (int i = 0; i < MAX_PIECES; i++) {
        if (pieces[i].at != NULL && (uintptr_t)pieces[i].at == address) {
            free(pieces[i].at);
            pieces[i].at = NULL;
            taken -= pieces[i].size;
            fake_cuda.live--;
            return SC_CU_SUCCESS;
        }
    }
    return misuse("memory is given back twice");
}

int cuMemFree_v2(sc_cu_address address)
{
    CALL(true);
    (void)pthread_mutex_lock(&lock);
    const int e = give(address);
    (void)pthread_mutex_unlock(&lock);
    return e;
}

/* The bytes at an address, when they lie in one piece. */
static void *bytes_at(sc_cu_address address, size_t size)
{
    void *at = NULL;
    (void)pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_PIECES && at == NULL; i++) {
        const uintptr_t begin = (uintptr_t)pieces[i].at;
        if (begin != 0 && address >= begin && address - begin <= pieces[i].size && size <= pieces[i].size - (address - begin)) {
            at = pieces[i].at + (address - begin);
        }
    }
    (void)pthread_mutex_unlock(&lock);
    return at;
}

/* Whether the page at @p p has a policy of its own, as what is bound to a node has. */
static bool is_bound(void *p)
{
    enum { OF_ADDRESS = 2 }; /* MPOL_F_ADDR; policy 0 is the process's */
    int policy = 0;
    return syscall(SYS_get_mempolicy, &policy, NULL, 0UL, p, (unsigned long)OF_ADDRESS) == 0 && policy != 0;
}

int cuMemHostRegister_v2(void *p, size_t size, unsigned flags)
{
    CALL(true);
    if (p == NULL || size == 0 || flags != 0) {
        return misuse("registering");
    }
    (void)count(&fake_cuda.live, fake_cuda.no_registering ? 0 : 1);
    (void)count(&fake_cuda.bound, is_bound(p));
    return fake_cuda.no_registering ? SC_CU_OUT_OF_MEMORY : SC_CU_SUCCESS;
}

int cuMemHostUnregister(void *p)
{
    (void)count(&fake_cuda.live, -1);
    return p != NULL ? SC_CU_SUCCESS : misuse("unregistering");
}

/* ---- streams and events ---- */

int cuStreamCreate(sc_cu_stream *out, unsigned flags)
{
    CALL(true);
    *out = flags == SC_CU_STREAM_NON_BLOCKING ? calloc(1, sizeof **out) : NULL;
    (void)count(&fake_cuda.live, *out != NULL);
    return *out != NULL ? SC_CU_SUCCESS : misuse("flags of a stream");
}

static void carry_out(struct work *w)
{
    if (w->to == NULL) {
        sc_kc_run(&w->launch, w->buffer);
        return;
    }
    memcpy(w->to, w->from, w->size);
    for (size_t i = 0; i < w->size && w->spoiled; i++) {
        ((uint8_t *)w->to)[i] ^= 0xff;
    }
}

/* The stream's work up to @p after is carried out, or forgotten. */
static void advance(struct sc_cu_stream *s, uint64_t after, bool forget)
{
    while (s->done < after) {
        struct work *const w = s->first;
        s->first = w->next;
        s->last = s->first != NULL ? s->last : NULL;
        s->done++;
        if (!forget) {
            carry_out(w);
        }
        free(w);
    }
}

static int queue(struct sc_cu_stream *s, const struct work *what)
{
    struct work *const w = malloc(sizeof *w);
    if (w == NULL) {
        return SC_CU_OUT_OF_MEMORY;
    }
    *w = *what;
    *(s->last != NULL ? &s->last->next : &s->first) = w;
    s->last = w;
    s->queued++;
    s->asked = 0;
    return SC_CU_SUCCESS;
}

int cuStreamDestroy_v2(sc_cu_stream stream)
{
    const bool idle = stream->done == stream->queued;
    advance(stream, stream->queued, true);
    free(stream);
    (void)count(&fake_cuda.live, -1);
    return idle ? SC_CU_SUCCESS : misuse("a stream is given back before its work has ended");
}

/* A question that fails ends what the stream had to do. */
static int ready(struct sc_cu_stream *s, uint64_t after, unsigned *asked)
{
    const int e = call(true);
    if (e != SC_CU_SUCCESS) {
        advance(s, s->queued, true);
        return e;
    }
    if (s->hangs || (s->done < after && *asked < ASKED)) {
        ++*asked;
        return SC_CU_NOT_READY;
    }
    advance(s, after, false);
    return SC_CU_SUCCESS;
}

int cuStreamQuery(sc_cu_stream stream)
{
    return ready(stream, stream->queued, &stream->asked);
}

int cuEventCreate(sc_cu_event *out, unsigned flags)
{
    CALL(true);
    *out = flags == SC_CU_EVENT_NO_TIMING ? calloc(1, sizeof **out) : NULL;
    (void)count(&fake_cuda.live, *out != NULL);
    return *out != NULL ? SC_CU_SUCCESS : misuse("flags of an event");
}

int cuEventDestroy_v2(sc_cu_event event)
{
    free(event);
    (void)count(&fake_cuda.live, -1);
    return SC_CU_SUCCESS;
}

int cuEventRecord(sc_cu_event event, sc_cu_stream stream)
{
    CALL(true);
    event->stream = stream;
    event->after = stream->queued;
    event->asked = 0;
    return SC_CU_SUCCESS;
}

int cuEventQuery(sc_cu_event event)
{
    return event->stream != NULL ? ready(event->stream, event->after, &event->asked) : call(true);
}

/* ---- work ---- */

int cuMemcpyHtoDAsync_v2(sc_cu_address to, const void *from, size_t size, sc_cu_stream stream)
{
    CALL(true);
    void *const at = bytes_at(to, size);
    if (at == NULL || size == 0) {
        return misuse("a copy outside of memory");
    }
    (void)count(&fake_cuda.copies_up, 1);
    return queue(stream, &(struct work){.to = at, .from = from, .size = size});
}

int cuMemcpyDtoHAsync_v2(void *to, sc_cu_address from, size_t size, sc_cu_stream stream)
{
    CALL(true);
    const void *const at = bytes_at(from, size);
    if (at == NULL || size == 0) {
        return misuse("a copy outside of memory");
    }
    return queue(stream, &(struct work){.to = to, .from = at, .size = size, .spoiled = count(&fake_cuda.copies_down, 1) == fake_cuda.spoil_at});
}

int cuModuleLoadData(sc_cu_module *out, const void *image)
{
    CALL(true);
    if (image == NULL || fake_cuda.no_binary) {
        return fake_cuda.no_binary ? SC_CU_NO_BINARY : misuse("no image");
    }
    *out = calloc(1, sizeof **out);
    (void)count(&fake_cuda.live, 1);
    return SC_CU_SUCCESS;
}

int cuModuleUnload(sc_cu_module module)
{
    free(module);
    (void)count(&fake_cuda.live, -1);
    return SC_CU_SUCCESS;
}

int cuModuleGetFunction(sc_cu_function *out, sc_cu_module module, const char *name)
{
    CALL(true);
    for (int i = 0; i < SC_KC_N_KERNELS && module != NULL; i++) {
        if (strcmp(name, sc_kc_kernels[i].name) == 0) {
            functions[i].kernel = (enum sc_kc_kernel)i;
            *out = &functions[i];
            return SC_CU_SUCCESS;
        }
    }
    return SC_CU_NOT_FOUND;
}

int cuFuncGetAttribute(int *value, int attribute, sc_cu_function function)
{
    CALL(true);
    *value = fake_cuda.max_items;
    return attribute == SC_CU_MAX_ITEMS && function != NULL ? SC_CU_SUCCESS : misuse("attribute of a function");
}

int cuLaunchKernel(sc_cu_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
                   unsigned shared_bytes, sc_cu_stream stream, void **params, void **extra)
{
    CALL(true);
    if (grid_x == 0 || grid_y == 0 || grid_y > MAX_GRID_Y || grid_z != 1 || block_x == 0 || block_x > (unsigned)fake_cuda.max_items || block_y != 1 ||
        block_z != 1 || shared_bytes != 0 || extra != NULL) {
        return misuse("the shape of a launch");
    }
    struct work w = {.launch = {.kernel = function->kernel, .groups = {grid_x, grid_y}}};
    const struct sc_kc_shape *const shape = &sc_kc_kernels[function->kernel];
    for (unsigned i = 0; i < shape->n_pointers; i++) {
        w.launch.pointer[i] = (uint8_t)i;
        w.buffer[i] = bytes_at(*(const sc_cu_address *)params[i], 4);
        if (w.buffer[i] == NULL) {
            return misuse("a kernel outside of memory");
        }
    }
    for (unsigned i = 0; i < shape->n_args; i++) {
        w.launch.arg[i] = *(const uint32_t *)params[shape->n_pointers + i];
    }
    stream->hangs = count(&fake_cuda.launches, 1) == fake_cuda.hang_at || stream->hangs;
    return queue(stream, &w);
}
