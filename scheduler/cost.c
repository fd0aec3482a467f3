/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cost model: samples in one sorted array, found by halves. Mean and variance by Welford's update.
 */
#include "scheduler/cost.h"

#include <math.h>
#include <string.h>

bool sc_cost_name_ok(const char *name)
{
    size_t n = 0;
    for (; name[n] != 0; n++) {
        const char ch = name[n];
        const bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (n == SC_DEVICE_NAME - 1 || !(letter || ch == '.' || ch == '_' || ch == '-')) {
            return false;
        }
    }
    return n > 0;
}

socle_status sc_cost_init(struct sc_cost *c, const struct sc_heap *heap, uint32_t max_samples)
{
    memset(c, 0, sizeof *c);
    c->heap = *heap;
    if (max_samples > SC_COST_MAX_SAMPLES) {
        return SOCLE_E_ARG;
    }
    c->samples = sc_heap_take(heap, max_samples > 0 ? max_samples : 1, sizeof *c->samples);
    c->max_samples = c->samples != NULL ? max_samples : 0;
    return c->samples != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
}

void sc_cost_fini(struct sc_cost *c)
{
    if (c->samples != NULL) {
        sc_heap_give(&c->heap, c->samples);
    }
    memset(c, 0, sizeof *c);
}

void sc_cost_origin(struct sc_cost *c, const char *words)
{
    size_t n = 0;
    for (; words[n] != '\0' && n + 1 < sizeof c->origin; n++) {
        const char w = words[n];
        c->origin[n] = (char)(w >= 32 && w <= 126 && w != '"' && w != '\\' ? w : '?');
    }
    c->origin[n] = '\0';
}

uint32_t sc_cost_find_device(const struct sc_cost *c, const char *name)
{
    for (uint32_t i = 0; i < c->n_devices; i++) {
        if (strcmp(c->devices[i].name, name) == 0) {
            return i;
        }
    }
    return SC_COST_NO_NAME;
}

uint32_t sc_cost_find_op(const struct sc_cost *c, const char *name)
{
    for (uint32_t i = 0; i < c->n_ops; i++) {
        if (strcmp(c->ops[i], name) == 0) {
            return i;
        }
    }
    return SC_COST_NO_NAME;
}

static bool device_ok(const struct sc_cost_device *d)
{
    const uint64_t all = d->put_ns | d->get_ns | d->put_mb_per_s | d->get_mb_per_s;
    const bool link = d->shares_host ? all == 0 : d->put_mb_per_s > 0 && d->get_mb_per_s > 0;
    return memchr(d->name, 0, sizeof d->name) != NULL && sc_cost_name_ok(d->name) && link && all <= SC_COST_MAX_UINT && d->memory > 0 &&
           d->memory <= SC_COST_MAX_UINT;
}

socle_status sc_cost_add_device(struct sc_cost *c, uint32_t *id, const struct sc_cost_device *device)
{
    *id = SC_COST_NO_NAME;
    if (!device_ok(device) || sc_cost_find_device(c, device->name) != SC_COST_NO_NAME) {
        return SOCLE_E_ARG;
    }
    if (c->n_devices == SC_MAX_DEVICES) {
        return SOCLE_E_LIMIT;
    }
    *id = c->n_devices++;
    c->devices[*id] = *device;
    return SOCLE_OK;
}

socle_status sc_cost_op(struct sc_cost *c, uint32_t *id, const char *name)
{
    *id = SC_COST_NO_NAME;
    if (!sc_cost_name_ok(name)) {
        return SOCLE_E_ARG;
    }
    *id = sc_cost_find_op(c, name);
    if (*id != SC_COST_NO_NAME) {
        return SOCLE_OK;
    }
    if (c->n_ops == SC_COST_MAX_OPS) {
        return SOCLE_E_LIMIT;
    }
    *id = c->n_ops++;
    memcpy(c->ops[*id], name, strlen(name) + 1);
    return SOCLE_OK;
}

