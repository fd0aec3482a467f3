/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Environment for self-checking assembly tests of the riscv-tests kind: how a test begins, passes and fails on this machine.
 * The number of the failing case is the exit code (at least 1).
 */
#ifndef SC_RISCV_TEST_H
#define SC_RISCV_TEST_H

#define TESTNUM gp
#define RVTEST_RV64U
#define RVTEST_CODE_BEGIN \
    .section .text;       \
    .globl _start;        \
    _start:
#define RVTEST_CODE_END
#define RVTEST_PASS \
    li a0, 0;       \
    li a7, 93;      \
    ecall;
#define RVTEST_FAIL           \
    slli a0, TESTNUM, 1;      \
    ori a0, a0, 1;            \
    li a7, 93;                \
    ecall;
#define RVTEST_DATA_BEGIN
#define RVTEST_DATA_END

#endif
