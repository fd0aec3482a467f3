/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: the context, its error record, and how long calls report. Not for others to include.
 */
#ifndef SC_API_CONTEXT_H
#define SC_API_CONTEXT_H

#include <stdatomic.h>

#include "core/budget/params.h"
#include "host/api/spans.h"
#include "host/bench/theory.h"
#include "host/device/committer.h"
#include "host/exec/segments.h"
#include "host/socle.h"
#include "host/sys/pool.h"
#include "host/sys/watch.h"

#define API_MESSAGE 256

/** What proofs are made on: a device with the CPU where it fails, or the CPU alone; committer is NULL then, and so is device.ops. */
struct api_device {
    struct sc_device device;
    struct sc_committer *committer;
    struct socle_device_use use; /* id and model */
    struct sc_theory_device says; /* what its driver says of it */
    struct sc_noted_device noted; /* the device as the committer has it for a timeline */
    atomic_uint proofs; /* of this call that were made with it */
};

/** Times of the stages of one call. */
struct api_clock {
    uint64_t start_ns, stage_ns, stage_cpu_ns;
    uint64_t seen_ns; /* where the stage began, for the timeline */
    enum sc_stage stage;
    bool running;
    bool is_set; /* has the stages of a set */
    double weight_total; /* of the stages that this call has */
    uint64_t spent_ns[SC_N_STAGES], spent_cpu_ns[SC_N_STAGES];
};

struct socle_context {
    struct socle_options options;
    const struct sc_profile *profile;
    struct sc_pool *pool;
    uint64_t limit;   /* of the process; 0: none */
    uint64_t outside; /* what of it the account does not see */
    char message[API_MESSAGE];
    struct api_clock clock;
    struct sc_watch watch; /* reports to this context */
    struct api_device used[SOCLE_MAX_USED_DEVICES]; /* in the order of the option */
    unsigned n_used; /* 0 until they are needed */
    unsigned first; /* of used: the first that was not given up when the call began; n_used: none */
    struct sc_spans *spans; /* when the options want a timeline; else NULL */
    struct socle_device_choice choice; /* empty before it is asked for */
    socle_model *model; /* the stored one, once it was looked for */
    bool model_sought;
    char model_why[API_MESSAGE]; /* why there is none */
};

/** Begin a call: the message is empty, the clock stands at 0. */
void sc_api_begin(socle_context *ctx);
/** Leave the sentence of @p st when nothing better was said; returns @p st. */
SC_MUST_USE socle_status sc_api_end(socle_context *ctx, socle_status st);
/** Put words to a failure and return it. */
SC_MUST_USE socle_status sc_fail(socle_context *ctx, socle_status st, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** SOCLE_OK, or E_CANCELLED or E_DEADLINE when the call is to end. Reports nothing; for any thread. */
SC_MUST_USE socle_status sc_api_goes_on(const socle_context *ctx);
/** A stage begins: report, and E_CANCELLED when the caller wants to stop. */
SC_MUST_USE socle_status sc_api_stage(socle_context *ctx, enum sc_stage stage);
/** The last stage is over: report the end. */
void sc_api_finish(socle_context *ctx);
/** The stages that took place, for a report; returns how many. */
unsigned sc_api_stages(const socle_context *ctx, struct socle_stage out[SOCLE_MAX_STAGES]);
const char *sc_api_stage_name(enum sc_stage stage);
/** The shipped profile of a name, the default one for NULL; NULL when there is none. */
const struct sc_profile *sc_api_profile(const char *name);
/** Whether a profile meets the context's min_bits; the message says why not. */
SC_MUST_USE socle_status sc_api_strong(socle_context *ctx, const struct sc_profile *profile, socle_status otherwise);
/** Fill at most @p max devices, the CPU first; returns how many there are. */
size_t sc_api_list_devices(struct socle_device *out, size_t max);
/** Cores of the processors; 0: not known. */
unsigned sc_api_cores(void);
/** Whether socle_options.device is of a known form. */
bool sc_api_device_known(const char *name);
/** What the option means here, into ctx->choice. E_NOMEM. */
SC_MUST_USE socle_status sc_api_choose(socle_context *ctx);
/** What "auto" means for a call that no model knows, unless it was chosen already. */
void sc_api_choose_cpu(socle_context *ctx, const char *why);
/** Open the devices that the options name, unless that is done, all or none, and find the first that is in use. E_DEVICE with the message. */
SC_MUST_USE socle_status sc_api_devices(socle_context *ctx);
void sc_api_devices_close(socle_context *ctx);
/** Device number @p k of those used for who has share @p k of the work, or the next one when it was given up; NULL: all were, so it is the CPU's.
 * Devices have been opened. Any thread. */
struct api_device *sc_api_device_for(socle_context *ctx, unsigned k);
/** How it did so far. */
void sc_api_device_use(struct api_device *d, struct socle_device_use *out);
/** How all of them did, of which one is open at least: the first, and the others, whose number it returns. */
unsigned sc_api_device_uses(socle_context *ctx, struct socle_device_use *first, struct socle_device_use more[SOCLE_MAX_USED_DEVICES - 1]);
/** The limit that suffices for @p more bytes beside what is held now. */
uint64_t sc_api_need(const socle_context *ctx, uint64_t more);
/** E_NOMEM when @p more bytes beside what is held now pass the limit; the message tells the limit that suffices for @p what. */
SC_MUST_USE socle_status sc_api_room(socle_context *ctx, uint64_t more, const char *what);
/** A copy for the caller, from the context's allocator; never NULL when it succeeds. */
SC_MUST_USE socle_status sc_api_give(socle_context *ctx, uint8_t **out, const uint8_t *bytes, size_t len);
/** The same of bytes from sc_alloc, which change owner or are given back. */
SC_MUST_USE socle_status sc_api_hand(socle_context *ctx, uint8_t **out, uint8_t *own, size_t len);
/** Load a program, with the message on failure. */
SC_MUST_USE socle_status sc_api_load(socle_context *ctx, struct sc_elf *out, const uint8_t *elf, size_t elf_len);
/** Run it without recording and describe the run in @p out. With @p segments, cut it at these limits and keep what is needed to record each
 * segment; both may be NULL. */
SC_MUST_USE socle_status sc_api_run(socle_context *ctx, struct socle_run *out, struct sc_run *run, struct sc_segments *segments,
                                    const struct sc_elf *elf, const uint8_t *input, size_t input_len, const struct sc_cut_limits *cut);

#endif
