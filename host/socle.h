/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Socle's public interface: run a RISC-V program, prove that it ran, verify the proof.
 *
 * Statement of a proof: "the program with this key, started at its entry point on some input, halted with success and wrote exactly
 * this public output". The input is not part of the statement; zero knowledge is not claimed.
 *
 * A context belongs to one thread at a time; different contexts are independent. Nothing here exits, prints or keeps global state.
 * Every function returns a status; SOCLE_OK is the only success, and for socle_verify the only acceptance.
 */
#ifndef SOCLE_H
#define SOCLE_H

#include "core/base/status.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SOCLE_KEY_BYTES 44       /* of a key file */
#define SOCLE_MAX_TABLES 64
#define SOCLE_MAX_STAGES 16
#define SOCLE_MAX_USED_DEVICES 16
#define SOCLE_MAX_LISTED_DEVICES 129 /* the CPU, and 64 each of CUDA and OpenCL */
#define SOCLE_MAX_INPUT (UINT64_C(64) << 20)

typedef struct socle_context socle_context;

/** Where a call stands. eta_s is negative while unknown. The strings live as long as the library. */
struct socle_progress {
    const char *stage;
    double fraction; /* of the whole call, 0 to 1 */
    double elapsed_s, eta_s;
};

/** All zero means: one thread per processor, default profile, no demand on it, memory from the system, no callbacks. */
struct socle_options {
    unsigned n_threads;
    const char *profile; /* name of a shipped profile. NULL: the default one; to verify, any shipped one that the proof names */
    unsigned min_bits;   /* refuse to make or to accept proofs of a profile that claims fewer (struct socle_security, bits) */
    void *user;          /* handed to the callbacks */
    /* Memory of what a call returns to you (the context, outputs, files, proofs); both or none. Working memory comes from the system. */
    void *(*alloc)(void *user, size_t size);
    void (*release)(void *user, void *p);
    void (*progress)(void *user, const struct socle_progress *p);
    void (*log)(void *user, uint64_t fd, const uint8_t *bytes, size_t n); /* what the guest logs; not proven */
    /* Most memory that the process may have resident, in bytes; 0: what the machine has available when the context is created, less a
     * margin. It holds during the calls of this context (with several at a time, that of the call that began last) and counts the
     * whole process but what alloc gives. A call that would pass it ends with SOCLE_E_NOMEM; socle_prove and socle_keygen say
     * beforehand how much they need. */
    uint64_t memory_limit;
    const volatile sig_atomic_t *cancel; /* non-zero: stop soon with SOCLE_E_CANCELLED. May be set by a signal handler */
    const char *resume; /* socle_prove of a run of several segments: a folder that keeps finished proofs, so that the same call goes on
                         * from them after a stop; made when there is none. NULL: nothing is kept. Yours to delete afterwards */
    double deadline_s; /* a call that takes longer stops soon after with SOCLE_E_DEADLINE; 0: none */
    /* Where the threads run that the context starts. "core": each on one core. "node": each on the cores of one memory node. "off":
     * wherever the system puts them, for processes that share a machine. NULL or "auto": core when there are as many threads as
     * cores that the process may use, else node. Needs hwloc and is for speed only: a refusal is no failure. */
    const char *bind;
    /* What commitments, arguments and openings, and sums and transforms of Groth16 proofs, are made on: "cpu"; "cuda:N" and "opencl:N", devices of
     * socle_devices, with the CPU where they fail; "dual:cuda:N" and "dual:N", the latter of OpenCL: both, and the call ends with SOCLE_E_DEVICE
     * when they differ. N may be left out: 0. NULL or "auto": as socle_choose_device says, decided for the context by its
     * first call that needs it; when that is one of Groth16 or a benchmark, which no model has: cpu. Up to
     * SOCLE_MAX_USED_DEVICES names that are not dual or auto, with commas between: the proofs of a set are spread over them, as the stored cost model
     * says where it has them all, a single proof is made on the first; each sum of a Groth16 proof is shared. One that is named twice has two at a time. */
    const char *device;
    uint64_t device_memory; /* most bytes to take of each; 0: what it has. What does not fit is made by the CPU */
    bool timeline; /* note what socle_prove does when: socle_timeline */
    bool require_gpu; /* SOCLE_E_DEVICE when no device is one, or one is the processor in its guise */
};

/** SOCLE_E_ARG for an unknown profile or binding, or a device of another form. The device is opened by the first call that needs it.
 * *out is yours. */
SC_MUST_USE socle_status socle_create(socle_context **out, const struct socle_options *options);
void socle_destroy(socle_context *ctx);

/** What the last failed call says about its failure, at most 255 bytes; borrowed until the next call. Empty after success. */
const char *socle_message(const socle_context *ctx);
/** The sentence of a status. */
const char *socle_status_text(socle_status st);
const char *socle_version(void);
unsigned socle_threads(const socle_context *ctx);

