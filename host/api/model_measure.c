/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A cost model from proofs that are made now: of a guest that the build embeds, in some sizes, on the CPU and with the help of each device in
 * turn. Each stage of a proof is an operation, its size class a shape.
 */
#include "host/api/model.h"

#include <stdio.h>
#include <string.h>

#include "host/bench/guests.h"
#include "host/sys/file.h"
#include "host/sys/lend.h"
#include "host/sys/mem.h"

/* What the input of the guest "workload" says, for proofs of 2^20, 2^22 and 2^24 cells. */
static const uint32_t amounts[] = {1, 4, 18};
enum { N_SIZES = sizeof amounts / sizeof amounts[0], RUNS = 2 };

struct measuring {
    socle_context *ctx;
    struct socle_model *model;
    struct sc_guest_case guest;
    double seconds;
    uint64_t began_ns;
};

/* A context like that of the call, for one device. */
static socle_status context_for(const struct measuring *g, socle_context **out, const char *id)
{
    struct socle_options o = g->ctx->options;
    const double spent = 1e-9 * (double)(sc_clock_ns() - g->began_ns);
    o.n_threads = sc_pool_size(g->ctx->pool);
    o.device = id;
    o.resume = NULL;
    o.timeline = false;
    if (o.deadline_s > 0) {
        o.deadline_s = o.deadline_s > spent ? o.deadline_s - spent : 1e-9;
    }
    return socle_create(out, &o);
}

/* The operation that a stage of a proof's report is; NULL: none. */
static const char *op_of(const char *stage)
{
    const char *op = NULL;
    for (unsigned i = 0; i < SC_N_STAGES; i++) {
        op = strcmp(sc_api_stage_name((enum sc_stage)i), stage) == 0 ? sc_api_model_op((enum sc_stage)i) : op;
    }
    return op;
}

static socle_status note(struct measuring *g, uint32_t device, const struct socle_proof *p)
{
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < p->n_stages; i++) {
        const char *const name = op_of(p->stages[i].name);
        uint32_t op;
        if (name != NULL) {
            TRY(sc_cost_op(&g->model->cost, &op, name));
            TRY(sc_cost_note(&g->model->cost, device, op, p->log_cells, 1, 1e9 * p->stages[i].seconds));
        }
    }
out:
    return st;
}

/* One proof, noted unless it is to warm up. What a device was not there for says nothing of it: *fits is false when it had no memory for it. */
static socle_status prove_one(struct measuring *g, bool *fits, socle_context *own, uint32_t device, const uint8_t *input, size_t input_len, bool warms_up)
{
    struct socle_proof p;
    socle_status st = socle_prove(own, &p, g->guest.elf, g->guest.elf_len, input, input_len);
    if (st != SOCLE_OK) {
        return sc_fail(g->ctx, st, "%s", socle_message(own)[0] != '\0' ? socle_message(own) : socle_status_text(st));
    }
    const bool is_cpu = strcmp(p.device.id, "cpu") == 0;
    *fits = p.device.failures == 0 && (is_cpu || p.device.openings != 0);
    if (!*fits && (p.device.given_up || g->guest.amount == amounts[0])) {
        st = sc_fail(g->ctx, SOCLE_E_DEVICE, "%s did not make a proof of 2^%u cells%s%s", p.device.id, p.log_cells, p.device.failure[0] != '\0' ? ": " : "", p.device.failure);
    } else if (p.n_segments != 1) {
        st = SOCLE_E_BUG;
    } else if (*fits && !warms_up) {
        st = note(g, device, &p);
    }
    socle_proof_fini(own, &p);
    return st;
}

static socle_status measure_sizes(struct measuring *g, socle_context *own, uint32_t device)
{
    socle_status st = SOCLE_OK;
    uint8_t *input = NULL;
    size_t len = 0;
    bool fits = true;
    const uint64_t since = sc_clock_ns();
    for (unsigned k = 0; k < N_SIZES && fits && (k == 0 || 1e-9 * (double)(sc_clock_ns() - since) < g->seconds); k++) {
        g->guest.amount = amounts[k];
        TRY(sc_guest_input(&input, &len, &g->guest));
        for (unsigned run = k == 0 ? 0 : 1; run <= RUNS && fits; run++) {
            TRY(prove_one(g, &fits, own, device, input, len, run == 0));
        }
        sc_free(input);
        input = NULL;
    }
out:
    sc_free(input);
    return st;
}

