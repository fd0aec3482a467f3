/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Closed-form columns: value on a row, and the multilinear extension at a point.
 * Owns nothing. Theory: docs/spec/machine.md section 6; X_1 is the most significant index bit.
 */
#include "core/air/air.h"

#include "core/base/assert.h"

/** sum of the n coordinates from @p at, read as a binary number. */
static fx number(const fx *point, unsigned at, unsigned n)
{
    fx v = FX_ZERO;
    for (unsigned i = 0; i < n; i++) {
        v = fx_add(fx_add(v, v), point[at + i]);
    }
    return v;
}

/** c + x (d - c) */
static fx between(fx x, uint32_t c, uint32_t d)
{
    return fx_add(fx_from_fp(fp_from_u32(c)), fx_mul_fp(x, fp_from_i64((int64_t)d - c)));
}

static fx and8(const fx *point)
{
    fx v = FX_ZERO;
    for (unsigned i = 0; i < 8; i++) {
        v = fx_add(fx_add(v, v), fx_mul(point[i], point[8 + i]));
    }
    return v;
}

/** Bits: right, s5..s0. Left: 2^(s mod 8); right: 2^(8 - s mod 8) = 2 * 2^(7 - s mod 8). */
static fx pow2_m(const fx *point)
{
    const fx left = fx_mul(fx_mul(between(point[4], 1, 16), between(point[5], 1, 4)), between(point[6], 1, 2));
    const fx right = fx_mul(fx_mul(between(point[4], 16, 1), between(point[5], 4, 1)), between(point[6], 4, 2));
    return fx_add(left, fx_mul(point[0], fx_sub(right, left)));
}

/** row < 33 of 64 rows: top bit clear, or every other bit clear. */
static fx reg_real(const fx *point)
{
    fx zero = FX_ONE;
    for (unsigned i = 1; i < 6; i++) {
        zero = fx_mul(zero, fx_sub(FX_ONE, point[i]));
    }
    return fx_add(fx_sub(FX_ONE, point[0]), fx_mul(point[0], zero));
}

fx sc_air_closed_at(enum air_closed kind, const fx *point, unsigned log_h, uint32_t index)
{
    switch (kind) {
    case AIR_CF_INDEX:
        return number(point, 0, log_h);
    case AIR_CF_HI8:
        SC_ASSERT(log_h == 16);
        return number(point, 0, 8);
    case AIR_CF_LO8:
        SC_ASSERT(log_h == 16);
        return number(point, 8, 8);
    case AIR_CF_AND8:
        SC_ASSERT(log_h == 16);
        return and8(point);
    case AIR_CF_POW2_M:
        SC_ASSERT(log_h == 7);
        return pow2_m(point);
    case AIR_CF_POW2_Q:
        SC_ASSERT(log_h == 7);
        return number(point, 1, 3);
    case AIR_CF_REG_REAL:
        SC_ASSERT(log_h == 6);
        return reg_real(point);
    case AIR_CF_PROOF:
    case AIR_CF_FIRST:
        return fx_from_fp(fp_from_u32(sc_air_closed_row(kind, 0, index)));
    }
    return FX_ZERO;
}

uint32_t sc_air_closed_row(enum air_closed kind, uint32_t row, uint32_t index)
{
    switch (kind) {
    case AIR_CF_INDEX:
        return row;
    case AIR_CF_HI8:
        return row >> 8;
    case AIR_CF_LO8:
        return row & 255;
    case AIR_CF_AND8:
        return (row >> 8) & (row & 255);
    case AIR_CF_POW2_M:
        return row & 64 ? 1u << (8 - (row & 7)) : 1u << (row & 7);
    case AIR_CF_POW2_Q:
        return (row & 63) >> 3;
    case AIR_CF_REG_REAL:
        return row < 33;
    case AIR_CF_PROOF:
        return index;
    case AIR_CF_FIRST:
        return index == 0;
    }
    return 0;
}
