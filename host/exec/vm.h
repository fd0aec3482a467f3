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
#include "host/exec/segments.h"

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

/* Registers beside those of the machine, for instructions without rd, rs1, rs2: always 0, without stamps. */
#define REG_NONE 33u
#define REG_NONE_1 34u
#define REG_NONE_2 35u
#define N_VM_REGS 36u
#define NO_TARGET UINT64_MAX

#define NO_BUDGET SC_N_TABLES

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
                       before (mod 2^64); a run that is cut does not count */
};

/** An executable segment, rounded out to words. code has n + 1 entries, the last X_OUTSIDE. */
struct code_block {
    uint64_t ip;
    uint32_t n;
    struct hot *code;
};

struct cutter;

struct vm {
    struct memory mem;
    uint64_t regs[N_VM_REGS];
    struct code_block *blocks; /* by address */
    size_t n_blocks;
    const struct code_block *block; /* where the loop is */
    uint32_t pos;                   /* index in the block */
    uint64_t target;                /* ip of a pending jump out of the block, or NO_TARGET */
    uint64_t cycles, max_cycles, misaligned;
    uint64_t pause; /* the loop leaves here to look around */
    uint64_t crossing[2][2]; /* accesses to two words, [store][of 8 bytes]; not of a run that is cut */
    uint64_t zero_divisors;  /* divisions by 0, which call no MUL row; not of a run that is cut */
    enum sc_end end;
    bool no_memory;
    uint64_t addr; /* sc_run.addr */
    const struct sc_exec_options *options;
    /* Cutting. */
    struct cutter *cutter;     /* NULL: the run is not cut */
    int32_t budget[SC_N_TABLES]; /* rows that the segment may still have before its shape changes */
    bool again;                /* room was made, or a cut: the instruction is to be dispatched again */
    socle_status cut_status;   /* why the cutter ended the run */
    /* Replay. */
    struct sc_event *event;    /* where the next one goes */
    uint32_t reg_ts[N_VM_REGS];
    struct sc_inst *insts;
    size_t n_insts, cap_insts;
    bool diverged;             /* the replay met something that the run did not */
};

/** Room for one more element: doubles *items (elements of @p size bytes) when @p n reaches *cap. */
SC_MUST_USE bool sc_vm_grow(void *items, size_t *cap, size_t n, size_t size);
/** What a list of @p n elements that grew so counts for. */
size_t sc_vm_grown_size(uint64_t n, size_t size);

/* code.c */
SC_MUST_USE socle_status sc_vm_code_init(struct vm *vm, const struct sc_elf *elf);
void sc_vm_code_fini(struct vm *vm);
/** What sc_vm_code_init takes. */
size_t sc_vm_code_bytes(const struct sc_elf *elf);
/** Go to the block that holds @p ip. False when no executable word does. */
bool sc_vm_enter(struct vm *vm, uint64_t ip);
/** Decode the instruction at @p pos of the block into its hot entry. False when a replay has no room for it. */
bool sc_vm_decode(struct vm *vm, uint32_t pos);

/* access.c */
/** Any load or store of 2^size_log bytes of a run. On failure sets vm.end and vm.addr and changes nothing; with vm.again set nothing
 * happened yet. A load leaves bytes above its size undefined in *value. */
bool sc_vm_access(struct vm *vm, uint64_t addr, unsigned size_log, bool store, uint64_t *value);
/** An access to two words in a replay. */
bool sc_vm_access_replay(struct vm *vm, uint64_t addr, unsigned size_log, bool store, uint64_t *value, struct sc_event *ev);
enum sc_table sc_vm_access_table(unsigned size_log, bool store, bool crosses);

/* loop.c */
/** Run until vm.pause or the end; three copies of one loop. */
void sc_vm_loop_plain(struct vm *vm);
void sc_vm_loop_cut(struct vm *vm);
void sc_vm_loop_replay(struct vm *vm);

/* cut.c; vm.cycles and vm.pos are those of the instruction at hand */
/** Make room for one more row in @p t and @p u (NO_BUDGET: none) and @p n_words more words, or cut before the instruction. False when
 * neither can be: vm.cut_status says why. */
bool sc_cut_grant(struct vm *vm, unsigned t, unsigned u, unsigned n_words);
/** The instruction at hand is about to be executed for the first time in the segment. False as above. */
bool sc_cut_fetch(struct vm *vm);
/** The word is touched: keep what it is, and mark it. There is room. */
void sc_cut_touch(struct vm *vm, struct mem_page *page, uint64_t addr);

/** Begin the first segment, where the vm is. False: vm.cut_status. */
bool sc_cut_start(struct vm *vm);
/** End the last one, and set out->n_rows. False when the set has too many rows of BOUNDARY. */
bool sc_cut_stop(struct vm *vm, struct sc_run *out);
/** sc_exec_cut, for recordings too. */
socle_status sc_vm_execute_cut(struct sc_segments *out, struct sc_run *run, char *why, size_t why_size, const struct sc_elf *elf,
                               const struct sc_exec_options *options, const struct sc_cut_limits *limits);

/* exec.c */
/** A run with or without a cutter; see sc_exec and sc_exec_cut. */
socle_status sc_vm_execute(struct vm *vm, struct sc_run *out, char *why, size_t why_size, const struct sc_elf *elf,
                           const struct sc_exec_options *options);
void sc_vm_fini(struct vm *vm);

/* rows.c */
/** After the run: turn the counts of all instructions into executions. Once. */
void sc_vm_count_executions(struct vm *vm);
/** Rows of every table but INITFINAL, from the executions. */
void sc_vm_count_rows(const struct vm *vm, uint64_t rows[SC_N_TABLES]);
/** Rows of INITFINAL of a run that halted with this output. */
uint64_t sc_vm_count_words(const struct vm *vm, uint64_t n_image, size_t output_size);

/* record.c */
/** sc_exec with its lists. */
socle_status sc_exec_record(struct sc_run *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_exec_options *options);

#endif
