/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * DIV, DIVU, REM, REMU and their W forms, on magnitudes: |n| = |q| |d| + |r| with |r| < |d|, the product from a called MUL row.
 * Rows with divisor zero have kinds of their own, because only the others call. Owns nothing.
 * Theory: docs/spec/chips.md section 11.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define DIV_COLUMNS(ONE, VEC)                                                       \
    PART_STATE(ONE, VEC)                                                            \
    VEC(kind, 8, BIT, "DIV DIVU REM REMU, DIVW DIVUW REMW REMUW, divisor not 0")    \
    VEC(kind0, 8, BIT, "the same, divisor 0")                                       \
    PART_READ1(ONE, VEC)                                                            \
    PART_READ2(ONE, VEC)                                                            \
    PART_WRITE(ONE, VEC)                                                            \
    VEC(a, 4, FIELD, "rs1, limbs")                                                  \
    VEC(b, 4, FIELD, "rs2, limbs")                                                  \
    VEC(nh, 2, FIELD, "limbs 2 and 3 of the dividend n, extended in W forms")       \
    VEC(dh, 2, FIELD, "limbs 2 and 3 of the divisor d, extended in W forms")        \
    ONE(tn, FIELD, "limb of rs1 with the sign")                                     \
    ONE(td, FIELD, "limb of rs2 with the sign")                                     \
    ONE(sn, BIT, "n < 0")                                                           \
    ONE(sd, BIT, "d < 0")                                                           \
    ONE(sq, BIT, "sn xor sd")                                                       \
    VEC(nm, 4, U16, "magnitude of n")                                               \
    VEC(dm, 4, U16, "magnitude of d")                                               \
    VEC(q, 4, U16, "quotient")                                                      \
    VEC(qm, 4, U16, "magnitude of q")                                               \
    VEC(r, 4, U16, "remainder")                                                     \
    VEC(rm, 4, U16, "magnitude of r")                                               \
    VEC(lo, 4, FIELD, "product of the magnitudes of q and d, 0 when d = 0")         \
    VEC(gap, 4, U16, "dm - rm - 1, 0 when d = 0")                                   \
    ONE(inv, FIELD, "inverse of the sum of the limbs of d")                         \
    VEC(z, 4, FIELD, "value written, limbs")                                        \
    ONE(zs, BIT, "W forms: top bit of z[1]")
/* clang-format on */
AIR_ROW(div, DIV_COLUMNS)
AIR_COLS(div, DIV_COLUMNS)

#define N_KINDS 8
enum { DIV, DIVU, REM, REMU, DIVW, DIVUW, REMW, REMUW };
static const uint16_t codes[N_KINDS] = {
    SC_OP(CLS_OP, 1, 0, 4),   SC_OP(CLS_OP, 1, 0, 5),   SC_OP(CLS_OP, 1, 0, 6),   SC_OP(CLS_OP, 1, 0, 7),
    SC_OP(CLS_OP32, 1, 0, 4), SC_OP(CLS_OP32, 1, 0, 5), SC_OP(CLS_OP32, 1, 0, 6), SC_OP(CLS_OP32, 1, 0, 7),
};

/* Operands as 64-bit words, with their signs and magnitudes. */
struct operands {
    bool is_w, sn, sd;
    uint64_t n, d, nm, dm;
};

static uint64_t extend(uint64_t v, bool is_w, bool is_signed)
{
    if (!is_w) {
        return v;
    }
    return is_signed ? (uint64_t)(int64_t)(int32_t)(uint32_t)v : (uint32_t)v;
}

static struct operands operands(const struct sc_event *e, const struct sc_inst *in)
{
    const bool is_signed = !(in->op & 1u);
    struct operands o;
    o.is_w = SC_OP_CLASS(in->op) == CLS_OP32;
    o.n = extend(e->a, o.is_w, is_signed);
    o.d = extend(e->b, o.is_w, is_signed);
    o.sn = is_signed && o.n >> 63;
    o.sd = is_signed && o.d >> 63;
    o.nm = o.sn ? 0 - o.n : o.n;
    o.dm = o.sd ? 0 - o.d : o.d;
    return o;
}

bool sc_div_call(const struct sc_event *e, const struct sc_inst *in, uint64_t *q, uint64_t *d)
{
    const struct operands o = operands(e, in);
    *q = o.d ? o.nm / o.dm : 0;
    *d = o.dm;
    return o.d != 0;
}

