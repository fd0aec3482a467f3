/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reports of `socle bench` as JSON. The members are described in docs/bench-report.schema.json.
 */
#include "tools/socle/bench.h"

#include "build_id.h"

#include <math.h>
#include <string.h>

/* What a system does not tell is null. */
static void known_string(struct json *j, const char *key, const char *value)
{
    if (value == NULL || value[0] == '\0') {
        json_null(j, key);
    } else {
        json_string(j, key, value);
    }
}

/* 1, 0, or what is not known. */
static void known_answer(struct json *j, const char *key, int value)
{
    if (value < 0) {
        json_null(j, key);
    } else {
        json_bool(j, key, value == 1);
    }
}

static void known_count(struct json *j, const char *key, uint64_t value)
{
    if (value == 0) {
        json_null(j, key);
    } else {
        json_uint(j, key, value);
    }
}

static void json_identity(struct json *j, const struct args *a, const struct bench_result *r)
{
    json_object(j, "identity");
    json_string(j, "version", socle_version());
    json_string(j, "commit", SOCLE_COMMIT);
    json_string(j, "compiler", __VERSION__);
    json_string(j, "build", SOCLE_BUILD);
    json_uint(j, "started", r->info->started);
    json_real(j, "seconds", r->info->seconds);
    json_object(j, "options");
    known_string(j, "only", a->value[OPT_ONLY]);
    json_uint(j, "runs", r->info->runs);
    known_string(j, "seconds", a->value[OPT_SECONDS]);
    known_string(j, "threads", a->value[OPT_THREADS]);
    known_string(j, "mem_budget", a->value[OPT_MEM_BUDGET]);
    known_string(j, "bind", a->value[OPT_BIND]);
    known_string(j, "system", a->value[OPT_SYSTEM]);
    json_end(j);
    json_end(j);
}

static void json_cards(struct json *j, const struct socle_bench_info *info)
{
    json_list(j, "cards");
    for (unsigned i = 0; i < info->n_cards; i++) {
        const struct socle_bench_card *const c = &info->cards[i];
        json_object(j, NULL);
        json_string(j, "pci", c->pci);
        known_string(j, "vendor", c->vendor);
        known_string(j, "model", c->model);
        known_string(j, "driver", c->driver);
        known_string(j, "driver_version", c->driver_version);
        known_string(j, "vbios", c->vbios);
        json_real(j, "link_gt_s", c->link_gt_s);
        json_real(j, "link_most_gt_s", c->link_most_gt_s);
        known_count(j, "lanes", c->lanes);
        known_count(j, "most_lanes", c->most_lanes);
        if (c->numa_node < 0) {
            json_null(j, "numa_node");
        } else {
            json_uint(j, "numa_node", (uint64_t)c->numa_node);
        }
        known_count(j, "memory_bytes", c->memory);
        json_real(j, "power_limit_w", c->power_limit_w);
        json_end(j);
    }
    json_list_end(j);
}

static void json_host(struct json *j, const struct bench_result *r)
{
    json_object(j, "host");
    known_string(j, "os", r->info->os);
    known_string(j, "kernel", r->info->kernel);
    known_answer(j, "virtualised", r->info->virtualised);
    known_string(j, "container", r->info->container);
    known_string(j, "governor", r->info->governor);
    json_real(j, "load_average", r->info->load);
    json_uint(j, "memory_bytes", r->device.memory);
    json_uint(j, "processors", r->device.threads);
    json_uint(j, "cores", r->device.cores);
    json_uint(j, "packages", r->device.packages);
    json_uint(j, "numa_nodes", r->device.numa_nodes);
    known_answer(j, "smt", r->info->smt);
    known_answer(j, "memory_ecc", r->info->memory_ecc);
    known_string(j, "microcode", r->info->microcode);
    json_real(j, "clock_min_mhz", r->info->clock_min_mhz);
    json_real(j, "clock_max_mhz", r->info->clock_max_mhz);
    known_answer(j, "boost", r->info->boost);
    json_real(j, "power_limit_w", r->info->power_limit_w);
    json_cards(j, r->info);
    json_end(j);
}

