/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The command line: arguments, signals, progress, exit codes. Results go to standard output and nothing else does.
 */
#define _POSIX_C_SOURCE 200809L
#include "tools/socle/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    char letter;
    const char *name, *value, *help;
} options[N_OPTIONS] = {
#define O(id, letter, name, value, help) {letter, name, value, help},
    CLI_OPTIONS(O)
#undef O
};

#define COMMON (BIT(JSON) | BIT(QUIET) | BIT(HELP))
#define WORK (COMMON | BIT(THREADS) | BIT(PROFILE) | BIT(MIN_BITS) | BIT(DEADLINE) | BIT(MEM_BUDGET) | BIT(BIND))

static const struct command commands[] = {
    {"execute", "ELF", "run a program: cycles, public output and rows of every table, no proof", 1, 1, WORK | BIT(INPUT) | BIT(OUTPUT), 0, run_execute, 1},
    {"keygen", "ELF", "write the key of a program", 1, 1, WORK | BIT(OUTPUT), BIT(OUTPUT), run_keygen, 1},
    {"estimate", "ELF", "what proving a run would take: cells, segments, memory, time", 1, 1, WORK | BIT(INPUT) | BIT(DEVICE), 0, run_estimate, 1},
    {"prove", "ELF", "run a program and write the proof of it", 1, 1,
     WORK | BIT(INPUT) | BIT(OUTPUT) | BIT(DEVICE) | BIT(DEVICE_BUDGET) | BIT(REQUIRE_GPU) | BIT(RESUME) | BIT(ESTIMATE) | BIT(TRACE), BIT(OUTPUT), run_prove, 1},
    {"verify", "PROOF [ELF]", "check a proof against a program or its key", 1, 2, WORK | BIT(KEY) | BIT(OUTPUT), 0, run_verify, 1},
    {"inspect", "FILE", "what a proof, key or program says about itself", 1, 1, WORK, 0, run_inspect, 1},
    {"devices", "", "what proofs can run on", 0, 0, COMMON, 0, run_devices, 1},
    {"bench", "ACTION ...", "list, run, compare A B, check REPORT, plot REPORT... -o FOLDER: measure this machine, compare and draw reports", 1, 1 + SOCLE_BENCH_PLOT_REPORTS,
     COMMON | BIT(THREADS) | BIT(DEADLINE) | BIT(MEM_BUDGET) | BIT(BIND) | BIT(OUTPUT) | BIT(SUITE) | BIT(PROFILE) | BIT(ONLY) | BIT(RUNS) | BIT(SECONDS) | BIT(SYSTEM) |
         BIT(CROSS) | BIT(DEVICE) | BIT(DEVICE_BUDGET) | BIT(REQUIRE_GPU),
     0, run_bench, 1},
    {"doctor", "", "what of this machine helps or hinders, and what to do about it", 0, 0, COMMON, 0, run_doctor, 1},
    {"groth16", "inspect FILE | setup R1CS PTAU -o ZKEY | verify KEY PUBLIC PROOF | prove ZKEY WTNS -o PROOF --public FILE | export-key ZKEY -o KEY",
     "proofs in the files of circom and snarkjs", 2, 4, COMMON | BIT(THREADS) | BIT(MEM_BUDGET) | BIT(OUTPUT) | BIT(PUBLIC) | BIT(TEST_RANDOMNESS) |
         BIT(DEVICE) | BIT(DEVICE_BUDGET) | BIT(REQUIRE_GPU), 0,
     run_groth16, 1},
    {"model", "measure | show [FILE]", "measure how long proofs take on each device and store that for this machine; show what a cost model knows", 1, 2,
     WORK | BIT(DEVICE) | BIT(DEVICE_BUDGET) | BIT(OUTPUT) | BIT(SECONDS), 0, run_model, 1},
    {"security", "", "every error term of the profiles, the weakest, the sums", 0, 0, COMMON | BIT(PROFILE) | BIT(SEGMENTS) | BIT(SOUNDCALC) | BIT(GROTH16), 0, run_security, 2},
    {"simulate", "", "the scheduler on a virtual clock: latency and use of 1 to 64 devices of a cost model", 0, 0,
     COMMON | BIT(PROFILE) | BIT(SEGMENTS) | BIT(GPUS) | BIT(FROM) | BIT(TRACE), BIT(GPUS) | BIT(FROM), run_simulate, 1},
    {"version", "", "version and profiles", 0, 0, COMMON, 0, run_version, 1},
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static volatile sig_atomic_t cancelled;

/* The library looks at the flag between stages. When it does not get there within some seconds, the alarm ends the process:
 * nothing half-written can exist, see socle_file_write. */
static void on_signal(int signal_number)
{
    static const char text[] = "socle: cancelled\n";
    if (signal_number == SIGALRM) {
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        _exit(EXIT_CANCELLED);
    }
    cancelled = 1;
    (void)alarm(2);
}

static void catch_signals(void)
{
    static const int which[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof which / sizeof which[0]; i++) {
        (void)sigaction(which[i], &action, NULL);
    }
}

static void print_usage(FILE *out)
{
    (void)fprintf(out, "usage: socle COMMAND ...\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        (void)fprintf(out, "  %-8s %-12s %s\n", commands[i].name, commands[i].operands, commands[i].help);
    }
    (void)fprintf(out,
                  "\n`socle COMMAND -h` tells the options of a command.\n"
                  "Exit codes: 0 success, 1 the guest failed, 2 usage or another host error, 3 proof refused, 5 not enough memory,\n"
                  "6 device missing or unsupported, 7 deadline passed, 8 cancelled, 9 bad file or version, 11 self-check failed.\n");
}

static void print_help(const struct command *c)
{
    (void)printf("usage: socle %s%s%s [OPTIONS]\n\n%s\n\n", c->name, c->operands[0] ? " " : "", c->operands, c->help);
    for (unsigned i = 0; i < N_OPTIONS; i++) {
        char name[40];
        if ((c->options >> i & 1u) == 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "--%s%s%s", options[i].name, options[i].value ? " " : "", options[i].value ? options[i].value : "");
        (void)printf("  %c%c%c %-16s %s%s\n", options[i].letter ? '-' : ' ', options[i].letter ? options[i].letter : ' ',
                     options[i].letter ? ',' : ' ', name, options[i].help, (c->required >> i & 1u) != 0 ? " (required)" : "");
    }
}

enum exit_code exit_of(socle_status st)
{
    switch (st) {
    case SOCLE_OK:
        return EXIT_GOOD;
    case SOCLE_E_GUEST:
        return EXIT_GUEST;
    case SOCLE_E_REJECT:
        return EXIT_REFUSED;
    case SOCLE_E_NOMEM:
        return EXIT_MEMORY;
    case SOCLE_E_DEVICE:
        return EXIT_DEVICE;
    case SOCLE_E_DEADLINE:
        return EXIT_DEADLINE;
    case SOCLE_E_CANCELLED:
        return EXIT_CANCELLED;
    case SOCLE_E_FORMAT:
    case SOCLE_E_VERSION:
        return EXIT_FILE;
    case SOCLE_E_SELFCHECK:
        return EXIT_SELFCHECK;
    case SOCLE_E_ARG:
    case SOCLE_E_IO:
    case SOCLE_E_LIMIT:
    case SOCLE_E_BUG:
        break;
    }
    return EXIT_USAGE;
}

static const char *status_name(socle_status st)
{
    switch (st) {
#define S(name, value, blame, sentence) \
    case SOCLE_##name:                  \
        return #name;
#include "core/base/status.def"
#undef S
    }
    return "E_BUG";
}

enum exit_code fails_with(const struct args *a, enum exit_code code, const char *status, const char *message)
{
    (void)fprintf(stderr, "socle%s%s: %s\n", a->command ? " " : "", a->command ? a->command->name : "", message);
    if (a->json) {
        struct json j;
        json_begin(&j);
        json_string(&j, "schema", "socle.error");
        json_uint(&j, "schema_version", 1);
        json_string(&j, "command", a->command ? a->command->name : "");
        json_string(&j, "status", status);
        json_uint(&j, "exit_code", (uint64_t)code);
        json_string(&j, "message", message);
        json_end(&j);
        (void)json_print(&j, stdout);
    }
    return code;
}

enum exit_code fails(const struct args *a, socle_status st)
{
    const char *const message = socle_message(a->ctx);
    return fails_with(a, exit_of(st), status_name(st), message[0] != '\0' ? message : socle_status_text(st));
}

void result_begin(struct json *j, const struct args *a)
{
    char schema[40];
    (void)snprintf(schema, sizeof schema, "socle.%s", a->command->name);
    json_begin(j);
    json_string(j, "schema", schema);
    json_uint(j, "schema_version", a->command->schema_version);
}

enum exit_code result_print(struct json *j, const struct args *a)
{
    json_end(j);
    return json_print(j, stdout) ? EXIT_GOOD : fails_with(a, EXIT_USAGE, "E_IO", "cannot write to standard output");
}

static enum exit_code usage_fails(const struct args *a, const char *what, const char *which)
{
    char message[160];
    (void)snprintf(message, sizeof message, "%s%s; see socle%s%s -h", what, which, a->command ? " " : "", a->command ? a->command->name : "");
    return fails_with(a, EXIT_USAGE, "E_ARG", message);
}

/* The option that @p word names; its value when it is written behind `=`. */
static int find_option(const char *word, const char **value)
{
    *value = NULL;
    for (int i = 0; i < N_OPTIONS; i++) {
        const size_t n = strlen(options[i].name);
        if (word[0] == '-' && word[1] == '-' && strncmp(word + 2, options[i].name, n) == 0 && (word[2 + n] == '\0' || word[2 + n] == '=')) {
            *value = word[2 + n] == '=' ? word + 3 + n : NULL;
            return i;
        }
        if (options[i].letter != 0 && word[0] == '-' && word[1] == options[i].letter && word[2] == '\0') {
            return i;
        }
    }
    return -1;
}

static enum exit_code parse(struct args *a, int argc, char **argv)
{
    const struct command *const c = a->command;
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        a->json = a->json || strcmp(argv[i], "--json") == 0; /* errors of usage are told as asked, too */
    }
    for (int i = 0; i < argc; i++) {
        const char *value;
        if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0') {
            if (a->n_operands == c->max_operands) {
                return usage_fails(a, "one argument too many: ", argv[i]);
            }
            a->operand[a->n_operands++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        const int id = find_option(argv[i], &value);
        if (id < 0 || (c->options >> id & 1u) == 0) {
            return usage_fails(a, "unknown option ", argv[i]);
        }
        if ((a->given >> id & 1u) != 0) {
            return usage_fails(a, "given twice: ", argv[i]);
        }
        if (options[id].value == NULL && value != NULL) {
            return usage_fails(a, "takes no value: ", argv[i]);
        }
        if (options[id].value != NULL && value == NULL && ++i < argc) {
            value = argv[i];
        }
        if (options[id].value != NULL && value == NULL) {
            return usage_fails(a, "needs a value: ", argv[i - 1]);
        }
        a->given |= 1u << id;
        a->value[id] = value;
    }
    if (given(a, OPT_HELP)) {
        return EXIT_GOOD;
    }
    if (a->n_operands < c->min_operands) {
        return usage_fails(a, "missing argument: ", c->operands);
    }
    for (unsigned i = 0; i < N_OPTIONS; i++) {
        if ((c->required & ~a->given) >> i & 1u) {
            return usage_fails(a, "missing option --", options[i].name);
        }
    }
    return EXIT_GOOD;
}

static void show_progress(void *user, const struct socle_progress *p)
{
    struct args *const a = user;
    const bool terminal = isatty(STDERR_FILENO) != 0;
    const bool news = a->told_stage != p->stage || p->fraction >= 1 || p->elapsed_s >= a->told_s + (terminal ? 0.1 : 5);
    char left[40] = "";
    if (a->quiet || !news) {
        return;
    }
    a->told_stage = p->stage;
    a->told_s = p->elapsed_s;
    if (p->eta_s >= 0) {
        (void)snprintf(left, sizeof left, ", about %.0f s left", p->eta_s);
    }
    (void)fprintf(stderr, "%s%3.0f %% %-14s %6.1f s%s%s", terminal ? "\r\033[K" : "", 100 * p->fraction, p->stage, p->elapsed_s, left,
                  terminal ? "" : "\n");
    if (terminal && p->fraction >= 1) {
        (void)fprintf(stderr, "\r\033[K");
    }
    (void)fflush(stderr);
}

static void show_log(void *user, uint64_t fd, const uint8_t *bytes, size_t n)
{
    const struct args *const a = user;
    (void)fd;
    if (!a->quiet) {
        (void)fwrite(bytes, 1, n, stderr);
    }
}

static bool parse_seconds(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out > 0 && *out < 1e9;
}

bool parse_number(const char *text, unsigned long low, unsigned long high, unsigned long *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *out >= low && *out <= high;
}

/* A number of bytes, or of KiB, MiB, GiB or TiB by its last letter. */
static bool parse_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "KMGT";
    char *end = NULL;
    errno = 0;
    const unsigned long long v = strtoull(text, &end, 10);
    const char *const unit = *end != '\0' ? strchr(units, *end) : NULL;
    const unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    if (text[0] < '0' || text[0] > '9' || errno != 0 || v == 0 || end[unit != NULL] != '\0' || v > UINT64_MAX >> shift) {
        return false;
    }
    *bytes = (uint64_t)v << shift;
    return true;
}

