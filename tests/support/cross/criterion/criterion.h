/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * As much of Criterion as tests/diff/test_ops.c uses, for processors that it is not packaged for: every Test runs in main,
 * one TAP line each; a failed check ends the program. Used by tests/diff/neon.py alone.
 */
#ifndef SC_TESTS_CROSS_CRITERION_H
#define SC_TESTS_CROSS_CRITERION_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tests register themselves before main; the list is in cross_main.c. */
struct cross_test {
    const char *name;
    void (*run)(void);
};
extern struct cross_test cross_tests[64];
extern unsigned n_cross_tests;

#define Test(suite, name, ...)                                                  \
    static void suite##_##name(void);                                           \
    static __attribute__((constructor)) void suite##_##name##_register(void)    \
    {                                                                           \
        cross_tests[n_cross_tests++] = (struct cross_test){#name, suite##_##name}; \
    }                                                                           \
    static void suite##_##name(void)

#define cross_check(good, text, ...)                                        \
    do {                                                                    \
        if (!(good)) {                                                      \
            printf("# %s:%d: %s ", __FILE__, __LINE__, text);               \
            printf("" __VA_ARGS__);                                         \
            printf("\nnot ok\n");                                           \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

#define cr_assert(good, ...) cross_check(good, #good, __VA_ARGS__)
#define cr_assert_eq(a, b, ...) cross_check((a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_arr_eq(a, b, size, ...) cross_check(memcmp(a, b, size) == 0, #a " equals " #b, __VA_ARGS__)
#define cr_expect_eq cr_assert_eq
#define cr_expect_not_null(p) cross_check((p) != NULL, #p, "")
#define cr_expect_null(p) cross_check((p) == NULL, #p, "")

#endif
