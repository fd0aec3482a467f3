/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Registers are renewed in time, however long a run is, and rows of RENEW that lie are refused.
 */
#include "tests/unit/lab.h"

#define PERIOD 16384u /* instructions */

static struct lab lab;

/** Runs @p cycles instructions: a loop, some that do nothing, and the exit. Register 9 is written first and read last. */
static void run_long(unsigned cycles)
{
    static struct lab_program p;
    const unsigned rest = 5, loops = (cycles - 8 - rest) / 2, nops = cycles - rest - 2 * loops - 3;
    memset(&p, 0, sizeof p);
    emit(&p, ADDI(9, 0, 5));
    emit(&p, LUI(5, (loops + 2048) >> 12));
    emit(&p, ADDI(5, 5, (int)(loops - ((loops + 2048) >> 12 << 12))));
    emit(&p, ADDI(5, 5, -1));
    emit(&p, 0xfe029ee3u); /* bne x5, x0, -4 */
    for (unsigned i = 0; i < nops; i++) {
        emit(&p, ADDI(0, 0, 0));
    }
    emit(&p, ADDI(10, 9, -5));
    emit(&p, ADDI(17, 0, 93));
    emit(&p, ADDI(0, 0, 0));
    emit(&p, ADDI(0, 0, 0));
    emit(&p, ECALL);
    lab_run(&lab, &p, NULL, 0, NULL);
    cr_assert_eq(lab.run.cycles, cycles);
}

Test(renew, runs_around_the_end_of_a_period_hold)
{
    for (unsigned periods = 1; periods < 4; periods++) {
        for (unsigned at = 0; at < 5; at++) {
            const unsigned cycles = periods * PERIOD + at - 2;
            run_long(cycles);
            cr_expect_eq(lab.run.n_renewals, 33u * (cycles / PERIOD));
            cr_expect(lab_holds(&lab), "%u instructions: %s", cycles, lab.why);
            lab_close(&lab);
        }
    }
}

/** The row of RENEW of register 9 in period @p k, from 0. */
static fp *renew_cell(unsigned k, const char *name)
{
    return lab_cell(&lab, AIR_TABLE_RENEW, 33 * k + 9, name);
}

static void expect_refused(const char *what)
{
    cr_expect(!lab_holds(&lab), "%s is accepted", what);
    lab_close(&lab);
}

static void run_two(void)
{
    run_long(2 * PERIOD + 100);
    cr_assert(lab_holds(&lab), "%s", lab.why);
}

Test(renew, refuses_another_value_register_or_order)
{
    run_two();
    *renew_cell(0, "v[0]") = fp_from_u32(6);
    expect_refused("another value");
    run_two();
    *renew_cell(0, "reg") = fp_from_u32(8);
    expect_refused("another register");
    run_two();
    *renew_cell(0, "reg") = fp_from_u32(33);
    expect_refused("a register that is none");
    run_two(); /* the second row takes what it gives: a circle */
    *renew_cell(1, "prev") = fp_from_u32(2 * 65536 - 1);
    expect_refused("a token from itself");
    run_two(); /* in the other order, so that the first takes from the second */
    *renew_cell(0, "k") = fp_from_u32(63);
    *renew_cell(1, "k") = fp_from_u32(31);
    *renew_cell(0, "prev") = fp_from_u32(65535);
    *renew_cell(1, "prev") = fp_from_u32(fp_to_u32(*lab_cell(&lab, AIR_TABLE_ADDI, 0, "ts")) + 2);
    cr_expect(lab_holds(&lab), "two rows that changed places: %s", lab.why);
    *renew_cell(1, "prev") = fp_from_u32(2 * 65536 - 1);
    *renew_cell(0, "prev") = fp_from_u32(fp_to_u32(*lab_cell(&lab, AIR_TABLE_ADDI, 0, "ts")) + 2);
    expect_refused("a token from the future");
    run_two(); /* one step less: the next access is too far away */
    *renew_cell(1, "real") = 0;
    expect_refused("a register that is not renewed");
    run_two();
    *renew_cell(1, "k") = fp_from_u32(65536);
    expect_refused("a stamp above 2^27");
}