/** Free bytes that a call returned. NULL is fine. */
void socle_free(socle_context *ctx, void *bytes);

/** Names of the shipped profiles, the default one first; NULL behind the last. */
const char *socle_profile(unsigned i);
/** The profile that a context proves with. */
const char *socle_context_profile(const socle_context *ctx);

/** Security of a profile: the smallest error term of any proof, all terms of the worst proof together, alone or one of a set,
 * collisions of the hash. */
struct socle_security {
    const char *profile;
    double min_term, sum, set_sum; /* bits; set_sum: of a proof of a set, which has a boundary opening and a global bus beside */
    unsigned hash_bits;
    unsigned bits; /* what is claimed in whole bits: the least of them, rounded down */
    unsigned grinding; /* bits, before the LogUp challenges */
};
/** NULL: the default profile. SOCLE_E_ARG when there is no such profile. */
SC_MUST_USE socle_status socle_security(const char *profile, struct socle_security *out);

/** One error term. The strings live as long as the library. */
struct socle_error_term {
    const char *part;    /* "argument", "main", "image"; of a set also "set" (once), "global" and "boundary" (in each proof) */
    unsigned log_cells;  /* size class of an opening, else 0 */
    unsigned round;      /* of the opening */
    const char *name, *formula, *source;
    double bits;         /* -log2 of the error of one */
    unsigned count;      /* so many in one proof, or in one set */
};
/** Every term of every proof under a profile: argument, set and global once, then the openings of each size class. Fills at most @p max,
 * returns how many there are; 0 when there is no such profile. */
size_t socle_security_terms(const char *profile, struct socle_error_term *out, size_t max);

/** One round of an opening, docs/spec/parameters.md section 2. */
struct socle_round {
    unsigned vars, folds, log_inv_rate;
    unsigned multiplicity; /* 0: unique decoding; else the Johnson regime */
    unsigned samples, query_grinding, fold_grinding, queries;
};
/** Rounds of the opening of 2^log_cells cells; part "main", "image" or "boundary". Fills at most @p max, returns how many there are; 0
 * when there is no such profile, part or size. */
size_t socle_security_rounds(const char *profile, const char *part, unsigned log_cells, struct socle_round *out, size_t max);

struct socle_table {
    const char *name;
    uint64_t rows;       /* in use */
    uint64_t cells;      /* committed for them, padding included */
    uint64_t bus_terms;  /* likewise */
};

/** A run of a program. */
struct socle_run {
    uint64_t cycles;     /* executed instructions */
    uint64_t misaligned; /* loads and stores at an address that is not a multiple of their size */
    uint64_t exit_code, pc;
    uint8_t *output;     /* yours: socle_free; NULL unless the run succeeded */
    size_t output_len;
    unsigned n_tables;   /* 0 unless the run succeeded */
    struct socle_table tables[SOCLE_MAX_TABLES];
};

/** Run a program without proving; out->tables tells what a proof of it would hold. Any length.
 * SOCLE_E_FORMAT: not a program of this machine. SOCLE_E_GUEST: it ended abnormally; the message has cause, pc and address. */
SC_MUST_USE socle_status socle_execute(socle_context *ctx, struct socle_run *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                                       size_t input_len);

/** The key file of a program: anybody computes the same one. */
SC_MUST_USE socle_status socle_keygen(socle_context *ctx, uint8_t key[SOCLE_KEY_BYTES], const uint8_t *elf, size_t elf_len);

struct socle_stage {
    const char *name;
    double seconds, cpu_seconds; /* of the clock; of processor time, all threads of the process */
};

/** What socle_options.device means on this machine. */
struct socle_device_choice {
    char devices[SOCLE_MAX_USED_DEVICES * 32]; /* the option, or what "auto" stands for */
    char why[256];
    bool is_auto;
};
/** "auto" takes the devices that the stored cost model has as faster than the CPU for a proof of the largest size that was measured on them, the
 * fastest first, and the CPU when there is no such model or device. Opens none. SOCLE_E_NOMEM. */
SC_MUST_USE socle_status socle_choose_device(socle_context *ctx, struct socle_device_choice *out);

/** How a device did. */
struct socle_device_use {
    char id[16], name[128];      /* "cpu", "cuda:0" or "opencl:0", and the model */
    bool is_processor;           /* the CPU, or the CPU in the guise of a device */
    bool compared;               /* all of it was made by the CPU too, with the same bytes */
    uint32_t proofs;             /* of this call, a set's or the single one, that were finished with it and found right */
    /* Made on it; those that failed were made by the CPU. Of socle_prove, commitments inside openings not counted; of socle_groth16_prove */
    uint32_t commitments, bus_arguments, sumchecks, openings;
    uint32_t sums, quotients;
    uint32_t failures;
    bool given_up;               /* it failed too often, or gave wrong bytes, and was not asked again */
    char failure[256];           /* the last one; empty when there was none */
};

