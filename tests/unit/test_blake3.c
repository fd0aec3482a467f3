/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLAKE3 against the official vectors: three modes, extended output at offsets, input cut in odd pieces.
 */
#include "core/hash/blake3.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SC_SOURCE_ROOT
#define SC_SOURCE_ROOT "."
#endif

enum { OUT_LEN = 131, MAX_INPUT = 102400, N_CASES = 35 };

static const char key[] = "whats the Elvish word for friend";
static const char context[] = "BLAKE3 2019-12-27 16:29:52 test vectors context";

struct vector {
    size_t len;
    uint8_t want[3][OUT_LEN];
};

static const char *const modes[3] = {"\"hash\"", "\"keyed_hash\"", "\"derive_key\""};

static const char *parse_hex(const char *p, uint8_t out[OUT_LEN])
{
    p = strchr(strchr(p, ':'), '"') + 1;
    for (size_t i = 0; i < OUT_LEN; i++) {
        const char two[3] = {p[2 * i], p[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(two, NULL, 16);
    }
    return p;
}

static size_t load_vectors(struct vector *v)
{
    FILE *const f = fopen(SC_SOURCE_ROOT "/tests/vectors/blake3/test_vectors.json", "rb");
    cr_assert_not_null(f, "vector file is missing");
    static char text[1 << 16];
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    size_t n = 0;
    const char *p = strstr(text, "\"cases\"");
    while (n < N_CASES && (p = strstr(p, "\"input_len\"")) != NULL) {
        p = strchr(p, ':') + 1;
        v[n].len = strtoul(p, NULL, 10);
        for (int m = 0; m < 3; m++) {
            p = parse_hex(strstr(p, modes[m]), v[n].want[m]);
        }
        n++;
    }
    return n;
}

static void start(struct b3 *h, int mode)
{
    if (mode == 0) {
        sc_b3_init(h);
    } else if (mode == 1) {
        sc_b3_init_keyed(h, (const uint8_t *)key);
    } else {
        sc_b3_init_derive(h, context);
    }
}

static struct vector vectors[N_CASES];
static uint8_t input[MAX_INPUT];

static void set_up(void)
{
    for (size_t i = 0; i < MAX_INPUT; i++) {
        input[i] = (uint8_t)(i % 251);
    }
    cr_assert_eq(load_vectors(vectors), N_CASES);
}

TestSuite(blake3, .init = set_up);

Test(blake3, agrees_with_the_official_vectors_in_all_modes)
{
    for (size_t i = 0; i < N_CASES; i++) {
        for (int m = 0; m < 3; m++) {
            struct b3 h;
            uint8_t got[OUT_LEN];
            start(&h, m);
            sc_b3_update(&h, input, vectors[i].len);
            sc_b3_final(&h, 0, got, OUT_LEN);
            cr_expect_arr_eq(got, vectors[i].want[m], OUT_LEN, "mode %d length %zu", m, vectors[i].len);
        }
    }
}

Test(blake3, does_not_depend_on_how_the_input_is_cut)
{
    static const size_t pieces[] = {1, 3, 63, 64, 65, 1000, 1024, 1025};
    for (size_t i = 0; i < N_CASES; i++) {
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            struct b3 h;
            uint8_t got[OUT_LEN];
            sc_b3_init(&h);
            for (size_t at = 0; at < vectors[i].len; at += pieces[k]) {
                const size_t left = vectors[i].len - at;
                sc_b3_update(&h, input + at, left < pieces[k] ? left : pieces[k]);
            }
            sc_b3_final(&h, 0, got, OUT_LEN);
            cr_expect_arr_eq(got, vectors[i].want[0], OUT_LEN, "length %zu in pieces of %zu", vectors[i].len, pieces[k]);
        }
    }
}

Test(blake3, output_can_be_read_from_any_offset)
{
    struct b3 h;
    sc_b3_init(&h);
    sc_b3_update(&h, input, vectors[N_CASES - 1].len);
    for (size_t at = 0; at < OUT_LEN; at++) {
        for (size_t len = 0; at + len <= OUT_LEN; len += 7) {
            uint8_t got[OUT_LEN];
            sc_b3_final(&h, at, got, len);
            cr_expect_arr_eq(got, vectors[N_CASES - 1].want[0] + at, len, "bytes %zu + %zu", at, len);
        }
    }
}

Test(blake3, final_leaves_the_hasher_usable)
{
    struct b3 h;
    uint8_t got[OUT_LEN];
    sc_b3_init(&h);
    sc_b3_update(&h, input, 5000);
    sc_b3_final(&h, 0, got, OUT_LEN);
    sc_b3_update(&h, input + 5000, 5120 - 5000);
    sc_b3_final(&h, 0, got, OUT_LEN);
    for (size_t i = 0; i < N_CASES; i++) {
        if (vectors[i].len == 5120) {
            cr_expect_arr_eq(got, vectors[i].want[0], OUT_LEN);
        }
    }
}

Test(blake3, one_call_forms_equal_the_incremental_ones)
{
    for (size_t i = 0; i < N_CASES; i++) {
        uint8_t got[B3_OUT];
        sc_b3_keyed(got, (const uint8_t *)key, input, vectors[i].len);
        cr_expect_arr_eq(got, vectors[i].want[1], B3_OUT);
        sc_b3_derive(got, context, input, vectors[i].len);
        cr_expect_arr_eq(got, vectors[i].want[2], B3_OUT);
    }
}