static void json_device(struct json *j, const struct bench_result *r, const struct socle_device *d)
{
    char name[sizeof d->name + 8];
    const bool cpu = strcmp(d->id, "cpu") == 0;
    (void)snprintf(name, sizeof name, "%s%s", d->is_processor && !cpu ? "PoCL: " : "", d->name);
    json_object(j, NULL);
    json_string(j, "name", name);
    json_string(j, "kind", d->kind);
    json_string(j, "kernels", cpu ? r->info->kernels : "kernels/kc");
    json_string(j, "reference", r->info->reference);
    json_uint(j, "threads", r->info->threads);
    json_bool(j, "simulated", false);
    if (!cpu) {
        json_bool(j, "is_processor", d->is_processor);
        json_string(j, "platform", d->platform);
        json_string(j, "driver", d->driver);
        json_uint(j, "units", d->units);
        json_uint(j, "memory_bytes", d->memory);
    }
    json_end(j);
}

static void json_devices(struct json *j, const struct bench_result *r)
{
    json_list(j, "devices");
    for (unsigned k = 0; k < r->n_on; k++) {
        json_device(j, r, &r->on[k]);
    }
    json_list_end(j);
}

static void json_theory(struct json *j, const struct socle_bench_limit *l)
{
    const struct socle_bench_theory *const t = &l->theory;
    json_object(j, "theoretical");
    json_real(j, "value", t->value);
    json_string(j, "unit", l->unit);
    json_string(j, "basis", t->basis);
    known_string(j, "formula", t->formula);
    json_list(j, "inputs");
    for (unsigned i = 0; i < t->n_inputs; i++) {
        json_object(j, NULL);
        json_string(j, "name", t->input[i].name);
        json_real(j, "value", t->input[i].value);
        json_string(j, "unit", t->input[i].unit);
        json_end(j);
    }
    json_list_end(j);
    json_end(j);
}

static void json_limits(struct json *j, const struct bench_result *r)
{
    struct socle_bench_limit l[BENCH_LIMITS];
    const size_t n = socle_bench_limits(r->bench, l, BENCH_LIMITS);
    json_list(j, "limits");
    for (size_t i = 0; i < n && i < BENCH_LIMITS; i++) {
        json_object(j, NULL);
        json_string(j, "name", l[i].name);
        json_uint(j, "n", l[i].n);
        json_real(j, "median", l[i].median);
        json_real(j, "least", l[i].least);
        json_real(j, "most", l[i].most);
        json_theory(j, &l[i]);
        json_end(j);
    }
    json_list_end(j);
}

static void json_conditions(struct json *j, const struct bench_result *r)
{
    const struct socle_bench_info *const i = r->info;
    json_object(j, "conditions");
    json_bool(j, "throttled", i->throttled);
    json_bool(j, "hot", i->hot);
    json_bool(j, "background", i->background);
    json_real(j, "slowest_pace", i->slowest_pace);
    json_real(j, "lowest_clock", i->lowest_clock);
    json_real(j, "hottest", i->hottest);
    json_real(j, "most_load", i->most_load);
    json_list(j, "moments");
    for (size_t k = 0; k < r->n_moments; k++) {
        const struct socle_bench_moment *const m = &r->moments[k];
        json_object(j, NULL);
        json_real(j, "at_s", m->at_s);
        json_real(j, "pace_s", m->pace_s);
        json_real(j, "clock_mhz", m->clock_mhz);
        json_real(j, "celsius", m->celsius);
        json_real(j, "others", m->others);
        json_real(j, "steal", m->steal);
        json_end(j);
    }
    json_list_end(j);
    json_end(j);
}

static void json_times(struct json *j, const char *key, const uint64_t *ns, unsigned n)
{
    json_list(j, key);
    for (unsigned k = 0; k < n; k++) {
        json_uint(j, NULL, ns[k]);
    }
    json_list_end(j);
}

