/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/trace: how the rows of one trace are filled, from blocks of events and from lists.
 * Theory: docs/spec/stacking.md, docs/internals/executor.md.
 */
#ifndef SC_TRACE_FILL_H
#define SC_TRACE_FILL_H

#include "core/chips/chips.h"
#include "host/trace/count.h"
#include "host/trace/trace.h"

#define N_EVENT_TABLES AIR_TABLE_DECODE /* the tables before it take events */

/** Where the rows of a table lie: chunks of the layout in chunk order. */
struct place {
    unsigned n;
    unsigned chunk[AIR_MAX_CHUNKS];
};

/** Rows of one table that wait for their transposition. */
struct batch {
    uint64_t first;
    unsigned n;
    uint32_t *rows; /* BATCH rows of n_cols words */
};

/** Events, and where their rows go. */
struct block {
    const struct sc_event *events;
    size_t n;
    uint64_t first[N_EVENT_TABLES];
};

/** Where events come from, in order. */
struct source {
    struct sc_replay *replay;     /* or a whole list: */
    const struct sc_event *events;
    size_t n_events, at;
    const struct sc_inst *insts;
};

/** Everything that one trace is made from. What is not there (NULL, 0) has no rows. */
struct builder {
    struct sc_trace *trace;
    struct source source;
    const struct sc_watch *watch;
    uint64_t n_rows[AIR_N_TABLES]; /* what the shape was made for */
    const struct sc_fetch *fetches;
    const struct sc_renewal *renewals;
    const struct sc_word *words;
    const struct sc_span_word *boundary; /* rows of BOUNDARY, in their order */
    const uint64_t *regs;
    const uint32_t *reg_ts;
    /* Own. */
    struct place place[AIR_N_TABLES];
    struct batch (*batches)[AIR_N_TABLES]; /* per worker */
    struct sc_counter *counter;
    /* Two sets of blocks: one is filled from, the other is made. */
    unsigned n_blocks;             /* of a set */
    struct block *blocks[2];
    unsigned n_made[2];
    unsigned filling;
    struct sc_event *room[2];
    uint64_t rows[N_EVENT_TABLES]; /* so far */
    uint64_t n_events;             /* so far */
    socle_status st;               /* of making */
};

/** What the workers need: batches, counters, and room for blocks when events come from a replay. */
SC_MUST_USE socle_status sc_fill_start(struct builder *b, struct sc_pool *pool);
/** After trace->layout: where the tables lie, and the cells. */
SC_MUST_USE socle_status sc_fill_place(struct builder *b);
/** All events of the source into rows; @p n_events are expected, for the watch. E_BUG when they are not the rows of the shape. */
SC_MUST_USE socle_status sc_fill_events(struct builder *b, uint64_t n_events, struct sc_pool *pool);
/** The lists that are there, then the multiplicities. */
SC_MUST_USE socle_status sc_fill_lists(struct builder *b, char *why, size_t why_size, struct sc_pool *pool);
void sc_fill_fini(struct builder *b);
/** The most memory that the functions above take beside the cells. */
size_t sc_fill_memory(unsigned n_threads);

/** The row of BOUNDARY of a word. */
static inline struct sc_crossing sc_fill_crossing(const struct sc_span_word *w)
{
    return (struct sc_crossing){
        .addr = w->addr, .before = w->v_in, .after = w->v_out, .last_ts = w->ts_last, .prev = w->prev, .space = w->space};
}

#endif
