/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The commands: read files, call the library, print the result as text or JSON.
 */
#include "tools/socle/cli.h"

#include <string.h>

#define MAX_ELF ((size_t)1 << 30)
#define MAX_PROOF ((size_t)1 << 33)
#define MAX_KEY ((size_t)4096)
#define SHOWN_BYTES 64u   /* of an output, as text */
#define JSON_BYTES 65536u /* of an output, in JSON */

/** A file's bytes; release with file_fini. */
struct file {
    uint8_t *bytes;
    size_t len;
};

static socle_status file_init(const struct args *a, struct file *f, const char *path, size_t limit)
{
    return socle_file_read(a->ctx, &f->bytes, &f->len, path, limit);
}

static void file_fini(const struct args *a, struct file *f)
{
    socle_free(a->ctx, f->bytes);
    *f = (struct file){0};
}

/* The program and, if one is given, its input. */
static socle_status guest_init(const struct args *a, struct file *elf, struct file *input)
{
    const socle_status st = file_init(a, elf, a->operand[0], MAX_ELF);
    return st == SOCLE_OK && given(a, OPT_INPUT) ? file_init(a, input, a->value[OPT_INPUT], SOCLE_MAX_INPUT) : st;
}

static socle_status write_if_asked(const struct args *a, const uint8_t *bytes, size_t len)
{
    static const uint8_t nothing[1] = {0};
    return given(a, OPT_OUTPUT) ? socle_file_write(a->ctx, a->value[OPT_OUTPUT], bytes != NULL ? bytes : nothing, len) : SOCLE_OK;
}

/* Text. */

static void say_hex(const char *name, const uint8_t *bytes, uint64_t len)
{
    (void)printf("%-12s ", name);
    for (uint64_t i = 0; i < len && i < SHOWN_BYTES; i++) {
        (void)printf("%02x", bytes[i]);
    }
    (void)printf("%s\n", len > SHOWN_BYTES ? ".." : "");
}

static void say_output(const uint8_t *bytes, uint64_t len)
{
    (void)printf("%-12s %llu bytes\n", "output", (unsigned long long)len);
    if (len > 0 && bytes != NULL) {
        say_hex("", bytes, len);
    }
}

static void say_uint(const char *name, uint64_t v)
{
    (void)printf("%-12s %llu\n", name, (unsigned long long)v);
}

static void say_tables(const struct socle_table *t, unsigned n)
{
    if (n > 0) {
        (void)printf("%-12s %12s %14s %14s\n", "table", "rows", "cells", "bus terms");
    }
    for (unsigned i = 0; i < n; i++) {
        (void)printf("%-12s %12llu %14llu %14llu\n", t[i].name, (unsigned long long)t[i].rows, (unsigned long long)t[i].cells,
                     (unsigned long long)t[i].bus_terms);
    }
}

/* JSON. */

static void json_output(struct json *j, const uint8_t *bytes, uint64_t len)
{
    const bool whole = len <= JSON_BYTES && (bytes != NULL || len == 0);
    json_uint(j, "output_bytes", len);
    json_bool(j, "output_shown", whole);
    if (whole) {
        json_hex(j, "output", bytes, (size_t)len);
    }
}

static void json_tables(struct json *j, const struct socle_table *t, unsigned n)
{
    json_list(j, "tables");
    for (unsigned i = 0; i < n; i++) {
        json_object(j, NULL);
        json_string(j, "name", t[i].name);
        json_uint(j, "rows", t[i].rows);
        json_uint(j, "cells", t[i].cells);
        json_uint(j, "bus_terms", t[i].bus_terms);
        json_end(j);
    }
    json_list_end(j);
}

/* The cost of a run: what its tables hold together. */
static struct socle_table sum_of(const struct socle_table *t, unsigned n)
{
    struct socle_table sum = {0};
    for (unsigned i = 0; i < n; i++) {
        sum.cells += t[i].cells;
        sum.bus_terms += t[i].bus_terms;
    }
    return sum;
}

/* Commands. */

