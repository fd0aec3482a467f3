/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The timeline of a call. Contracts: spans.h.
 */
#include "host/api/spans.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/device/committer.h"
#include "host/device/device_ops.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#define MEMORY_EVERY_NS 1000000u

struct span {
    const char *name; /* NULL: bytes of the account */
    unsigned track;
    socle_status st;
    int64_t number;
    uint64_t bytes, began, ended;
};

struct sc_spans {
    pthread_mutex_t lock;
    struct span *span;
    size_t n, max;
    uint64_t missing, origin, memory_at;
};

socle_status sc_spans_create(struct sc_spans **out)
{
    *out = sc_alloc(1, sizeof **out);
    if (*out == NULL) {
        return SOCLE_E_NOMEM;
    }
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    return SOCLE_OK;
}

void sc_spans_destroy(struct sc_spans *s)
{
    if (s != NULL) {
        (void)pthread_mutex_destroy(&s->lock);
        sc_free(s->span);
        sc_free(s);
    }
}

void sc_spans_restart(struct sc_spans *s)
{
    if (s != NULL) {
        sc_free(s->span);
        s->span = NULL;
        s->n = s->max = 0;
        s->missing = s->memory_at = 0;
        s->origin = sc_clock_ns();
    }
}

static void add(struct sc_spans *s, const struct span *a)
{
    if (s->n == s->max) {
        const size_t more = s->max < 256 ? 256 : 2 * s->max;
        struct span *const p = sc_grow(s->span, more, sizeof *p);
        if (p == NULL) {
            s->missing++;
            return;
        }
        s->span = p;
        s->max = more;
    }
    s->span[s->n++] = *a;
}

void sc_spans_note(struct sc_spans *s, unsigned track, const char *name, int64_t number, uint64_t bytes, socle_status st, uint64_t began_ns,
                   uint64_t ended_ns)
{
    const struct span a = {name, track, st, number, bytes, began_ns, ended_ns};
    if (s != NULL) {
        (void)pthread_mutex_lock(&s->lock);
        add(s, &a);
        (void)pthread_mutex_unlock(&s->lock);
        sc_spans_memory(s);
    }
}

void sc_spans_memory(struct sc_spans *s)
{
    if (s == NULL) {
        return;
    }
    const uint64_t now = sc_clock_ns();
    (void)pthread_mutex_lock(&s->lock);
    if (now - s->memory_at >= MEMORY_EVERY_NS) {
        const struct span a = {.bytes = sc_mem_now(), .began = now, .ended = now};
        s->memory_at = now;
        add(s, &a);
    }
    (void)pthread_mutex_unlock(&s->lock);
}

/* ---- a device ---- */

static void noted_info(void *self, struct sc_device_info *out)
{
    const struct sc_noted_device *const n = self;
    n->inner.ops->info(n->inner.self, out);
}

static void note(const struct sc_noted_device *n, enum sc_queue q, const char *name, int64_t number, uint64_t bytes, socle_status st, uint64_t began)
{
    sc_spans_note(n->spans, SC_SPANS_DEVICE + SC_N_QUEUES * n->index + (unsigned)q, name, number, bytes, st, began, sc_clock_ns());
}

static socle_status noted_arena(void *self, uint64_t size)
{
    const struct sc_noted_device *const n = self;
    const uint64_t began = sc_clock_ns();
    const socle_status st = n->inner.ops->arena(n->inner.self, size);
    note(n, SC_QUEUE_RUN, "arena", -1, size, st, began);
    return st;
}

static socle_status noted_put(void *self, uint64_t offset, const void *host, uint64_t size)
{
    const struct sc_noted_device *const n = self;
    const uint64_t began = sc_clock_ns();
    const socle_status st = n->inner.ops->put(n->inner.self, offset, host, size);
    note(n, SC_QUEUE_PUT, "put", -1, size, st, began);
    return st;
}

static socle_status noted_get(void *self, void *host, uint64_t offset, uint64_t size)
{
    const struct sc_noted_device *const n = self;
    const uint64_t began = sc_clock_ns();
    const socle_status st = n->inner.ops->get(n->inner.self, host, offset, size);
    note(n, SC_QUEUE_GET, "get", -1, size, st, began);
    return st;
}

static socle_status noted_run(void *self, const struct sc_launch *launch)
{
    static const char *const loans[SC_N_LOANS] = {[SC_LOAN_BUS] = "bus argument", [SC_LOAN_ZERO] = "sumcheck", [SC_LOAN_OPENING] = "opening",
                                                   [SC_LOAN_SUM] = "sum", [SC_LOAN_QUOTIENT] = "quotient", [SC_LOAN_BENCH] = "bench"};
    _Static_assert(SC_N_LOANS == 6, "each has a name");
    const struct sc_noted_device *const n = self;
    const uint64_t began = sc_clock_ns();
    const socle_status st = n->inner.ops->run(n->inner.self, launch);
    const bool commits = launch->op == SC_OP_COMMIT;
    const char *const name = commits ? "commit" : launch->job < SC_N_LOANS ? loans[launch->job] : "job";
    note(n, SC_QUEUE_RUN, name, commits ? (int)launch->log_n : -1, 0, st, began);
    return st;
}

