/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inverse, power and Frobenius of the challenge field, and batch inversion.
 * Owns the Frobenius tables. Theory: docs/spec/field.md; a^-1 = a^(p + p^2 + p^3 + p^4) / N(a), N(a) in Fp.
 */
#include "core/field/fx.h"

/* Row i is x^(i p) resp. x^(i p^2), Montgomery form; recomputed by tests/unit/test_field.c (frobenius_tables_are_powers_of_x). */
static const fp frob1[FX_DEG][FX_DEG] = {
    {0x01fffffeu, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u},
    {0x2d993495u, 0x0e0c91e5u, 0x21a60922u, 0x4bff57a3u, 0x41b550beu},
    {0x0a1c252cu, 0x46d57e39u, 0x30149a86u, 0x3b2ee89fu, 0x3181252bu},
    {0x35fcae15u, 0x182d4e41u, 0x4c4c1cdfu, 0x074fcccbu, 0x4a813ff9u},
    {0x291099b3u, 0x3a76433cu, 0x21b1646du, 0x6ec65580u, 0x378f06cdu},
};
static const fp frob2[FX_DEG][FX_DEG] = {
    {0x01fffffeu, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u},
    {0x2f967f25u, 0x6d4725a6u, 0x054d8645u, 0x24fad3e8u, 0x21dcd21au},
    {0x3a5b7141u, 0x1cb6b2deu, 0x1d3eeba6u, 0x61431217u, 0x00f7bf69u},
    {0x05199bb2u, 0x6151534au, 0x4caaf8d4u, 0x0a80037cu, 0x5d72c28fu},
    {0x0a6625f2u, 0x63acab5bu, 0x012c3e01u, 0x65ff9494u, 0x66f9eb3cu},
};

static fx apply(const fp m[FX_DEG][FX_DEG], fx a)
{
    fx r = FX_ZERO;
    for (int i = 0; i < FX_DEG; i++) {
        for (int j = 0; j < FX_DEG; j++) {
            r.c[j] = fp_add(r.c[j], fp_mul(a.c[i], m[i][j]));
        }
    }
    return r;
}

fx sc_fx_frobenius(fx a)
{
    return apply(frob1, a);
}

fx sc_fx_inv(fx a)
{
    const fx a1 = apply(frob1, a);
    const fx a12 = fx_mul(a1, apply(frob1, a1));
    const fx a1234 = fx_mul(a12, apply(frob2, a12));
    const fp norm = fx_mul(a, a1234).c[0];
    return fx_mul_fp(a1234, fp_inv(norm));
}

fx sc_fx_pow(fx a, uint64_t e)
{
    fx r = FX_ONE;
    for (; e; e >>= 1) {
        if (e & 1) {
            r = fx_mul(r, a);
        }
        a = fx_sqr(a);
    }
    return r;
}

void sc_fx_batch_inv(fx *out, const fx *in, size_t n)
{
    fx run = FX_ONE;
    for (size_t i = 0; i < n; i++) {
        out[i] = run;
        run = fx_is_zero(in[i]) ? run : fx_mul(run, in[i]);
    }
    run = fx_inv(run);
    for (size_t i = n; i-- > 0;) {
        if (fx_is_zero(in[i])) {
            out[i] = FX_ZERO;
            continue;
        }
        out[i] = fx_mul(out[i], run);
        run = fx_mul(run, in[i]);
    }
}

void sc_fp_batch_inv(fp *out, const fp *in, size_t n)
{
    fp run = FP_ONE;
    for (size_t i = 0; i < n; i++) {
        out[i] = run;
        run = in[i] ? fp_mul(run, in[i]) : run;
    }
    run = fp_inv(run);
    for (size_t i = n; i-- > 0;) {
        if (in[i] == 0) {
            out[i] = 0;
            continue;
        }
        out[i] = fp_mul(out[i], run);
        run = fp_mul(run, in[i]);
    }
}
