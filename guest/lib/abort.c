/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * abort: the program ends as failed, at once.
 */
#include "guest/lib/guest.h"

_Noreturn void abort(void);

_Noreturn void abort(void)
{
    guest_exit(GUEST_ABORT_CODE);
}
