/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The list of unforged.def, and which laws its entries name.
 */
#include "tools/airlint/unforged.h"

#include <stdio.h>

const char unforged_proof[] = "a proven claim about the chip is not proven without it";

static const struct {
    const char *law, *reason;
} list[] = {
#define OPEN NULL
#define PROOF unforged_proof
#define U(law, reason) {law, reason},
#include "tools/airlint/unforged.def"
#undef U
#undef PROOF
#undef OPEN
};
#define N (sizeof list / sizeof list[0])

/** Does the text match, with * for anything? */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == 0;
}

static bool names(unsigned i, const struct law *law)
{
    char text[256];
    law_text(text, sizeof text, law);
    return matches(list[i].law, text);
}

bool unforged(const struct law *law, const char **reason)
{
    *reason = NULL;
    for (unsigned i = 0; i < N; i++) {
        if (names(i, law)) {
            *reason = list[i].reason;
            return true;
        }
    }
    return false;
}

bool unforged_entry(unsigned i, const char **text, unsigned *n_laws)
{
    struct law laws[2048];
    const unsigned n = all_laws(laws);
    *n_laws = 0;
    if (i >= N) {
        return false;
    }
    *text = list[i].law;
    for (unsigned k = 0; k < n; k++) {
        *n_laws += names(i, &laws[k]);
    }
    return true;
}