static void fill_quotient(struct div_row *r, const struct operands *o)
{
    const uint64_t rm = o->d ? o->nm % o->dm : o->nm;
    uint64_t q = ~(uint64_t)0, qm = o->sn != o->sd ? 1 : q;
    if (o->d) {
        qm = o->nm / o->dm;
        q = o->sn != o->sd ? 0 - qm : qm;
        part_limbs(r->lo, qm * o->dm);
        part_limbs(r->gap, o->dm - rm - 1);
    }
    part_limbs(r->q, q);
    part_limbs(r->qm, qm);
    part_limbs(r->rm, rm);
    part_limbs(r->r, o->sn ? 0 - rm : rm);
}

/* Canonical residue of 1 / x, x < p; 0 for 0. */
static uint32_t inverse(uint32_t x)
{
    return fp_to_u32(fp_inv(fp_from_u32(x)));
}

void sc_div_fill(const struct sc_event *e, const struct sc_inst *in, struct div_row *r)
{
    const struct operands o = operands(e, in);
    uint32_t n[4], d[4];

    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(o.d ? r->kind : r->kind0, N_KINDS, codes, in->op);
    part_limbs(r->a, e->a);
    part_limbs(r->b, e->b);
    part_limbs(n, o.n);
    part_limbs(d, o.d);
    r->nh[0] = n[2];
    r->nh[1] = n[3];
    r->dh[0] = d[2];
    r->dh[1] = d[3];
    r->tn = r->a[o.is_w ? 1 : 3];
    r->td = r->b[o.is_w ? 1 : 3];
    r->sn = o.sn;
    r->sd = o.sd;
    r->sq = o.sn != o.sd;
    part_limbs(r->nm, o.nm);
    part_limbs(r->dm, o.dm);
    fill_quotient(r, &o);
    r->inv = inverse(d[0] + d[1] + d[2] + d[3]);
    part_limbs(r->z, e->val);
    r->zs = o.is_w ? r->z[1] >> 15 : 0;
}

#ifdef SC_AIRGEN
#define ROW struct div_row

struct div_kinds {
    ex real, calls, zero, word, is_signed, quot, rem, quot_d, rem_d;
};

static struct div_kinds div_kinds(const ex *k)
{
    /* both[i]: kind i with any divisor */
    ex both[N_KINDS];
    for (unsigned i = 0; i < N_KINDS; i++) {
        both[i] = air_add(k[i], k[N_KINDS + i]);
    }
    const ex is_signed[] = {both[DIV], both[REM], both[DIVW], both[REMW]};
    const ex quot_d[] = {both[DIV], both[DIVU]};
    const ex quot_w[] = {both[DIVW], both[DIVUW]};
    const ex rem_d[] = {both[REM], both[REMU]};
    const ex rem_w[] = {both[REMW], both[REMUW]};
    const struct div_kinds out = {
        .real = air_kinds(2 * N_KINDS, k),
        .calls = air_any(N_KINDS, k),
        .zero = air_any(N_KINDS, k + N_KINDS),
        .word = air_sum(4, both + DIVW),
        .is_signed = air_sum(4, is_signed),
        .quot = air_add(air_sum(2, quot_d), air_sum(2, quot_w)),
        .rem = air_add(air_sum(2, rem_d), air_sum(2, rem_w)),
        .quot_d = air_sum(2, quot_d),
        .rem_d = air_sum(2, rem_d),
    };
    return out;
}

/* xm = x when s = 0; x + xm = 0 mod 2^64 when s = 1. */
static void magnitude(ex s, const ex x[4], const ex xm[4])
{
    ex carry = air_k(0);
    for (unsigned i = 0; i < 4; i++) {
        carry = air_div(air_add(air_add(x[i], xm[i]), carry), 65536);
        air_zero("a word that is not negative is its magnitude", air_mul(air_sub(air_k(1), s), air_sub(x[i], xm[i])));
        air_zero("a negative word and its magnitude sum to 0, carries are bits",
                 air_mul(s, air_mul(carry, part_plus(carry, -1))));
    }
}

/* Signs and extension of the operands. */
static void div_operands(const struct div_kinds *k, const ex a[4], const ex b[4])
{
    const ex nh[] = {C(nh[0]), C(nh[1])}, dh[] = {C(dh[0]), C(dh[1])};
    for (unsigned i = 0; i < 2; i++) {
        const ex en = air_sub(air_scale(C(sn), 65535), a[2 + i]);
        const ex ed = air_sub(air_scale(C(sd), 65535), b[2 + i]);
        air_zero("upper limbs of n: of rs1, or its extension", air_sub(air_sub(nh[i], a[2 + i]), air_mul(k->word, en)));
        air_zero("upper limbs of d: of rs2, or its extension", air_sub(air_sub(dh[i], b[2 + i]), air_mul(k->word, ed)));
    }
    air_zero("tn has the sign of n", air_sub(air_sub(C(tn), a[3]), air_mul(k->word, air_sub(a[1], a[3]))));
    air_zero("td has the sign of d", air_sub(air_sub(C(td), b[3]), air_mul(k->word, air_sub(b[1], b[3]))));

    const ex flip = air_scale(k->is_signed, 32768);
    const ex pin_n = air_sub(air_add(C(tn), flip), air_scale(C(sn), 65536));
    const ex pin_d = air_sub(air_add(C(td), flip), air_scale(C(sd), 65536));
    air_query(AIR_BUS_U16, k->real, 1, &pin_n);
    air_query(AIR_BUS_U16, k->real, 1, &pin_d);
    air_zero("the quotient is negative when one operand is",
             air_sub(air_sub(air_add(C(sn), C(sd)), air_scale(air_mul(C(sn), C(sd)), 2)), C(sq)));
}

