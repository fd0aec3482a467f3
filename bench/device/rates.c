/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the device can do at most: instructions of each kind, local memory, global memory, launches, copies. Units a second of the whole
 * device, so that neither clock nor number of processors has to be known. Kernels: kernels/kc/rate.h.
 */
#include "bench/device/bed.h"

#include "host/device/cuda_api.h"
#include "host/device/wait.h"
#include "host/sys/mem.h"
#include "kernels/kc/open_plan.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/rate.h"

#include <string.h>

enum { OUT, IN };
#define GROUPS ((uint32_t)1 << 14) /* many for each processor */
#define TURNS_CHECKED 3u

/* R(NAME, name, kinds): kinds of instructions in a step. */
#define RATES(R)                        \
    R(MAD, "mad", 1)                    \
    R(WIDE, "wide_mad", 1)              \
    R(HIGH, "high_mul_and_add", 2)      \
    R(ADD, "add3", 1)                   \
    R(LOGIC, "logic3", 1)               \
    R(SHIFT, "shift", 1)                \
    R(BYTES, "bytes", 1)                \
    R(MIN, "add_min", 1)                \
    R(FMA64, "fma64", 1)                \
    R(MAD_ADD, "mad_and_add3", 2)       \
    R(WIDE_ADD, "wide_mad_and_add3", 2) \
    R(WIDE_FMA64, "wide_mad_and_fma64", 2)

static const struct {
    const char *name;
    uint32_t what, kinds;
} rates[] = {
#define R(NAME, name, kinds) {name, KC_RATE_##NAME, kinds},
    RATES(R)
#undef R
};

/* Seconds of a turn of the loop, with so many that the launch does not count. */
static socle_status per_turn(double *seconds, struct bed *b, struct job *j, unsigned arg)
{
    struct timing t = {0, 0, 0, 0};
    uint32_t n = 16;
    socle_status st = SOCLE_OK;
    for (double took = 0; took < b->enough / 8 && n < (uint32_t)1 << 24; n *= 4) {
        const double began = seconds_now();
        j->launch[0].arg[arg] = n;
        TRY(bed_run(b, j, 1));
        took = seconds_now() - began;
    }
    TRY(bed_time(&t, b, j));
    *seconds = t.least / j->launch[0].arg[arg];
out:
    return st;
}

static bool say_one(struct bed *b, struct job *j, unsigned arg, const char *name, double units, bool first)
{
    uint8_t digest[BED_DIGEST];
    bool same = false;
    double seconds = 0;
    j->launch[0].arg[arg] = TURNS_CHECKED;
    socle_status st = bed_compare(digest, &same, b, j);
    st = st == SOCLE_OK && same ? per_turn(&seconds, b, j, arg) : st;
    printf("%s\n  {\"name\":\"%s\",\"agrees\":%s,\"per_second\":", first ? "" : ",", name, same ? "true" : "false");
    (void)(seconds > 0 ? printf("%.6g}", units / seconds) : printf("null}"));
    if (st != SOCLE_OK) {
        fprintf(stderr, "bench_device: %s: %s\n", name, b->message(&b->d));
    }
    return st == SOCLE_OK && same;
}

static bool made(struct bed *b, const struct job *j)
{
    const socle_status st = bed_make(b, j, NULL);
    if (st != SOCLE_OK) {
        fprintf(stderr, "bench_device: rates: %s\n", st == SOCLE_E_NOMEM ? "no memory for their buffers" : b->message(&b->d));
    }
    return st == SOCLE_OK;
}

static bool instructions(struct bed *b, uint32_t groups)
{
    struct job j = {.words = {(uint64_t)groups * KC_RATE_ITEMS}, .fill = {FILL_ZERO}, .n_launches = 1, .out_words = (uint64_t)groups * KC_RATE_ITEMS};
    if (!made(b, &j)) {
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        const double steps = (double)j.words[0] * KC_RATE_STEPS * rates[i].kinds;
        j.launch[0] = (struct sc_kc_launch){SC_KC_RATE, {groups, 1}, {OUT}, {rates[i].what, 0, 1, 3}};
        good = say_one(b, &j, 1, rates[i].name, steps, i == 0) && good;
    }
    j.launch[0] = (struct sc_kc_launch){SC_KC_RATE_LOCAL, {groups, 1}, {OUT}, {0}};
    return say_one(b, &j, 0, "local_read_bytes", 4.0 * (double)j.words[0] * KC_RATE_STEPS, false) && good;
}