struct socle_proof {
    struct socle_device_use device; /* the first of the option; then the others */
    struct socle_device_use more_devices[SOCLE_MAX_USED_DEVICES - 1];
    unsigned n_more_devices;
    uint8_t *bytes; /* yours: socle_free */
    size_t len;
    struct socle_run run;
    uint32_t n_segments;       /* 1: a single proof; else a set of as many and one more */
    uint64_t cells, bus_terms; /* committed and argued, padding included */
    unsigned log_cells;        /* size class of the largest stacked polynomial */
    unsigned n_stages;
    struct socle_stage stages[SOCLE_MAX_STAGES];
};

/** Run a program and prove it: a run that the profile's limits cut into segments by a set of proofs, else by one. The proof has
 * passed socle_verify when this returns SOCLE_OK; SOCLE_E_SELFCHECK when it did not.
 * Proof bytes depend on program, input and profile only. */
SC_MUST_USE socle_status socle_prove(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                                     size_t input_len);
/** What the last socle_prove of a context with the option timeline did when, for Perfetto or chrome://tracing (Trace Event Format, JSON): the
 * stages, those of each proof of a set on the track of whoever made it, jobs and copies of the device, working memory. *bytes is yours
 * (socle_free). SOCLE_E_ARG without the option. */
SC_MUST_USE socle_status socle_timeline(socle_context *ctx, uint8_t **bytes, size_t *len);
/** Frees what a proof or a run holds; all zero is fine. */
void socle_proof_fini(socle_context *ctx, struct socle_proof *proof);
void socle_run_fini(socle_context *ctx, struct socle_run *run);

/** What proving a run would take on this machine. */
struct socle_estimate {
    struct socle_run run;      /* of the dry run */
    uint32_t n_segments;
    uint64_t cells, bus_terms; /* committed and argued, padding included */
    unsigned log_cells;        /* size class of the stacked polynomial */
    uint64_t memory;           /* most memory of the process when nothing else limits it */
    uint64_t least_memory;     /* a memory limit that suffices */
    double seconds;            /* of socle_prove */
    bool by_model;             /* seconds come from the stored cost model, for the devices of socle_choose_device; else from small proofs on the CPU */
    unsigned n_stages;
    struct socle_stage stages[SOCLE_MAX_STAGES];
};

/** Run a program plainly, and tell what proving the run would take: size and memory are exact, time comes from two small proofs of
 * the same proportions, made here and now with the threads of the context, or for devices from the stored cost model when it knows them
 * (socle_model_store). Small proofs need less memory than the proof. socle_run_fini(ctx,
 * &out->run) frees. Errors: as of socle_prove, but a memory limit below out->least_memory is none. */
SC_MUST_USE socle_status socle_estimate(socle_context *ctx, struct socle_estimate *out, const uint8_t *elf, size_t elf_len,
                                        const uint8_t *input, size_t input_len);

/** What an accepted proof says. output is borrowed from the bytes of the proof. */
struct socle_verified {
    const uint8_t *output;
    uint64_t output_len;
    uint64_t cycles;
    const char *profile;
    uint32_t n_segments; /* 1: a single proof; else a set of as many and one more */
};

/** Check a proof, or a set of proofs of one run, against a key file. SOCLE_OK: accepted. SOCLE_E_FORMAT, SOCLE_E_VERSION: not files of this version and its profiles.
 * SOCLE_E_REJECT: refused, the message says where. */
SC_MUST_USE socle_status socle_verify(socle_context *ctx, struct socle_verified *out, const uint8_t *key, size_t key_len,
                                      const uint8_t *proof, size_t proof_len);

/** The same against the program itself: its key is computed under the profile that the proof names. */
SC_MUST_USE socle_status socle_verify_program(socle_context *ctx, struct socle_verified *out, const uint8_t *elf, size_t elf_len,
                                              const uint8_t *proof, size_t proof_len);

enum socle_kind { SOCLE_KIND_PROOF, SOCLE_KIND_KEY, SOCLE_KIND_ELF, SOCLE_KIND_SET };

/** What a file says about itself; nothing of it is checked beyond its form. Fields that its kind does not have are 0. A set, of proofs of
 * one run, has what a proof has but log_cells; its only table is BOUNDARY, over all its proofs, and cells and bus_terms are that table's. */
struct socle_info {
    enum socle_kind kind;
    uint32_t version;
    const char *profile;        /* proof */
    uint8_t key[32];            /* proof: of the program it names; key */
    uint8_t image_root[32];     /* proof */
    uint32_t image_log_rows;    /* proof */
    uint64_t entry;             /* proof, ELF */
    uint64_t cycles;            /* proof */
    uint64_t output_len;        /* proof */
    const uint8_t *output;      /* proof; borrowed from the bytes */
    uint64_t cells, bus_terms;  /* proof */
    unsigned log_cells;         /* proof */
    unsigned n_tables;          /* proof: rows as committed */
    struct socle_table tables[SOCLE_MAX_TABLES];
    uint64_t n_segments;        /* of the run: set; of the file: ELF */
    uint64_t n_words;           /* ELF */
};

