/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The OpenCL backend. Owns context, queues, program, kernels and the arena, one buffer of which jobs get parts.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/device/opencl.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "host/device/cl_api.h"
#include "host/device/device_ops.h"
#include "host/device/kernel_cache.h"
#include "host/device/wait.h"
#include "host/sys/mem.h"
#include "opencl_curve.h"
#include "opencl_hash.h"
#include "opencl_msm.h"
#include "opencl_proof.h"
#include "opencl_rates.h"

enum { MAX_LISTED = SC_MAX_DEVICES, MAX_PLATFORMS = 16, LOCAL_MEMORY = 20 << 10, NTT_ITEMS = 256, MESSAGE = 256 };
enum { NVIDIA = 0x10de, NV_MAJOR = 0x4000, NV_MINOR = 0x4001 }; /* number of a maker; cl_nv_device_attribute_query: compute capability */

struct place {
    cl_platform_id platform;
    cl_device_id device;
};

struct opencl {
    const struct sc_cl_api *api;
    struct place at;
    struct sc_opencl_about about;
    uint32_t align;
    cl_context context;
    cl_command_queue queue[SC_N_QUEUES];
    cl_program program[SC_KC_N_PROGRAMS]; /* NULL until one of its kernels is used */
    cl_kernel kernel[SC_KC_N_KERNELS];
    size_t items[SC_KC_N_KERNELS]; /* of a group */
    cl_mem arena;
    uint64_t arena_size;
    atomic_bool interrupted;
    pthread_mutex_t lock; /* of the message */
    char message[MESSAGE], told[MESSAGE];
};

/* ---- failures ---- */

static const char *error_name(cl_int e)
{
    static const struct {
        cl_int value;
        const char *name;
    } names[] = {
        {CL_DEVICE_NOT_AVAILABLE, "device not available"},
        {CL_MEM_OBJECT_ALLOCATION_FAILURE, "no memory on the device"},
        {CL_OUT_OF_RESOURCES, "out of resources, or a kernel failed"},
        {CL_OUT_OF_HOST_MEMORY, "no host memory"},
        {CL_BUILD_PROGRAM_FAILURE, "the kernels do not compile"},
        {CL_INVALID_BUFFER_SIZE, "buffer too large"},
        {CL_INVALID_WORK_GROUP_SIZE, "group too large"},
        {CL_INVALID_BINARY, "not a binary of this device"},
        {CL_DEVICE_NOT_FOUND, "no device"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].value == e) {
            return names[i].name;
        }
    }
    return "error";
}

static socle_status status_of(cl_int e)
{
    const bool no_memory = e == CL_MEM_OBJECT_ALLOCATION_FAILURE || e == CL_OUT_OF_HOST_MEMORY || e == CL_INVALID_BUFFER_SIZE;
    return e == CL_SUCCESS ? SOCLE_OK : no_memory ? SOCLE_E_NOMEM : SOCLE_E_DEVICE;
}

static socle_status check(struct opencl *d, cl_int e, const char *what)
{
    if (e != CL_SUCCESS) {
        (void)pthread_mutex_lock(&d->lock);
        (void)snprintf(d->message, sizeof d->message, "%s: %s: %s (%d)", d->about.name, what, error_name(e), e);
        (void)pthread_mutex_unlock(&d->lock);
    }
    return status_of(e);
}

/* ---- what there is ---- */

static void text_of(const struct sc_cl_api *api, cl_device_id device, cl_device_info what, char *out, size_t size)
{
    char text[1024] = "";
    if (api->clGetDeviceInfo(device, what, sizeof text - 1, text, NULL) != CL_SUCCESS) {
        text[0] = '\0';
    }
    text[sizeof text - 1] = '\0';
    (void)snprintf(out, size, "%s", text);
}

static uint64_t number_of(const struct sc_cl_api *api, cl_device_id device, cl_device_info what)
{
    union {
        cl_uint narrow;
        cl_ulong wide;
    } v = {.wide = 0};
    size_t size = 0;
    if (api->clGetDeviceInfo(device, what, sizeof v, &v, &size) != CL_SUCCESS) {
        return 0;
    }
    return size == sizeof v.narrow ? v.narrow : v.wide;
}