enum exit_code run_execute(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    struct file elf = {0}, input = {0};
    struct socle_run run = {0};
    TRY(guest_init(a, &elf, &input));
    TRY(socle_execute(a->ctx, &run, elf.bytes, elf.len, input.bytes, input.len));
    TRY(write_if_asked(a, run.output, run.output_len));
    const struct socle_table total = sum_of(run.tables, run.n_tables);
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "program", a->operand[0]);
        json_uint(&j, "cycles", run.cycles);
        json_uint(&j, "misaligned", run.misaligned);
        json_output(&j, run.output, run.output_len);
        json_uint(&j, "cells", total.cells);
        json_uint(&j, "bus_terms", total.bus_terms);
        json_tables(&j, run.tables, run.n_tables);
        code = result_print(&j, a);
    } else {
        (void)printf("%-12s %s\n", "program", a->operand[0]);
        say_uint("cycles", run.cycles);
        say_uint("misaligned", run.misaligned);
        say_output(run.output, run.output_len);
        say_uint("cells", total.cells);
        say_uint("bus terms", total.bus_terms);
        say_tables(run.tables, run.n_tables);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_run_fini(a->ctx, &run);
    file_fini(a, &input);
    file_fini(a, &elf);
    return code;
}

enum exit_code run_keygen(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    struct file elf = {0};
    uint8_t key[SOCLE_KEY_BYTES];
    TRY(file_init(a, &elf, a->operand[0], MAX_ELF));
    TRY(socle_keygen(a->ctx, key, elf.bytes, elf.len));
    TRY(write_if_asked(a, key, sizeof key));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "program", a->operand[0]);
        json_hex(&j, "key", key + SOCLE_KEY_BYTES - 32, 32);
        code = result_print(&j, a);
    } else {
        (void)printf("%-12s %s\n", "program", a->operand[0]);
        say_hex("key", key + SOCLE_KEY_BYTES - 32, 32);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    file_fini(a, &elf);
    return code;
}

static void json_stages(struct json *j, const struct socle_stage *stages, unsigned n)
{
    json_list(j, "stages");
    for (unsigned i = 0; i < n; i++) {
        json_object(j, NULL);
        json_string(j, "name", stages[i].name);
        json_real(j, "seconds", stages[i].seconds);
        if (stages[i].cpu_seconds > 0) {
            json_real(j, "cpu_seconds", stages[i].cpu_seconds);
        }
        json_end(j);
    }
    json_list_end(j);
}

static void say_stages(const struct socle_stage *stages, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        (void)printf("  %-14s %.3f s\n", stages[i].name, stages[i].seconds);
    }
}

static void say_cells(uint64_t cells, unsigned log_cells, uint64_t bus_terms)
{
    (void)printf("%-12s %llu, size class 2^%u; %llu bus terms\n", "cells", (unsigned long long)cells, log_cells, (unsigned long long)bus_terms);
}

static void json_estimate(struct json *j, const struct socle_estimate *e)
{
    json_uint(j, "segments", e->n_segments);
    json_uint(j, "cells", e->cells);
    json_uint(j, "log_cells", e->log_cells);
    json_uint(j, "bus_terms", e->bus_terms);
    json_uint(j, "memory_bytes", e->memory);
    json_uint(j, "least_memory_bytes", e->least_memory);
    json_real(j, "seconds", e->seconds);
    json_bool(j, "by_model", e->by_model);
    json_stages(j, e->stages, e->n_stages);
}

enum exit_code run_estimate(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    struct file elf = {0}, input = {0};
    struct socle_estimate e = {0};
    struct socle_device_choice choice;
    TRY(guest_init(a, &elf, &input));
    TRY(socle_choose_device(a->ctx, &choice));
    say_choice(a, &choice, NULL);
    TRY(socle_estimate(a->ctx, &e, elf.bytes, elf.len, input.bytes, input.len));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_choice(&j, &choice);
        json_string(&j, "program", a->operand[0]);
        json_uint(&j, "cycles", e.run.cycles);
        json_security(&j, socle_context_profile(a->ctx), e.n_segments);
        json_uint(&j, "threads", socle_threads(a->ctx));
        json_estimate(&j, &e);
        json_tables(&j, e.run.tables, e.run.n_tables);
        code = result_print(&j, a);
    } else {
        (void)printf("%-12s %s\n", "program", a->operand[0]);
        say_uint("cycles", e.run.cycles);
        say_uint("segments", e.n_segments);
        say_cells(e.cells, e.log_cells, e.bus_terms);
        (void)printf("%-12s about %.3f s with %u threads, %.0f cycles per second; from %s\n", "prove time", e.seconds, socle_threads(a->ctx),
                     (double)e.run.cycles / e.seconds, e.by_model ? "the stored cost model" : "small proofs on the CPU");
        say_stages(e.stages, e.n_stages);
        (void)printf("%-12s %.1f MiB; a budget of %.1f MiB suffices\n", "memory", (double)e.memory / 1048576.0,
                     (double)e.least_memory / 1048576.0);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_run_fini(a->ctx, &e.run);
    file_fini(a, &input);
    file_fini(a, &elf);
    return code;
}