/** SOCLE_E_FORMAT when it is no file that Socle reads. */
SC_MUST_USE socle_status socle_inspect(socle_context *ctx, struct socle_info *out, const uint8_t *bytes, size_t len);

/** Read a file of at most @p limit bytes; *bytes is yours (socle_free). SOCLE_E_IO, SOCLE_E_LIMIT, SOCLE_E_NOMEM. */
SC_MUST_USE socle_status socle_file_read(socle_context *ctx, uint8_t **bytes, size_t *len, const char *path, size_t limit);
/** Write a file whole: afterwards @p path holds either all of @p bytes or what it held before. */
SC_MUST_USE socle_status socle_file_write(socle_context *ctx, const char *path, const uint8_t *bytes, size_t len);

/** Most memory the process has had, and a clock that only goes forward, for reports. */
uint64_t socle_peak_memory(void);
double socle_clock_s(void);

/** What proofs run on. */
struct socle_device {
    char id[16];      /* for socle_options.device: "cpu", "cuda:0", "opencl:0" */
    char name[128];
    const char *kind; /* "cpu", "cuda", "opencl" */
    const char *isa;  /* cpu: kernels in use */
    unsigned cores, threads, packages, numa_nodes; /* cpu */
    char platform[128], driver[64]; /* cuda: compute capability and place; opencl */
    unsigned units;   /* cuda, opencl */
    bool is_processor; /* opencl: the CPU in the guise of a device, for tests */
    uint64_t memory;
};
/** Fill at most @p max devices, the CPU first; returns how many there are. */
size_t socle_devices(socle_context *ctx, struct socle_device *out, size_t max);

enum socle_health { SOCLE_HEALTH_GOOD, SOCLE_HEALTH_SLOW, SOCLE_HEALTH_BAD }; /* all works; slower than it could be; does not work */
struct socle_finding {
    const char *topic;
    enum socle_health health;
    char text[320]; /* what is, and what to do about it */
};
/** Look at processor, memory, drivers and permissions; devices are opened and their kernels built. Fill at most @p max, returns how many
 * there are. */
size_t socle_doctor(socle_context *ctx, struct socle_finding *out, size_t max);

/** A cost model of the scheduler: how long operations take on devices. Independent of the context that read it. */
typedef struct socle_model socle_model;

struct socle_model_device {
    const char *name;    /* lives as long as the model */
    bool shares_host;    /* jobs work in host memory: there are no copies */
    uint64_t memory;     /* bytes */
    uint64_t put_ns, get_ns; /* of a copy of no bytes, to the device and from it */
    uint64_t put_mb_per_s, get_mb_per_s; /* 10^6 bytes */
};

/** Measurements of one operation of one shape: of @p count vectors of 2^log_n, where that is what it works on. */
struct socle_model_sample {
    const char *device, *op; /* live as long as the model */
    uint32_t log_n, count;
    uint64_t runs;
    double mean_ns, spread_ns; /* spread: standard deviation of one run */
};

/** Read a model file; *out is yours. SOCLE_E_FORMAT, SOCLE_E_VERSION: the message says what is wrong in which line. */
SC_MUST_USE socle_status socle_model_read(socle_context *ctx, socle_model **out, const uint8_t *text, size_t len);
/** The text of a model file, which reads as the same model; *bytes is yours (socle_free). */
SC_MUST_USE socle_status socle_model_write(socle_context *ctx, uint8_t **bytes, size_t *len, const socle_model *model);
/** Measure a model by proofs of up to three sizes, made now with the context's threads and profile, on the CPU and with the help of each device:
 * those of @p devices, names of socle_devices with commas between, or NULL: all. On each the larger sizes are begun only within @p seconds.
 * A device of it is the whole machine with that device's help, named by its id with '-' for ':'. *out is yours.
 * SOCLE_E_ARG: a device named twice. SOCLE_E_DEVICE: one is not there, or failed; the message says which. SOCLE_E_LIMIT: the build has no guest. */
SC_MUST_USE socle_status socle_model_measure(socle_context *ctx, socle_model **out, const char *devices, double seconds);
#define SOCLE_MAX_PATH 512
/** Keep it for this user, this machine and its devices: socle_options.device "auto", socle_prove and socle_estimate use it. @p path receives where,
 * in socle/models of $XDG_DATA_HOME or ~/.local/share. SOCLE_E_IO. */
