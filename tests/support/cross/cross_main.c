/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Runs what tests/support/cross/criterion/criterion.h registered. TAP on standard output.
 */
#include <criterion/criterion.h>

struct cross_test cross_tests[64];
unsigned n_cross_tests;

int main(void)
{
    printf("1..%u\n", n_cross_tests);
    for (unsigned i = 0; i < n_cross_tests; i++) {
        cross_tests[i].run();
        printf("ok %u - %s\n", i + 1, cross_tests[i].name);
        fflush(stdout);
    }
    return 0;
}
