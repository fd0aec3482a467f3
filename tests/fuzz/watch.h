/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the verifier does while it runs, seen by the linker's --wrap: messages it receives, blocks
 * it hashes, allocations. For targets linked with the options of meson.build. One global: the
 * wrapped functions have no argument for it.
 */
#ifndef SC_TESTS_WATCH_H
#define SC_TESTS_WATCH_H

#include "core/transcript/transcript.h"

#define WATCH_MOST 4096 /* messages that are kept */

/** A message of the proof: where it lies. */
struct watch_message {
    uint8_t label;
    size_t at, len;
};

struct watch {
    bool on;
    uint8_t *bytes;      /* the proof, which the watch may change where fix says so */
    bool fix_grinding;   /* put a nonce that works in place of one that does not, up to
                            WATCH_MOST_BITS bits of work */
    bool fix_residues;   /* make every element canonical before it is read */
    unsigned n_messages; /* seen */
    unsigned n_allocations;
    uint64_t n_blocks; /* compressions, counted from what is hashed */
    size_t n_bytes;    /* hashed and not yet in n_blocks */
    struct watch_message messages[WATCH_MOST];
};
#define WATCH_MOST_BITS 4

extern struct watch watch;

#endif
