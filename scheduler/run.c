/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Carrying out a plan, and going on after failures.
 */
#include "scheduler/run.h"

#include <stdio.h>
#include <string.h>

#define ARENA_TRIES 16u /* with less and less, until a device has as much */

static void *host_place(const struct sc_drive *run, uint32_t buffer, uint64_t offset)
{
    return offset == SC_NO_OFFSET ? run->setup.outside[buffer] : (unsigned char *)run->host_arena + offset;
}

/* Steps. */

enum sc_next sc_drive_next(struct sc_drive *run, uint32_t queue, double now, uint32_t *step)
{
    const uint32_t i = run->head[queue];
    *step = SC_NONE;
    if (run->stopping || i == SC_NONE) {
        return SC_NEXT_END;
    }
    const struct sc_step *const s = &run->plan.steps[i];
    for (uint32_t k = 0; k < s->n_waits; k++) {
        const uint32_t w = run->plan.waits[s->first_wait + k];
        if (run->state[w] != SC_STATE_DONE) {
            run->next_waiter[queue] = run->waiters[w];
            run->waiters[w] = queue;
            return SC_NEXT_WAIT;
        }
    }
    run->head[queue] = s->next;
    run->state[i] = SC_STATE_RUNNING;
    run->began[queue] = now;
    run->begun_as[queue] = ++run->n_begun;
    run->n_running++;
    *step = i;
    return SC_NEXT_STEP;
}

static socle_status do_job(const struct sc_drive *run, const struct sc_step *s)
{
    uint64_t offset[SC_JOB_MAX_USES], size[SC_JOB_MAX_USES];
    void *host[SC_JOB_MAX_USES];
    uint8_t access[SC_JOB_MAX_USES];
    const struct sc_graph *const g = run->setup.graph;
    const struct sc_job *const j = &g->jobs[s->what];
    const struct sc_device *const d = &run->setup.devices[s->device];
    const bool shares = run->places[s->device].shares_host;
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const uint32_t buffer = g->uses[j->first_use + k].buffer;
        const uint64_t at = run->plan.use_offset[j->first_use + k];
        offset[k] = shares ? SC_NO_OFFSET : at;
        host[k] = shares ? host_place(run, buffer, at) : NULL;
        size[k] = g->buffers[buffer].size;
        access[k] = (uint8_t)g->uses[j->first_use + k].access;
    }
    const struct sc_launch l = {.job = s->what, .op = j->op, .log_n = j->log_n, .count = j->count, .arg = j->arg, .n_uses = j->n_uses,
                                .offset = offset, .host = shares ? host : NULL, .size = size, .access = access};
    const socle_status st = d->ops->run(d->self, &l);
    return st == SOCLE_OK && run->setup.check != NULL ? run->setup.check(run->setup.arg, s->what, &l) : st;
}

socle_status sc_drive_do(const struct sc_drive *run, uint32_t step)
{
    const struct sc_step *const s = &run->plan.steps[step];
    const struct sc_device *const d = &run->setup.devices[s->device];
    if (run->setup.dry) {
        return SOCLE_OK;
    }
    if (s->kind == SC_STEP_RUN) {
        return do_job(run, s);
    }
    void *const host = host_place(run, s->what, s->host_offset);
    const uint64_t size = run->setup.graph->buffers[s->what].size;
    return s->kind == SC_STEP_PUT ? d->ops->put(d->self, s->offset, host, size) : d->ops->get(d->self, host, s->offset, size);
}

/* Copies from a device that ended after the step began that failed there may have read anything. */
static void doubt_copies(struct sc_drive *run, const struct sc_step *failed)
{
    const uint32_t since = run->begun_as[sc_queue_of(failed)];
    run->doubted |= UINT64_C(1) << failed->device;
    for (uint32_t i = run->plan.first[failed->device * SC_N_QUEUES + SC_QUEUE_GET]; i != SC_NONE; i = run->plan.steps[i].next) {
        if (run->state[i] == SC_STATE_DONE && run->ended[i] >= since) {
            run->state[i] = SC_STATE_FAILED;
            run->n_done--;
        }
    }
}