SC_MUST_USE socle_status socle_model_store(socle_context *ctx, char path[SOCLE_MAX_PATH], const socle_model *model);
/** The one that is kept; *out is yours. SOCLE_E_IO: there is none. SOCLE_E_FORMAT, SOCLE_E_VERSION: it is not the user's alone, or damaged. */
SC_MUST_USE socle_status socle_model_stored(socle_context *ctx, socle_model **out, char path[SOCLE_MAX_PATH]);
/** NULL is fine. */
void socle_model_destroy(socle_context *ctx, socle_model *model);
/** Where its figures come from, in words. */
const char *socle_model_origin(const socle_model *model);
/** Fill at most @p max; return how many there are. */
size_t socle_model_devices(const socle_model *model, struct socle_model_device *out, size_t max);
size_t socle_model_samples(const socle_model *model, struct socle_model_sample *out, size_t max);

/** The scheduler on a virtual clock: no device is needed and none is used. */
struct socle_simulation {
    unsigned n_devices, n_segments, log_cells;
    double seconds;        /* from cells in host memory to all proofs there */
    double utilisation;    /* share of the devices' time in which a job runs */
    uint64_t jobs, copied, spilled; /* bytes; spilled: copied to the host to make room */
    uint64_t device_memory; /* the most that is used of any device, bytes */
    const char *basis;     /* of the weakest estimate: "measured", "between" sizes that were measured, "beyond" them */
};

/** Simulate the proofs of @p n_segments segments (1 to 4096) of the largest size that the context's profile cuts, on @p n_devices (1 to 64)
 * copies of a device of the model. Making the trace is not in it. SOCLE_E_ARG: out of range, or the message says what the model lacks: it
 * needs the operations commit, gkr, zero and open. SOCLE_E_NOMEM: a job does not fit into the device. */
SC_MUST_USE socle_status socle_simulate(socle_context *ctx, struct socle_simulation *out, const socle_model *model, const char *device,
                                        unsigned n_devices, unsigned n_segments);
/** The same as a timeline for Perfetto or chrome://tracing (Trace Event Format, JSON): *bytes is yours (socle_free). */
SC_MUST_USE socle_status socle_simulate_timeline(socle_context *ctx, uint8_t **bytes, size_t *len, const socle_model *model, const char *device,
                                                 unsigned n_devices, unsigned n_segments);

/** A benchmark that ran: what was measured, and beside what. Independent of the context that ran it, except for its memory. */
typedef struct socle_bench socle_bench;

#define SOCLE_BENCH_MAX_RUNS 1000
#define SOCLE_BENCH_DIGEST 32

/** All zero: the suite "kernels", all of its cases, 9 runs of each, no round of runs begun after 150 s, sensors of this machine. */
struct socle_bench_options {
    const char *suite;
    const char *only;   /* the cases of this operation */
    unsigned runs;      /* timed runs of each case, one more before them warms up */
    double seconds;     /* no further round (a run of each case) begins later, once there are 3 */
    const char *system; /* folder that stands for / where sensors are read */
};

enum socle_bench_outcome {
    SOCLE_BENCH_GOOD,    /* every run gave the digest of the reference */
    SOCLE_BENCH_WRONG,   /* one did not: the times mean nothing */
    SOCLE_BENCH_SKIPPED, /* not run; `why` says why */
    SOCLE_BENCH_FAILED   /* it ended with `status`; `why` says why */
};

/** Times of one case, in nanoseconds. */
struct socle_bench_summary {
    uint64_t n;
    double median, mad, least, most, p5, p95, p99, mean;
    double cv;               /* standard deviation over mean */
    double low, high, level; /* bootstrap interval of the median and its confidence */
    double trend_z, trend_change; /* Mann-Kendall; relative, from the first run to the last */
    bool unstable, drifts;   /* cv above 3 %; a trend that is no accident */
};

/** Of a case of the suites "prove" and "groth16". Times are medians over the runs, in seconds. */
struct socle_bench_proof {
    /* BLAKE3 of the lengths of program and input, 8 bytes little-endian each, program and input; of Groth16: of circuit and witness */
    uint8_t workload[SOCLE_BENCH_DIGEST];
    uint64_t cycles, bytes, peak_memory;  /* bytes: of the proof; peak_memory: most working memory of a run, in bytes */
    unsigned bits, n_segments;            /* bits: of security, claimed by the profile, or the least that literature leaves of a curve */
    double verify_s;
    uint64_t key_bytes;                   /* Groth16: of the proving key, and making it; else 0 */
    double key_s;
    unsigned n_stages;
    struct socle_stage stages[SOCLE_MAX_STAGES];
};

