/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every law against the recorded forgeries and the list of laws without one.
 * Owns the lies until replay_fini.
 */
#ifndef AIRLINT_REPLAY_H
#define AIRLINT_REPLAY_H

#include "tools/airlint/judge.h"

#define MAX_LAWS 2048

struct replay {
    unsigned n;
    struct law law[MAX_LAWS];
    struct lie *forgery[MAX_LAWS]; /* NULL: none recorded */
};

/** Read the file; a missing one counts as empty. False, with words, when a line does not fit the scene. */
bool replay_read(struct replay *r, const struct scene *s, const char *path, char *why, size_t why_size);
bool replay_write(const struct replay *r, const char *path);
void replay_fini(struct replay *r);

/** Does the recorded forgery of law @p i pass without the law, is it refused with it, and does it say something else? */
bool replay_noticed(const struct replay *r, unsigned i);
/** Uses of the table whose deletion alone makes the honest trace fail; queries cannot. */
unsigned replay_needed_uses(const struct scene *s, unsigned table, unsigned *n_uses);

#endif
