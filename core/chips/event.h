/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the executor records and the chips' fill functions read: decoded instructions and one event per executed instruction.
 * Plain data; freestanding.
 */
#ifndef SC_CHIPS_EVENT_H
#define SC_CHIPS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Instruction codes, docs/spec/machine.md section 4. */
enum sc_class {
    CLS_NONE = 0, /* does not decode */
    CLS_LOAD = 1,
    CLS_OPIMM = 2,
    CLS_OPIMM32 = 3,
    CLS_STORE = 4,
    CLS_OP = 5,
    CLS_OP32 = 6,
    CLS_BRANCH = 7,
    CLS_JALR = 8,
    CLS_ECALL = 9,
    CLS_CONST = 10,
};
#define SC_OP(cls, m, alt, f3) (64u * (cls) + 16u * (m) + 8u * (alt) + (f3))
#define SC_OP_CLASS(op) ((op) >> 6)
#define SC_OP_F3(op) ((op)&7u)

#define SC_REG_DUMMY 32u

enum sc_space { SPACE_REG = 0, SPACE_RW = 1, SPACE_RO = 2, SPACE_RX = 3 };

/** A decoded instruction: exactly the PROG tuple of its address, and the raw word. */
struct sc_inst {
    uint32_t word;
    uint32_t ip;     /* pc / 4 */
    uint16_t op;     /* SC_OP; 0 when the word does not decode */
    uint8_t rd;      /* 0 when the format has none; x0 as target is SC_REG_DUMMY */
    uint8_t rs1, rs2;
    uint16_t c[4];
    int32_t x0;      /* as a signed integer: BRANCH and CONST steps, JALR limb 0 */
    uint32_t x1;
    int64_t imm;     /* sign-extended immediate or shift amount, for the executor */
};

/** One executed instruction. Stamps are those of the tokens received, i.e. of the previous access. */
struct sc_event {
    uint32_t ts;          /* 4 (n + 1) */
    uint32_t ip, next_ip;
    uint32_t inst;        /* index into the run's decoded instructions */
    uint32_t prev1, prev2, prevd; /* of registers rs1, rs2, rd. ECALL: a7, a2, a0 */
    uint32_t prevm[2];    /* of the memory word, and of the next word when crossing */
    uint8_t space[2];     /* enum sc_space of those words */
    uint8_t crosses;
    uint8_t table;        /* which table the row goes to: index in machine.def order */
    uint64_t a, b;        /* rs1, rs2. ECALL: a7, a2 */
    uint64_t old, val;    /* rd before and after. ECALL: a0 */
    uint64_t addr;        /* effective address of loads and stores */
    uint64_t m_old[2], m_new[2]; /* words before and after; equal for loads */
};

/** Decode @p word at address 4 * @p ip. op = 0 when it is not an instruction of the machine (or a JAL to a misaligned offset). */
void sc_decode(struct sc_inst *out, uint32_t word, uint32_t ip);

/** A word of Init/Final: first and last value of an 8-byte word. */
struct sc_word {
    uint64_t addr;      /* multiple of 8 */
    uint64_t first, last;
    uint32_t last_ts;
    uint8_t space;
    uint8_t origin;     /* 0 img, 1 zero, 2 inp, 3 out */
};

/** A word of BOUNDARY. In a segment: its value when the segment begins and ends. In proof 0 of a set: when the run begins and ends. */
struct sc_crossing {
    uint64_t addr;      /* a multiple of 8; of a register (space 0) its number */
    uint64_t before, after;
    uint32_t last_ts;   /* stamp of the segment's last access; not read in proof 0 */
    uint32_t prev;      /* segment that had the word before, 0 if none; in proof 0 the last that had it */
    uint8_t space;
};

/* Registers are renewed just before an instruction whose stamp is a multiple of this: no access is further from the one before. */
#define SC_RENEW_STAMPS 65536u

/** A register that gets a newer stamp. Every register is renewed at every stamp SC_RENEW_STAMPS k - 1 before the last instruction. */
struct sc_renewal {
    uint64_t value;
    uint32_t prev, stamp; /* of the token that is received, and of the one that is sent */
    uint8_t reg;
};

/** Rows of RENEW in a proof of @p cycles instructions. */
static inline uint64_t sc_renewals(uint64_t cycles)
{
    return (SC_REG_DUMMY + 1) * (4 * cycles / SC_RENEW_STAMPS);
}

/** A decoded address that was executed at least once, for the DECODE table. */
struct sc_fetch {
    struct sc_inst inst;
    uint64_t word8;     /* the 8-byte memory word that holds it */
    uint32_t count;     /* number of executions */
    uint32_t prev;      /* stamp of the token its row receives: 0 or 1 */
};

#endif