static void json_summary(struct json *j, const struct socle_bench_summary *s)
{
    json_object(j, "summary");
    json_uint(j, "n", s->n);
    json_real(j, "median_ns", s->median);
    json_real(j, "mad_ns", s->mad);
    json_real(j, "least_ns", s->least);
    json_real(j, "most_ns", s->most);
    json_real(j, "p5_ns", s->p5);
    json_real(j, "p95_ns", s->p95);
    json_real(j, "p99_ns", s->p99);
    json_real(j, "mean_ns", s->mean);
    json_real(j, "cv", s->cv);
    json_real(j, "low_ns", s->low);
    json_real(j, "high_ns", s->high);
    json_real(j, "level", s->level);
    json_real(j, "trend_z", s->trend_z);
    json_real(j, "trend_change", s->trend_change);
    json_bool(j, "unstable", s->unstable);
    json_bool(j, "drifts", s->drifts);
    json_end(j);
}

static void json_case(struct json *j, const struct socle_bench_row *r)
{
    json_string(j, "op", r->op);
    json_string(j, "shape", r->shape);
    json_string(j, "what", r->what);
    json_uint(j, "units", (uint64_t)r->units);
    json_uint(j, "memory_bytes", r->memory);
}

/* Names of the stages in reports; a set has its proofs in one stage. Loading, the key and the self-check, a few hundredths, are not there. Those
 * of Groth16 are all told, by their own names. */
static const char *stage_name(const char *name, bool groth16)
{
    static const char *const names[][2] = {{"execute", "execute"}, {"trace", "trace"}, {"commit", "commitment"}, {"bus argument", "bus-argument"},
                                           {"constraints", "constraints"}, {"open", "opening"}, {"proofs", "proofs"}};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (strcmp(name, names[k][0]) == 0) {
            return names[k][1];
        }
    }
    return groth16 ? name : NULL;
}

static void json_proof(struct json *j, const struct socle_bench_proof *p)
{
    const bool groth16 = p->key_bytes > 0;
    json_object(j, "proof");
    json_hex(j, "workload_digest", p->workload, sizeof p->workload);
    if (groth16) {
        json_bool(j, "development_key", true);
        json_bool(j, "fixed_randomness", true);
        json_uint(j, "key_bytes", p->key_bytes);
        json_real(j, "key_seconds", p->key_s);
    } else {
        json_uint(j, "cycles", p->cycles);
        json_uint(j, "segments", p->n_segments);
    }
    json_uint(j, "security_bits", p->bits);
    json_uint(j, "proof_bytes", p->bytes);
    json_real(j, "verify_seconds", p->verify_s);
    json_uint(j, "peak_memory_bytes", p->peak_memory);
    json_end(j);
    json_object(j, "stages");
    for (unsigned i = 0; i < p->n_stages; i++) {
        const char *const name = stage_name(p->stages[i].name, groth16);
        if (name != NULL) {
            json_real(j, name, p->stages[i].seconds);
        }
    }
    json_end(j);
}

static void json_row(struct json *j, const struct socle_bench_row *r)
{
    static const char *const outcomes[] = {[SOCLE_BENCH_GOOD] = "good", [SOCLE_BENCH_WRONG] = "wrong", [SOCLE_BENCH_SKIPPED] = "skipped",
                                          [SOCLE_BENCH_FAILED] = "failed"};
    json_object(j, NULL);
    json_case(j, r);
    json_string(j, "outcome", outcomes[r->outcome]);
    known_string(j, "why", r->why);
    if (bench_row_ran(r)) {
        json_hex(j, "digest", r->digest, sizeof r->digest);
        json_hex(j, "reference_digest", r->reference, sizeof r->reference);
        json_times(j, "runs_ns", r->runs_ns, r->n_runs);
        json_times(j, "least_ns", r->least_ns, r->n_runs);
        json_summary(j, &r->time);
        json_real(j, "rate", r->rate);
        json_string(j, "rate_unit", r->unit);
        json_real(j, "share", r->share);
        known_string(j, "binds", r->binds);
        json_real(j, "joules", r->joules);
        json_real(j, "joules_per_unit", r->joules / r->units);
        if (r->proof != NULL) {
            json_proof(j, r->proof);
        }
    }
    json_end(j);
}

