/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A recording with all its events in one list: the run as one segment, replayed. For tests and tools; a proof takes the events in parts.
 * Fills the lists that struct sc_run owns. Theory: docs/spec/machine.md sections 1, 2 and 6.
 */
#include <stdio.h>
#include <string.h>

#include "host/exec/vm.h"
#include "host/sys/mem.h"

/* Long lists grow by a quarter: what is reserved in vain stays small beside them. */
static size_t grown(size_t cap)
{
    return cap == 0 ? 256 : cap < 65536 ? 2 * cap : cap + cap / 4;
}

size_t sc_vm_grown_size(uint64_t n, size_t size)
{
    size_t cap = 0;
    while (cap < n) {
        cap = grown(cap);
    }
    return cap == 0 ? 0 : sc_alloc_size(cap, size);
}

bool sc_vm_grow(void *items, size_t *cap, size_t n, size_t size)
{
    if (n < *cap) {
        return true;
    }
    const size_t bigger = grown(*cap);
    void *list = NULL;
    memcpy(&list, items, sizeof(list));
    list = sc_grow(list, bigger, size);
    if (list == NULL) {
        return false;
    }
    memcpy(items, &list, sizeof(list));
    *cap = bigger;
    return true;
}

/** Give the rows of INITFINAL the stamps of the only segment. Both lists are in order of address within a class. */
void sc_words_stamp(struct sc_word *words, size_t n_words, const struct sc_replayed *replayed)
{
    for (size_t i = 0; i < replayed->n_words; i++) {
        const struct sc_span_word *const w = &replayed->words[i];
        size_t lo = 0, hi = n_words;
        while (w->space != SPACE_REG && lo < hi) {
            const size_t mid = lo + (hi - lo) / 2;
            if (words[mid].addr < w->addr) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        if (w->space != SPACE_REG) {
            words[lo].last_ts = w->ts_last;
        }
    }
}

static socle_status record_events(struct sc_run *out, struct sc_replay *r)
{
    size_t n_insts = 0, n = 0;
    out->events = sc_alloc((size_t)out->cycles, sizeof(*out->events));
    if (out->events == NULL) {
        return SOCLE_E_NOMEM;
    }
    const socle_status st = sc_replay_next(r, out->events, &n, (size_t)out->cycles);
    const struct sc_inst *const insts = sc_replay_insts(r, &n_insts);
    out->n_events = n;
    out->insts = sc_alloc(n_insts, sizeof(*out->insts));
    if (out->insts == NULL) {
        return SOCLE_E_NOMEM;
    }
    if (n_insts > 0) {
        memcpy(out->insts, insts, n_insts * sizeof(*insts));
    }
    out->n_insts = n_insts;
    return st;
}

static socle_status record(struct sc_run *out, const struct sc_elf *elf, struct sc_segments *s)
{
    struct sc_replay *r = NULL;
    struct sc_replayed replayed = {0};
    socle_status st = SOCLE_OK;
    TRY(sc_replay_create(&r, elf, &s->spans[0]));
    TRY(record_events(out, r));
    TRY(sc_replay_finish(r, &replayed));
    memcpy(out->reg_ts, replayed.reg_ts, sizeof(out->reg_ts));
    out->entry_ip = s->spans[0].ip_in;
    out->end_ip = s->spans[0].ip_out;
    out->ts_end = s->spans[0].ts_end;
    if (out->end == SC_END_HALT) {
        out->fetches = replayed.fetches;
        out->n_fetches = replayed.n_fetches;
        replayed.fetches = NULL;
        out->renewals = replayed.renewals;
        out->n_renewals = replayed.n_renewals;
        replayed.renewals = NULL;
        out->words = s->words;
        out->n_words = s->n_words;
        s->words = NULL;
        sc_words_stamp(out->words, out->n_words, &replayed);
    }
out:
    sc_replayed_fini(&replayed);
    sc_replay_destroy(r);
    return st;
}

socle_status sc_exec_record(struct sc_run *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_exec_options *options)
{
    static const struct sc_cut_limits none;
    struct sc_segments s;
    const socle_status ended = sc_vm_execute_cut(&s, out, why, why_size, elf, options, &none);
    socle_status st = ended;
    if (ended == SOCLE_OK || ended == SOCLE_E_GUEST || (ended == SOCLE_E_LIMIT && out->end == SC_END_CYCLES)) {
        st = record(out, elf, &s);
        if (st != SOCLE_OK && why_size > 0) {
            (void)snprintf(why, why_size, "%s", st == SOCLE_E_BUG ? "the run and its recording differ" : "no memory for the recording");
        }
        st = st != SOCLE_OK ? st : ended;
    }
    sc_segments_fini(&s);
    return st;
}
