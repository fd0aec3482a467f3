/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the executor: the state of a run, decoded code, and what the files of host/exec share. Not
 * for others to include. Owns nothing by itself; struct vm is built and freed by exec.c. Theory:
 * docs/spec/machine.md.
 */
#ifndef SC_EXEC_VM_H
#define SC_EXEC_VM_H

#include "host/exec/exec.h"
#include "host/exec/memory.h"

/* What the loop does for an instruction. The first three are not instructions of the machine. */
enum xop {
    X_UNDECODED,
    X_OUTSIDE, /* the end of a code block, or a jump out of it: vm.target or the next address */
    X_ILLEGAL,
    X_CONST,
    X_JAL,
    X_JALR,
    X_BEQ,
    X_BNE,
    X_BLT,
    X_BGE,
    X_BLTU,
    X_BGEU,
    X_LB,
    X_LH,
    X_LW,
    X_LD,
    X_LBU,
    X_LHU,
    X_LWU,
    X_SB,
    X_SH,
    X_SW,
    X_SD,
    X_ECALL,
#define A(NAME, cls, m, alt, f3, value) X_##NAME,
#include "host/exec/alu.def"
#undef A
};

#define REG_NONE 33u /* where instructions without rd write */
#define NO_TARGET UINT64_MAX

enum { USES_RS1 = 1, USES_RS2 = 2, USES_RD = 4 };

/** A decoded instruction as the loop wants it. */
struct hot {
    uint8_t xop;
    uint8_t rd, rs1, rs2;
    uint8_t table; /* enum sc_table; of loads and stores that stay within a word */
    uint8_t uses;
    uint8_t misaligned; /* a branch whose offset is not a multiple of 4 */
    int32_t step;       /* in instructions, of branches and JAL */
    uint32_t inst;      /* index into sc_run.insts when recording */
    uint64_t imm; /* added to rs2 (immediate forms), the constant of CONST and JAL, or the offset */
    uint64_t count; /* executions; while running, jumps to here less those away from the entry
                       before (mod 2^64) */
};

/** An executable segment, rounded out to words. code has n + 1 entries, the last X_OUTSIDE. */
struct code_block {
    uint64_t ip;
    uint32_t n;
    struct hot *code;
};

/** A load from an executable word that no data access had touched: its stamp may become decode's.
 */
struct code_read {
    size_t event;
    unsigned word;
};

struct vm {
    struct memory mem;
    uint64_t regs[SC_N_REGS + 1];
    uint32_t reg_ts[SC_N_REGS];
    struct code_block *blocks; /* by address */
    size_t n_blocks;
    const struct code_block *block; /* where the loop is */
    uint32_t pos;                   /* index in the block */
    uint64_t target;                /* ip of a pending jump out of the block, or NO_TARGET */
    uint64_t cycles, max_cycles, misaligned;
    uint64_t pause; /* the loop leaves here to look around */
    uint64_t crossing[2][2]; /* accesses to two words, [store][of 8 bytes] */
    uint64_t zero_divisors;  /* divisions by 0, which call no MUL row */
    enum sc_end end;
    bool no_memory;
    uint64_t addr; /* sc_run.addr */
    const struct sc_exec_options *options;
    /* Recording. */
    struct sc_inst *insts;
    size_t n_insts, cap_insts;
    struct sc_event *events;
    size_t n_events, cap_events;
    struct code_read *code_reads;
    size_t n_code_reads, cap_code_reads;
};

/** Room for one more element: doubles *items (elements of @p size bytes) when @p n reaches *cap. */
SC_MUST_USE bool sc_vm_grow(void *items, size_t *cap, size_t n, size_t size);

/* code.c */
SC_MUST_USE socle_status sc_vm_code_init(struct vm *vm, const struct sc_elf *elf);
void sc_vm_code_fini(struct vm *vm);
/** What sc_vm_code_init takes. */
size_t sc_vm_code_bytes(const struct sc_elf *elf);
/** Go to the block that holds @p ip. False when no executable word does. */
bool sc_vm_enter(struct vm *vm, uint64_t ip);
/** Decode the instruction at vm.pos into its hot entry. False without memory. */
bool sc_vm_decode(struct vm *vm, uint32_t pos);

/* access.c */
/** Any load or store of 2^size_log bytes; completes @p ev unless NULL. On failure sets vm.end and
 * vm.addr and changes nothing. A load leaves bytes above its size undefined in *value. */
bool sc_vm_access(struct vm *vm,
                  uint64_t addr,
                  unsigned size_log,
                  bool store,
                  uint64_t *value,
                  struct sc_event *ev);

/* rows.c */
/** After the run: turn the counts of all instructions into executions. Once. */
void sc_vm_count_executions(struct vm *vm);
/** Rows of every table but INITFINAL, from the executions. */
void sc_vm_count_rows(const struct vm *vm, uint64_t rows[SC_N_TABLES]);
/** Rows of INITFINAL of a run that halted with this output. */
uint64_t sc_vm_count_words(const struct vm *vm, uint64_t n_image, size_t output_size);

/* record.c */
/** Start the event of the instruction at vm.cycles: stamps and operands. NULL without memory. */
struct sc_event *sc_vm_event(struct vm *vm, struct hot *i, uint32_t ip);
/** Access register @p reg at @p stamp; gives the previous stamp. */
uint32_t sc_vm_stamp(struct vm *vm, unsigned reg, uint32_t stamp);
/** After a run that halted: words, fetches, counts, and decode's stamps in the events. */
SC_MUST_USE socle_status sc_vm_collect(struct vm *vm, struct sc_run *out, const struct sc_elf *elf);

#endif