/** A case: an operation at a size. What is unknown is NAN, or NULL. */
struct socle_bench_row {
    const char *op, *shape;
    const char *what;  /* is counted */
    double units;      /* of it, in one run */
    const char *unit;  /* of a rate, as shown: units a second times scale */
    double scale;
    uint64_t memory;   /* bytes it takes when it runs alone */
    enum socle_bench_outcome outcome;
    socle_status status; /* of one that failed */
    char why[160];
    uint8_t digest[SOCLE_BENCH_DIGEST], reference[SOCLE_BENCH_DIGEST]; /* of the last run, or of the first that was wrong */
    unsigned n_runs;
    const uint64_t *runs_ns, *least_ns; /* each run; the least that the limits measured just before it allow. Live as long as the bench */
    struct socle_bench_summary time;
    double rate;       /* of the median, as shown */
    double share;      /* median of least over time; NAN for what is a limit itself */
    const char *binds; /* the limit that is the larger one in most runs */
    double joules;     /* of a run, mean */
    const struct socle_bench_proof *proof; /* NULL for a kernel. Lives as long as the bench */
};

/** What a limit is worked out from. */
struct socle_bench_input {
    const char *name, *unit; /* unit: empty for a number */
    double value;
};

#define SOCLE_BENCH_INPUTS 7

/** What the hardware should do at most, by what its makers publish and it says of itself. Strings but the basis live on. */
struct socle_bench_theory {
    double value;        /* in the unit of the limit; NAN: not known, and the basis says why */
    char basis[320];     /* where the inputs are from */
    const char *formula; /* of the inputs by their names, with the operators of C and max(); NULL when the value is not known */
    unsigned n_inputs;
    struct socle_bench_input input[SOCLE_BENCH_INPUTS];
};

/** A limit as measured during the run, in units a second; of memory in bytes read and written. */
struct socle_bench_limit {
    const char *name;
    uint64_t n;
    double median, least, most;
    const char *unit;                 /* "units/s", "bytes/s" */
    struct socle_bench_theory theory; /* one below the median is a mistake in one of the two */
};

/** What was seen at one moment. NAN: no such sensor. */
struct socle_bench_moment {
    double at_s, pace_s; /* pace: processor time of a loop that is always the same */
    double clock_mhz, celsius;
    double others, steal; /* processors that others had */
};

/** A display or processing accelerator on the PCI bus. Strings are empty where the system does not tell; numbers NAN, 0 or -1. */
struct socle_bench_card {
    char pci[16], vendor[8], model[8];                /* place; numbers, as 0x10de */
    char driver[24], driver_version[48], vbios[48];
    double link_gt_s, link_most_gt_s;                 /* of a lane, as negotiated now, and the most that the card can */
    unsigned lanes, most_lanes;
    int numa_node;
    uint64_t memory;                                  /* bytes */
    double power_limit_w;
};

struct socle_bench_info {
    const char *suite;
    unsigned suite_version, threads, runs; /* runs: wanted */
    const char *profile;                   /* of the suite "prove", else NULL */
    const char *kernels, *reference;       /* instruction sets: measured, "kernels/kc" for a device, and of the reference */
    const char *devices[SOCLE_MAX_USED_DEVICES]; /* that it ran on: "cpu", or as in socle_options.device; proofs may be spread over several */
    unsigned n_devices;
    uint64_t started;                      /* seconds since 1970 */
    double seconds;
    uint64_t peak_memory;
    const char *os, *kernel, *governor;    /* empty: unknown */
    const char *container, *microcode;     /* empty: none that is seen; unknown */
    int virtualised, smt, boost, memory_ecc; /* -1: unknown */
    double clock_min_mhz, clock_max_mhz, power_limit_w; /* limits of the processor, NAN; power: of all packages, for long */
    const struct socle_bench_card *cards;
    unsigned n_cards;
    double load;                           /* mean number of running processes when it began */
    double slowest_pace, lowest_clock;     /* over the fastest; NAN */
    double hottest, most_load;             /* degrees, processors; NAN */
    bool throttled, hot, background;
    bool digests_right, enough_runs;       /* of all that ran; there is something, and 5 runs of each */
    bool nothing_failed;
    bool valid;                            /* digests_right, enough_runs, nothing_failed and not throttled */
};

/** The suites; NULL behind the last. */
const char *socle_bench_suite(unsigned i);
/** The cases of a suite, not run: as rows without times. SOCLE_E_ARG: no such suite. */
SC_MUST_USE socle_status socle_bench_list(socle_context *ctx, socle_bench **out, const char *suite);
/** Run a suite with the threads of the context and within its memory; cases that do not fit are skipped. *out is yours.
 * A wrong result is no failure of the call: look at the info. SOCLE_E_ARG, SOCLE_E_NOMEM, SOCLE_E_CANCELLED, SOCLE_E_DEADLINE. */
SC_MUST_USE socle_status socle_bench_run(socle_context *ctx, socle_bench **out, const struct socle_bench_options *options);
/** NULL is fine. */
void socle_bench_destroy(socle_context *ctx, socle_bench *bench);
/** Strings live as long as the bench. */
const struct socle_bench_info *socle_bench_about(const socle_bench *bench);
/** Fill at most @p max; return how many there are. */
size_t socle_bench_rows(const socle_bench *bench, struct socle_bench_row *out, size_t max);
size_t socle_bench_limits(const socle_bench *bench, struct socle_bench_limit *out, size_t max);
size_t socle_bench_moments(const socle_bench *bench, struct socle_bench_moment *out, size_t max);

