/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Entry of a guest program: registers, constructors, main, destructors, exit. The memory functions
 * live in the same object, so that whoever links _start gets them before any weak definition.
 * Memory starts zeroed (docs/spec/machine.md section 1), so .bss needs no loop.
 */
#include <stddef.h>
#include <stdint.h>

#include "guest/lib/guest.h"

/* clang-format off */
__asm__(".section .text._start, \"ax\", @progbits\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        ".option push\n"
        ".option norelax\n"
        "    la gp, __global_pointer$\n"
        ".option pop\n"
        "    la sp, _stack_top\n"
        "    call guest_main\n"
        ".size _start, . - _start\n"
        ".text\n");
/* clang-format on */

typedef void hook(void);

extern hook *const __preinit_array_start[], *const __preinit_array_end[];
extern hook *const __init_array_start[], *const __init_array_end[];
extern hook *const __fini_array_start[], *const __fini_array_end[];
extern int main(void);
/* In exit.c, which is linked only when something registers. */
extern void guest_run_atexit(void) __attribute__((weak));

_Noreturn void guest_main(void);

static void run_forward(hook *const *from, hook *const *to)
{
    for (; from != to; from++) {
        (*from)();
    }
}

/** Everything between _start and the exit call. */
_Noreturn void guest_main(void)
{
    run_forward(__preinit_array_start, __preinit_array_end);
    run_forward(__init_array_start, __init_array_end);
    const int code = main();
    guest_finish();
    guest_exit((uint64_t)(int64_t)code);
}

void guest_finish(void)
{
    if (guest_run_atexit != NULL) {
        guest_run_atexit();
    }
    for (hook *const *f = __fini_array_end; f != __fini_array_start; f--) {
        f[-1]();
    }
}

/* A word at any address by one instruction: misaligned loads and stores are cheaper to prove than
 * eight of bytes, and compilers tune for machines where they are slow. */
struct any_word {
    unsigned char bytes[8];
};

static uint64_t get(const unsigned char *p)
{
    uint64_t v;
    __asm__("ld %0, %1" : "=r"(v) : "m"(*(const struct any_word *)(const void *)p));
    return v;
}

static void put(unsigned char *p, uint64_t v)
{
    __asm__("sd %1, %0" : "=m"(*(struct any_word *)(void *)p) : "r"(v));
}

/* Bytes until p is a multiple of 8, at most n. */
static size_t head(const unsigned char *p, size_t n)
{
    const size_t k = (0 - (uintptr_t)p) & 7;
    return k < n ? k : n;
}

static void copy_up(unsigned char *d, const unsigned char *s, size_t n)
{
    size_t k = head(d, n);
    n -= k;
    for (; k > 0; k--) {
        *d++ = *s++;
    }
    for (; n >= 32; n -= 32, d += 32, s += 32) {
        const uint64_t a = get(s), b = get(s + 8), c = get(s + 16), e = get(s + 24);
        put(d, a);
        put(d + 8, b);
        put(d + 16, c);
        put(d + 24, e);
    }
    for (; n >= 8; n -= 8, d += 8, s += 8) {
        put(d, get(s));
    }
    for (; n > 0; n--) {
        *d++ = *s++;
    }
}

static void copy_down(unsigned char *d, const unsigned char *s, size_t n)
{
    d += n;
    s += n;
    for (; n > 0 && ((uintptr_t)d & 7) != 0; n--) {
        *--d = *--s;
    }
    for (; n >= 8; n -= 8) {
        d -= 8;
        s -= 8;
        put(d, get(s));
    }
    for (; n > 0; n--) {
        *--d = *--s;
    }
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    copy_up(dst, src, n);
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    /* As unsigned distance: copying upwards is wrong only when dst lies inside [src, src + n). */
    if ((uintptr_t)dst - (uintptr_t)src >= n) {
        copy_up(dst, src, n);
    } else {
        copy_down(dst, src, n);
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    unsigned char *d = dst;
    const uint64_t v = UINT64_C(0x0101010101010101) * (unsigned char)c;
    size_t k = head(d, n);
    n -= k;
    for (; k > 0; k--) {
        *d++ = (unsigned char)c;
    }
    for (; n >= 32; n -= 32, d += 32) {
        put(d, v);
        put(d + 8, v);
        put(d + 16, v);
        put(d + 24, v);
    }
    for (; n >= 8; n -= 8, d += 8) {
        put(d, v);
    }
    for (; n > 0; n--) {
        *d++ = (unsigned char)c;
    }
    return dst;
}

int memcmp(const void *left, const void *right, size_t n)
{
    const unsigned char *a = left;
    const unsigned char *b = right;
    while (n >= 8 && get(a) == get(b)) {
        a += 8;
        b += 8;
        n -= 8;
    }
    for (; n > 0; n--, a++, b++) {
        if (*a != *b) {
            return *a < *b ? -1 : 1;
        }
    }
    return 0;
}
