/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every law against the recorded forgeries, of traces and of rows.
 * Owns the lies until replay_fini.
 */
#ifndef AIRLINT_REPLAY_H
#define AIRLINT_REPLAY_H

#include "tools/airlint/judge.h"
#include "tools/airlint/row_lie.h"

#define MAX_LAWS 2048

struct replay {
    unsigned n;
    struct law law[MAX_LAWS];
    struct lie *forgery[MAX_LAWS];     /* of a trace; NULL: none recorded */
    struct row_forgery *row[MAX_LAWS]; /* of a row; NULL: none recorded */
};

/** Read the file; a missing one counts as empty. False, with words, when a line does not fit the scene. */
bool replay_read(struct replay *r, const struct scene *s, const char *path, char *why, size_t why_size);
/** The same for row forgeries, after replay_read; they fit any scene. */
bool replay_read_rows(struct replay *r, const char *path, char *why, size_t why_size);
bool replay_write(const struct replay *r, const char *path);
void replay_fini(struct replay *r);

/** Does the recorded forgery of law @p i pass without the law, is it refused with it, and does it say something else? */
bool replay_noticed(const struct replay *r, unsigned i);
/** The same of its row forgery, at the level of rows; false, with words, when not. */
bool replay_row_noticed(const struct replay *r, unsigned i, char *why, size_t why_size);
/** Uses of the table whose deletion alone makes the honest trace fail; queries cannot. */
unsigned replay_needed_uses(const struct scene *s, unsigned table, unsigned *n_uses);

#endif