/* |n| = |q| |d| + |r|, |r| < |d|; or q = 2^64 - 1 and r = n. */
static void div_relation(const struct div_kinds *k, const ex d[4])
{
    const ex nm[4] = PART_LIMBS(nm), dm[4] = PART_LIMBS(dm), qm[4] = PART_LIMBS(qm);
    const ex rm[4] = PART_LIMBS(rm), lo[4] = PART_LIMBS(lo), q[4] = PART_LIMBS(q), gap[4] = PART_LIMBS(gap);
    const ex d_sum = air_sum(4, d);

    air_zero("a divisor that is not zero has an inverse of its limb sum", air_sub(air_mul(d_sum, C(inv)), k->calls));
    air_zero("a divisor zero is zero", air_mul(k->zero, d_sum));

    const ex call[] = {qm[0], qm[1], qm[2], qm[3], dm[0], dm[1], dm[2], dm[3], lo[0], lo[1], lo[2], lo[3]};
    air_send(AIR_BUS_MCALL, k->calls, 12, call);
    air_zero("product and remainder sum to the dividend without carry out",
             air_add_limbs("product and remainder sum to the dividend, carries are bits", 4, lo, rm, nm));

    ex carry = air_k(1);
    for (unsigned i = 0; i < 4; i++) {
        carry = air_div(air_sub(air_add(air_add(rm[i], gap[i]), carry), dm[i]), 65536);
        air_zero("the remainder is less than the divisor, carries are bits",
                 air_mul(k->calls, air_mul(carry, part_plus(carry, -1))));
        air_zero("division by zero gives all ones", air_mul(k->zero, part_plus(q[i], -65535)));
        air_zero("division by zero leaves the dividend", air_mul(k->zero, lo[i]));
    }
    air_zero("the remainder is less than the divisor, no carry out", air_mul(k->calls, carry));
}

/* Quotient or remainder, sign-extended in W forms. */
static void div_result(const struct div_kinds *k, const ex q[4], const ex r[4])
{
    for (unsigned i = 0; i < 4; i++) {
        ex v = air_add(air_mul(i < 2 ? k->quot : k->quot_d, q[i]), air_mul(i < 2 ? k->rem : k->rem_d, r[i]));
        if (i > 1) {
            v = air_add(v, air_scale(air_mul(k->word, C(zs)), 65535));
        }
        air_zero("the value written is the one that the kind asks for", air_sub(v, C(z[i])));
    }
}

void sc_div_constrain(void)
{
    ex kinds[2 * N_KINDS];
    for (unsigned i = 0; i < N_KINDS; i++) {
        kinds[i] = C(kind[i]);
        kinds[N_KINDS + i] = C(kind0[i]);
    }
    const struct div_kinds k = div_kinds(kinds);
    const ex a[4] = PART_LIMBS(a), b[4] = PART_LIMBS(b), z[4] = PART_LIMBS(z);
    const ex n[4] = {a[0], a[1], C(nh[0]), C(nh[1])}, d[4] = {b[0], b[1], C(dh[0]), C(dh[1])};
    const ex q[4] = PART_LIMBS(q), qm[4] = PART_LIMBS(qm), r[4] = PART_LIMBS(r), rm[4] = PART_LIMBS(rm);
    const ex nm[4] = PART_LIMBS(nm), dm[4] = PART_LIMBS(dm);

    PART_STEP(k.real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = air_add(part_op(N_KINDS, kinds, codes), part_op(N_KINDS, kinds + N_KINDS, codes));
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    air_prog_query(k.real, p);
    PART_REG_READ1(k.real, a);
    PART_REG_READ2(k.real, b);
    PART_REG_WRITE(k.real, z);

    div_operands(&k, a, b);
    magnitude(C(sn), n, nm);
    magnitude(C(sd), d, dm);
    magnitude(C(sq), q, qm);
    magnitude(C(sn), r, rm);
    div_relation(&k, d);
    div_result(&k, q, r);
    part_top_bit(k.word, C(z[1]), C(zs));
}
#endif