/* A failure counts against its device, and keeps the job from it. */
static void strike(struct sc_drive *run, const struct sc_step *s, socle_status st)
{
    const uint64_t bit = UINT64_C(1) << s->device;
    if (st != SOCLE_E_NOMEM) {
        doubt_copies(run, s);
    }
    if (run->n_failures < SC_DRIVE_FAILURES) {
        run->failures[run->n_failures] = (struct sc_drive_failure){s->kind, s->device, s->what, st};
    }
    run->n_failures++;
    run->strikes[s->device]++;
    run->stopping = true;
    if (run->strikes[s->device] >= SC_DRIVE_STRIKES) {
        run->quarantined |= bit;
    }
    if (s->kind != SC_STEP_RUN) {
        return;
    }
    run->avoid[s->what] |= bit;
    run->never[s->what] |= st == SOCLE_E_NOMEM ? bit : 0;
    if (++run->tries[s->what] >= SC_DRIVE_TRIES && run->ending == SOCLE_OK) {
        run->ending = st;
        (void)snprintf(run->why, sizeof run->why, "job %u failed %u times", s->what, SC_DRIVE_TRIES);
    }
}

void sc_drive_done(struct sc_drive *run, uint32_t step, double now, socle_status st)
{
    const struct sc_step *const s = &run->plan.steps[step];
    const uint32_t queue = sc_queue_of(s);
    run->n_running--;
    run->n_steps_run++;
    run->busy[queue] += now - run->began[queue];
    run->ended[step] = run->n_begun;
    const bool doubtful = s->kind == SC_STEP_GET && (run->doubted >> s->device & 1) != 0;
    run->state[step] = st == SOCLE_OK && !doubtful ? SC_STATE_DONE : SC_STATE_FAILED;
    if (st != SOCLE_OK) {
        strike(run, s, st);
    } else if (!doubtful) {
        run->n_done++;
        run->n_jobs_run += s->kind == SC_STEP_RUN;
        run->copied += s->kind != SC_STEP_RUN ? run->setup.graph->buffers[s->what].size : 0;
    }
    for (uint32_t q = run->waiters[step]; q != SC_NONE; q = run->next_waiter[q]) {
        run->wake[run->n_wake++] = q; /* a queue waits for one step, so each is there once */
    }
    run->waiters[step] = SC_NONE;
    if (run->setup.note != NULL) {
        run->setup.note(run->setup.arg, s, run->began[queue], now, st);
    }
}

void sc_drive_stop(struct sc_drive *run, socle_status st)
{
    run->stopping = true;
    run->ending = run->ending == SOCLE_OK ? st : run->ending;
}

/* What memories hold when a round has ended. */

static bool meets(const struct sc_drive *run, const struct sc_resident *a, const struct sc_resident *b)
{
    if (a->memory != b->memory || (a->offset == SC_NO_OFFSET) != (b->offset == SC_NO_OFFSET)) {
        return false;
    }
    const uint64_t x = run->setup.graph->buffers[a->buffer].size, y = run->setup.graph->buffers[b->buffer].size;
    return a->buffer == b->buffer || (a->offset != SC_NO_OFFSET && a->offset < b->offset + y && b->offset < a->offset + x);
}

/* Something was written: what stood there is gone, and the same buffer's older contents in that memory are of no use. False: no memory. */
static bool overwrite(struct sc_drive *run, const struct sc_resident *r, bool good)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->n_residents; i++) {
        if (!meets(run, &run->residents[i], r)) {
            run->residents[n++] = run->residents[i];
        }
    }
    run->n_residents = n;
    if (!good) {
        return true;
    }
    if (n == run->max_residents) {
        const uint32_t more = n < 64 ? 64 : 2 * n;
        struct sc_resident *const p = sc_heap_take(run->setup.heap, more, sizeof *p);
        if (p == NULL) {
            return false;
        }
        if (n > 0) {
            memcpy(p, run->residents, n * sizeof *p);
        }
        sc_heap_give(run->setup.heap, run->residents);
        run->residents = p;
        run->max_residents = more;
    }
    run->residents[run->n_residents++] = *r;
    return true;
}

/* What a step read was there, as it should be. */
static bool was_there(const struct sc_drive *run, uint32_t buffer, uint32_t version, uint32_t memory)
{
    bool there = run->setup.graph->buffers[buffer].role == SC_ROLE_INPUT && memory == SC_HOST;
    for (uint32_t i = 0; i < run->n_residents && !there; i++) {
        const struct sc_resident *const r = &run->residents[i];
        there = r->buffer == buffer && r->version == version && r->memory == memory;
    }
    return there;
}

