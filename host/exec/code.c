/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Code blocks: decoded instructions of the executable segments, filled at first execution.
 * Owns the blocks of struct vm.
 * Theory: docs/spec/machine.md section 4.
 */

#include "host/exec/vm.h"
#include "host/sys/mem.h"

/** Where instruction codes of one operation meet: OPIMM is OP, OPIMM32 is OP32. */
static enum xop alu_xop(uint16_t op)
{
    uint32_t code = op;
    if (SC_OP_CLASS(op) == CLS_OPIMM || SC_OP_CLASS(op) == CLS_OPIMM32) {
        const uint32_t cls = SC_OP_CLASS(op) == CLS_OPIMM ? CLS_OP : CLS_OP32;
        code = (op & 63u) + SC_OP(cls, 0, 0, 0);
    }
    switch (code) {
#define A(NAME, cls, m, alt, f3, value)                                                            \
    case SC_OP((unsigned)(cls), m, alt, f3):                                                       \
        return X_##NAME;
#include "host/exec/alu.def"
#undef A
    default:
        return X_ILLEGAL;
    }
}

static enum sc_table alu_table(enum sc_class cls, uint16_t op)
{
    const uint32_t f3 = SC_OP_F3(op);
    const bool imm = cls == CLS_OPIMM || cls == CLS_OPIMM32;
    if ((op & 16u) != 0) {
        return f3 < 4 ? SC_TABLE_MUL : SC_TABLE_DIV;
    }
    if (f3 == 1 || f3 == 5) {
        return imm ? SC_TABLE_SHIFTI : SC_TABLE_SHIFT;
    }
    if (cls == CLS_OP32 || cls == CLS_OPIMM32) {
        return imm ? SC_TABLE_ADDIW : SC_TABLE_ADDW;
    }
    if (f3 == 2 || f3 == 3) {
        return SC_TABLE_SLT;
    }
    if (f3 != 0) {
        return imm ? SC_TABLE_BITI : SC_TABLE_BIT;
    }
    return imm ? SC_TABLE_ADDI : (op & 8u) != 0 ? SC_TABLE_SUB : SC_TABLE_ADD;
}

static enum xop branch_xop(uint32_t f3)
{
    static const uint8_t by_f3[8] = {X_BEQ, X_BNE, X_ILLEGAL, X_ILLEGAL,
                                     X_BLT, X_BGE, X_BLTU,    X_BGEU};
    return (enum xop)by_f3[f3];
}

static uint64_t limbs(const uint16_t c[4])
{
    return (uint64_t)c[0] | (uint64_t)c[1] << 16 | (uint64_t)c[2] << 32 | (uint64_t)c[3] << 48;
}

static void heat_alu(struct hot *h, const struct sc_inst *in, enum sc_class cls)
{
    h->xop = (uint8_t)alu_xop(in->op);
    h->table = (uint8_t)alu_table(cls, in->op);
    h->uses = USES_RS1 | USES_RD;
    if (cls == CLS_OP || cls == CLS_OP32) {
        h->uses |= USES_RS2;
    }
}

static void heat_branch(struct hot *h, const struct sc_inst *in)
{
    h->xop = (uint8_t)branch_xop(SC_OP_F3(in->op));
    h->table = SC_TABLE_BRANCH;
    h->uses = USES_RS1 | USES_RS2;
    h->misaligned = in->x1 != 0;
    h->imm = 0;
}

static void heat_const(struct hot *h, const struct sc_inst *in)
{
    h->xop = (in->word & 0x7fu) == 0x6fu ? X_JAL : X_CONST;
    h->table = SC_TABLE_CONST;
    h->uses = USES_RD;
    h->imm = limbs(in->c);
}

