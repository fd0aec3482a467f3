/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * File form of the cost model, a subset of TOML that any TOML reader understands:
 *
 *   schema = "socle.model"
 *   schema_version = 1
 *   origin = "bench/..., 2026-11-27"
 *   [[device]]
 *   name = "h200"
 *   ...
 *   [[sample]]
 *   device = "h200"
 *   ...
 *
 * One key a line, comments on lines of their own, whole numbers in decimal, strings without quotes and backslashes in them. A key that is
 * unknown, missing or there twice is an error, as is a sample of a device that was not named before.
 */
#include "scheduler/cost.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA "socle.model"
#define SCHEMA_VERSION 1u

/* KEY(section, name, kind) */
#define KEYS(KEY)                        \
    KEY(HEAD, schema, STRING)            \
    KEY(HEAD, schema_version, UINT)      \
    KEY(HEAD, origin, STRING)            \
    KEY(DEVICE, name, STRING)            \
    KEY(DEVICE, shares_host, BOOL)       \
    KEY(DEVICE, memory, UINT)            \
    KEY(DEVICE, put_ns, UINT)            \
    KEY(DEVICE, put_mb_per_s, UINT)      \
    KEY(DEVICE, get_ns, UINT)            \
    KEY(DEVICE, get_mb_per_s, UINT)      \
    KEY(SAMPLE, device, STRING)          \
    KEY(SAMPLE, op, STRING)              \
    KEY(SAMPLE, log_n, UINT)             \
    KEY(SAMPLE, count, UINT)             \
    KEY(SAMPLE, runs, UINT)              \
    KEY(SAMPLE, mean_ns, UINT)           \
    KEY(SAMPLE, spread_ns, UINT)

enum section { HEAD, DEVICE, SAMPLE };
enum kind { STRING, UINT, BOOL };
enum key {
#define KEY(section, name, kind) K_##name,
    KEYS(KEY)
#undef KEY
        N_KEYS
};
static const struct {
    const char *name;
    enum section section;
    enum kind kind;
} keys[N_KEYS] = {
#define KEY(section, name, kind) {#name, section, kind},
    KEYS(KEY)
#undef KEY
};

struct reader {
    struct sc_cost *c;
    char *why;
    size_t why_size, line;
    enum section section;
    bool have[N_KEYS];
    uint64_t number[N_KEYS];
    char string[N_KEYS][SC_COST_ORIGIN];
};

__attribute__((format(printf, 3, 4))) static socle_status fail(const struct reader *r, socle_status st, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int n = snprintf(r->why, r->why_size, "line %zu: ", r->line);
    if (n > 0 && (size_t)n < r->why_size) {
        (void)vsnprintf(r->why + n, r->why_size - (size_t)n, format, list);
    }
    va_end(list);
    return st;
}

static socle_status read_string(struct reader *r, enum key k, const char *p, size_t len)
{
    if (len < 2 || p[0] != '"' || p[len - 1] != '"') {
        return fail(r, SOCLE_E_FORMAT, "%s is not a string", keys[k].name);
    }
    if (len - 2 >= SC_COST_ORIGIN) {
        return fail(r, SOCLE_E_FORMAT, "%s is too long", keys[k].name);
    }
    for (size_t i = 1; i < len - 1; i++) {
        if (p[i] < 32 || p[i] > 126 || p[i] == '"' || p[i] == '\\') {
            return fail(r, SOCLE_E_FORMAT, "%s has a character that is not allowed", keys[k].name);
        }
    }
    memcpy(r->string[k], p + 1, len - 2);
    r->string[k][len - 2] = 0;
    return SOCLE_OK;
}

static socle_status read_uint(struct reader *r, enum key k, const char *p, size_t len)
{
    uint64_t v = 0;
    bool good = len > 0 && len <= 16 && (len == 1 || p[0] != '0');
    for (size_t i = 0; good && i < len; i++) {
        good = p[i] >= '0' && p[i] <= '9';
        v = 10 * v + (uint64_t)(p[i] - '0');
    }
    if (!good || v > SC_COST_MAX_UINT) {
        return fail(r, SOCLE_E_FORMAT, "%s is not a whole number from 0 to 2^53", keys[k].name);
    }
    r->number[k] = v;
    return SOCLE_OK;
}

static socle_status read_bool(struct reader *r, enum key k, const char *p, size_t len)
{
    const bool yes = len == 4 && memcmp(p, "true", 4) == 0, no = len == 5 && memcmp(p, "false", 5) == 0;
    r->number[k] = yes;
    return yes || no ? SOCLE_OK : fail(r, SOCLE_E_FORMAT, "%s is neither true nor false", keys[k].name);
}