static bool read_well(const struct sc_drive *run, const struct sc_step *s)
{
    const struct sc_graph *const g = run->setup.graph;
    const uint32_t memory = run->places[s->device].shares_host || s->kind == SC_STEP_PUT ? SC_HOST : s->device + 1;
    bool well = true;
    if (s->kind != SC_STEP_RUN) {
        return was_there(run, s->what, s->version, memory);
    }
    for (uint32_t k = 0; k < g->jobs[s->what].n_uses; k++) {
        const uint32_t use = g->jobs[s->what].first_use + k;
        well = well && ((g->uses[use].access & SC_READ) == 0 || was_there(run, g->uses[use].buffer, g->version[use], memory));
    }
    return well;
}

static bool replay_job(struct sc_drive *run, const struct sc_step *s, bool good)
{
    const struct sc_graph *const g = run->setup.graph;
    const struct sc_job *const j = &g->jobs[s->what];
    const uint32_t memory = run->places[s->device].shares_host ? SC_HOST : s->device + 1;
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const uint32_t use = j->first_use + k;
        const struct sc_resident r = {g->uses[use].buffer, g->version[use] + 1, memory, run->plan.use_offset[use]};
        if ((g->uses[use].access & SC_WRITE) != 0 && !overwrite(run, &r, good)) {
            return false;
        }
    }
    return true;
}

/* Steps in the order of the plan: those that touch the same bytes ran in that order. */
static bool replay(struct sc_drive *run)
{
    for (uint32_t i = 0; i < run->plan.n_steps; i++) {
        const struct sc_step *const s = &run->plan.steps[i];
        if (run->state[i] == SC_STATE_WAITING) {
            continue;
        }
        const bool good = run->state[i] == SC_STATE_DONE && read_well(run, s);
        if (s->kind == SC_STEP_RUN) {
            run->done[s->what] |= good;
            if (!replay_job(run, s, good)) {
                return false;
            }
            continue;
        }
        const bool put = s->kind == SC_STEP_PUT;
        const struct sc_resident r = {s->what, s->version, put ? s->device + 1 : SC_HOST, put ? s->offset : s->host_offset};
        if (!overwrite(run, &r, good)) {
            return false;
        }
    }
    return true;
}

/* Inputs are at hand anyway; where they stood on devices mattered for the replay. */
static void forget_inputs(struct sc_drive *run)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->n_residents; i++) {
        if (run->setup.graph->buffers[run->residents[i].buffer].role != SC_ROLE_INPUT) {
            run->residents[n++] = run->residents[i];
        }
    }
    run->n_residents = n;
}

static void forget_memory(struct sc_drive *run, uint32_t memory, bool all)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->n_residents; i++) {
        const struct sc_resident r = run->residents[i];
        if (r.memory != memory || (r.offset == SC_NO_OFFSET && !all)) {
            run->residents[n++] = r;
        }
    }
    run->n_residents = n;
}

/* Devices that failed in this round for another reason than memory may hold anything. */
static void forget_failed(struct sc_drive *run)
{
    for (uint32_t i = 0; i < run->plan.n_steps; i++) {
        const struct sc_step *const s = &run->plan.steps[i];
        if (run->state[i] == SC_STATE_FAILED && !run->places[s->device].shares_host) {
            forget_memory(run, s->device + 1, true);
        }
    }
}

/* Arenas. */

static void give_arenas(struct sc_drive *run)
{
    for (uint32_t d = 0; d < run->setup.n_devices; d++) {
        if (run->taken[d + 1] > 0 && !run->setup.dry) {
            (void)run->setup.devices[d].ops->arena(run->setup.devices[d].self, 0);
        }
        run->taken[d + 1] = 0;
        forget_memory(run, d + 1, true);
    }
    if (run->host_arena != NULL) {
        sc_heap_give(run->setup.arena, run->host_arena);
    }
    run->host_arena = NULL;
    run->taken[SC_HOST] = 0;
    forget_memory(run, SC_HOST, false);
}

