/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The executor: runs a loaded program on an input, either fast or recording everything in one list (tests and tools; a
 * proof records in parts, segments.h). Owns the lists of struct sc_run until sc_run_fini. Theory: docs/spec/machine.md.
 */
#ifndef SC_EXEC_EXEC_H
#define SC_EXEC_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/status.h"
#include "core/chips/event.h"
#include "host/exec/elf.h"
#include "host/sys/watch.h"

#define SC_INPUT_START (UINT64_C(1) << 32)
#define SC_OUTPUT_START (UINT64_C(1) << 33)
#define SC_OUTPUT_END (SC_OUTPUT_START + (UINT64_C(1) << 32))
#define SC_IO_MAX ((UINT64_C(1) << 32) - 8) /* bytes of input or output */
#define SC_N_REGS (SC_REG_DUMMY + 1)
#define SC_CYCLES_MAX                                                                              \
    ((UINT64_C(1) << 25) -                                                                         \
     2) /* of a recording: every stamp, the closing ts_end included, stays below 2^27 */

/* Tables by name, in the order of machine.def. */
enum sc_table {
#define T(NAME, name, fixed_log_h) SC_TABLE_##NAME,
#include "core/chips/machine.def"
#undef T
    SC_N_TABLES
};

/* How a run ended. E(NAME, sentence) */
#define SC_ENDS(E)                                                                                 \
    E(HALT, "success")                                                                             \
    E(EXIT_CODE, "the guest ended with a non-zero exit code")                                      \
    E(ILLEGAL, "illegal instruction")                                                              \
    E(JUMP_MISALIGNED, "jump to an address that is not a multiple of 4")                           \
    E(FETCH, "fetch from an address that is not executable")                                       \
    E(LOAD, "load from an unmapped address")                                                       \
    E(STORE, "store to an unmapped address")                                                       \
    E(STORE_CLASS, "store to memory that is not writable")                                         \
    E(ECALL, "unknown environment call")                                                           \
    E(OUTPUT_LENGTH, "the output length word is too large")                                        \
    E(OUTPUT_PAST, "memory past the end of the output was touched")                                \
    E(OUTPUT_PADDING, "the output is not zero-padded to a word")                                   \
    E(CYCLES, "the cycle limit was reached")

enum sc_end {
#define E(NAME, sentence) SC_END_##NAME,
    SC_ENDS(E)
#undef E
};

/** What a run needs beside the program. Zero means default. */
struct sc_exec_options {
    const uint8_t *input;
    size_t input_size;
    bool record;         /* keep events, words, registers and fetches */
    uint64_t max_cycles; /* 0: none (SC_CYCLES_MAX when recording) */
    uint64_t max_output; /* bytes; E_LIMIT when the guest declares more. 0: SC_IO_MAX */
    /** Receives what the guest logs (environment call 64); at most SC_LOG_MAX bytes per call are
     * passed on. May be NULL. */
    void (*log)(void *arg, uint64_t fd, const uint8_t *bytes, size_t n);
    void *log_arg;
    const struct sc_watch *watch; /* asked now and then whether to go on; may be NULL */
};
#define SC_LOG_MAX (UINT64_C(1) << 20)

/** The result of a run. */
struct sc_run {
    enum sc_end end;
    uint64_t pc;   /* of the last instruction, or of the failed fetch; CYCLES: of the next one */
    uint64_t addr; /* SC_END_LOAD, STORE, STORE_CLASS, JUMP_MISALIGNED, FETCH, OUTPUT_PAST: the
                      address; ECALL: the id; ILLEGAL: the word */
    uint64_t exit_code;
    uint64_t cycles;     /* executed instructions, the last ecall included */
    uint64_t misaligned; /* loads and stores at an address that is not a multiple of their size */
    uint64_t regs[SC_N_REGS];
    uint8_t *output; /* only of a run that halted with success */
    size_t output_size;
    uint64_t n_rows[SC_N_TABLES]; /* of every table whose height is not fixed, and REGS; INITFINAL
                                     only after SC_END_HALT */
    size_t n_pages;               /* of guest memory that exist */

    /* Recording only. */
    uint32_t entry_ip, end_ip,
        ts_end;                 /* the ends of STATE: (4, entry_ip, 0) and (ts_end, end_ip, 1) */
    uint32_t reg_ts[SC_N_REGS]; /* last stamps; the final values are regs */
    struct sc_inst *insts;      /* what sc_event.inst indexes, in order of first execution */
    size_t n_insts;
    struct sc_event *events; /* in order of execution */
    size_t n_events;
    struct sc_word *words; /* Init/Final, by address (hence by region) */
    size_t n_words;
    struct sc_fetch *fetches; /* by ip */
    size_t n_fetches;
    struct sc_renewal *renewals; /* by stamp and register */
    size_t n_renewals;
};

/** Run @p elf to its end.
 *
 * Errors: E_GUEST when the end is not SC_END_HALT, E_LIMIT for SC_END_CYCLES, E_ARG for an input
 * that is too long, E_NOMEM, and what the watch says.
 *         @p why receives a sentence with cause, pc and address. In every case *out is valid for
 * sc_run_fini; with E_GUEST and E_LIMIT its scalars, regs and recorded events describe the run up
 * to its end, and words and fetches are absent.
 */
SC_MUST_USE socle_status sc_exec(struct sc_run *out,
                                 char *why,
                                 size_t why_size,
                                 const struct sc_elf *elf,
                                 const struct sc_exec_options *options);

/** The least memory of a run of @p elf, before it touches anything. */
size_t sc_exec_memory(const struct sc_elf *elf);

/** Free what sc_exec gave. */
void sc_run_fini(struct sc_run *run);
/** Free the recorded lists only. */
void sc_run_drop_lists(struct sc_run *run);

#endif