/* Order of two samples by what they are of. */
static int compare(const struct sc_cost_sample *a, const struct sc_cost_sample *b)
{
    const uint32_t x[4] = {a->device, a->op, a->log_n, a->count}, y[4] = {b->device, b->op, b->log_n, b->count};
    for (unsigned i = 0; i < 4; i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Index of the first sample that is not before @p key. */
static uint32_t lower_bound(const struct sc_cost *c, const struct sc_cost_sample *key)
{
    uint32_t lo = 0, hi = c->n_samples;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (compare(&c->samples[mid], key) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static bool key_ok(const struct sc_cost *c, const struct sc_cost_sample *s)
{
    return s->device < c->n_devices && s->op < c->n_ops && s->log_n <= SC_COST_MAX_LOG && s->count > 0;
}

/* Not-a-number is in no range. */
static bool time_ok(double ns)
{
    return ns >= 0 && ns <= SC_COST_MAX_NS;
}

static bool same_shape(const struct sc_cost *c, uint32_t at, const struct sc_cost_sample *s)
{
    return at < c->n_samples && compare(&c->samples[at], s) == 0;
}

socle_status sc_cost_insert(struct sc_cost *c, const struct sc_cost_sample *sample)
{
    const uint32_t at = lower_bound(c, sample);
    if (!key_ok(c, sample) || !time_ok(sample->mean_ns) || !(sample->m2 >= 0) || sample->runs == 0 || same_shape(c, at, sample)) {
        return SOCLE_E_ARG;
    }
    if (c->n_samples == c->max_samples) {
        return SOCLE_E_LIMIT;
    }
    memmove(&c->samples[at + 1], &c->samples[at], (c->n_samples - at) * sizeof *c->samples);
    c->samples[at] = *sample;
    c->n_samples++;
    return SOCLE_OK;
}

socle_status sc_cost_note(struct sc_cost *c, uint32_t device, uint32_t op, uint32_t log_n, uint32_t count, double ns)
{
    const struct sc_cost_sample key = {.device = device, .op = op, .log_n = log_n, .count = count, .runs = 1, .mean_ns = ns};
    const uint32_t at = lower_bound(c, &key);
    if (!key_ok(c, &key) || !time_ok(ns)) {
        return SOCLE_E_ARG;
    }
    if (!same_shape(c, at, &key)) {
        return sc_cost_insert(c, &key);
    }
    struct sc_cost_sample *const s = &c->samples[at];
    const double before = ns - s->mean_ns;
    s->runs++;
    s->mean_ns += before / (double)s->runs;
    s->m2 += before * (ns - s->mean_ns);
    return SOCLE_OK;
}

double sc_cost_spread(const struct sc_cost_sample *s)
{
    return s->runs > 1 ? sqrt(s->m2 / (double)(s->runs - 1)) : 0;
}

static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static double line(const struct sc_cost_sample *a, const struct sc_cost_sample *b, double count)
{
    return a->mean_ns + (b->mean_ns - a->mean_ns) * (count - a->count) / ((double)b->count - a->count);
}

/* Samples [begin, end) are of one log_n, ascending by count. */
static double at_count(const struct sc_cost_sample *s, uint32_t n, uint32_t count, enum sc_basis *basis)
{
    const double x = count;
    uint32_t k = 0; /* first with at least that count */
    while (k < n && s[k].count < count) {
        k++;
    }
    if (k < n && s[k].count == count) {
        *basis = SC_BASIS_MEASURED;
        return s[k].mean_ns;
    }
    *basis = k == 0 || k == n ? SC_BASIS_BEYOND : SC_BASIS_BETWEEN;
    if (n == 1) {
        return s[0].mean_ns * x / s[0].count;
    }
    if (k == 0) {
        return clamp(line(&s[0], &s[1], x), s[0].mean_ns * x / s[0].count, s[0].mean_ns);
    }
    if (k == n) {
        return clamp(line(&s[n - 2], &s[n - 1], x), s[n - 1].mean_ns, s[n - 1].mean_ns * x / s[n - 1].count);
    }
    return line(&s[k - 1], &s[k], x);
}

/** Samples of one operation on one device. */
struct samples {
    const struct sc_cost_sample *s;
    uint32_t n;
};

/* Time at a log_n that has samples; *n_log of them stand at index first. */
static double at_log(const struct samples *a, uint32_t log_n, uint32_t count, enum sc_basis *basis)
{
    uint32_t first = 0, end;
    while (a->s[first].log_n != log_n) {
        first++;
    }
    for (end = first; end < a->n && a->s[end].log_n == log_n; end++) {
    }
    return at_count(&a->s[first], end - first, count, basis);
}

/* Nearest values of log_n that have samples: the two below and the two above; -1 where there is none. */
static void neighbours(const struct samples *a, uint32_t log_n, int below[2], int above[2])
{
    below[0] = below[1] = above[0] = above[1] = -1;
    for (uint32_t i = 0; i < a->n; i++) {
        const int l = (int)a->s[i].log_n;
        if (l < (int)log_n && l != below[0]) {
            below[1] = below[0];
            below[0] = l;
        } else if (l > (int)log_n && above[0] < 0) {
            above[0] = l;
        } else if (l > above[0] && above[0] >= 0 && above[1] < 0) {
            above[1] = l;
        }
    }
}

/* From log_n = near outwards by @p steps, with the ratio of near and far for each step. */
static double beyond(const struct samples *a, const int at[2], uint32_t count, double steps)
{
    enum sc_basis ignored;
    const double near = at_log(a, (uint32_t)at[0], count, &ignored);
    double ratio = 2;
    if (at[1] >= 0 && near > 0) {
        const double far = at_log(a, (uint32_t)at[1], count, &ignored);
        ratio = far > 0 ? clamp(pow(near / far, 1.0 / (at[0] - at[1])), 1, 4) : 2;
    }
    return near * pow(ratio, steps);
}

static double between(const struct samples *a, int lo, int hi, uint32_t log_n, uint32_t count)
{
    enum sc_basis ignored;
    const double t = ((double)log_n - lo) / (hi - lo), x = at_log(a, (uint32_t)lo, count, &ignored), y = at_log(a, (uint32_t)hi, count, &ignored);
    return x > 0 && y > 0 ? x * pow(y / x, t) : x + (y - x) * t;
}

enum sc_basis sc_cost_estimate(const struct sc_cost *c, double *ns, uint32_t device, uint32_t op, uint32_t log_n, uint32_t count)
{
    const struct sc_cost_sample first = {.device = device, .op = op}, behind = {.device = device, .op = op + 1};
    const uint32_t at = lower_bound(c, &first);
    const struct samples a = {&c->samples[at], lower_bound(c, &behind) - at};
    int below[2], above[2];
    enum sc_basis basis = SC_BASIS_BETWEEN;
    *ns = 0;
    if (a.n == 0 || device >= c->n_devices || op >= c->n_ops) {
        return SC_BASIS_NONE;
    }
    neighbours(&a, log_n, below, above);
    const struct sc_cost_sample here = {.device = device, .op = op, .log_n = log_n};
    const uint32_t k = lower_bound(c, &here);
    if (k < at + a.n && c->samples[k].log_n == log_n) {
        *ns = at_log(&a, log_n, count, &basis);
    } else if (below[0] >= 0 && above[0] >= 0) {
        *ns = between(&a, below[0], above[0], log_n, count);
    } else {
        const int *const side = below[0] >= 0 ? below : above;
        basis = SC_BASIS_BEYOND;
        *ns = beyond(&a, side, count, (double)log_n - side[0]);
    }
    *ns = clamp(*ns, 0, SC_COST_MAX_NS);
    return basis;
}

double sc_cost_copy(const struct sc_cost *c, uint32_t device, bool put, uint64_t size)
{
    if (device >= c->n_devices || c->devices[device].shares_host) {
        return 0;
    }
    const struct sc_cost_device *const d = &c->devices[device];
    return (double)(put ? d->put_ns : d->get_ns) + 1e3 * (double)size / (double)(put ? d->put_mb_per_s : d->get_mb_per_s);
}