static socle_status read_pair(struct reader *r, const char *p, size_t len)
{
    size_t name_len = 0;
    enum key k = N_KEYS;
    while (name_len < len && p[name_len] != ' ') {
        name_len++;
    }
    for (unsigned i = 0; i < N_KEYS; i++) {
        if (keys[i].section == r->section && strlen(keys[i].name) == name_len && memcmp(keys[i].name, p, name_len) == 0) {
            k = (enum key)i;
        }
    }
    if (k == N_KEYS) {
        return fail(r, SOCLE_E_FORMAT, "no key of this place");
    }
    if (len < name_len + 3 || memcmp(p + name_len, " = ", 3) != 0) {
        return fail(r, SOCLE_E_FORMAT, "expected: %s = VALUE", keys[k].name);
    }
    if (r->have[k]) {
        return fail(r, SOCLE_E_FORMAT, "%s is there twice", keys[k].name);
    }
    r->have[k] = true;
    const char *const value = p + name_len + 3;
    const size_t value_len = len - name_len - 3;
    switch (keys[k].kind) {
    case STRING:
        return read_string(r, k, value, value_len);
    case UINT:
        return read_uint(r, k, value, value_len);
    case BOOL:
        return read_bool(r, k, value, value_len);
    }
    return SOCLE_E_BUG;
}

static socle_status head_done(struct reader *r)
{
    if (strcmp(r->string[K_schema], SCHEMA) != 0) {
        return fail(r, SOCLE_E_FORMAT, "schema is not \"" SCHEMA "\"");
    }
    if (r->number[K_schema_version] != SCHEMA_VERSION) {
        return fail(r, SOCLE_E_VERSION, "schema version %llu, this program reads %u", (unsigned long long)r->number[K_schema_version], SCHEMA_VERSION);
    }
    memcpy(r->c->origin, r->string[K_origin], sizeof r->c->origin);
    return SOCLE_OK;
}

static socle_status device_done(struct reader *r)
{
    uint32_t id;
    struct sc_cost_device d = {.shares_host = r->number[K_shares_host] != 0, .memory = r->number[K_memory], .put_ns = r->number[K_put_ns],
                               .get_ns = r->number[K_get_ns], .put_mb_per_s = r->number[K_put_mb_per_s], .get_mb_per_s = r->number[K_get_mb_per_s]};
    if (!sc_cost_name_ok(r->string[K_name])) {
        return fail(r, SOCLE_E_FORMAT, "not a name of a device");
    }
    memcpy(d.name, r->string[K_name], strlen(r->string[K_name]) + 1);
    if (sc_cost_find_device(r->c, d.name) != SC_COST_NO_NAME) {
        return fail(r, SOCLE_E_FORMAT, "device %s is there twice", d.name);
    }
    const socle_status st = sc_cost_add_device(r->c, &id, &d);
    return st == SOCLE_OK      ? SOCLE_OK
           : st == SOCLE_E_ARG ? fail(r, SOCLE_E_FORMAT, "device %s: memory and bandwidths must not be 0; with shares_host, copies must be", d.name)
                               : fail(r, st, "more devices than %u", SC_MAX_DEVICES);
}

static socle_status sample_done(struct reader *r)
{
    struct sc_cost_sample s = {.runs = r->number[K_runs], .mean_ns = (double)r->number[K_mean_ns]};
    const double spread = (double)r->number[K_spread_ns];
    s.device = sc_cost_find_device(r->c, r->string[K_device]);
    if (s.device == SC_COST_NO_NAME) {
        return fail(r, SOCLE_E_FORMAT, "sample of a device that was not named before");
    }
    if (!sc_cost_name_ok(r->string[K_op])) {
        return fail(r, SOCLE_E_FORMAT, "not a name of an operation");
    }
    if (r->number[K_log_n] > SC_COST_MAX_LOG || r->number[K_count] == 0 || r->number[K_count] > UINT32_MAX || s.runs == 0 ||
        (s.runs == 1 && spread > 0)) {
        return fail(r, SOCLE_E_FORMAT, "sample out of range: log_n at most %u, count and runs not 0, no spread of a single run", SC_COST_MAX_LOG);
    }
    socle_status st = sc_cost_op(r->c, &s.op, r->string[K_op]);
    if (st != SOCLE_OK) {
        return fail(r, st, "more operations than %u", SC_COST_MAX_OPS);
    }
    s.log_n = (uint32_t)r->number[K_log_n];
    s.count = (uint32_t)r->number[K_count];
    s.m2 = spread * spread * (double)(s.runs - 1);
    st = sc_cost_insert(r->c, &s);
    return st == SOCLE_OK      ? SOCLE_OK
           : st == SOCLE_E_ARG ? fail(r, SOCLE_E_FORMAT, "a sample of this shape is there")
                               : fail(r, st, "more samples than %u", r->c->max_samples);
}