enum socle_bench_verdict {
    SOCLE_BENCH_NOT_COMPARED, /* `why` says why */
    SOCLE_BENCH_SAME,         /* not told apart: the interval covers 1, or one side has fewer than 5 runs */
    SOCLE_BENCH_FASTER,       /* B takes less time than A */
    SOCLE_BENCH_SLOWER
};

/** One case in two reports. */
struct socle_bench_pair {
    char op[24], shape[40], why[64];
    double a_ns, b_ns;       /* medians; NAN where it did not run */
    double ratio, low, high; /* of B to A, with its bootstrap interval at 95 %; NAN when not compared */
    enum socle_bench_verdict verdict;
};

/** What a report says of where it was made. */
struct socle_bench_side {
    char device[128], kernels[16]; /* device: of several all names, a number before those that are the same */
    unsigned n_devices, threads, suite_version;
    bool valid, simulated;
    bool pocl;      /* OpenCL on the processor, no GPU */
    bool disturbed; /* throttled, hot, or others used the machine */
};

struct socle_bench_comparison {
    struct socle_bench_side a, b;
    bool crossed;          /* the workloads differ, and it was asked for nevertheless */
    size_t n, n_compared;
    double mean;           /* geometric, of the ratios */
    struct socle_bench_pair *pairs; /* yours: socle_bench_comparison_fini */
};

/** Compare two reports (docs/bench-report.schema.json) case by case. SOCLE_E_FORMAT, SOCLE_E_VERSION: not reports, the message says which
 * and why. SOCLE_E_ARG: their workloads differ, or one is of a simulated device and the other is not, and @p cross is not set; or nothing
 * in them can be compared. */
SC_MUST_USE socle_status socle_bench_compare(socle_context *ctx, struct socle_bench_comparison *out, const uint8_t *a, size_t a_len,
                                             const uint8_t *b, size_t b_len, bool cross);
void socle_bench_comparison_fini(socle_context *ctx, struct socle_bench_comparison *comparison);

/** What was checked of a report. */
struct socle_bench_checked {
    size_t n_figures;  /* results whose figures follow from their runs: all that ran */
    size_t n_digests;  /* results made anew by the reference, here */
    size_t n_left_out; /* of these, not made for want of memory */
};

/** Check a report: every figure from its raw runs, every digest by the reference kernels on this machine, its claim to be valid.
 * SOCLE_E_REJECT: something is not as it says, or it holds a wrong result; the message says what. SOCLE_E_FORMAT; SOCLE_E_VERSION: of
 * another version, or of another version of its suite. */
SC_MUST_USE socle_status socle_bench_check(socle_context *ctx, struct socle_bench_checked *out, const uint8_t *report, size_t len);

#define SOCLE_BENCH_PLOT_REPORTS 8 /* that eyes can tell apart */
#define SOCLE_BENCH_CHARTS 8

/** The bytes of a report, and the name that stands for it in legends. */
struct socle_bench_source {
    const char *name;
    const uint8_t *bytes;
    size_t len;
};

/** A chart of socle_bench_plot. Strings of title and file live on. */
struct socle_bench_chart {
    const char *title, *file; /* file: in the folder */
    bool drawn;
    char why[128];            /* what is missing when it is not drawn */
};

/** Draw @p n reports, 1 to SOCLE_BENCH_PLOT_REPORTS, into @p folder, which is made when there is none: a page index.html, which needs no other
 * file, and each of its charts as SVG. Files are written whole, the page last; the same reports give the same bytes. A chart that nothing in
 * the reports is for is left out, and a file of it from an earlier call is left as it is. Figures are made anew from the raw runs; the page
 * says where a report's own differ, where it is not valid or is simulated. SOCLE_E_ARG; SOCLE_E_FORMAT, SOCLE_E_VERSION: no reports, the
 * message says which and why; SOCLE_E_IO, SOCLE_E_NOMEM. */
SC_MUST_USE socle_status socle_bench_plot(socle_context *ctx, struct socle_bench_chart out[SOCLE_BENCH_CHARTS], const struct socle_bench_source *reports,
                                          size_t n, const char *folder);

/* Groth16 over BN254 and BLS12-381, in the files of circom and snarkjs. No part of Socle's own proofs, and not of their security claim:
 * BN254 is taken to have about 100 bits, BLS12-381 about 120, both need a trusted setup for each circuit. */

typedef struct socle_groth16_key socle_groth16_key;

/** Load a proving key (.zkey) for any number of proofs. The file is mapped: it must stay as it is until socle_groth16_key_close. Every
 * point is checked to be on its curve. E_IO, E_FORMAT, E_VERSION (another protocol or curve), E_LIMIT, E_NOMEM. */
