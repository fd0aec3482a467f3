/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One row per executed address: reads the instruction from memory once and offers its program line.
 * Owns nothing. Theory: docs/spec/chips.md section 18; docs/spec/machine.md section 4.
 */
#include "core/chips/access.h"

/* clang-format off */
#define DECODE_COLUMNS(ONE, VEC)                             \
    VEC(kind, 13, BIT, "LUI AUIPC JAL JALR BRANCH LOAD STORE OPIMM OP OPIMM32 OP32 FENCE SYSTEM, one-hot") \
    VEC(f3, 8, BIT, "funct3, one-hot")                       \
    VEC(rdb, 5, BIT, "instruction bits 7 to 11")             \
    VEC(hib, 17, BIT, "instruction bits 15 to 31")           \
    ONE(a, U16, "address / 4, low 14 bits")                  \
    ONE(b, U16, "address / 4, the bits above; limb 1 of the address") \
    ONE(half, BIT, "the instruction is the upper half of its word") \
    ONE(prev, BIT, "stamp of the word's token")              \
    VEC(v, 4, FIELD, "the word, limbs")                      \
    ONE(shift, FIELD, "1 for a shift by an immediate")       \
    ONE(op, FIELD, "instruction code")                       \
    ONE(rd, FIELD, "target register, 32 for x0")             \
    ONE(rdz, FIELD, "1 when the target field of a kind that has one is 0") \
    ONE(rdi, FIELD, "inverse of the target field of such a kind") \
    ONE(rs1, FIELD, "first source register")                 \
    ONE(rs2, FIELD, "second source register")                \
    VEC(c, 2, U16, "constant, limbs 0 and 1")                \
    VEC(k, 2, BIT, "carries out of limbs 0 and 1 of a sum with the address") \
    ONE(sx, FIELD, "1 when the constant's immediate is negative") \
    ONE(sk, FIELD, "sx times the second carry")              \
    ONE(x0, FIELD, "step of the program counter, or limb 0 of JALR's offset") \
    ONE(x1, FIELD, "bit 1 of a branch offset, or limb 1 of JALR's") \
    ONE(mult, FIELD, "executions of this address")
/* clang-format on */
AIR_ROW(decode, DECODE_COLUMNS)
AIR_COLS(decode, DECODE_COLUMNS)
#define ROW struct decode_row

enum {
    K_LUI,
    K_AUIPC,
    K_JAL,
    K_JALR,
    K_BRANCH,
    K_LOAD,
    K_STORE,
    K_OPIMM,
    K_OP,
    K_OPIMM32,
    K_OP32,
    K_FENCE,
    K_SYSTEM,
    K_N
};
static const uint8_t kind_opcode[K_N] = {0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x1b, 0x3b, 0x0f, 0x73};
static const uint8_t kind_class[K_N] = {CLS_CONST, CLS_CONST, CLS_CONST, CLS_JALR,    CLS_BRANCH, CLS_LOAD, CLS_STORE,
                                        CLS_OPIMM, CLS_OP,    CLS_OPIMM32, CLS_OP32,  CLS_OPIMM,  CLS_ECALL};

#define BIT(k) (1u << (k))
#define SET_PC (BIT(K_AUIPC) | BIT(K_JAL) | BIT(K_JALR)) /* the constant is a sum with the address */
#define SET_UPPER (BIT(K_LUI) | BIT(K_AUIPC))
#define SET_CONST (SET_UPPER | BIT(K_JAL))
#define SET_IMM (BIT(K_OPIMM) | BIT(K_OPIMM32))
#define SET_REG (BIT(K_OP) | BIT(K_OP32))
#define SET_I (BIT(K_LOAD) | SET_IMM)
#define SET_RD (SET_CONST | BIT(K_JALR) | SET_I | SET_REG)
#define SET_RS2 (BIT(K_BRANCH) | BIT(K_STORE) | SET_REG)
#define SET_RS1 (SET_RS2 | SET_I | BIT(K_JALR))
#define SET_F3 (SET_RS1 & ~BIT(K_JALR))                     /* funct3 is part of the code */

