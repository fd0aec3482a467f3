/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SC_ASSERT states what only our own mistake could break. It vanishes unless SC_VERIFY_CHECKS is set.
 */
#ifndef SC_BASE_ASSERT_H
#define SC_BASE_ASSERT_H

#ifdef SC_VERIFY_CHECKS
#define SC_ASSERT(cond)          \
    do {                         \
        if (!(cond)) {           \
            __builtin_trap();    \
        }                        \
    } while (0)
#else
#define SC_ASSERT(cond) ((void)sizeof(!(cond)))
#endif

#endif