SC_MUST_USE socle_status socle_groth16_key_open(socle_context *ctx, socle_groth16_key **out, const char *path);
/** The same from bytes, which are borrowed until then. */
SC_MUST_USE socle_status socle_groth16_key_from(socle_context *ctx, socle_groth16_key **out, const uint8_t *bytes, size_t len);
/** NULL is fine. Before the context is destroyed. */
void socle_groth16_key_close(socle_groth16_key *key);

/** The verification key of a proving key: JSON, byte for byte as snarkjs writes it, zero-ended; yours: socle_free. E_NOMEM. */
SC_MUST_USE socle_status socle_groth16_export_key(socle_context *ctx, char **json, size_t *len, const socle_groth16_key *key);

/** What is known of the hardness that Groth16 rests on, estimates from the literature. The strings live as long as the library. */
struct socle_groth16_security {
    const char *curve;
    double group_bits;              /* discrete logarithms in G1 and G2, Pollard's rho: 0.886 sqrt(r) additions */
    unsigned least_bits, most_bits; /* in the target group, by the number field sieve; the least of all is what counts */
    const char *source;
    const char *assumes;            /* beside that */
};
/** Curve @p i, from 0; false behind the last. */
bool socle_groth16_security(unsigned i, struct socle_groth16_security *out);

struct socle_groth16_proof {
    char *proof, *public_values; /* JSON, byte for byte as snarkjs writes it, zero-ended; yours: socle_free */
    size_t proof_len, public_len;
    struct socle_device_use device, more_devices[SOCLE_MAX_USED_DEVICES - 1]; /* of all calls of the context so far */
    unsigned n_more_devices;
};

/** Prove a witness (.wtns). The proof has been verified with the key when this returns SOCLE_OK.
 * @p randomness: NULL, that of the system; for tests alone, two numbers below the order of 32 bytes each, little-endian: who knows them can
 * learn about the witness. The proof is the same on every device. E_FORMAT, E_ARG (a witness of another circuit or curve, randomness out of range), E_REJECT (it does
 * not satisfy the circuit), E_NOMEM, E_IO (no randomness), E_DEVICE (the device is not there; it and the CPU, compared, differ). */
SC_MUST_USE socle_status socle_groth16_prove(socle_context *ctx, struct socle_groth16_proof *out, const socle_groth16_key *key, const uint8_t *wtns,
                                             size_t wtns_len, const uint8_t randomness[64]);
void socle_groth16_proof_fini(socle_context *ctx, struct socle_groth16_proof *proof);

/** SOCLE_OK: accepted. All three are JSON as snarkjs writes it. E_FORMAT; E_ARG: of different curves or lengths; E_REJECT. */
SC_MUST_USE socle_status socle_groth16_verify(socle_context *ctx, const uint8_t *vkey, size_t vkey_len, const uint8_t *public_values,
                                              size_t public_len, const uint8_t *proof, size_t proof_len);

/** Set up a circuit: @p zkey becomes the proving key of @p r1cs over @p ptau, byte for byte what `snarkjs zkey new` makes of them. It has no
 * contribution of phase 2, so anybody can forge proofs for it: for development only, until there are some (`snarkjs zkey contribute`).
 * Powers must be prepared for phase 2; those in use are checked to be powers of one tau. E_IO, E_FORMAT, E_VERSION, E_LIMIT, E_NOMEM; E_ARG:
 * the files do not fit each other. */
SC_MUST_USE socle_status socle_groth16_setup(socle_context *ctx, const char *zkey, const char *r1cs, const char *ptau);

/** What a .zkey, .wtns, .r1cs or .ptau says about itself. Its form is checked, as is that numbers are canonical; points are not. */
struct socle_groth16_info {
    const char *kind, *curve;       /* "zkey", "wtns", "r1cs", "ptau"; "bn128", "bls12381" */
    uint64_t variables;             /* zkey, wtns (values), r1cs (wires) */
    uint64_t public_values;         /* zkey, r1cs (outputs and public inputs) */
    uint64_t private_inputs, constraints, terms, labels; /* r1cs */
    bool custom_gates;              /* r1cs */
    uint64_t coefficients;          /* zkey, of A and B */
    unsigned log_domain;            /* zkey */
    unsigned power, ceremony_power; /* ptau: log2 of the powers in the file, in the ceremony */
    bool prepared;                  /* ptau: for phase 2 */
    uint64_t contributions;         /* zkey, ptau: none means that it is for development only */
    char circuit_hash[129];         /* zkey: hexadecimal, what snarkjs tells at set-up */
};
SC_MUST_USE socle_status socle_groth16_inspect(socle_context *ctx, struct socle_groth16_info *out, const char *path);

#ifdef __cplusplus
}
#endif

#endif