static inline uint32_t field(uint32_t word, unsigned at, unsigned n)
{
    return (word >> at) & ((1u << n) - 1);
}

static inline bool in_set(unsigned kind, uint32_t set)
{
    return (BIT(kind) & set) != 0;
}

/** An integer above -p as a residue. */
static inline uint32_t residue(int32_t v)
{
    return v < 0 ? FP_P - (uint32_t)-v : (uint32_t)v;
}

/** Index of the word's kind, K_N when its opcode is none. */
static unsigned kind_of(uint32_t word)
{
    unsigned k = 0;
    while (k < K_N && kind_opcode[k] != field(word, 0, 7)) {
        k++;
    }
    return k;
}

/** Columns of the constant: immediate or sum with the address. */
static void fill_constant(struct decode_row *r, unsigned kind, uint32_t word)
{
    const uint32_t i12 = word >> 20, s12 = field(word, 25, 7) << 5 | field(word, 7, 5), neg = word >> 31;
    uint32_t lo = 0, hi = 0;
    if (r->shift) {
        lo = field(word, 20, 6);
    } else if (in_set(kind, SET_I)) {
        lo = i12 | neg * 0xf000u;
        hi = neg * 0xffffu;
        r->sx = neg;
    } else if (kind == K_STORE) {
        lo = s12 | neg * 0xf000u;
        hi = neg * 0xffffu;
        r->sx = neg;
    } else if (in_set(kind, SET_UPPER)) {
        lo = word & 0xf000u;
        hi = word >> 16;
        r->sx = neg;
    } else if (kind == K_JAL || kind == K_JALR) {
        lo = 4;
    }
    if (in_set(kind, SET_PC)) {
        lo += 4 * r->a;
        hi += r->b + (lo >> 16);
    }
    r->k[0] = lo >> 16;
    r->k[1] = hi >> 16;
    r->c[0] = lo & 0xffffu;
    r->c[1] = hi & 0xffffu;
    r->sk = r->sx & r->k[1];
}

static void fill_step(struct decode_row *r, unsigned kind, uint32_t word)
{
    const uint32_t neg = word >> 31;
    if (kind == K_BRANCH) {
        const uint32_t low = field(word, 7, 1) << 11 | field(word, 25, 6) << 5 | field(word, 8, 4) << 1;
        r->x0 = residue((int32_t)(low >> 2) - (int32_t)(neg << 10));
        r->x1 = field(word, 8, 1);
    } else if (kind == K_JAL) {
        const uint32_t low = field(word, 12, 8) << 12 | field(word, 20, 1) << 11 | field(word, 21, 10) << 1;
        r->x0 = residue((int32_t)(low >> 2) - (int32_t)(neg << 18));
    } else if (kind == K_JALR) {
        r->x0 = word >> 20 | neg * 0xf000u;
        r->x1 = neg * 0xffffu;
    } else if (in_set(kind, SET_UPPER)) {
        r->x0 = 1;
    }
}

void sc_decode_fill(const struct sc_fetch *f, struct decode_row *r)
{
    const uint32_t word = f->inst.word, ip = f->inst.ip;
    const unsigned kind = kind_of(word), f3 = field(word, 12, 3), rdf = field(word, 7, 5);
    for (unsigned k = 0; k < K_N; k++) {
        r->kind[k] = k == kind;
    }
    for (unsigned i = 0; i < 8; i++) {
        r->f3[i] = i == f3;
    }
    split(5, 1, r->rdb, rdf);
    split(17, 1, r->hib, word >> 15);
    r->a = ip & 0x3fffu;
    r->b = ip >> 14;
    r->half = ip & 1u;
    r->prev = f->prev;
    split(4, 16, r->v, f->word8);
    r->shift = in_set(kind, SET_IMM) && (f3 & 3) == 1;

    const uint32_t alt = field(word, 30, 1) & (in_set(kind, SET_REG) | r->shift), m = field(word, 25, 1) & in_set(kind, SET_REG);
    r->op = kind == K_N ? 0 : SC_OP(kind_class[kind], m, alt, in_set(kind, SET_F3) ? f3 : 0);
    r->rd = in_set(kind, SET_RD) && rdf ? rdf : in_set(kind, SET_RD | BIT(K_FENCE)) ? SC_REG_DUMMY : 0;
    r->rdz = in_set(kind, SET_RD) && rdf == 0;
    r->rdi = in_set(kind, SET_RD) ? fp_to_u32(fp_inv(fp_from_u32(rdf))) : 0;
    r->rs1 = in_set(kind, SET_RS1) ? field(word, 15, 5) : 0;
    r->rs2 = in_set(kind, SET_RS2) ? field(word, 20, 5) : 0;
    r->sx = 0;
    fill_constant(r, kind, word);
    r->x0 = 0;
    r->x1 = 0;
    fill_step(r, kind, word);
    r->mult = f->count;
}

