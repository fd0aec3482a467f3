/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Executions cut into segments, and the recording of any segment alone.
 * A segment is what one proof of a set shows: time restarts in it, and of memory it has the words that it touches.
 * Theory: docs/decisions/0007-sets-of-segments.md, docs/internals/executor.md.
 */
#ifndef SC_EXEC_SEGMENTS_H
#define SC_EXEC_SEGMENTS_H

#include "core/air/layout.h"
#include "core/budget/params.h"
#include "host/exec/exec.h"

#define SC_SEGMENTS_MAX 65535u
#define SC_BOUNDARY_ROWS_MAX ((UINT64_C(1) << 28) - 1) /* of a set: 4 of them stay below 2^30 */

/** A word that a segment touches: data, code that it executes, or a register (space 0, addr its index). */
struct sc_span_word {
    uint64_t addr;
    uint64_t v_in, v_out; /* before and after the segment */
    uint32_t ts_last;     /* its last stamp in the segment; 0 until the segment is recorded */
    uint16_t prev;        /* index of the segment that touched it before; 0: none */
    uint8_t space;
    uint8_t decode;       /* stamp that DECODE leaves on it: 2 or 1 when its high or only its low half is executed, else 0 */
};

/** One segment of an execution. Recording it needs this and the program, nothing else. */
struct sc_span {
    uint32_t ip_in, ip_out, ts_end;
    uint64_t cycles;
    uint64_t regs[SC_N_REGS];       /* at its start */
    uint64_t n_rows[SC_N_TABLES];   /* BOUNDARY: n_words; INITFINAL and REGS are 0 */
    struct sc_span_word *words;     /* all registers, then words of memory in order of the first touch */
    size_t n_words, cap_words;
};

/** An execution in segments 1 .. n, of which span[i - 1] is segment i. */
struct sc_segments {
    struct sc_span *spans;
    size_t n_spans, cap_spans;
    /* After a halt: every word that INITFINAL has, by address, and the last segment that touched it (0: none). last_ts is 1 of the
     * words with such a segment and 0 of the others, as the memory proof of a set has them. */
    struct sc_word *words;
    uint16_t *last;
    size_t n_words;
    uint64_t regs[SC_N_REGS];      /* at the end */
    size_t n_boundary_words;       /* registers, and words that some segment touched: rows of BOUNDARY in the memory proof */
};

/** Run @p elf to its end, cutting where the limits say: a segment ends before the instruction whose rows would push its shape over
 * one of them, or over the clock of a proof or SC_MAX_LOG_CELLS and SC_MAX_LOG_LEAVES. Where that is depends on program, input and
 * limits only. A limit of 0 is none; with all three 0 nothing is cut, and no other limit holds.
 *
 * @p run gets what sc_exec gives it without recording, n_rows being those of the whole execution as one segment would have them
 * (DECODE: of the last segment only, when there are several).
 * Errors:  as sc_exec. Also E_LIMIT when the limits are too small for one instruction, or the set has more than SC_SEGMENTS_MAX
 *          segments or SC_BOUNDARY_ROWS_MAX rows of BOUNDARY, rounded as its chunks are; E_ARG when options->record is set.
 * In every case *out is valid for sc_segments_fini; its last segment ends where the run did.
 */
SC_MUST_USE socle_status sc_exec_cut(struct sc_segments *out, struct sc_run *run, char *why, size_t why_size, const struct sc_elf *elf,
                                     const struct sc_exec_options *options, const struct sc_cut_limits *limits);
void sc_segments_fini(struct sc_segments *s);
/** Bytes that @p s holds. */
size_t sc_segments_memory(const struct sc_segments *s);
/** The most that one segment of a run with these limits holds of it. 0: no limit. */
size_t sc_span_memory_max(const struct sc_cut_limits *limits);

/** A segment on its way through the machine once more. */
struct sc_replay;

/** What a recorded segment leaves beside its events. */
struct sc_replayed {
    struct sc_span_word *words; /* by (space, addr), with ts_last */
    size_t n_words;
    struct sc_fetch *fetches; /* by ip */
    size_t n_fetches;
    struct sc_renewal *renewals; /* by stamp and register */
    size_t n_renewals;
    uint32_t reg_ts[SC_N_REGS];
};

/** Begin to record @p span; borrows it and @p elf until sc_replay_destroy. Any number of replays may be under way, on any threads. */
SC_MUST_USE socle_status sc_replay_create(struct sc_replay **out, const struct sc_elf *elf, const struct sc_span *span);
/** The next events, at most @p cap of them, in the caller's room; *n = 0 at the end of the segment.
 * Errors: E_BUG when the segment does not run as it did before. */
SC_MUST_USE socle_status sc_replay_next(struct sc_replay *r, struct sc_event *events, size_t *n, size_t cap);
/** What sc_event.inst of the events so far indexes. The array does not move; an entry is there before the first event that has it. */
const struct sc_inst *sc_replay_insts(const struct sc_replay *r, size_t *n);
/** After the last event. Errors: E_NOMEM; E_BUG when a final value, the next ip or a count of rows is not that of the span. */
SC_MUST_USE socle_status sc_replay_finish(struct sc_replay *r, struct sc_replayed *out);
void sc_replay_destroy(struct sc_replay *r);
void sc_replayed_fini(struct sc_replayed *r);
/** Give rows of INITFINAL, by address, the last stamps of the only segment of an execution. */
void sc_words_stamp(struct sc_word *words, size_t n_words, const struct sc_replayed *replayed);
/** The most memory of a replay of @p span, struct sc_replayed included, beside the caller's room for events. */
size_t sc_replay_memory(const struct sc_elf *elf, const struct sc_span *span);
/** What of it struct sc_replayed keeps. */
size_t sc_replayed_memory(const struct sc_span *span);

#endif