/* Take what the plan needs. *less: a device has not as much; its budget is smaller now, or it is out. */
static socle_status take_arenas(struct sc_drive *run, bool *less)
{
    *less = false;
    if (run->setup.dry) {
        memcpy(run->taken, run->plan.arena, sizeof run->taken);
        return SOCLE_OK;
    }
    if (run->plan.arena[SC_HOST] > 0) {
        run->host_arena = sc_heap_take(run->setup.arena, run->plan.arena[SC_HOST], 1);
        if (run->host_arena == NULL) {
            (void)snprintf(run->why, sizeof run->why, "no memory for %llu bytes in the host", (unsigned long long)run->plan.arena[SC_HOST]);
            return SOCLE_E_NOMEM;
        }
        run->taken[SC_HOST] = run->plan.arena[SC_HOST];
    }
    for (uint32_t d = 0; d < run->setup.n_devices; d++) {
        const uint64_t size = run->plan.arena[d + 1];
        if (size == 0) {
            continue;
        }
        if (run->setup.devices[d].ops->arena(run->setup.devices[d].self, size) == SOCLE_OK) {
            run->taken[d + 1] = size;
        } else {
            run->full[d + 1] = size / 4 * 3;
            *less = true;
        }
    }
    return SOCLE_OK;
}

/* Rounds. */

static socle_status plan_round(struct sc_drive *run, bool full)
{
    struct sc_place in = {.graph = run->setup.graph, .times = run->setup.times, .n_devices = run->setup.n_devices, .devices = run->places,
                          .host_budget = full ? run->full[SC_HOST] : run->taken[SC_HOST], .done = run->done, .avoid = run->avoid,
                          .residents = run->residents, .n_residents = run->n_residents,
                          .seed = run->setup.seed != 0 ? run->setup.seed + run->rounds : 0};
    for (uint32_t d = 0; d < run->setup.n_devices; d++) {
        run->places[d].budget = full ? run->full[d + 1] : run->taken[d + 1];
        run->places[d].off = (run->quarantined >> d & 1) != 0;
    }
    sc_plan_fini(&run->plan);
    const socle_status st = sc_plan_make(&run->plan, run->setup.heap, &in);
    if (st != SOCLE_OK) {
        memcpy(run->why, run->plan.why, sizeof run->why);
    }
    return st;
}

/* With memory taken anew: nothing that devices and the host's arena hold is kept. */
static socle_status plan_anew(struct sc_drive *run)
{
    for (unsigned i = 0; i < ARENA_TRIES; i++) {
        bool less = false;
        give_arenas(run);
        socle_status st = plan_round(run, true);
        if (st == SOCLE_OK) {
            st = take_arenas(run, &less);
        }
        if (st != SOCLE_OK || !less) {
            return st;
        }
    }
    (void)snprintf(run->why, sizeof run->why, "devices have less memory than they say");
    return SOCLE_E_NOMEM;
}

static socle_status begin_round(struct sc_drive *run)
{
    if (run->n_state < run->plan.n_steps) {
        sc_heap_give(run->setup.heap, run->state);
        sc_heap_give(run->setup.heap, run->waiters);
        sc_heap_give(run->setup.heap, run->ended);
        run->state = sc_heap_take(run->setup.heap, run->plan.n_steps, sizeof *run->state);
        run->waiters = sc_heap_take(run->setup.heap, run->plan.n_steps, sizeof *run->waiters);
        run->ended = sc_heap_take(run->setup.heap, run->plan.n_steps, sizeof *run->ended);
        run->n_state = run->state != NULL && run->waiters != NULL && run->ended != NULL ? run->plan.n_steps : 0;
        if (run->n_state == 0) {
            return SOCLE_E_NOMEM;
        }
    }
    if (run->plan.n_steps > 0) {
        memset(run->state, SC_STATE_WAITING, run->plan.n_steps * sizeof *run->state);
        memset(run->waiters, 0xff, run->plan.n_steps * sizeof *run->waiters);
    }
    memcpy(run->head, run->plan.first, sizeof run->head);
    run->n_running = run->n_done = run->n_wake = run->n_begun = 0;
    run->doubted = 0;
    run->stopping = false;
    run->rounds++;
    return SOCLE_OK;
}

/* A job that is kept from all devices in use may go to those again that had memory for it. */
static void let_back(struct sc_drive *run)
{
    for (uint32_t j = 0; j < run->setup.graph->n_jobs; j++) {
        bool some = run->avoid[j] == 0;
        for (uint32_t d = 0; d < run->setup.n_devices && !some; d++) {
            const bool may = ((run->avoid[j] | run->quarantined) >> d & 1) == 0;
            some = may && run->setup.times->run(run->setup.times->arg, j, d) >= 0;
        }
        run->avoid[j] = some ? run->avoid[j] : run->never[j];
    }
}

