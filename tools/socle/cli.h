/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the files of the command line share: parsed arguments, exit codes, printing.
 */
#ifndef SOCLE_CLI_H
#define SOCLE_CLI_H

#include "host/socle.h"
#include "tools/socle/json.h"

#include <stdio.h>

/* Exit codes. Scripts rely on them: they never change meaning. */
enum exit_code {
    EXIT_GOOD = 0,
    EXIT_GUEST = 1,     /* the guest program failed */
    EXIT_USAGE = 2,     /* usage, or another error of the host */
    EXIT_REFUSED = 3,   /* the proof is refused */
    EXIT_MEMORY = 5,
    EXIT_DEVICE = 6,    /* device missing or unsupported */
    EXIT_DEADLINE = 7,
    EXIT_CANCELLED = 8,
    EXIT_FILE = 9,      /* bad file or version */
    EXIT_SELFCHECK = 11 /* a proof failed its own check and was not written */
};

/* Options. O(id, short, long, takes a value, help) */
#define CLI_OPTIONS(O)                                                              \
    O(INPUT, 'i', "input", "FILE", "input of the guest (default: empty)")          \
    O(OUTPUT, 'o', "output", "FILE", "where to write the result")                  \
    O(KEY, 'k', "key", "FILE", "key file of the program, instead of the ELF")      \
    O(THREADS, 0, "threads", "N", "number of threads (default: one per processor)") \
    O(PROFILE, 0, "profile", "NAME", "parameter profile (default: socle-132)")      \
    O(MIN_BITS, 0, "min-bits", "N", "refuse a profile that claims fewer bits")     \
    O(SEGMENTS, 0, "segments", "N", "how many (security: also the sum over their proofs; simulate: 64)") \
    O(GPUS, 0, "gpus", "NxNAME", "N devices of that name in the model; 1, 2, 4 .. 64 are told, too") \
    O(TRACE, 0, "trace", "FILE", "where to write what ran where and when, for Perfetto") \
    O(FROM, 0, "from", "MODEL", "cost model with the times that the simulation takes") \
    O(SOUNDCALC, 0, "soundcalc", "N", "the parameter file of the openings of 2^N cells, for soundcalc") \
    O(GROTH16, 0, "groth16", NULL, "what Groth16 proofs rest on, which is no part of the claim") \
    O(RESUME, 0, "resume", "FOLDER", "keep finished proofs of segments there, and go on from those that are") \
    O(ESTIMATE, 0, "estimate", NULL, "estimate first, and tell both") \
    O(DEADLINE, 0, "deadline", "SECONDS", "stop with exit code 7 when it takes longer") \
    O(MEM_BUDGET, 0, "mem-budget", "SIZE", "most memory of the process, as 8G, 512M or bytes (default: what is available)") \
    O(BIND, 0, "bind", "PLACES", "threads bound to: auto, core, node, off (default: auto; off when processes share a machine)") \
    O(SUITE, 0, "suite", "NAME", "which benchmarks: kernels, prove, groth16 (default: kernels)") \
    O(ONLY, 0, "only", "OP", "the cases of this operation") \
    O(RUNS, 0, "runs", "N", "timed runs of each case (default: 9)") \
    O(SECONDS, 0, "seconds", "N", "begin no further round of runs, or no larger proofs on a device, later (default: 150)") \
    O(CROSS, 0, "cross", NULL, "compare reports of different workloads, and say so") \
    O(SYSTEM, 0, "system", "FOLDER", "read sensors below this folder instead of /") \
    O(DEVICE, 0, "device", "NAMES", "proofs are made on: auto, cpu, cuda:N, opencl:N, dual:N, dual:cuda:N (device and CPU, compared); several, with commas, " \
      "share the proofs of a set; bench run: kernels on one of cpu, cuda:N, opencl:N, proofs on several; default: auto, what a stored " \
      "cost model has as faster than the CPU, else cpu; of groth16 and bench run: cpu") \
    O(DEVICE_BUDGET, 0, "device-budget", "SIZE", "most memory of each device (default: what it has); what does not fit is the CPU's") \
    O(REQUIRE_GPU, 0, "require-gpu", NULL, "fail with exit code 6 when no device is a GPU, or one is the processor in its guise") \
    O(PUBLIC, 0, "public", "FILE", "groth16 prove: where to write the public values") \
    O(TEST_RANDOMNESS, 0, "test-randomness", "HEX", "groth16 prove: 64 bytes in place of the system's; for tests, gives the witness away") \
    O(JSON, 0, "json", NULL, "one JSON object on standard output")                 \
    O(QUIET, 'q', "quiet", NULL, "no progress and no guest log")                   \
    O(HELP, 'h', "help", NULL, "this text")

