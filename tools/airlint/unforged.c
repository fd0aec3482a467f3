/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The list of unforged.def, and which laws its entries name.
 */
#include "tools/airlint/unforged.h"

#include <stdio.h>

static const struct {
    const char *table, *label, *reason;
} list[] = {
#define U(table, label, reason) {table, label, reason},
#include "tools/airlint/unforged.def"
#undef U
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
    char label[256];
    law_label(label, sizeof label, law);
    return matches(list[i].table, sc_air_tables[law->table].name) && matches(list[i].label, label);
}

const char *unforged_reason(const struct law *law)
{
    for (unsigned i = 0; i < N; i++) {
        if (names(i, law)) {
            return list[i].reason;
        }
    }
    return NULL;
}

bool unforged_entry(unsigned i, char *text, size_t size, unsigned *n_laws)
{
    struct law laws[2048];
    const unsigned n = all_laws(laws);
    *n_laws = 0;
    if (i >= N) {
        return false;
    }
    snprintf(text, size, "%s %s", list[i].table, list[i].label);
    for (unsigned k = 0; k < n; k++) {
        *n_laws += names(i, &laws[k]);
    }
    return true;
}
