/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A committed report, and dice to damage it by. Each test program sets its seed.
 */
#ifndef TEST_REPORT_FILE_H
#define TEST_REPORT_FILE_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>

enum { ROOM = 1 << 18 };

static uint8_t whole[ROOM];
static size_t whole_len;
static uint64_t rng;

static size_t dice(size_t n)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((rng >> 33) % n);
}

static void load_report(uint64_t seed)
{
    FILE *const f = fopen(SC_SOURCE_ROOT "/bench/results/2026-11-28-kernels-xeon-2c.json", "r");
    rng = seed;
    cr_assert_not_null(f);
    whole_len = fread(whole, 1, ROOM, f);
    cr_assert(whole_len > 1000 && whole_len < ROOM - 64);
    (void)fclose(f);
}

#endif
