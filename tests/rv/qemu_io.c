/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The guest library's interface on Linux system calls, so that example guests run under QEMU user
 * mode: input from stdin, output to stdout.
 */
#include "guest/include/zkvm_io.h"

#define MOST ((size_t)1 << 20)

static uint8_t input[MOST];
static size_t input_size;

int main(void);
void run(void);

static long call(long id, long a, long b, long c)
{
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a7 __asm__("a7") = id;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

void read_input(const uint8_t **buf_ptr, size_t *buf_size)
{
    *buf_ptr = input;
    *buf_size = input_size;
}

void write_output(const uint8_t *output, size_t size)
{
    (void)call(64, 1, (long)output, (long)size);
}

void write_log(const uint8_t *utf8_bytes, size_t utf8_len)
{
    (void)call(64, 2, (long)utf8_bytes, (long)utf8_len);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ((uint8_t *)dst)[i] = ((const uint8_t *)src)[i];
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ((uint8_t *)dst)[i] = (uint8_t)c;
    }
    return dst;
}

void run(void)
{
    long n = 1;
    while (n > 0 && input_size < MOST) {
        n = call(63, 0, (long)(input + input_size), (long)(MOST - input_size));
        input_size += n > 0 ? (size_t)n : 0;
    }
    (void)call(93, main(), 0, 0);
}

__asm__(".globl _start\n"
        "_start:\n"
        ".option push\n"
        ".option norelax\n"
        "    la gp, __global_pointer$\n"
        ".option pop\n"
        "    call run\n");