static socle_status measure_device(struct measuring *g, const struct socle_device *d, uint64_t memory)
{
    socle_status st = SOCLE_OK;
    uint32_t device;
    socle_context *own = NULL;
    struct sc_cost_device as = {.shares_host = true, .memory = memory};
    sc_api_model_name(as.name, d->id);
    TRY(sc_cost_find_device(&g->model->cost, as.name) == SC_COST_NO_NAME ? SOCLE_OK : sc_fail(g->ctx, SOCLE_E_ARG, "%s is named twice", d->id));
    st = sc_cost_add_device(&g->model->cost, &device, &as);
    TRY(st == SOCLE_E_ARG ? sc_fail(g->ctx, SOCLE_E_DEVICE, "%s does not say how much memory it has", d->id) : st);
    TRY(context_for(g, &own, d->id));
    TRY(measure_sizes(g, own, device));
out:
    if (own != NULL) {
        socle_destroy(own);
    }
    return st;
}

/* The device that a word names, to the next comma; NULL: there is none. */
static const struct socle_device *named(const struct socle_device *d, size_t n, const char *word)
{
    const size_t len = strcspn(word, ",");
    for (size_t i = 0; i < n; i++) {
        if (strlen(d[i].id) == len && strncmp(d[i].id, word, len) == 0) {
            return &d[i];
        }
    }
    return NULL;
}

/* Those that are named; without names all. */
static socle_status measure_all(struct measuring *g, const struct socle_device *d, size_t n, const char *names)
{
    socle_status st = SOCLE_OK;
    for (size_t i = 0; names == NULL && i < n; i++) {
        TRY(measure_device(g, &d[i], d->memory));
    }
    for (const char *word = names; word != NULL; word = strchr(word, ',') != NULL ? strchr(word, ',') + 1 : NULL) {
        const struct socle_device *const one = named(d, n, word);
        TRY(one != NULL ? SOCLE_OK
                        : sc_fail(g->ctx, SOCLE_E_DEVICE, "there is no device \"%.*s\"; `socle devices` lists those that are there", (int)strcspn(word, ","), word));
        TRY(measure_device(g, one, d->memory));
    }
out:
    return st;
}

static socle_status measure(struct measuring *g, const char *names)
{
    socle_status st = SOCLE_OK;
    char origin[2 * SC_COST_ORIGIN];
    const struct sc_heap heap = sc_lend_heap();
    size_t n_cases = 0;
    const struct sc_guest_case *const cases = sc_guest_cases(&n_cases);
    struct socle_device *const d = sc_alloc(SOCLE_MAX_LISTED_DEVICES, sizeof *d);
    TRY(d != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(n_cases > 0 ? SOCLE_OK : sc_fail(g->ctx, SOCLE_E_LIMIT, "this build has no guest to measure with: it had no RISC-V compiler"));
    g->guest = cases[0]; /* "workload" */
    g->model = sc_alloc(1, sizeof *g->model);
    TRY(g->model != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_cost_init(&g->model->cost, &heap, SC_COST_MAX_SAMPLES));
    const size_t n = sc_api_list_devices(d, SOCLE_MAX_LISTED_DEVICES);
    (void)snprintf(origin, sizeof origin, "socle model measure %s: %.80s, %s, %u threads, %s", socle_version(), d->name, d->isa, sc_pool_size(g->ctx->pool),
                   g->ctx->profile->name);
    sc_cost_origin(&g->model->cost, origin);
    TRY(measure_all(g, d, n < SOCLE_MAX_LISTED_DEVICES ? n : SOCLE_MAX_LISTED_DEVICES, names));
out:
    sc_free(d);
    return st;
}

socle_status socle_model_measure(socle_context *ctx, socle_model **out, const char *devices, double seconds)
{
    struct measuring g = {.ctx = ctx, .seconds = seconds, .began_ns = sc_clock_ns()};
    *out = NULL;
    sc_api_begin(ctx);
    const socle_status st = measure(&g, devices);
    if (st == SOCLE_OK) {
        *out = g.model;
    } else {
        socle_model_destroy(ctx, g.model);
    }
    return sc_api_end(ctx, st);
}