/* A section ends where the next begins, or the file. */
static socle_status section_done(struct reader *r)
{
    for (unsigned i = 0; i < N_KEYS; i++) {
        if (keys[i].section == r->section && !r->have[i]) {
            return fail(r, SOCLE_E_FORMAT, "%s is missing before this line", keys[i].name);
        }
        r->have[i] = false;
    }
    switch (r->section) {
    case HEAD:
        return head_done(r);
    case DEVICE:
        return device_done(r);
    case SAMPLE:
        return sample_done(r);
    }
    return SOCLE_E_BUG;
}

static socle_status read_line(struct reader *r, const char *p, size_t len)
{
    if (len == 0 || p[0] == '#') {
        return SOCLE_OK;
    }
    if (p[0] != '[') {
        return read_pair(r, p, len);
    }
    const bool device = len == 10 && memcmp(p, "[[device]]", 10) == 0, sample = len == 10 && memcmp(p, "[[sample]]", 10) == 0;
    if (!device && !sample) {
        return fail(r, SOCLE_E_FORMAT, "neither [[device]] nor [[sample]]");
    }
    const socle_status st = section_done(r);
    r->section = device ? DEVICE : SAMPLE;
    return st;
}

static socle_status read_all(struct reader *r, const char *text, size_t len)
{
    socle_status st = SOCLE_OK;
    for (size_t at = 0; st == SOCLE_OK && at < len; r->line++) {
        const char *const end = memchr(text + at, '\n', len - at);
        if (end == NULL) {
            return fail(r, SOCLE_E_FORMAT, "the last line does not end");
        }
        const size_t n = (size_t)(end - (text + at));
        st = read_line(r, text + at, n);
        at += n + 1;
        if (st != SOCLE_OK) {
            return st;
        }
    }
    return section_done(r);
}

socle_status sc_cost_read(struct sc_cost *c, char *why, size_t why_size, const char *text, size_t len)
{
    const struct sc_heap heap = c->heap;
    struct sc_cost_sample *const samples = c->samples;
    const uint32_t max_samples = c->max_samples;
    if (why_size > 0) {
        why[0] = 0;
    }
    struct reader *const r = sc_heap_take(&heap, 1, sizeof *r);
    if (r == NULL) {
        return SOCLE_E_NOMEM;
    }
    r->c = c;
    r->why = why;
    r->why_size = why_size;
    r->line = 1;
    const socle_status st = len <= SC_COST_MAX_TEXT ? read_all(r, text, len) : fail(r, SOCLE_E_LIMIT, "a file of more than 16 MiB");
    if (st != SOCLE_OK) {
        memset(c, 0, sizeof *c);
        c->heap = heap;
        c->samples = samples;
        c->max_samples = max_samples;
    }
    sc_heap_give(&heap, r);
    return st;
}

struct writer {
    char *text;
    size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
    char line[SC_COST_ORIGIN + 64];
    va_list list;
    va_start(list, format);
    const int n = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    for (int i = 0; i < n; i++, w->len++) {
        if (w->len < w->size) {
            w->text[w->len] = line[i];
        }
    }
}

static unsigned long long whole(double x)
{
    return x < (double)SC_COST_MAX_UINT ? (unsigned long long)llround(x) : (unsigned long long)SC_COST_MAX_UINT;
}

size_t sc_cost_write(const struct sc_cost *c, char *text, size_t size)
{
    struct writer w = {text, size, 0};
    put(&w, "schema = \"%s\"\nschema_version = %u\norigin = \"%s\"\n", SCHEMA, SCHEMA_VERSION, c->origin);
    for (uint32_t i = 0; i < c->n_devices; i++) {
        const struct sc_cost_device *const d = &c->devices[i];
        put(&w, "\n[[device]]\nname = \"%s\"\nshares_host = %s\nmemory = %llu\n", d->name, d->shares_host ? "true" : "false",
            (unsigned long long)d->memory);
        put(&w, "put_ns = %llu\nput_mb_per_s = %llu\n", (unsigned long long)d->put_ns, (unsigned long long)d->put_mb_per_s);
        put(&w, "get_ns = %llu\nget_mb_per_s = %llu\n", (unsigned long long)d->get_ns, (unsigned long long)d->get_mb_per_s);
    }
    for (uint32_t i = 0; i < c->n_samples; i++) {
        const struct sc_cost_sample *const s = &c->samples[i];
        put(&w, "\n[[sample]]\ndevice = \"%s\"\nop = \"%s\"\nlog_n = %u\ncount = %u\n", c->devices[s->device].name, c->ops[s->op], s->log_n, s->count);
        put(&w, "runs = %llu\nmean_ns = %llu\nspread_ns = %llu\n", (unsigned long long)s->runs, whole(s->mean_ns), whole(sc_cost_spread(s)));
    }
    return w.len;
}