/* ---- global memory ---- */

static bool say_move(struct bed *b, struct job *j, const char *name, double bytes)
{
    struct timing t = {0, 0, 0, 0};
    uint8_t digest[BED_DIGEST];
    bool same = false;
    socle_status st = bed_compare(digest, &same, b, j);
    st = st == SOCLE_OK && same ? bed_time(&t, b, j) : st;
    printf(",\n  {\"name\":\"%s\",\"agrees\":%s,\"per_second\":", name, same ? "true" : "false");
    (void)(t.median > 0 ? printf("%.6g}", bytes / t.median) : printf("null}"));
    if (st != SOCLE_OK) {
        fprintf(stderr, "bench_device: %s: %s\n", name, b->message(&b->d));
    }
    return st == SOCLE_OK && same;
}

/* Far more than caches hold: 2^log words are read, as many written. */
static bool moves(struct bed *b, unsigned log)
{
    static const uint32_t pieces[] = {16, 24, 32};
    const uint64_t n = (uint64_t)1 << log;
    const uint32_t items = (uint32_t)(n / KC_RATE_ITEMS);
    const double bytes = 4.0 * (double)n;
    struct job j = {.words = {n, n}, .fill = {FILL_ZERO, FILL_FIELD}, .n_launches = 1, .out_words = n};
    if (!made(b, &j)) {
        return false;
    }
    j.launch[0] = (struct sc_kc_launch){SC_KC_RATE_COPY, {items / KC_RATE_CHAINS, 1}, {OUT, IN}, {0}};
    bool good = say_move(b, &j, "copy_bytes", 2 * bytes);
    j.launch[0] = sc_kc_fill((enum sc_kc_open_buffer)OUT, (uint32_t)n, 7);
    good = say_move(b, &j, "write_bytes", bytes) && good;
    j.launch[0] = (struct sc_kc_launch){SC_KC_RATE_READ, {items / 64, 1}, {OUT, IN}, {64, 0, 0}};
    good = say_move(b, &j, "read_bytes", bytes) && good;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char name[32];
        unsigned log_pieces = log;
        while (((uint64_t)pieces[i] << log_pieces) > n) {
            log_pieces--;
        }
        (void)snprintf(name, sizeof name, "gather_%u_bytes", 4 * pieces[i]);
        j.launch[0] = (struct sc_kc_launch){SC_KC_RATE_READ, {items / 32, 1}, {OUT, IN}, {pieces[i], pieces[i], log_pieces}};
        good = say_move(b, &j, name, 4.0 * pieces[i] * KC_RATE_ITEMS * (items / 32)) && good;
    }
    return good;
}

/* ---- launches ---- */

/* A job of one launch, from the call to its return; and one launch of many in a job. */
static bool launches(struct bed *b)
{
    double seconds[15];
    struct timing many;
    struct job j = {.words = {64}, .fill = {FILL_ZERO}, .n_launches = 1, .out_words = 64};
    j.launch[0] = sc_kc_fill((enum sc_kc_open_buffer)OUT, 64, 7);
    bool good = bed_make(b, &j, NULL) == SOCLE_OK && bed_run(b, &j, 1) == SOCLE_OK;
    for (unsigned i = 0; i < 15 && good; i++) {
        const double began = seconds_now();
        good = bed_run(b, &j, 1) == SOCLE_OK;
        seconds[i] = seconds_now() - began;
    }
    good = good && bed_time(&many, b, &j) == SOCLE_OK;
    if (good) {
        printf(",\n \"job_seconds\":%.6g,\"launch_seconds\":%.6g", timing_of(seconds, 15, 1).median, many.median);
    }
    return good;
}

bool say_rates(struct bed *b, unsigned shrink)
{
    const uint32_t groups = GROUPS >> (shrink < 12 ? shrink : 12);
    printf(",\n \"rates\":[");
    unsigned log = shrink < 12 ? 28 - shrink : 16;
    while (log > 16 && (uint64_t)8 << log > b->info.memory / 2) { /* an arena may be a part of the memory only */
        log--;
    }
    bool good = instructions(b, groups);
    good = moves(b, log) && good;
    printf("]");
    return launches(b) && good;
}

