/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A searching forger. It opens with a change that breaks a deleted law and then covers up: every flaw of the lie offers
 * repairs, each solves for cells of a changed row or of the row at the other end of a bus, and a bounded search in depth
 * tries them until nothing is wrong. What it finds is a forgery; that it finds nothing proves nothing.
 */
#ifndef AIRLINT_SEARCH_H
#define AIRLINT_SEARCH_H

#include "tools/airlint/judge.h"

/** What the search knows about constraints: which cells each reads. */
struct reads {
    bool cell[AIR_N_TABLES][AIR_MAX_CONSTRAINTS][AIR_MAX_COLS];
    bool given[AIR_N_TABLES][AIR_MAX_COLS]; /* what a row takes from others: better repaired last */
};

struct search {
    struct lie lie; /* the forgery when search_law is true */
    const struct reads *reads;
    uint64_t rng;
    unsigned budget; /* positions left in this attempt */
    uint64_t visited;
};

void reads_find(struct reads *r);

/** Look for a forgery without the law, at most @p attempts openings of @p budget positions each. */
bool search_law(struct search *q, const struct scene *s, const struct reads *r, const struct law *law, uint64_t seed, unsigned attempts,
                unsigned budget);

/** Cover up whatever the lie in q->lie changed, with its law. True: nothing is wrong any more, and it means something. */
bool search_repair(struct search *q, unsigned depth);

/** One of the usual lies about a cell that has @p v. */
fp search_value(uint64_t *rng, fp v);

#endif