enum option_id {
#define O(id, letter, name, value, help) OPT_##id,
    CLI_OPTIONS(O)
#undef O
        N_OPTIONS
};
_Static_assert(N_OPTIONS <= 32, "options are bits of a number");
#define BIT(id) (1u << OPT_##id)

struct args;
typedef enum exit_code command_fn(struct args *a);

struct command {
    const char *name, *operands, *help;
    unsigned min_operands, max_operands;
    unsigned options, required; /* BIT(..) */
    command_fn *run;
    unsigned schema_version; /* of its object; a member that changes its meaning counts it up, a new one does not */
};

struct args {
    const struct command *command;
    const char *operand[1 + SOCLE_BENCH_PLOT_REPORTS]; /* no command has more */
    unsigned n_operands;
    unsigned given; /* BIT(..) */
    const char *value[N_OPTIONS];
    socle_context *ctx;
    bool quiet, json;
    const char *told_stage; /* the last progress that was shown */
    double told_s;
};

static inline bool given(const struct args *a, enum option_id id)
{
    return (a->given >> id & 1u) != 0;
}

/** The exit code of a status. */
enum exit_code exit_of(socle_status st);
/** Report a failure of the library: text on standard error, an object on standard output under --json. */
enum exit_code fails(const struct args *a, socle_status st);
/** Report a failure with its own words. */
enum exit_code fails_with(const struct args *a, enum exit_code code, const char *status, const char *message);
/** Begin the result object: schema, version, command. */
void result_begin(struct json *j, const struct args *a);
/** End and print it. */
enum exit_code result_print(struct json *j, const struct args *a);

command_fn run_execute, run_keygen, run_estimate, run_prove, run_verify, run_inspect, run_devices, run_doctor, run_bench, run_groth16, run_model, run_security,
    run_simulate, run_version;

/** How a device did: a line or two of text, with what was made on it in words; an object of that name. */
void say_device_use(const struct socle_device_use *d, const char *made);
/** An object "device" of the first, and a list "devices" of all. */
void json_device_uses(struct json *j, const struct socle_device_use *first, const struct socle_device_use *more, unsigned n_more);
/** What "auto" was taken for, on standard error; @p before: what was told, which is told again only when another could be opened. NULL: nothing yet. */
void say_choice(const struct args *a, const struct socle_device_choice *c, const struct socle_device_choice *before);
/** An object named "device_choice". */
void json_choice(struct json *j, const struct socle_device_choice *c);

/** A decimal number from @p low to @p high, nothing else. */
bool parse_number(const char *text, unsigned long low, unsigned long high, unsigned long *out);

/** The parameter file that soundcalc reads; false when the profile has no schedule for 2^log_cells cells. */
bool print_soundcalc(const char *profile, unsigned log_cells);

/** What a profile claims: a line of text, an object named "security". */
/** Also the sum over a set, when there are several segments. */
void say_security(const char *profile, unsigned long segments);
void json_security(struct json *j, const char *profile, unsigned long segments);
/** The same of all: a line each, or the default one's object and a list of names. */
void say_profiles(void);
void json_profiles(struct json *j);

#endif
