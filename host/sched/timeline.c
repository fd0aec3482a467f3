/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The timeline of a run.
 */
#include "host/sched/timeline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sc_timeline_note(void *arg, const struct sc_step *step, double began, double ended, socle_status st)
{
    struct sc_timeline *const t = arg;
    if (t->n_events == t->max_events) {
        const uint32_t more = t->max_events < 64 ? 64 : 2 * t->max_events;
        struct sc_timeline_event *const p = more > t->max_events ? sc_heap_take(t->heap, more, sizeof *p) : NULL;
        if (p == NULL) {
            t->n_missing++;
            return;
        }
        if (t->n_events > 0) {
            memcpy(p, t->events, t->n_events * sizeof *p);
        }
        sc_heap_give(t->heap, t->events);
        t->events = p;
        t->max_events = more;
    }
    t->events[t->n_events++] = (struct sc_timeline_event){step->kind, step->device, step->what, st, began, ended, step->in_use};
}

void sc_timeline_fini(struct sc_timeline *t)
{
    if (t->events != NULL) {
        sc_heap_give(t->heap, t->events);
    }
    t->events = NULL;
    t->n_events = t->max_events = 0;
}

struct writer {
    char *text;
    size_t size, len;
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

/* Names come from callers: what JSON would have to escape is not passed on. */
static void plain(char *out, size_t size, const char *in)
{
    size_t n = 0;
    for (; in[n] != 0 && n + 1 < size; n++) {
        out[n] = in[n] >= 32 && in[n] < 127 && in[n] != '"' && in[n] != '\\' ? in[n] : '_';
    }
    out[n] = 0;
}

static void put_tracks(struct writer *w, const struct sc_device_info *infos, uint32_t n_devices)
{
    static const char *const queues[SC_N_QUEUES] = {"jobs", "copies in", "copies out"};
    for (uint32_t d = 0; d < n_devices; d++) {
        char name[SC_DEVICE_NAME];
        plain(name, sizeof name, infos[d].name);
        put(w, "%s{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%u,\"tid\":0,\"args\":{\"name\":\"%u %s\"}}", d == 0 ? "\n" : ",\n", d, d, name);
        for (uint32_t q = 0; q < (infos[d].shares_host ? 1u : SC_N_QUEUES); q++) {
            put(w, ",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":%u,\"args\":{\"name\":\"%s\"}}", d, q, queues[q]);
        }
    }
}

static void put_event(struct writer *w, const struct sc_timeline *t, const struct sc_timeline_event *e, double origin)
{
    const uint32_t queue = e->kind == SC_STEP_RUN ? SC_QUEUE_RUN : e->kind == SC_STEP_PUT ? SC_QUEUE_PUT : SC_QUEUE_GET;
    const char *const mark = e->status != SOCLE_OK ? " FAILED" : "";
    put(w, ",\n{\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"dur\":%.3f,", e->device, queue, 1e-3 * (e->began - origin), 1e-3 * (e->ended - e->began));
    if (e->kind != SC_STEP_RUN) {
        put(w, "\"name\":\"buffer %u%s\",\"cat\":\"copy\",\"args\":{\"buffer\":%u,\"bytes\":%llu,\"status\":%d}}", e->what, mark, e->what,
            (unsigned long long)t->graph->buffers[e->what].size, (int)e->status);
        return;
    }
    const struct sc_job *const j = &t->graph->jobs[e->what];
    char name[SC_DEVICE_NAME];
    if (j->op < t->n_ops) {
        plain(name, sizeof name, t->op_names[j->op]);
    } else {
        (void)snprintf(name, sizeof name, "operation %u", j->op);
    }
    put(w, "\"name\":\"%s%s\",\"cat\":\"job\",\"args\":{\"job\":%u,\"log_n\":%u,\"count\":%u,\"status\":%d}}", name, mark, e->what, j->log_n, j->count,
        (int)e->status);
    put(w, ",\n{\"ph\":\"C\",\"pid\":%u,\"ts\":%.3f,\"name\":\"memory in use\",\"args\":{\"bytes\":%llu}}", e->device, 1e-3 * (e->began - origin),
        (unsigned long long)e->in_use);
}

size_t sc_timeline_write(const struct sc_timeline *t, const struct sc_device_info *infos, uint32_t n_devices, char *text, size_t size)
{
    struct writer w = {text, size, 0};
    double origin = t->n_events > 0 ? t->events[0].began : 0;
    for (uint32_t i = 0; i < t->n_events; i++) {
        origin = t->events[i].began < origin ? t->events[i].began : origin;
    }
    put(&w, "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"schema\":\"socle.timeline\",\"schema_version\":1,\"simulated\":%s,\"missing\":%llu},\"traceEvents\":[",
        t->simulated ? "true" : "false", (unsigned long long)t->n_missing);
    put_tracks(&w, infos, n_devices);
    for (uint32_t i = 0; i < t->n_events; i++) {
        put_event(&w, t, &t->events[i], origin);
    }
    put(&w, "\n]}\n");
    return w.len;
}
