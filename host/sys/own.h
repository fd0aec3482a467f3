/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files that the program keeps for its user, and takes for its own later: only those that nobody else can have written.
 */
#ifndef SC_HOST_SYS_OWN_H
#define SC_HOST_SYS_OWN_H

#include <stdbool.h>
#include <stddef.h>

/** Whether a folder or regular file, not a link, is the user's own and writable by nobody else. */
bool sc_own(const char *path, bool folder);

/** The folder socle/@p name below that of the environment's @p variable, when that is an absolute path, else below @p otherwise ("/.cache") of
 * the home. Made, with those above it, when @p make. false: there is none, it is not the user's own, or its path is too long. */
bool sc_own_folder(char *out, size_t size, const char *variable, const char *otherwise, const char *name, bool make);

#endif