static void json_check(struct json *j, const char *name, bool passed)
{
    json_object(j, NULL);
    json_string(j, "name", name);
    json_bool(j, "passed", passed);
    json_end(j);
}

static void json_validity(struct json *j, const struct bench_result *r)
{
    const struct socle_bench_info *const i = r->info;
    struct socle_bench_limit l[BENCH_LIMITS];
    const size_t n = socle_bench_limits(r->bench, l, BENCH_LIMITS);
    json_object(j, "validity");
    json_bool(j, "valid", i->valid);
    json_list(j, "checks");
    json_check(j, "every digest is that of the reference", i->digests_right);
    json_check(j, "at least five runs after one to warm up", i->enough_runs);
    json_check(j, "not throttled", !i->throttled);
    json_check(j, "nothing failed", i->nothing_failed);
    json_list_end(j);
    json_list(j, "notes");
    for (size_t k = 0; k < n && k < BENCH_LIMITS; k++) {
        char note[128];
        if (bench_limit_is_above(&l[k])) {
            (void)snprintf(note, sizeof note, "%s: measured above theoretical, one of the two is a mistake", l[k].name);
            json_string(j, NULL, note);
        }
    }
    json_list_end(j);
    json_end(j);
}

void bench_json_list(struct json *j, const struct bench_result *r)
{
    json_list(j, "suites");
    for (unsigned i = 0; socle_bench_suite(i) != NULL; i++) {
        json_string(j, NULL, socle_bench_suite(i));
    }
    json_list_end(j);
    json_string(j, "suite", r->info->suite);
    json_uint(j, "suite_version", r->info->suite_version);
    json_list(j, "cases");
    for (size_t k = 0; k < r->n; k++) {
        json_object(j, NULL);
        json_case(j, &r->rows[k]);
        json_end(j);
    }
    json_list_end(j);
}

/* What the clock is around. */
static const char *boundary_of(const char *suite, bool on_cpu)
{
    return strcmp(suite, "prove") == 0
               ? "the clock around one proof, from the bytes of program and input in memory to the bytes of a proof that was checked: key, run, trace, all "
                 "rounds and self-check are inside, the second check and files are outside"
           : strcmp(suite, "groth16") == 0
               ? "the clock around one proof, from the proving key and the values of all wires in memory to the three points: transforms and sums of "
                 "multiples are inside, computing the values of wires, the making of the key, the check and files are outside"
           : on_cpu
               ? "the clock around one call of the kernel on all threads, data in memory before and after; limits, digests and the making of the input are "
                 "outside"
               : "the clock of the host from handing the launches to the device until it has done them, data in the device's memory before and after; of msm "
                 "the whole call, points and numbers going up; of transfer the copy";
}

void bench_json_report(struct json *j, const struct args *a, const struct bench_result *r)
{
    json_identity(j, a, r);
    json_object(j, "workload");
    json_string(j, "suite", r->info->suite);
    json_uint(j, "suite_version", r->info->suite_version);
    if (r->info->profile != NULL) {
        json_string(j, "profile", r->info->profile);
    }
    json_string(j, "time_boundary", boundary_of(r->info->suite, strcmp(r->on[0].id, "cpu") == 0));
    json_end(j);
    json_host(j, r);
    json_devices(j, r);
    json_limits(j, r);
    json_conditions(j, r);
    json_list(j, "results");
    for (size_t k = 0; k < r->n; k++) {
        json_row(j, &r->rows[k]);
    }
    json_list_end(j);
    json_uint(j, "peak_memory_bytes", r->info->peak_memory);
    json_validity(j, r);
}