/* ---- copies ---- */

/* As the prover makes them. */
bool say_copies(struct bed *b, unsigned shrink)
{
    const struct job j = {.words = {(uint64_t)1 << (shrink < 12 ? 26 - shrink : 14)}, .fill = {FILL_FIELD}, .n_launches = 0};
    double up[5], down[5];
    bool good = bed_make(b, &j, NULL) == SOCLE_OK;
    for (unsigned i = 0; i < 5 && good; i++) {
        double began = seconds_now();
        good = b->d.ops->put(b->d.self, 0, b->host[0], b->size[0]) == SOCLE_OK;
        up[i] = seconds_now() - began;
        began = seconds_now();
        good = good && b->d.ops->get(b->d.self, b->host[0], 0, b->size[0]) == SOCLE_OK;
        down[i] = seconds_now() - began;
    }
    if (good) {
        const struct timing to = timing_of(up, 5, 1), from = timing_of(down, 5, 1);
        printf(",\n \"copy_up_bytes_per_second\":%.6g,\"copy_down_bytes_per_second\":%.6g", (double)b->size[0] / to.median, (double)b->size[0] / from.median);
    }
    return good;
}

struct pinned {
    const struct sc_cu_api *api;
    sc_cu_context context;
    sc_cu_stream stream;
    sc_cu_address there;
    void *here;
    size_t size;
    bool registered;
};

static double copied(struct pinned *p, bool up, double enough)
{
    const struct sc_wait w = sc_wait_begin();
    atomic_bool stuck = false;
    const double began = seconds_now();
    unsigned n = 0;
    int e = SC_CU_SUCCESS;
    while (e == SC_CU_SUCCESS && (n == 0 || seconds_now() - began < enough)) {
        e = up ? p->api->cuMemcpyHtoDAsync(p->there, p->here, p->size, p->stream) : p->api->cuMemcpyDtoHAsync(p->here, p->there, p->size, p->stream);
        while (e == SC_CU_SUCCESS && (e = p->api->cuStreamQuery(p->stream)) == SC_CU_NOT_READY && sc_wait_more(&w, &stuck)) {
            e = SC_CU_SUCCESS;
        }
        n++;
    }
    return e == SC_CU_SUCCESS ? (double)n * (double)p->size / (seconds_now() - began) : 0;
}

void say_pinned(unsigned index, bool is_cuda, unsigned shrink, double enough)
{
    const char *why;
    struct pinned p = {.api = is_cuda ? sc_cu_api(&why) : NULL, .size = (size_t)1 << (shrink < 12 ? 26 - shrink : 14)};
    int device = 0;
    double up = 0, down = 0, taking = 0;
    if (p.api != NULL && p.api->cuDeviceGet(&device, (int)index) == SC_CU_SUCCESS && p.api->cuDevicePrimaryCtxRetain(&p.context, device) == SC_CU_SUCCESS) {
        p.here = sc_big_alloc(p.size);
        bool good = p.here != NULL && p.api->cuCtxSetCurrent(p.context) == SC_CU_SUCCESS &&
                    p.api->cuStreamCreate(&p.stream, SC_CU_STREAM_NON_BLOCKING) == SC_CU_SUCCESS;
        const double began = seconds_now();
        good = good && p.api->cuMemAlloc(&p.there, p.size) == SC_CU_SUCCESS;
        taking = seconds_now() - began;
        p.registered = good && p.api->cuMemHostRegister(p.here, p.size, 0) == SC_CU_SUCCESS;
        up = p.registered ? copied(&p, true, enough) : 0;
        down = p.registered ? copied(&p, false, enough) : 0;
        (void)(p.registered ? p.api->cuMemHostUnregister(p.here) : 0);
        (void)(p.there != 0 ? p.api->cuMemFree(p.there) : 0);
        (void)(p.stream != NULL ? p.api->cuStreamDestroy(p.stream) : 0);
        sc_big_free(p.here, p.size);
        (void)p.api->cuDevicePrimaryCtxRelease(device);
    }
    printf(",\n \"pinned\":");
    (void)(up > 0 && down > 0 ? printf("{\"up_bytes_per_second\":%.6g,\"down_bytes_per_second\":%.6g,\"allocation_seconds\":%.6g}", up, down, taking)
                              : printf("null"));
}
