/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Status codes of every fallible function. One success value; anything else means "do not accept".
 */
#ifndef SC_BASE_STATUS_H
#define SC_BASE_STATUS_H

typedef enum socle_status {
#define S(name, value, blame, sentence) SOCLE_##name = value,
#include "core/base/status.def"
#undef S
} socle_status;

#define SC_MUST_USE __attribute__((warn_unused_result))

/** TRY evaluates a status expression and leaves through the cleanup ladder when it is not success.
 * The function has `socle_status st` and a label `out`. */
#define TRY(expr)                  \
    do {                           \
        st = (expr);               \
        if (st != SOCLE_OK) {      \
            goto out;              \
        }                          \
    } while (0)

#endif