static void noted_interrupt(void *self)
{
    const struct sc_noted_device *const n = self;
    n->inner.ops->interrupt(n->inner.self);
}

static void noted_close(void *self)
{
    (void)self;
}

struct sc_device sc_spans_device(struct sc_noted_device *n)
{
    static const struct sc_device_ops ops = {.info = noted_info,
                                             .arena = noted_arena,
                                             .put = noted_put,
                                             .get = noted_get,
                                             .run = noted_run,
                                             .interrupt = noted_interrupt,
                                             .close = noted_close};
    return (struct sc_device){&ops, n};
}

/* ---- the file ---- */

struct writer {
    char *text;
    size_t size, len;
    bool any; /* events so far */
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
    char line[512];
    va_list list;
    va_start(list, format);
    const int n = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    for (int i = 0; i < n && (size_t)i < sizeof line; i++, w->len++) {
        if (w->len < w->size) {
            w->text[w->len] = line[i];
        }
    }
}

static void put_comma(struct writer *w)
{
    put(w, "%s", w->any ? ",\n" : "");
    w->any = true;
}

static void put_name(struct writer *w, const char *what, unsigned pid, unsigned tid, const char *name)
{
    char plain[128];
    size_t n = 0;
    for (; name[n] != '\0' && n + 1 < sizeof plain; n++) { /* a device's name is the driver's */
        plain[n] = name[n] >= 32 && name[n] < 127 && name[n] != '"' && name[n] != '\\' ? name[n] : '_';
    }
    plain[n] = '\0';
    put_comma(w);
    put(w, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%u,\"tid\":%u,\"args\":{\"name\":\"%s\"}}", what, pid, tid, plain);
}

static void put_tracks(struct writer *w, const struct sc_spans *s, const char *const *devices, unsigned n_devices)
{
    static const char *const queues[SC_N_QUEUES] = {[SC_QUEUE_RUN] = "jobs", [SC_QUEUE_PUT] = "copies in", [SC_QUEUE_GET] = "copies out"};
    unsigned workers = 0;
    for (size_t i = 0; i < s->n; i++) {
        const unsigned t = s->span[i].track;
        workers = t >= SC_SPANS_WORKER && t < SC_SPANS_DEVICE && t > workers ? t : workers;
    }
    put_name(w, "process_name", 0, 0, "host");
    put_name(w, "thread_name", 0, SC_SPANS_STAGES, "stages");
    for (unsigned k = SC_SPANS_WORKER; k <= workers; k++) {
        char name[32];
        (void)snprintf(name, sizeof name, "proofs %u", k);
        put_name(w, "thread_name", 0, k, name);
    }
    for (unsigned k = 0; k < n_devices; k++) {
        if (devices[k] != NULL) {
            put_name(w, "process_name", 1 + k, 0, devices[k]);
        }
        for (unsigned q = 0; devices[k] != NULL && q < SC_N_QUEUES; q++) {
            put_name(w, "thread_name", 1 + k, q, queues[q]);
        }
    }
}

static double micros(uint64_t ns)
{
    return 1e-3 * (double)ns;
}

static void put_span(struct writer *w, const struct span *a, uint64_t origin)
{
    const bool of_device = a->track >= SC_SPANS_DEVICE;
    const unsigned queue = of_device ? a->track - SC_SPANS_DEVICE : 0;
    put_comma(w);
    if (a->name == NULL) {
        put(w, "{\"ph\":\"C\",\"pid\":0,\"ts\":%.3f,\"name\":\"memory\",\"args\":{\"bytes\":%llu}}", micros(a->began - origin), (unsigned long long)a->bytes);
        return;
    }
    put(w, "{\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"dur\":%.3f,\"name\":\"%s%s\",\"args\":{", of_device ? 1 + queue / SC_N_QUEUES : 0,
        of_device ? queue % SC_N_QUEUES : a->track, micros(a->began - origin), micros(a->ended - a->began), a->name, a->st != SOCLE_OK ? " FAILED" : "");
    put(w, "\"status\":%d", (int)a->st);
    if (a->number >= 0) {
        put(w, ",\"%s\":%lld", of_device ? "log_n" : "proof", (long long)a->number);
    }
    if (a->bytes > 0) {
        put(w, ",\"bytes\":%llu", (unsigned long long)a->bytes);
    }
    put(w, "}}");
}

size_t sc_spans_write(struct sc_spans *s, const char *const *devices, unsigned n_devices, char *text, size_t size)
{
    struct writer w = {text, size, 0, false};
    put(&w, "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"schema\":\"socle.timeline\",\"schema_version\":1,\"simulated\":false,\"missing\":%llu},\n\"traceEvents\":[\n",
        (unsigned long long)s->missing);
    put_tracks(&w, s, devices, n_devices);
    for (size_t i = 0; i < s->n; i++) {
        put_span(&w, &s->span[i], s->origin);
    }
    put(&w, "\n]}\n");
    return w.len;
}