/** Translate a decoded instruction for the loop. */
static void heat(struct hot *h, const struct sc_inst *in)
{
    const struct hot blank = {.xop = X_ILLEGAL,
                              .rd = in->rd,
                              .rs1 = in->rs1,
                              .rs2 = in->rs2,
                              .step = in->x0,
                              .imm = (uint64_t)in->imm,
                              .count = h->count};
    const enum sc_class cls = (enum sc_class)SC_OP_CLASS(in->op);
    *h = blank;
    switch (cls) {
    case CLS_NONE:
        break;
    case CLS_LOAD:
        h->xop = (uint8_t)(X_LB + SC_OP_F3(in->op));
        h->table = h->xop == X_LD ? SC_TABLE_LD : SC_TABLE_LOADS;
        h->uses = USES_RS1 | USES_RD;
        break;
    case CLS_STORE:
        h->xop = (uint8_t)(X_SB + SC_OP_F3(in->op));
        h->table = h->xop == X_SD ? SC_TABLE_SD : SC_TABLE_STORES;
        h->uses = USES_RS1 | USES_RS2;
        break;
    case CLS_OPIMM:
    case CLS_OPIMM32:
    case CLS_OP:
    case CLS_OP32:
        heat_alu(h, in, cls);
        break;
    case CLS_BRANCH:
        heat_branch(h, in);
        break;
    case CLS_JALR:
        h->xop = X_JALR;
        h->table = SC_TABLE_JALR;
        h->uses = USES_RS1 | USES_RD;
        break;
    case CLS_ECALL:
        h->xop = X_ECALL;
        h->table = SC_TABLE_ECALL;
        break;
    case CLS_CONST:
        heat_const(h, in);
        break;
    }
    h->rd = (h->uses & USES_RD) != 0 ? h->rd : REG_NONE;
    h->rs1 = (h->uses & USES_RS1) != 0 ? h->rs1 : REG_NONE_1;
    h->rs2 = (h->uses & USES_RS2) != 0 ? h->rs2 : REG_NONE_2;
}

bool sc_vm_decode(struct vm *vm, uint32_t pos)
{
    struct sc_inst in;
    uint64_t word8 = 0;
    const uint64_t ip = vm->block->ip + pos;
    (void)sc_memory_peek(&vm->mem, 4 * ip, &word8);
    sc_decode(&in, (uint32_t)(word8 >> (32 * (ip & 1))), (uint32_t)ip);
    struct hot *const h = &vm->block->code[pos];
    heat(h, &in);
    if (!vm->mem.record || in.op == 0) {
        return true;
    }
    if (vm->n_insts == vm->cap_insts) { /* as many as the run executed */
        vm->diverged = true;
        return false;
    }
    h->inst = (uint32_t)vm->n_insts;
    vm->insts[vm->n_insts++] = in;
    return true;
}

bool sc_vm_enter(struct vm *vm, uint64_t ip)
{
    for (size_t i = 0; i < vm->n_blocks; i++) {
        const struct code_block *const b = &vm->blocks[i];
        if (ip >= b->ip && ip - b->ip < b->n) {
            vm->block = b;
            vm->pos = (uint32_t)(ip - b->ip);
            return true;
        }
    }
    return false;
}

/** Of a segment rounded out to words. */
static uint32_t instructions(const struct sc_segment *s)
{
    return (uint32_t)(((s->addr + s->mem_size - 1) / 8 - s->addr / 8 + 1) * 2);
}

size_t sc_vm_code_bytes(const struct sc_elf *elf)
{
    size_t n = sc_alloc_size(elf->n_segments, sizeof(struct code_block));
    for (size_t i = 0; i < elf->n_segments; i++) {
        if (elf->segments[i].space == SPACE_RX) {
            n += sc_alloc_size((size_t)instructions(&elf->segments[i]) + 1, sizeof(struct hot));
        }
    }
    return n;
}

socle_status sc_vm_code_init(struct vm *vm, const struct sc_elf *elf)
{
    vm->blocks = sc_alloc(elf->n_segments, sizeof(*vm->blocks));
    if (vm->blocks == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < elf->n_segments; i++) {
        const struct sc_segment *const s = &elf->segments[i];
        if (s->space != SPACE_RX) {
            continue;
        }
        struct code_block *const b = &vm->blocks[vm->n_blocks];
        b->ip = s->addr / 8 * 2;
        b->n = instructions(s);
        b->code = sc_alloc((size_t)b->n + 1, sizeof(*b->code));
        if (b->code == NULL) {
            return SOCLE_E_NOMEM;
        }
        b->code[b->n].xop = X_OUTSIDE;
        vm->n_blocks++;
    }
    return SOCLE_OK;
}

void sc_vm_code_fini(struct vm *vm)
{
    for (size_t i = 0; i < vm->n_blocks; i++) {
        sc_free(vm->blocks[i].code);
    }
    sc_free(vm->blocks);
}
