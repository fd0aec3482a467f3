/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Model header for tests of the riscv-arch-test kind, whose result is a memory area ("signature").
 * Without EXPECTED: the signature is written by environment call 64 (descriptor 1), so that another implementation can produce it.
 * With EXPECTED, a file name: the program compares its signature with that file and ends with code 0 only when they are equal.
 */
#ifndef SC_MODEL_TEST_H
#define SC_MODEL_TEST_H

#define TEST_CASE_1
#define XLEN 64
#define RVMODEL_BOOT
#define RVMODEL_FENCEI nop

#define RVMODEL_DATA_BEGIN      \
    .align 4;                   \
    .globl begin_signature;     \
    begin_signature:
#ifdef EXPECTED
#define RVMODEL_DATA_END        \
    .align 3;                   \
    .globl end_signature;       \
    end_signature:              \
    .section .rodata;           \
    .align 3;                   \
    expected_signature:         \
    .incbin EXPECTED;
#define RVMODEL_HALT            \
    la x5, begin_signature;     \
    la x6, end_signature;       \
    la x7, expected_signature;  \
    9991: beq x5, x6, 9992f;    \
    ld x8, 0(x5);               \
    ld x9, 0(x7);               \
    addi x5, x5, 8;             \
    addi x7, x7, 8;             \
    beq x8, x9, 9991b;          \
    li a0, 1;                   \
    li a7, 93;                  \
    ecall;                      \
    9992: li a0, 0;             \
    li a7, 93;                  \
    ecall;
#else
#define RVMODEL_DATA_END        \
    .align 3;                   \
    .globl end_signature;       \
    end_signature:
#define RVMODEL_HALT            \
    la a1, begin_signature;     \
    la a2, end_signature;       \
    sub a2, a2, a1;             \
    li a0, 1;                   \
    li a7, 64;                  \
    ecall;                      \
    li a0, 0;                   \
    li a7, 93;                  \
    ecall;
#endif

#define RVMODEL_IO_INIT
#define RVMODEL_IO_WRITE_STR(register, string)
#define RVMODEL_IO_CHECK()
#define RVMODEL_IO_ASSERT_GPR_EQ(scratch, register, value)
#define RVMODEL_IO_ASSERT_SFPR_EQ(f, r, i)
#define RVMODEL_IO_ASSERT_DFPR_EQ(d, r, i)

#endif