socle_status sc_drive_settle(struct sc_drive *run, bool *finished)
{
    *finished = false;
    if (run->ending != SOCLE_OK) {
        return run->ending;
    }
    if (run->n_done == run->plan.n_steps) {
        *finished = true;
        return SOCLE_OK;
    }
    if (!replay(run)) {
        return SOCLE_E_NOMEM;
    }
    forget_inputs(run);
    forget_failed(run);
    for (uint32_t d = 0; d < run->setup.n_devices; d++) {
        if ((run->quarantined >> d & 1) != 0) {
            forget_memory(run, d + 1, true);
        }
    }
    let_back(run);
    socle_status st = plan_round(run, false);
    if (st == SOCLE_E_NOMEM) {
        st = plan_anew(run);
    }
    if (st == SOCLE_E_DEVICE) { /* no device is left for some job: the last failure says why */
        const uint32_t last = run->n_failures < SC_DRIVE_FAILURES ? run->n_failures : SC_DRIVE_FAILURES;
        st = last > 0 && run->failures[last - 1].status == SOCLE_E_NOMEM ? SOCLE_E_NOMEM : st;
    }
    return st == SOCLE_OK ? begin_round(run) : st;
}

/* Start and end. */

static bool setup_ok(const struct sc_drive_setup *s)
{
    if (s->graph == NULL || !s->graph->sealed || s->times == NULL || s->n_devices == 0 || s->n_devices > SC_MAX_DEVICES) {
        return false;
    }
    for (uint32_t d = 0; d < s->n_devices; d++) {
        struct sc_device_info info;
        const struct sc_device_ops *const ops = s->devices[d].ops;
        if (ops->info == NULL || ops->run == NULL) {
            return false;
        }
        ops->info(s->devices[d].self, &info);
        if (!info.shares_host && (ops->arena == NULL || ops->put == NULL || ops->get == NULL)) {
            return false;
        }
    }
    for (uint32_t b = 0; b < s->graph->n_buffers && !s->dry; b++) {
        if (s->graph->buffers[b].role != SC_ROLE_INNER && (s->outside == NULL || s->outside[b] == NULL)) {
            return false;
        }
    }
    return true;
}

socle_status sc_drive_init(struct sc_drive *run, const struct sc_drive_setup *setup)
{
    memset(run, 0, sizeof *run);
    if (!setup_ok(setup)) {
        (void)snprintf(run->why, sizeof run->why, "run: an argument out of range");
        return SOCLE_E_ARG;
    }
    run->setup = *setup;
    const size_t n = setup->graph->n_jobs > 0 ? setup->graph->n_jobs : 1;
    for (uint32_t d = 0; d < setup->n_devices; d++) {
        setup->devices[d].ops->info(setup->devices[d].self, &run->infos[d]);
        const struct sc_device_info *const info = &run->infos[d];
        const uint64_t budget = setup->budget != NULL && setup->budget[d] < info->memory ? setup->budget[d] : info->memory;
        run->places[d] = (struct sc_place_device){.align = info->align, .shares_host = info->shares_host};
        run->full[d + 1] = info->shares_host ? 0 : budget;
    }
    run->full[SC_HOST] = setup->host_budget;
    run->done = sc_heap_take(setup->heap, n, sizeof *run->done);
    run->tries = sc_heap_take(setup->heap, n, sizeof *run->tries);
    run->avoid = sc_heap_take(setup->heap, n, sizeof *run->avoid);
    run->never = sc_heap_take(setup->heap, n, sizeof *run->never);
    socle_status st = run->done != NULL && run->tries != NULL && run->avoid != NULL && run->never != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
    st = st == SOCLE_OK ? plan_anew(run) : st;
    st = st == SOCLE_OK ? begin_round(run) : st;
    if (st != SOCLE_OK) {
        char why[SC_PLAN_WHY];
        memcpy(why, run->why, sizeof why);
        sc_drive_fini(run);
        memcpy(run->why, why, sizeof why);
    }
    return st;
}

void sc_drive_fini(struct sc_drive *run)
{
    if (run->setup.heap == NULL) {
        return;
    }
    give_arenas(run);
    sc_plan_fini(&run->plan);
    void *const all[] = {run->state, run->waiters, run->ended, run->done, run->tries, run->avoid, run->never, run->residents};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sc_heap_give(run->setup.heap, all[i]);
    }
    memset(run, 0, sizeof *run);
}
