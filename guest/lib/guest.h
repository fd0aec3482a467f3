/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the guest library: environment calls and what its files share.
 */
#ifndef SC_GUEST_LIB_H
#define SC_GUEST_LIB_H

#include <stddef.h>
#include <stdint.h>

#define GUEST_ABORT_CODE 134u

/** End the program with a code; 0 is success. */
_Noreturn static inline void guest_exit(uint64_t code)
{
    register uint64_t a0 __asm__("a0") = code;
    register uint64_t a7 __asm__("a7") = 93;
    for (;;) {
        __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    }
}

/** Destructors, in the reverse order of their registration. */
void guest_finish(void);

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *left, const void *right, size_t n);

#endif