static void about(struct sc_opencl_about *out, const struct sc_cl_api *api, struct place at)
{
    memset(out, 0, sizeof *out);
    text_of(api, at.device, CL_DEVICE_NAME, out->name, sizeof out->name);
    text_of(api, at.device, CL_DRIVER_VERSION, out->driver, sizeof out->driver);
    char platform[1024] = "";
    (void)api->clGetPlatformInfo(at.platform, CL_PLATFORM_NAME, sizeof platform - 1, platform, NULL);
    (void)snprintf(out->platform, sizeof out->platform, "%.*s", (int)sizeof out->platform - 1, platform);
    out->memory = number_of(api, at.device, CL_DEVICE_GLOBAL_MEM_SIZE);
    out->arena = number_of(api, at.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    out->units = (uint32_t)number_of(api, at.device, CL_DEVICE_MAX_COMPUTE_UNITS);
    out->clock_mhz = (uint32_t)number_of(api, at.device, CL_DEVICE_MAX_CLOCK_FREQUENCY);
    out->is_processor = (number_of(api, at.device, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0;
    if (number_of(api, at.device, CL_DEVICE_VENDOR_ID) == NVIDIA) {
        out->major = (uint32_t)number_of(api, at.device, NV_MAJOR);
        out->minor = (uint32_t)number_of(api, at.device, NV_MINOR);
    }
}

/* All devices of all platforms, in the order of the loader. */
static size_t places(struct place out[MAX_LISTED], const struct sc_cl_api *api)
{
    cl_platform_id platform[MAX_PLATFORMS];
    cl_uint n_platforms = 0;
    size_t n = 0;
    if (api == NULL || api->clGetPlatformIDs(MAX_PLATFORMS, platform, &n_platforms) != CL_SUCCESS) {
        return 0;
    }
    for (cl_uint i = 0; i < n_platforms && i < MAX_PLATFORMS; i++) {
        cl_device_id device[MAX_LISTED];
        cl_uint n_devices = 0;
        if (api->clGetDeviceIDs(platform[i], CL_DEVICE_TYPE_ALL, MAX_LISTED, device, &n_devices) != CL_SUCCESS) {
            continue;
        }
        for (cl_uint k = 0; k < n_devices && k < MAX_LISTED && n < MAX_LISTED; k++) {
            out[n++] = (struct place){platform[i], device[k]};
        }
    }
    return n;
}

size_t sc_opencl_list(struct sc_opencl_about *out, size_t max)
{
    struct place at[MAX_LISTED];
    const struct sc_cl_api *const api = sc_cl_api();
    const size_t n = places(at, api);
    for (size_t i = 0; i < n && i < max; i++) {
        about(&out[i], api, at[i]);
    }
    return n;
}

/* ---- kernels ---- */

/* Processors take long to compile loops that are written out, and gain nothing. */
static const char *options_of(const struct opencl *d)
{
    return d->about.is_processor ? "-cl-std=CL1.2 -DKC_ROLLED" : "-cl-std=CL1.2";
}

static const char *const texts_of[SC_KC_N_PROGRAMS] = {
    [SC_KC_PROOF] = sc_kc_text_proof, [SC_KC_CURVE] = sc_kc_text_curve, [SC_KC_MSM] = sc_kc_text_msm,
    [SC_KC_HASH] = sc_kc_text_hash,   [SC_KC_RATES] = sc_kc_text_rates};

static struct sc_kernel_key key_of(const struct opencl *d, enum sc_kc_program p)
{
    char version[256];
    text_of(d->api, d->at.device, CL_DEVICE_VERSION, version, sizeof version);
    const char *const texts[] = {texts_of[p], options_of(d), d->about.platform, d->about.name, d->about.driver, version};
    return sc_kernel_key(texts, sizeof texts / sizeof texts[0]);
}

static bool program_from_cache(struct opencl *d, enum sc_kc_program p, const struct sc_kernel_key *key)
{
    size_t len = 0;
    uint8_t *const bytes = sc_kernel_cache_get(&len, key);
    const unsigned char *from = bytes;
    cl_int e = CL_SUCCESS, of_binary = CL_SUCCESS;
    if (bytes == NULL) {
        return false;
    }
    d->program[p] = d->api->clCreateProgramWithBinary(d->context, 1, &d->at.device, &len, &from, &of_binary, &e);
    if (d->program[p] != NULL && (e != CL_SUCCESS || of_binary != CL_SUCCESS ||
                               d->api->clBuildProgram(d->program[p], 1, &d->at.device, options_of(d), NULL, NULL) != CL_SUCCESS)) {
        (void)d->api->clReleaseProgram(d->program[p]);
        d->program[p] = NULL;
    }
    sc_free(bytes);
    return d->program[p] != NULL;
}

static void program_to_cache(struct opencl *d, enum sc_kc_program p, const struct sc_kernel_key *key)
{
    size_t len = 0;
    if (d->api->clGetProgramInfo(d->program[p], CL_PROGRAM_BINARY_SIZES, sizeof len, &len, NULL) != CL_SUCCESS || len == 0) {
        return;
    }
    unsigned char *const bytes = sc_alloc(1, len);
    unsigned char *to[1] = {bytes};
    if (bytes != NULL && d->api->clGetProgramInfo(d->program[p], CL_PROGRAM_BINARIES, sizeof to, to, NULL) == CL_SUCCESS) {
        sc_kernel_cache_put(key, bytes, len);
    }
    sc_free(bytes);
}

/* The first line of what the compiler says. */
static void add_build_log(struct opencl *d, enum sc_kc_program p)
{
    char log[512] = "";
    (void)d->api->clGetProgramBuildInfo(d->program[p], d->at.device, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log, NULL);
    const size_t at = strlen(d->message);
    (void)snprintf(d->message + at, sizeof d->message - at, ": %.*s", (int)strcspn(log, "\n"), log);
}

static socle_status program_from_text(struct opencl *d, enum sc_kc_program p)
{
    const char *text = texts_of[p];
    cl_int e = CL_SUCCESS;
    d->program[p] = d->api->clCreateProgramWithSource(d->context, 1, &text, NULL, &e);
    if (e == CL_SUCCESS) {
        e = d->api->clBuildProgram(d->program[p], 1, &d->at.device, options_of(d), NULL, NULL);
    }
    const socle_status st = check(d, e, "building the kernels");
    if (st != SOCLE_OK && d->program[p] != NULL) {
        add_build_log(d, p);
    }
    return st;
}

static socle_status open_kernels(struct opencl *d, enum sc_kc_program p)
{
    for (int i = 0; i < SC_KC_N_KERNELS; i++) {
        cl_int e = CL_SUCCESS;
        size_t most = 0;
        if (sc_kc_kernels[i].program != p) {
            continue;
        }
        d->kernel[i] = d->api->clCreateKernel(d->program[p], sc_kc_kernels[i].name, &e);
        if (e == CL_SUCCESS) {
            e = d->api->clGetKernelWorkGroupInfo(d->kernel[i], d->at.device, CL_KERNEL_WORK_GROUP_SIZE, sizeof most, &most, NULL);
        }
        if (e != CL_SUCCESS || most == 0) {
            return check(d, e != CL_SUCCESS ? e : CL_INVALID_WORK_GROUP_SIZE, sc_kc_kernels[i].name);
        }
        const size_t wanted = i == SC_KC_NTT_PASS ? NTT_ITEMS : SC_KC_GROUP_ITEMS;
        d->items[i] = most < wanted ? most : wanted; /* any number is right */
    }
    return SOCLE_OK;
}

/* A program and its kernels, unless they are there. */
static socle_status open_program(struct opencl *d, enum sc_kc_program p)
{
    if (d->program[p] != NULL) {
        return SOCLE_OK;
    }
    const struct sc_kernel_key key = key_of(d, p);
    if (!program_from_cache(d, p, &key)) {
        const socle_status st = program_from_text(d, p);
        if (st != SOCLE_OK) {
            return st;
        }
        program_to_cache(d, p, &key);
    }
    return open_kernels(d, p);
}

static socle_status open_all(struct opencl *d)
{
    cl_int e = CL_SUCCESS;
    if (number_of(d->api, d->at.device, CL_DEVICE_LOCAL_MEM_SIZE) < LOCAL_MEMORY) {
        return check(d, CL_OUT_OF_RESOURCES, "less than 20 KiB of local memory");
    }
    d->context = d->api->clCreateContext(NULL, 1, &d->at.device, NULL, NULL, &e);
    for (int i = 0; i < SC_N_QUEUES && e == CL_SUCCESS; i++) {
        d->queue[i] = d->api->clCreateCommandQueue(d->context, d->at.device, 0, &e);
    }
    return e != CL_SUCCESS ? check(d, e, "opening the device") : open_program(d, SC_KC_PROOF);
}

/* ---- the backend ---- */

static void opencl_info(void *self, struct sc_device_info *out)
{
    const struct opencl *const d = self;
    memset(out, 0, sizeof *out);
    (void)snprintf(out->name, sizeof out->name, "%.*s", (int)sizeof out->name - 1, d->about.name);
    out->kind = "opencl";
    out->memory = d->about.arena;
    out->align = d->align;
}

static socle_status opencl_arena(void *self, uint64_t size)
{
    struct opencl *const d = self;
    cl_int e = CL_SUCCESS;
    if (d->arena != NULL) {
        (void)d->api->clReleaseMemObject(d->arena);
        d->arena = NULL;
        d->arena_size = 0;
    }
    if (size == 0) {
        return SOCLE_OK;
    }
    if (size > d->about.arena) {
        return check(d, CL_INVALID_BUFFER_SIZE, "taking the arena");
    }
    d->arena = d->api->clCreateBuffer(d->context, CL_MEM_READ_WRITE, size, NULL, &e);
    d->arena_size = e == CL_SUCCESS ? size : 0;
    return check(d, e, "taking the arena");
}

static bool in_arena(const struct opencl *d, uint64_t offset, uint64_t size)
{
    return offset <= d->arena_size && size <= d->arena_size - offset;
}

static socle_status opencl_put(void *self, uint64_t offset, const void *host, uint64_t size)
{
    struct opencl *const d = self;
    if (!in_arena(d, offset, size)) {
        return SOCLE_E_ARG;
    }
    return size == 0 ? SOCLE_OK
                     : check(d, d->api->clEnqueueWriteBuffer(d->queue[SC_QUEUE_PUT], d->arena, CL_TRUE, offset, size, host, 0, NULL, NULL), "copying to it");
}

static socle_status opencl_get(void *self, void *host, uint64_t offset, uint64_t size)
{
    struct opencl *const d = self;
    if (!in_arena(d, offset, size)) {
        return SOCLE_E_ARG;
    }
    return size == 0 ? SOCLE_OK
                     : check(d, d->api->clEnqueueReadBuffer(d->queue[SC_QUEUE_GET], d->arena, CL_TRUE, offset, size, host, 0, NULL, NULL), "copying from it");
}

/* Until it is done, or given up. */
static socle_status wait_for(struct opencl *d, cl_event event)
{
    const struct sc_wait w = sc_wait_begin();
    for (;;) {
        cl_int state = CL_QUEUED;
        const cl_int e = d->api->clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL);
        if (e != CL_SUCCESS || state < 0) {
            return check(d, e != CL_SUCCESS ? e : state, "running a kernel");
        }
        if (state == CL_COMPLETE) {
            return SOCLE_OK;
        }
        if (!sc_wait_more(&w, &d->interrupted)) {
            return check(d, CL_DEVICE_NOT_AVAILABLE, "a kernel that did not come back");
        }
    }
}

/* @p last: an event when it is done. */
static cl_int enqueue(struct opencl *d, const struct sc_kc_launch *l, const cl_mem *part, cl_event *last)
{
    const cl_kernel k = d->kernel[l->kernel];
    const size_t local[2] = {d->items[l->kernel], 1}, global[2] = {l->groups[0] * local[0], l->groups[1]};
    cl_uint at = 0;
    cl_int e = CL_SUCCESS;
    for (unsigned i = 0; i < sc_kc_kernels[l->kernel].n_pointers && e == CL_SUCCESS; i++) {
        e = d->api->clSetKernelArg(k, at++, sizeof part[0], &part[l->pointer[i]]);
    }
    for (unsigned i = 0; i < sc_kc_kernels[l->kernel].n_args && e == CL_SUCCESS; i++) {
        e = d->api->clSetKernelArg(k, at++, sizeof l->arg[0], &l->arg[i]);
    }
    return e != CL_SUCCESS ? e : d->api->clEnqueueNDRangeKernel(d->queue[SC_QUEUE_RUN], k, 2, NULL, global, local, 0, NULL, last);
}

static socle_status enqueue_plan(struct opencl *d, const struct sc_kc_plan *plan, const cl_mem *part)
{
    cl_event last = NULL;
    cl_int e = CL_SUCCESS;
    for (unsigned i = 0; i < plan->n && e == CL_SUCCESS; i++) {
        e = enqueue(d, &plan->launch[i], part, i + 1 == plan->n ? &last : NULL);
    }
    const cl_int flushed = d->api->clFlush(d->queue[SC_QUEUE_RUN]); /* what is queued ends before its buffers go */
    if (e != CL_SUCCESS || flushed != CL_SUCCESS) {
        return check(d, e != CL_SUCCESS ? e : flushed, "starting a kernel");
    }
    const socle_status st = wait_for(d, last);
    (void)d->api->clReleaseEvent(last);
    return st;
}

static socle_status opencl_run(void *self, const struct sc_launch *l)
{
    struct opencl *const d = self;
    struct sc_kc_launch own[SC_KC_MAX_LAUNCHES];
    struct sc_kc_plan plan;
    cl_mem part[SC_KC_MAX_BUFFERS] = {NULL};
    socle_status st = SOCLE_OK;
    if (!sc_device_plan(&plan, own, l)) {
        return SOCLE_E_ARG;
    }
    for (unsigned i = 0; i < plan.n && st == SOCLE_OK; i++) {
        st = open_program(d, sc_kc_kernels[plan.launch[i].kernel].program);
    }
    for (unsigned i = 0; i < l->n_uses && st == SOCLE_OK; i++) {
        const cl_buffer_region r = {l->offset[i], l->size[i]};
        cl_int e = CL_SUCCESS;
        if (r.size != 0) {
            e = CL_INVALID_VALUE;
            part[i] = in_arena(d, r.origin, r.size) ? d->api->clCreateSubBuffer(d->arena, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &r, &e) : NULL;
        }
        st = check(d, e, "a part of the arena");
    }
    if (st == SOCLE_OK) {
        st = enqueue_plan(d, &plan, part);
    }
    for (int i = 0; i < SC_KC_MAX_BUFFERS; i++) {
        if (part[i] != NULL) {
            (void)d->api->clReleaseMemObject(part[i]);
        }
    }
    return st;
}

static void opencl_interrupt(void *self)
{
    struct opencl *const d = self;
    atomic_store(&d->interrupted, true);
}

static void opencl_close(void *self)
{
    struct opencl *const d = self;
    const struct sc_cl_api *const api = d->api;
    if (atomic_load(&d->interrupted)) {
        return; /* a kernel may still run: what it uses stays */
    }
    (void)opencl_arena(d, 0);
    for (int i = 0; i < SC_KC_N_KERNELS; i++) {
        if (d->kernel[i] != NULL) {
            (void)api->clReleaseKernel(d->kernel[i]);
        }
    }
    for (int p = 0; p < SC_KC_N_PROGRAMS; p++) {
        if (d->program[p] != NULL) {
            (void)api->clReleaseProgram(d->program[p]);
        }
    }
    for (int i = 0; i < SC_N_QUEUES; i++) {
        if (d->queue[i] != NULL) {
            (void)api->clReleaseCommandQueue(d->queue[i]);
        }
    }
    if (d->context != NULL) {
        (void)api->clReleaseContext(d->context);
    }
    (void)pthread_mutex_destroy(&d->lock);
    sc_free(d);
}

static const struct sc_device_ops opencl_ops = {
    .info = opencl_info,
    .arena = opencl_arena,
    .put = opencl_put,
    .get = opencl_get,
    .run = opencl_run,
    .interrupt = opencl_interrupt,
    .close = opencl_close,
};

socle_status sc_opencl_open(struct sc_device *out, char *why, size_t why_size, unsigned index)
{
    struct place at[MAX_LISTED];
    const struct sc_cl_api *const api = sc_cl_api();
    const size_t n = places(at, api);
    *out = (struct sc_device){NULL, NULL};
    if (index >= n) {
        (void)snprintf(why, why_size, "there is no device opencl:%u; %s", index,
                       api == NULL ? "libOpenCL.so.1 cannot be opened" : n == 0 ? "OpenCL has none" : "OpenCL has fewer");
        return SOCLE_E_DEVICE;
    }
    struct opencl *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        (void)snprintf(why, why_size, "no memory");
        return SOCLE_E_NOMEM;
    }
    d->api = api;
    d->at = at[index];
    (void)pthread_mutex_init(&d->lock, NULL);
    about(&d->about, api, d->at);
    d->align = (uint32_t)(number_of(api, d->at.device, CL_DEVICE_MEM_BASE_ADDR_ALIGN) / 8);
    d->align = d->align < 4 ? 4 : d->align;
    const socle_status st = open_all(d);
    if (st != SOCLE_OK) {
        (void)snprintf(why, why_size, "%s", d->message);
        opencl_close(d);
        return st;
    }
    *out = (struct sc_device){&opencl_ops, d};
    return SOCLE_OK;
}

const char *sc_opencl_message(const struct sc_device *device)
{
    struct opencl *const d = device->self;
    (void)pthread_mutex_lock(&d->lock);
    memcpy(d->told, d->message, sizeof d->told);
    (void)pthread_mutex_unlock(&d->lock);
    return d->told;
}
