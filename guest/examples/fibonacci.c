/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The n-th Fibonacci number mod 2^64. Input: n, up to 8 bytes little-endian (empty: 1000). Output:
 * 8 bytes little-endian.
 */
#include "guest/include/zkvm_io.h"

int main(void)
{
    const uint8_t *in = NULL;
    size_t size = 0;
    uint64_t n = 0, a = 0, b = 1;
    read_input(&in, &size);
    for (size_t i = 0; i < size && i < 8; i++) {
        n |= (uint64_t)in[i] << (8 * i);
    }
    if (size == 0) {
        n = 1000;
    }
    for (; n > 0; n--) {
        const uint64_t c = a + b;
        a = b;
        b = c;
    }
    write_output((const uint8_t *)&a, sizeof(a));
    return 0;
}
