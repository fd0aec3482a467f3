/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside bench/device: an open device with buffers in its arena, jobs on them, their time, and the same jobs as C on the host.
 */
#ifndef SC_BENCH_DEVICE_BED_H
#define SC_BENCH_DEVICE_BED_H

#include "host/sys/pool.h"
#include "kernels/kc/launch.h"
#include "scheduler/device.h"

#include <stdbool.h>
#include <stdio.h>

enum { BED_MAX_LAUNCHES = 64, BED_DIGEST = 32 };

/** How the host fills a buffer: words below p; numbers below both scalar fields' orders, 8 words each; zeros; as it stands. */
enum fill { FILL_FIELD, FILL_SCALARS, FILL_ZERO, FILL_KEPT };

/** Launches on buffers of so many words. What has to be the same on device and host is one stretch of one buffer. */
struct job {
    uint64_t words[SC_KC_MAX_BUFFERS]; /* 0: not there */
    enum fill fill[SC_KC_MAX_BUFFERS];
    struct sc_kc_launch launch[BED_MAX_LAUNCHES];
    unsigned n_launches;
    unsigned out;
    uint64_t out_at, out_words;
};

struct bed {
    struct sc_device d;
    struct sc_device_info info;
    struct sc_pool *pool;
    const char *(*message)(const struct sc_device *device);
    double enough; /* seconds that a measurement takes at least, and half as many for each of its runs */
    uint32_t *host[SC_KC_MAX_BUFFERS];
    uint64_t offset[SC_KC_MAX_BUFFERS], size[SC_KC_MAX_BUFFERS]; /* bytes */
};

/** Of one measurement: seconds of a job, the median and the least of some runs. A run is as many of it as take a while, in one call, which is
 * timed on the host from the call to its return. */
struct timing {
    double median, least;
    unsigned runs, each;
};

/** Buffers on both sides, filled. E_NOMEM: too much for one of them. @p kept: what FILL_KEPT buffers hold, by number. */
SC_MUST_USE socle_status bed_make(struct bed *b, const struct job *j, const uint32_t *const *kept);
void bed_clear(struct bed *b);
SC_MUST_USE socle_status bed_run(struct bed *b, const struct job *j, unsigned times);
SC_MUST_USE socle_status bed_time(struct timing *t, struct bed *b, const struct job *j);
/** Run it once on both sides. digest: of the host's result; *same: the device has the same. */
SC_MUST_USE socle_status bed_compare(uint8_t digest[BED_DIGEST], bool *same, struct bed *b, const struct job *j);
/** The median and the least of n numbers, which are put in order. */
struct timing timing_of(double *seconds, unsigned n, unsigned each);
double seconds_now(void);

/* Parts of the output, each a member of the object; false: something was wrong. shrink: so much less of log2 of all sizes. */
bool say_rates(struct bed *b, unsigned shrink);
bool say_kernels(struct bed *b, unsigned shrink, const char *only);
bool say_copies(struct bed *b, unsigned shrink);
/** Sums of multiples, one member of the list of kernels each. Takes the arena. */
bool say_sums(struct bed *b, unsigned shrink, const char *only, bool first);
/** Copies from and to registered memory, without the backend; "null" where the device is not CUDA's. */
void say_pinned(unsigned index, bool is_cuda, unsigned shrink, double enough);
void say_digest(const uint8_t digest[BED_DIGEST]);
void say_timing(const struct timing *t);

#endif