#ifdef SC_AIRGEN
/** Sum of the kinds in @p set. */
static ex any_kind(uint32_t set)
{
    ex s = air_k(0);
    for (unsigned k = 0; k < K_N; k++) {
        if (in_set(k, set)) {
            s = air_add(s, CI(kind, k));
        }
    }
    return s;
}

/** Sum of the funct3 values in @p set. */
static ex any_f3(uint32_t set)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < 8; i++) {
        if (set >> i & 1) {
            s = air_add(s, CI(f3, i));
        }
    }
    return s;
}

/** Instruction bits at .. at + n - 1 (15 <= at) as a number. */
static ex high_bits(unsigned at, unsigned n)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < n; i++) {
        s = air_add(s, air_scale(CI(hib, at + i - 15), (int64_t)1 << i));
    }
    return s;
}

/** Bits first .. first + n - 1 of the target field as a number. */
static ex rd_bits(unsigned first, unsigned n)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < n; i++) {
        s = air_add(s, air_scale(CI(rdb, first + i), (int64_t)1 << i));
    }
    return s;
}

static ex f3_number(void)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < 8; i++) {
        s = air_add(s, air_scale(CI(f3, i), i));
    }
    return s;
}

/** The word comes from memory, and the instruction is its half. */
static void constrain_fetch(ex real)
{
    const ex half = C(half), prev = C(prev), quad = air_scale(C(a), 4), o = air_k(0);
    const ex addr0 = air_sub(quad, air_scale(half, 4)), space = air_k(SPACE_RX), now = air_add(air_k(1), half);
    COLUMNS_OF(v, 4, v)
    const ex in[] = {space, addr0, C(b), o, prev, v[0], v[1], v[2], v[3]};
    const ex out[] = {space, addr0, C(b), o, now, v[0], v[1], v[2], v[3]};
    air_query(AIR_BUS_U16, real, 1, &quad);
    air_zero("the lower half is read from the first token", air_mul(prev, air_sub(air_k(1), half)));
    air_recv(AIR_BUS_MEM, real, 9, in);
    air_send(AIR_BUS_MEM, real, 9, out);

    ex opcode = o;
    for (unsigned k = 0; k < K_N; k++) {
        opcode = air_add(opcode, air_scale(CI(kind, k), kind_opcode[k]));
    }
    const ex low[] = {opcode, air_scale(rd_bits(0, 5), 1 << 7), air_scale(f3_number(), 1 << 12), air_scale(high_bits(15, 1), 1 << 15)};
    const ex limb0 = air_add(v[0], air_mul(half, air_sub(v[2], v[0]))), limb1 = air_add(v[1], air_mul(half, air_sub(v[3], v[1])));
    air_zero("low half of the instruction", air_sub(air_sum(4, low), air_mul(real, limb0)));
    air_zero("high half of the instruction", air_sub(high_bits(16, 16), air_mul(real, limb1)));
}

