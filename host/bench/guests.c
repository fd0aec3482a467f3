/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Guests of the suite "prove". Contracts: guests.h. The amounts come from two runs of each guest: cycles are linear in them.
 */
#include "host/bench/guests.h"

#include "host/sys/mem.h"

#include "guest_keccak256.h"
#include "guest_sha256.h"
#include "guest_workload.h"

/* The arrays end with a zero that is not theirs; they are empty where there was no compiler. */
#define SIZES(name, counted, a18, a20, a22, a24, a26) \
    CASE(name, counted, 18, a18), CASE(name, counted, 20, a20), CASE(name, counted, 22, a22), \
        CASE(name, counted, 24, a24), CASE(name, counted, 26, a26)
#define CASE(name, counted, log, amount) {#name, "2^" #log " cycles", log, sc_guest_##name, sizeof sc_guest_##name - 1, amount, counted}

static const struct sc_guest_case cases[] = {
    SIZES(workload, true, 18, 72, 287, 1151, 4607),
    SIZES(sha256, false, 3215, 13032, 52300, 209373, 837664),
    SIZES(keccak256, false, 3035, 12564, 50679, 203139, 812980),
};

const struct sc_guest_case *sc_guest_cases(size_t *n)
{
    *n = sizeof sc_guest_workload > 1 ? sizeof cases / sizeof cases[0] : 0;
    return cases;
}

socle_status sc_guest_input(uint8_t **out, size_t *len, const struct sc_guest_case *c)
{
    const size_t size = c->counted ? sizeof c->amount : c->amount;
    uint8_t *const bytes = sc_alloc(size, 1);
    *out = NULL;
    *len = 0;
    if (bytes == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(c->counted ? (uint64_t)c->amount >> (8 * i) : i * 151 + (i >> 8));
    }
    *out = bytes;
    *len = size;
    return SOCLE_OK;
}
