/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From a recorded run to the committed columns: heights, stacked cells of the main tables, multiplicities, public values;
 * and from a program to the cells of IMAGE.
 * Owns the cells until the _fini functions. Theory: docs/spec/stacking.md, docs/spec/machine.md sections 3 and 6.
 */
#ifndef SC_TRACE_TRACE_H
#define SC_TRACE_TRACE_H

#include "core/air/layout.h"
#include "host/exec/segments.h"
#include "host/sys/pool.h"

/** The table IMAGE, stacked alone: column c of 2^log_h rows begins at cells + (c << log_h). */
struct sc_image {
    unsigned log_h;
    unsigned m0; /* cells has 2^m0 elements, Montgomery form, zero after the columns */
    fp *cells;
};

/** log2 of the rows of a program's image. */
unsigned sc_image_height(const struct sc_elf *elf);
/** Cells of the program image. Errors: E_NOMEM; E_LIMIT when the image needs more than 2^27 rows. */
SC_MUST_USE socle_status sc_image_build(struct sc_image *out, const struct sc_elf *elf);
void sc_image_fini(struct sc_image *image);

struct sc_trace {
    struct sc_shape shape;
    struct sc_layout layout;
    const struct sc_image *image; /* borrowed */
    fp *cells;                    /* stacked main polynomial: 2^layout.m0 elements, Montgomery form, the tail zero */
    fp *boundary;                 /* stacked BOUNDARY: 2^layout.boundary_m0 elements, likewise; NULL in a single proof */

    /* Public values; keys as residues below p, the region's start when it is empty. The ends of STATE are not of proof 0 of a set; keys
     * and output are not of a segment. */
    uint32_t entry_ip, ip_end, ts_end, ram_key, input_key;
    bool halted; /* the run ends at ip_end */
    const uint8_t *output; /* borrowed from the run */
    uint64_t output_size;
};

/** Heights and places of everything for a run of these rows; the rows of a table of fixed height do not matter.
 * Errors: E_LIMIT when one proof cannot hold it, with a sentence that names the bound. */
SC_MUST_USE socle_status sc_trace_shape(struct sc_shape *shape, struct sc_layout *layout, char *why, size_t why_size,
                                        const uint64_t n_rows[AIR_N_TABLES], unsigned image_log_h);

/** The same for proof @p index of a set: a segment, or with 0 the proof of memory, which alone has an image. */
SC_MUST_USE socle_status sc_trace_set_shape(struct sc_shape *shape, struct sc_layout *layout, char *why, size_t why_size,
                                            const struct sc_segments *s, uint32_t index, unsigned image_log_h);

/** The most memory of sc_trace_record or sc_trace_segment beside the replay (sc_replay_memory), cells included; sc_trace_build takes no more. */
size_t sc_trace_memory(const struct sc_layout *layout, unsigned n_threads);

/** Build the trace of the one proof of an execution that halted and is one segment, recording it on the way.
 *
 * Alias:   borrows @p image and @p output, the output of the run, until sc_trace_fini.
 * Sets the last stamps of s->words. Otherwise as sc_trace_build, and with the same cells.
 * Errors:  also E_ARG when there are several segments; E_BUG when the segment does not run as before; what the watch says
 *          (it may be NULL).
 */
SC_MUST_USE socle_status sc_trace_record(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, struct sc_segments *s,
                                         const uint8_t *output, size_t output_size, const struct sc_image *image, struct sc_pool *pool,
                                         const struct sc_watch *watch);

/** Build the trace of proof @p index of a set, 1 .. n_spans, recording the segment on the way. Borrows nothing afterwards. Segments may be
 * built in any order, and at the same time with pools of their own.
 * Errors:  as sc_trace_record; E_ARG also when there is only one segment.
 */
SC_MUST_USE socle_status sc_trace_segment(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_segments *s,
                                          uint32_t index, struct sc_pool *pool, const struct sc_watch *watch);

/** Build the trace of proof 0 of a set: INITFINAL and REGS over all words, and the rows of BOUNDARY for those that a segment touched.
 * Alias:   borrows @p image and @p output until sc_trace_fini.
 * Errors:  E_ARG when there is only one segment; E_LIMIT, E_NOMEM. Memory: sc_trace_memory and sc_trace_first_memory.
 */
SC_MUST_USE socle_status sc_trace_first(struct sc_trace *out, char *why, size_t why_size, const struct sc_segments *s, const uint8_t *output,
                                        size_t output_size, const struct sc_image *image, struct sc_pool *pool);
size_t sc_trace_first_memory(const struct sc_segments *s);
/** Rows of BOUNDARY in proof 0, s->n_boundary_words of them: what some segment touched, by (space, addr). */
void sc_trace_touched(struct sc_span_word *out, const struct sc_segments *s);

/** The cells of BOUNDARY of proof @p index alone, and shape and places of all: out->cells stays NULL. Errors: as sc_trace_segment. */
SC_MUST_USE socle_status sc_trace_boundary(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_segments *s,
                                           uint32_t index, unsigned image_log_h);
/** Its most memory. */
size_t sc_trace_boundary_memory(const struct sc_layout *layout, const struct sc_elf *elf, const struct sc_segments *s, uint32_t index);

/** Last keys of RAM and input among words by address, the region's start when it is empty. */
void sc_trace_keys(uint32_t *ram, uint32_t *input, const struct sc_word *words, size_t n_words);

/** Build the trace of a recorded run that halted.
 *
 * Alias:   borrows @p image, and run->output, until sc_trace_fini.
 * Cost:    see sc_trace_memory; the cells depend on the run only, never on the pool.
 * Errors:  E_LIMIT: too many cells or bus terms for one proof. E_BUG: a row looks up a value that its table does not hold;
 *          @p why names table, bus and row. E_NOMEM. On failure *out is empty.
 */
SC_MUST_USE socle_status sc_trace_build(struct sc_trace *out, char *why, size_t why_size, const struct sc_run *run, const struct sc_image *image,
                                        struct sc_pool *pool);
void sc_trace_fini(struct sc_trace *trace);
/** Give the cells back before the rest. */
void sc_trace_drop_cells(struct sc_trace *trace);
void sc_trace_drop_boundary(struct sc_trace *trace);

/** Column @p col of chunk @p chunk of the layout, 2^log_h elements. Closed-form columns have no cells. */
fp *sc_trace_column(const struct sc_trace *trace, unsigned chunk, unsigned col);

/** Count the queries of the lookup buses into U16T, BYTET and POW2T of a trace whose other cells are final.
 * sc_trace_build calls it; tests that change cells call it again. Errors: E_BUG, E_NOMEM. */
SC_MUST_USE socle_status sc_trace_count(const struct sc_trace *trace, char *why, size_t why_size, struct sc_pool *pool);
/** Its memory. */
size_t sc_trace_count_memory(unsigned n_threads);

#endif