/** Words that are no instruction have no row. */
static void constrain_legal(ex real)
{
    const ex b25 = high_bits(25, 1), b30 = high_bits(30, 1), shift = C(shift), op32 = CI(kind, K_OP32);
    const ex f7_rest = air_add(high_bits(26, 4), air_scale(high_bits(31, 1), 16)); /* bits 26 to 29, 31: below 2^5 */

    air_zero("one funct3", air_sub(any_f3(0xff), real));
    air_zero("jal to a multiple of 4", air_mul(CI(kind, K_JAL), high_bits(21, 1)));
    air_zero("jalr and fence have funct3 0", air_mul(any_kind(BIT(K_JALR) | BIT(K_FENCE)), any_f3(0xfe)));
    air_zero("branch funct3 is not 2 or 3", air_mul(CI(kind, K_BRANCH), any_f3(0x0c)));
    air_zero("load funct3 is not 7", air_mul(CI(kind, K_LOAD), any_f3(0x80)));
    air_zero("store funct3 is below 4", air_mul(CI(kind, K_STORE), any_f3(0xf0)));
    air_zero("32-bit immediate funct3 is 0, 1 or 5", air_mul(CI(kind, K_OPIMM32), any_f3(0xdc)));
    air_zero("32-bit register funct3 is not 2 or 3", air_mul(op32, any_f3(0x0c)));

    air_zero("shift is by an immediate", air_sub(shift, air_mul(any_kind(SET_IMM), any_f3(0x22))));
    air_zero("upper bits of a shift are 0", air_mul(air_add(shift, any_kind(SET_REG)), f7_rest));
    air_zero("a left shift has no variant", air_mul(shift, air_mul(any_f3(0x02), b30)));
    air_zero("a 32-bit shift is below 32", air_mul(CI(kind, K_OPIMM32), air_mul(shift, b25)));

    air_zero("variant and multiplication exclude each other", air_mul(any_kind(SET_REG), air_mul(b25, b30)));
    air_zero("only funct3 0 and 5 have variants", air_mul(any_kind(SET_REG), air_mul(b30, any_f3(0xde))));
    air_zero("there is no 32-bit high product", air_mul(op32, air_mul(b25, any_f3(0x02))));
    air_zero("32-bit funct3 4, 6, 7 are divisions", air_mul(op32, air_mul(any_f3(0xd0), air_sub(air_k(1), b25))));

    const ex others[] = {any_f3(0xfe), rd_bits(0, 5), high_bits(15, 17)}; /* below 1 + 2^5 + 2^17 */
    air_zero("the only system instruction is ecall", air_mul(CI(kind, K_SYSTEM), air_sum(3, others)));
}

/** Code and registers. */
static void constrain_line(void)
{
    const ex b25 = high_bits(25, 1), b30 = high_bits(30, 1), reg = any_kind(SET_REG), rdf = rd_bits(0, 5), rdz = C(rdz), rd = any_kind(SET_RD);
    ex cls = air_k(0);
    for (unsigned k = 0; k < K_N; k++) {
        cls = air_add(cls, air_scale(CI(kind, k), kind_class[k] * 64));
    }
    const ex variant = air_mul(air_add(reg, C(shift)), b30), m = air_mul(reg, b25), f3 = air_mul(any_kind(SET_F3), f3_number());
    const ex code[] = {cls, air_scale(m, 16), air_scale(variant, 8), f3};
    air_zero("code of the instruction", air_sub(air_sum(4, code), C(op)));

    air_zero("target flag only for field 0", air_mul(rdf, rdz));
    air_zero("target flag for field 0", air_sub(air_sub(rd, rdz), air_mul(rdf, C(rdi))));
    const ex target[] = {air_mul(rd, rdf), air_scale(rdz, SC_REG_DUMMY), air_scale(CI(kind, K_FENCE), SC_REG_DUMMY)};
    air_zero("target register", air_sub(air_sum(3, target), C(rd)));
    air_zero("first source register", air_sub(air_mul(any_kind(SET_RS1), high_bits(15, 5)), C(rs1)));
    air_zero("second source register", air_sub(air_mul(any_kind(SET_RS2), high_bits(20, 5)), C(rs2)));
}

/** Low limb of the sign-extended 12-bit immediate of format I. */
static ex imm_i(void)
{
    return air_add(high_bits(20, 12), air_scale(high_bits(31, 1), 0xf000));
}

