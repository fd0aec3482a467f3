/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keccak-256 of the input. Output: the 32 bytes.
 */
#include "guest/examples/keccak.h"
#include "guest/include/zkvm_io.h"

int main(void)
{
    const uint8_t *in = NULL;
    size_t size = 0;
    uint8_t digest[32];
    read_input(&in, &size);
    keccak256(digest, in, size);
    write_output(digest, sizeof(digest));
    return 0;
}
