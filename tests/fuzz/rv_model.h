/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A slow interpreter of RV64IM over the memory of docs/spec/machine.md, written from the RISC-V
 * unprivileged manual to disagree with host/exec when that is wrong. Shares no code with it. Owns
 * nothing; a model is one plain struct.
 */
#ifndef SC_TESTS_RV_MODEL_H
#define SC_TESTS_RV_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RV_SLOTS 8192u /* a power of two; at most half of them are used */

enum rv_class { RV_UNMAPPED, RV_READ_WRITE, RV_READ_ONLY, RV_EXECUTE };

/** Why a step did not complete, or that it did. HALT and EXIT are environment call 93; those are
 * executed, the others are not. */
enum rv_stop {
    RV_RUNS,
    RV_HALT,
    RV_EXIT,
    RV_ILLEGAL,
    RV_MISALIGNED_JUMP,
    RV_FETCH,
    RV_LOAD,
    RV_STORE,
    RV_PROTECTED,
    RV_CALL
};

struct rv_word {
    uint64_t addr, value;
    enum rv_class class; /* RV_UNMAPPED: the slot is free */
    bool image, touched; /* touched: by a load or a store */
};

struct rv_model {
    uint64_t pc, regs[32];
    struct rv_word words[RV_SLOTS];
    size_t n_words;
    const uint8_t *input;
    size_t n_input;
    uint64_t misaligned; /* executed loads and stores */
    uint64_t log_bytes;  /* handed to the log so far */
    uint64_t log_digest; /* of calls and bytes, in order */
};

/** What one step did. */
struct rv_step {
    uint32_t word;
    uint64_t pc, next;
    unsigned rd; /* 0: nothing was written */
    uint64_t value;
    unsigned n_touched; /* words of a load or store */
    bool store;
    uint64_t addr; /* of a load or store; of the fault otherwise; the id of an unknown call */
    uint64_t before[2], after[2];
};

void rv_init(struct rv_model *m, uint64_t entry, const uint8_t *input, size_t n_input);
/** Add @p n bytes of image at @p addr in words of that class, the rest of each word zero. */
void rv_map(struct rv_model *m, uint64_t addr, const uint8_t *bytes, size_t n, enum rv_class class);
/** Room for another step (one that logs little). */
bool rv_has_room(const struct rv_model *m);
enum rv_stop rv_step(struct rv_model *m, struct rv_step *s);
/** The word that holds @p addr, made when the address is in the map; else NULL. */
struct rv_word *rv_word(struct rv_model *m, uint64_t addr);

/** Add one call of the log to a digest. */
uint64_t rv_log_digest(uint64_t digest, uint64_t fd, const uint8_t *bytes, size_t n);

#endif