static void say_made(const struct socle_device_use *d, bool is_set)
{
    char made[160] = "";
    const bool cpu = strcmp(d->id, "cpu") == 0;
    int n = 0;
    if (is_set) {
        n = snprintf(made, sizeof made, "%u proofs%s", d->proofs, cpu ? "" : ", ");
    }
    if (!cpu) {
        (void)snprintf(made + n, sizeof made - (size_t)n, "%u commitments, %u bus arguments, %u sumchecks, %u openings", d->commitments, d->bus_arguments,
                       d->sumchecks, d->openings);
    }
    say_device_use(d, made);
}

static void json_proof(struct json *j, const struct args *a, const struct socle_proof *p, const struct socle_estimate *e, double seconds)
{
    json_string(j, "program", a->operand[0]);
    json_string(j, "proof", a->value[OPT_OUTPUT]);
    json_uint(j, "proof_bytes", p->len);
    json_uint(j, "cycles", p->run.cycles);
    json_uint(j, "misaligned", p->run.misaligned);
    json_output(j, p->run.output, p->run.output_len);
    json_uint(j, "segments", p->n_segments);
    json_uint(j, "cells", p->cells);
    json_uint(j, "log_cells", p->log_cells);
    json_uint(j, "bus_terms", p->bus_terms);
    json_security(j, socle_context_profile(a->ctx), p->n_segments);
    json_uint(j, "threads", socle_threads(a->ctx));
    json_real(j, "seconds", seconds);
    json_real(j, "cycles_per_second", (double)p->run.cycles / seconds);
    json_uint(j, "peak_memory_bytes", socle_peak_memory());
    json_device_uses(j, &p->device, p->more_devices, p->n_more_devices);
    json_stages(j, p->stages, p->n_stages);
    json_tables(j, p->run.tables, p->run.n_tables);
    if (given(a, OPT_ESTIMATE)) {
        json_object(j, "estimate");
        json_estimate(j, e);
        json_end(j);
    }
}

/* What was estimated of a stage; 0 when nothing was. */
static double estimated(const struct socle_estimate *e, const char *stage)
{
    for (unsigned i = 0; i < e->n_stages; i++) {
        if (strcmp(e->stages[i].name, stage) == 0) {
            return e->stages[i].seconds;
        }
    }
    return 0;
}

static void say_proof(const struct args *a, const struct socle_proof *p, const struct socle_estimate *e, double seconds)
{
    (void)printf("%-12s %s\n", "program", a->operand[0]);
    say_uint("cycles", p->run.cycles);
    say_output(p->run.output, p->run.output_len);
    say_security(socle_context_profile(a->ctx), p->n_segments);
    say_uint("segments", p->n_segments);
    say_cells(p->cells, p->log_cells, p->bus_terms);
    (void)printf("%-12s %zu bytes, %s\n", "proof", p->len, a->value[OPT_OUTPUT]);
    (void)printf("%-12s %.3f s with %u threads, %.0f cycles per second\n", "prove time", seconds, socle_threads(a->ctx),
                 (double)p->run.cycles / seconds);
    say_made(&p->device, p->n_segments > 1);
    for (unsigned k = 0; k < p->n_more_devices; k++) {
        say_made(&p->more_devices[k], p->n_segments > 1);
    }
    if (given(a, OPT_ESTIMATE)) {
        (void)printf("%-12s %.3f s, %+.0f %%\n", "estimate", e->seconds, 100 * (e->seconds / seconds - 1));
        for (unsigned i = 0; i < p->n_stages; i++) {
            (void)printf("  %-14s %.3f s, estimate %.3f s\n", p->stages[i].name, p->stages[i].seconds, estimated(e, p->stages[i].name));
        }
    } else {
        say_stages(p->stages, p->n_stages);
    }
    (void)printf("%-12s %.1f MiB", "peak memory", (double)socle_peak_memory() / 1048576.0);
    (void)(given(a, OPT_ESTIMATE) ? printf(", estimate %.1f MiB\n", (double)e->memory / 1048576.0) : printf("\n"));
}