static bool known_profile(const char *name)
{
    for (unsigned i = 0; name != NULL && socle_profile(i) != NULL; i++) {
        if (strcmp(socle_profile(i), name) == 0) {
            return true;
        }
    }
    return name == NULL;
}

static enum exit_code run_command(struct args *a)
{
    struct socle_options o = {.user = a, .profile = a->value[OPT_PROFILE], .resume = a->value[OPT_RESUME],
                              .progress = show_progress, .log = show_log, .cancel = &cancelled};
    unsigned long threads = 0, bits = 0;
    if (given(a, OPT_THREADS) && !parse_number(a->value[OPT_THREADS], 1, 256, &threads)) {
        return usage_fails(a, "--threads wants a number from 1 to 256, not ", a->value[OPT_THREADS]);
    }
    if (given(a, OPT_MIN_BITS) && !parse_number(a->value[OPT_MIN_BITS], 1, 1000, &bits)) {
        return usage_fails(a, "--min-bits wants a number of bits, not ", a->value[OPT_MIN_BITS]);
    }
    if (given(a, OPT_DEADLINE) && !parse_seconds(a->value[OPT_DEADLINE], &o.deadline_s)) {
        return usage_fails(a, "--deadline wants seconds, more than 0, not ", a->value[OPT_DEADLINE]);
    }
    static const char *const bindings[] = {"auto", "core", "node", "off"};
    for (size_t i = 0; given(a, OPT_BIND) && i < sizeof bindings / sizeof bindings[0]; i++) {
        o.bind = strcmp(a->value[OPT_BIND], bindings[i]) == 0 ? bindings[i] : o.bind;
    }
    if (given(a, OPT_BIND) && o.bind == NULL) {
        return usage_fails(a, "--bind wants auto, core, node or off, not ", a->value[OPT_BIND]);
    }
    o.n_threads = (unsigned)threads;
    o.min_bits = (unsigned)bits;
    if (given(a, OPT_MEM_BUDGET) && !parse_size(a->value[OPT_MEM_BUDGET], &o.memory_limit)) {
        return usage_fails(a, "--mem-budget wants a size such as 8G, not ", a->value[OPT_MEM_BUDGET]);
    }
    if (given(a, OPT_DEVICE_BUDGET) && !parse_size(a->value[OPT_DEVICE_BUDGET], &o.device_memory)) {
        return usage_fails(a, "--device-budget wants a size such as 8G, not ", a->value[OPT_DEVICE_BUDGET]);
    }
    o.device = a->value[OPT_DEVICE];
    o.timeline = given(a, OPT_TRACE);
    o.require_gpu = given(a, OPT_REQUIRE_GPU);
    a->quiet = given(a, OPT_QUIET);
    const socle_status st = socle_create(&a->ctx, &o);
    if (st == SOCLE_E_ARG && !known_profile(o.profile)) {
        return usage_fails(a, "no such profile: ", o.profile);
    }
    if (st == SOCLE_E_ARG) {
        return fails_with(a, EXIT_DEVICE, "E_DEVICE", "--device wants auto, dual:N, dual:cuda:N, or up to 16 of cpu, cuda:N and opencl:N with commas between; `socle devices` lists them");
    }
    if (st != SOCLE_OK) {
        return fails_with(a, exit_of(st), status_name(st), socle_status_text(st));
    }
    catch_signals();
    const enum exit_code code = a->command->run(a);
    socle_destroy(a->ctx);
    return code;
}

int main(int argc, char **argv)
{
    struct args a = {0};
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_GOOD;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            a.command = &commands[i];
        }
    }
    if (a.command == NULL) {
        return (int)usage_fails(&a, "unknown command ", argv[1]);
    }
    const enum exit_code code = parse(&a, argc - 2, argv + 2);
    if (code != EXIT_GOOD) {
        return (int)code;
    }
    if (given(&a, OPT_HELP)) {
        print_help(a.command);
        return argc == 3 ? EXIT_GOOD : EXIT_USAGE; /* a script must not take help for an answer */
    }
    return (int)run_command(&a);
}