/** The constant of loads, stores, immediates, LUI, AUIPC and links. */
static void constrain_constant(void)
{
    const ex b31 = high_bits(31, 1), pc = any_kind(SET_PC), shift = C(shift), sx = C(sx), k0 = CI(k, 0), k1 = CI(k, 1);
    const ex imm_s = air_add(rd_bits(0, 5), air_add(air_scale(high_bits(25, 7), 1 << 5), air_scale(b31, 0xf000)));
    const ex upper0 = air_scale(air_add(f3_number(), air_scale(high_bits(15, 1), 8)), 1 << 12);
    const ex is_i = air_sub(any_kind(SET_I), shift), is_imm = air_add(is_i, CI(kind, K_STORE));
    const ex low[] = {air_mul(is_i, imm_i()),
                      air_mul(CI(kind, K_STORE), imm_s),
                      air_mul(shift, high_bits(20, 6)),
                      air_mul(any_kind(SET_UPPER), upper0),
                      air_scale(any_kind(BIT(K_JAL) | BIT(K_JALR)), 4),
                      air_mul(pc, air_scale(C(a), 4)),
                      air_scale(k0, -(1 << 16))};
    const ex high[] = {air_scale(air_mul(is_imm, b31), 0xffff), air_mul(any_kind(SET_UPPER), high_bits(16, 16)),
                       air_mul(pc, C(b)), k0, air_scale(k1, -(1 << 16))};
    air_zero("limb 0 of the constant", air_sub(air_sum(7, low), CI(c, 0)));
    air_zero("limb 1 of the constant", air_sub(air_sum(5, high), CI(c, 1)));
    air_zero("sign of the constant's immediate", air_sub(air_mul(b31, air_add(is_imm, any_kind(SET_UPPER))), sx));
    air_zero("sign with the second carry", air_sub(air_mul(sx, k1), C(sk)));
}

/** The step of the program counter, and JALR's offset. */
static void constrain_step(void)
{
    const ex b31 = high_bits(31, 1), is_branch = CI(kind, K_BRANCH);
    const ex branch[] = {rd_bits(2, 3), air_scale(high_bits(25, 6), 1 << 3), air_scale(rd_bits(0, 1), 1 << 9), air_scale(b31, -(1 << 10))};
    const ex jal[] = {high_bits(22, 9), air_scale(high_bits(20, 1), 1 << 9), air_scale(f3_number(), 1 << 10),
                      air_scale(high_bits(15, 5), 1 << 13), air_scale(b31, -(1 << 18))};
    const ex x0[] = {air_mul(is_branch, air_sum(4, branch)), air_mul(CI(kind, K_JAL), air_sum(5, jal)), any_kind(SET_UPPER),
                     air_mul(CI(kind, K_JALR), imm_i())};
    const ex x1 = air_add(air_mul(is_branch, rd_bits(1, 1)), air_mul(CI(kind, K_JALR), air_scale(b31, 0xffff)));
    air_zero("step of the program counter", air_sub(air_sum(4, x0), C(x0)));
    air_zero("bit 1 of the branch offset", air_sub(x1, C(x1)));
}

void sc_decode_constrain(void)
{
    COLUMNS_OF(kind, K_N, kind)
    const ex real = air_kinds(K_N, kind);
    constrain_fetch(real);
    constrain_legal(real);
    constrain_line();
    constrain_constant();
    constrain_step();

    /* limbs 2 and 3: immediate sign s and carry k give 65535 s + k - 65536 s k and 65535 (s - s k) */
    const ex sx = C(sx), sk = C(sk), c3 = air_scale(air_sub(sx, sk), 0xffff);
    const ex c2 = air_sub(air_add(c3, CI(k, 1)), sk);
    const ex ip = air_add(C(a), air_scale(C(b), 1 << 14));
    const ex line[] = {ip, C(op), C(rd), C(rs1), C(rs2), CI(c, 0), CI(c, 1), c2, c3, C(x0), C(x1)};
    air_table_side(AIR_BUS_PROG, C(mult), sizeof line / sizeof line[0], line);
}
#endif
