/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Speed of the executor, one thread, by processor time, one JSON line per sample: {"what", "guest", "instructions", "value", "unit", "seconds"}.
 * bench_exec GUEST.elf INPUT [samples] [log_cells]: a plain run, one that is cut (2^28 cells a segment unless told), all its segments
 * replayed into blocks that nobody reads. Report medians.
 */
#include "host/exec/segments.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK 256

struct bench {
    const char *name;
    struct sc_elf elf;
    struct sc_exec_options options;
    struct sc_cut_limits limits;
    struct sc_segments segments;
    struct sc_run run;
    char why[256];
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void line(const struct bench *b, const char *what, uint64_t n, double seconds)
{
    printf("{\"what\":\"%s\",\"guest\":\"%s\",\"instructions\":%llu,\"segments\":%zu,\"value\":%.1f,\"unit\":\"M instructions/s\",\"seconds\":%.4f}\n",
           what, b->name, (unsigned long long)n, b->segments.n_spans, 1e-6 * (double)n / seconds, seconds);
}

static socle_status bench_plain(struct bench *b)
{
    const double t = now();
    const socle_status st = sc_exec(&b->run, b->why, sizeof b->why, &b->elf, &b->options);
    line(b, "plain", b->run.cycles, now() - t);
    sc_run_fini(&b->run);
    return st;
}

static socle_status bench_cut(struct bench *b, const char *what, const struct sc_cut_limits *limits)
{
    const double t = now();
    sc_segments_fini(&b->segments);
    const socle_status st = sc_exec_cut(&b->segments, &b->run, b->why, sizeof b->why, &b->elf, &b->options, limits);
    line(b, what, b->run.cycles, now() - t);
    sc_run_fini(&b->run);
    return st;
}

static socle_status bench_replay(struct bench *b, struct sc_event *room)
{
    socle_status st = SOCLE_OK;
    uint64_t total = 0;
    const double t = now();
    for (size_t i = 0; i < b->segments.n_spans; i++) {
        struct sc_replay *r = NULL;
        struct sc_replayed replayed = {0};
        size_t n = 0;
        st = sc_replay_create(&r, &b->elf, &b->segments.spans[i]);
        do {
            st = st == SOCLE_OK ? sc_replay_next(r, room, &n, BLOCK) : st;
            total += n;
        } while (st == SOCLE_OK && n > 0);
        st = st == SOCLE_OK ? sc_replay_finish(r, &replayed) : st;
        sc_replayed_fini(&replayed);
        sc_replay_destroy(r);
        if (st != SOCLE_OK) {
            return st;
        }
    }
    line(b, "replay", total, now() - t);
    return st;
}

static int run(struct bench *b, int samples)
{
    socle_status st = SOCLE_OK;
    struct sc_event *const room = sc_alloc(BLOCK, sizeof *room);
    for (int s = 0; st == SOCLE_OK && room != NULL && s < samples; s++) {
        static const struct sc_cut_limits none;
        st = bench_plain(b);
        st = st == SOCLE_OK ? bench_cut(b, "not cut", &none) : st;
        st = st == SOCLE_OK ? bench_cut(b, "cut", &b->limits) : st;
        st = st == SOCLE_OK ? bench_replay(b, room) : st;
    }
    sc_free(room);
    if (st != SOCLE_OK) {
        fprintf(stderr, "%s: status %d, %s\n", b->name, (int)st, b->why);
    }
    return st == SOCLE_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    static struct bench b;
    uint8_t *file = NULL, *input = NULL;
    size_t size = 0, input_size = 0;
    if (argc < 3 || sc_file_read(&file, &size, b.why, sizeof b.why, argv[1], (size_t)1 << 30) != SOCLE_OK ||
        sc_file_read(&input, &input_size, b.why, sizeof b.why, argv[2], (size_t)1 << 30) != SOCLE_OK ||
        sc_elf_load(&b.elf, b.why, sizeof b.why, file, size) != SOCLE_OK) {
        fprintf(stderr, "bench_exec GUEST.elf INPUT [samples] [log_cells]\n%s\n", b.why);
        return 2;
    }
    const char *const slash = strrchr(argv[1], '/');
    b.name = slash != NULL ? slash + 1 : argv[1];
    b.options = (struct sc_exec_options){.input = input, .input_size = input_size};
    b.limits.log_cells = argc > 4 ? (uint8_t)atoi(argv[4]) : 28;
    const int rc = run(&b, argc > 3 ? atoi(argv[3]) : 5);
    sc_segments_fini(&b.segments);
    sc_elf_fini(&b.elf);
    sc_free(input);
    sc_free(file);
    return rc;
}