enum exit_code run_prove(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    struct file elf = {0}, input = {0};
    struct socle_proof proof = {0};
    struct socle_estimate estimate = {0};
    struct socle_device_choice choice;
    uint8_t *timeline = NULL;
    size_t timeline_len = 0;
    TRY(guest_init(a, &elf, &input));
    if (given(a, OPT_ESTIMATE)) {
        TRY(socle_estimate(a->ctx, &estimate, elf.bytes, elf.len, input.bytes, input.len));
    }
    TRY(socle_choose_device(a->ctx, &choice));
    say_choice(a, &choice, NULL);
    const double start = socle_clock_s();
    TRY(socle_prove(a->ctx, &proof, elf.bytes, elf.len, input.bytes, input.len));
    const double seconds = socle_clock_s() - start;
    const struct socle_device_choice before = choice;
    TRY(socle_choose_device(a->ctx, &choice));
    say_choice(a, &choice, &before);
    TRY(write_if_asked(a, proof.bytes, proof.len));
    if (given(a, OPT_TRACE)) {
        TRY(socle_timeline(a->ctx, &timeline, &timeline_len));
        TRY(socle_file_write(a->ctx, a->value[OPT_TRACE], timeline, timeline_len));
    }
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_choice(&j, &choice);
        json_proof(&j, a, &proof, &estimate, seconds);
        code = result_print(&j, a);
    } else {
        say_proof(a, &proof, &estimate, seconds);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_free(a->ctx, timeline);
    socle_proof_fini(a->ctx, &proof);
    socle_run_fini(a->ctx, &estimate.run);
    file_fini(a, &input);
    file_fini(a, &elf);
    return code;
}

/* Against the key file from -k, or against the program. */
static socle_status verify_against(const struct args *a, struct socle_verified *v, const struct file *other, const struct file *proof)
{
    return given(a, OPT_KEY) ? socle_verify(a->ctx, v, other->bytes, other->len, proof->bytes, proof->len)
                             : socle_verify_program(a->ctx, v, other->bytes, other->len, proof->bytes, proof->len);
}

enum exit_code run_verify(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    struct file other = {0}, proof = {0};
    struct socle_verified v = {0};
    if (given(a, OPT_KEY) == (a->n_operands == 2)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "verify wants either the program or its key with -k");
    }
    TRY(file_init(a, &other, given(a, OPT_KEY) ? a->value[OPT_KEY] : a->operand[1], given(a, OPT_KEY) ? MAX_KEY : MAX_ELF));
    TRY(file_init(a, &proof, a->operand[0], MAX_PROOF));
    const double start = socle_clock_s();
    TRY(verify_against(a, &v, &other, &proof));
    const double seconds = socle_clock_s() - start;
    TRY(write_if_asked(a, v.output, (size_t)v.output_len));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_bool(&j, "accepted", true);
        json_uint(&j, "cycles", v.cycles);
        json_uint(&j, "segments", v.n_segments);
        json_output(&j, v.output, v.output_len);
        json_security(&j, v.profile, v.n_segments);
        json_uint(&j, "proof_bytes", proof.len);
        json_real(&j, "seconds", seconds);
        json_uint(&j, "peak_memory_bytes", socle_peak_memory());
        code = result_print(&j, a);
    } else {
        (void)printf("%-12s the program halted with success and wrote this output\n", "accepted");
        say_uint("cycles", v.cycles);
        if (v.n_segments > 1) {
            say_uint("segments", v.n_segments);
        }
        say_output(v.output, v.output_len);
        say_security(v.profile, v.n_segments);
        (void)printf("%-12s %.1f ms\n", "verify time", 1000 * seconds);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    file_fini(a, &other);
    file_fini(a, &proof);
    return code;
}
