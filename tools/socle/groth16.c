/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle groth16`: setup, prove, verify, inspect and export-key in the files of circom and snarkjs.
 */
#include "tools/socle/cli.h"

#include <string.h>

#define MAX_WTNS ((size_t)1 << 40)
#define MAX_JSON ((size_t)64 << 20)

struct text {
    uint8_t *bytes;
    size_t len;
};

static enum exit_code wrong_use(const struct args *a, const char *message)
{
    return fails_with(a, EXIT_USAGE, "E_ARG", message);
}

/* ---- inspect ---- */

static void json_info(struct json *j, const struct socle_groth16_info *i)
{
    json_string(j, "kind", i->kind);
    json_string(j, "curve", i->curve);
    if (strcmp(i->kind, "ptau") == 0) {
        json_uint(j, "power", i->power);
        json_uint(j, "ceremony_power", i->ceremony_power);
        json_bool(j, "prepared", i->prepared);
    } else {
        json_uint(j, "variables", i->variables);
    }
    if (strcmp(i->kind, "zkey") == 0 || strcmp(i->kind, "r1cs") == 0) {
        json_uint(j, "public", i->public_values);
    }
    if (strcmp(i->kind, "zkey") == 0) {
        json_uint(j, "coefficients", i->coefficients);
        json_uint(j, "log_domain", i->log_domain);
        json_string(j, "circuit_hash", i->circuit_hash);
    }
    if (strcmp(i->kind, "r1cs") == 0) {
        json_uint(j, "private_inputs", i->private_inputs);
        json_uint(j, "constraints", i->constraints);
        json_uint(j, "terms", i->terms);
        json_uint(j, "labels", i->labels);
        json_bool(j, "custom_gates", i->custom_gates);
    }
    if (strcmp(i->kind, "zkey") == 0 || strcmp(i->kind, "ptau") == 0) {
        json_uint(j, "contributions", i->contributions);
        json_bool(j, "development_only", i->contributions == 0);
    }
}

static void say(const char *name, uint64_t v)
{
    (void)printf("%-12s %llu\n", name, (unsigned long long)v);
}

static void say_info(const struct socle_groth16_info *i)
{
    (void)printf("%-12s %s\n%-12s %s\n", "kind", i->kind, "curve", i->curve);
    if (strcmp(i->kind, "ptau") == 0) {
        (void)printf("%-12s 2^%u of a ceremony of 2^%u%s\n", "powers", i->power, i->ceremony_power, i->prepared ? ", prepared for phase 2" : "");
    } else {
        say("variables", i->variables);
    }
    if (strcmp(i->kind, "zkey") == 0 || strcmp(i->kind, "r1cs") == 0) {
        say("public", i->public_values);
    }
    if (strcmp(i->kind, "zkey") == 0) {
        say("coefficients", i->coefficients);
        (void)printf("%-12s 2^%u\n%-12s %s\n", "domain", i->log_domain, "hash", i->circuit_hash);
    }
    if (strcmp(i->kind, "r1cs") == 0) {
        say("private", i->private_inputs);
        say("constraints", i->constraints);
        say("terms", i->terms);
        (void)printf("%s", i->custom_gates ? "custom gates of PLONK are in it\n" : "");
    }
    if (strcmp(i->kind, "zkey") == 0 || strcmp(i->kind, "ptau") == 0) {
        (void)printf("%-12s %llu%s\n", "contributed", (unsigned long long)i->contributions, i->contributions == 0 ? " times: for development only" : " times");
    }
}

static enum exit_code inspect(struct args *a)
{
    struct socle_groth16_info info;
    const socle_status st = socle_groth16_inspect(a->ctx, &info, a->operand[1]);
    if (st != SOCLE_OK) {
        return fails(a, st);
    }
    if (!given(a, OPT_JSON)) {
        say_info(&info);
        return EXIT_GOOD;
    }
    struct json j;
    result_begin(&j, a);
    json_string(&j, "action", "inspect");
    json_info(&j, &info);
    return result_print(&j, a);
}

/* ---- setup ---- */

static enum exit_code setup(struct args *a)
{
    socle_status st = SOCLE_OK;
    struct socle_groth16_info info;
    if (!given(a, OPT_OUTPUT)) {
        return wrong_use(a, "groth16 setup wants -o");
    }
    const double begin = socle_clock_s();
    TRY(socle_groth16_setup(a->ctx, a->value[OPT_OUTPUT], a->operand[1], a->operand[2]));
    const double end = socle_clock_s();
    TRY(socle_groth16_inspect(a->ctx, &info, a->value[OPT_OUTPUT]));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "action", "setup");
        json_string(&j, "key", a->value[OPT_OUTPUT]);
        json_info(&j, &info);
        json_uint(&j, "threads", socle_threads(a->ctx));
        json_real(&j, "seconds", end - begin);
        json_uint(&j, "peak_memory_bytes", socle_peak_memory());
        return result_print(&j, a);
    }
    say_info(&info);
    (void)printf("%-12s %.3f s with %u threads\n%-12s %.1f MiB\n", "set-up time", end - begin, socle_threads(a->ctx), "peak memory",
                 (double)socle_peak_memory() / 1048576.0);
    return EXIT_GOOD;
out:
    return fails(a, st);
}

/* ---- verify ---- */

static enum exit_code verify(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    struct text t[3] = {{0}};
    for (int i = 0; i < 3; i++) {
        TRY(socle_file_read(a->ctx, &t[i].bytes, &t[i].len, a->operand[i + 1], MAX_JSON));
    }
    TRY(socle_groth16_verify(a->ctx, t[0].bytes, t[0].len, t[1].bytes, t[1].len, t[2].bytes, t[2].len));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "action", "verify");
        json_bool(&j, "accepted", true);
        code = result_print(&j, a);
    } else {
        (void)printf("accepted\n");
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    for (int i = 0; i < 3; i++) {
        socle_free(a->ctx, t[i].bytes);
    }
    return code;
}

/* ---- prove ---- */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(uint8_t out[64], const char *text)
{
    if (strlen(text) != 128) {
        return false;
    }
    for (int i = 0; i < 64; i++) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (uint8_t)(16 * high + low);
    }
    return true;
}

static void say_sums(const struct socle_device_use *d)
{
    char made[64] = "";
    if (strcmp(d->id, "cpu") != 0) {
        (void)snprintf(made, sizeof made, "%u quotients, %u sums", d->quotients, d->sums);
    }
    say_device_use(d, made);
}

static enum exit_code tell_proof(struct args *a, const struct socle_groth16_proof *p, double load_s, double prove_s)
{
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "action", "prove");
        json_string(&j, "proof", a->value[OPT_OUTPUT]);
        json_string(&j, "public", a->value[OPT_PUBLIC]);
        json_uint(&j, "proof_bytes", p->proof_len);
        json_uint(&j, "threads", socle_threads(a->ctx));
        json_real(&j, "load_seconds", load_s);
        json_real(&j, "seconds", prove_s);
        json_uint(&j, "peak_memory_bytes", socle_peak_memory());
        json_device_uses(&j, &p->device, p->more_devices, p->n_more_devices);
        return result_print(&j, a);
    }
    (void)printf("%-12s %zu bytes, %s\n%-12s %s\n", "proof", p->proof_len, a->value[OPT_OUTPUT], "public", a->value[OPT_PUBLIC]);
    (void)printf("%-12s %.3f s with %u threads, key loaded and checked in %.3f s\n", "prove time", prove_s, socle_threads(a->ctx), load_s);
    say_sums(&p->device);
    for (unsigned k = 0; k < p->n_more_devices; k++) {
        say_sums(&p->more_devices[k]);
    }
    (void)printf("%-12s %.1f MiB\n", "peak memory", (double)socle_peak_memory() / 1048576.0);
    return EXIT_GOOD;
}

static enum exit_code prove(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    socle_groth16_key *key = NULL;
    struct socle_groth16_proof proof = {0};
    struct text wtns = {0};
    uint8_t randomness[64];
    const bool fixed = given(a, OPT_TEST_RANDOMNESS);
    if (!given(a, OPT_OUTPUT) || !given(a, OPT_PUBLIC)) {
        return wrong_use(a, "groth16 prove wants -o and --public");
    }
    if (fixed && !parse_hex(randomness, a->value[OPT_TEST_RANDOMNESS])) {
        return wrong_use(a, "--test-randomness wants 128 hexadecimal digits, small letters");
    }
    const double begin = socle_clock_s();
    TRY(socle_groth16_key_open(a->ctx, &key, a->operand[1]));
    TRY(socle_file_read(a->ctx, &wtns.bytes, &wtns.len, a->operand[2], MAX_WTNS));
    const double loaded = socle_clock_s();
    TRY(socle_groth16_prove(a->ctx, &proof, key, wtns.bytes, wtns.len, fixed ? randomness : NULL));
    const double end = socle_clock_s();
    TRY(socle_file_write(a->ctx, a->value[OPT_PUBLIC], (const uint8_t *)proof.public_values, proof.public_len));
    TRY(socle_file_write(a->ctx, a->value[OPT_OUTPUT], (const uint8_t *)proof.proof, proof.proof_len));
    code = tell_proof(a, &proof, loaded - begin, end - loaded);
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_groth16_proof_fini(a->ctx, &proof);
    socle_groth16_key_close(key);
    socle_free(a->ctx, wtns.bytes);
    return code;
}

/* ---- export-key ---- */

static enum exit_code export_key(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    socle_groth16_key *key = NULL;
    char *json = NULL;
    size_t len = 0;
    if (!given(a, OPT_OUTPUT)) {
        return wrong_use(a, "groth16 export-key wants -o");
    }
    TRY(socle_groth16_key_open(a->ctx, &key, a->operand[1]));
    TRY(socle_groth16_export_key(a->ctx, &json, &len, key));
    TRY(socle_file_write(a->ctx, a->value[OPT_OUTPUT], (const uint8_t *)json, len));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "action", "export-key");
        json_string(&j, "key", a->value[OPT_OUTPUT]);
        json_uint(&j, "key_bytes", len);
        code = result_print(&j, a);
    } else {
        (void)printf("%-12s %zu bytes, %s\n", "key", len, a->value[OPT_OUTPUT]);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_groth16_key_close(key);
    socle_free(a->ctx, json);
    return code;
}

enum exit_code run_groth16(struct args *a)
{
    static const struct {
        const char *name;
        unsigned n_operands;
        command_fn *run;
    } actions[] = {{"inspect", 2, inspect}, {"setup", 3, setup}, {"verify", 4, verify}, {"prove", 3, prove}, {"export-key", 2, export_key}};
    if ((a->given & (BIT(DEVICE) | BIT(DEVICE_BUDGET) | BIT(REQUIRE_GPU))) != 0 && strcmp(a->operand[0], "prove") != 0) {
        return wrong_use(a, "only groth16 prove takes a device");
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(a->operand[0], actions[i].name) == 0) {
            return a->n_operands == actions[i].n_operands ? actions[i].run(a) : wrong_use(a, "a wrong number of arguments; see socle groth16 -h");
        }
    }
    return wrong_use(a, "groth16 wants inspect, setup, verify, prove or export-key");
}
