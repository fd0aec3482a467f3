/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Input, output and logging of a guest: fixed addresses, docs/spec/machine.md section 1.
 */
#include "guest/include/zkvm_io.h"
#include "guest/lib/guest.h"

#define INPUT ((const uint64_t *)0x100000000)
#define OUTPUT ((uint64_t *)0x200000000)

/* The length is the prover's word: one that goes past the input region would make the guest read other memory as its input. */
#define INPUT_MAX 0xfffffff8u

void read_input(const uint8_t **buf_ptr, size_t *buf_size)
{
    *buf_ptr = (const uint8_t *)(INPUT + 1);
    *buf_size = INPUT[0];
    if (*buf_size > INPUT_MAX) {
        guest_exit(GUEST_ABORT_CODE);
    }
}

void write_output(const uint8_t *output, size_t size)
{
    if (size > 0) {
        const uint64_t old = OUTPUT[0];
        memcpy((uint8_t *)(OUTPUT + 1) + old, output, size);
        OUTPUT[0] = old + size;
    }
}

void write_log(const uint8_t *utf8_bytes, size_t utf8_len)
{
    register uint64_t a0 __asm__("a0") = 2;
    register const uint8_t *a1 __asm__("a1") = utf8_bytes;
    register uint64_t a2 __asm__("a2") = utf8_len;
    register uint64_t a7 __asm__("a7") = 64;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
}
