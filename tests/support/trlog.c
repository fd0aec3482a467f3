/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The transcript of a proof as text, one line a frame: label, kind, length of the payload, state after it in hexadecimal. The
 * same lines come from the verifier in Python (--log), so that two of them are compared with cmp. Every transcript begins with a frame of
 * label 1 (SEED) or 35 (SET_SEED): a set has one for itself and one for each proof.
 *
 *   trlog verify PROOF KEY [PROFILE]    the verifier's; exit 0 when the proof is accepted, 1 when it is refused
 *   trlog prove ELF [INPUT [PROFILE]]   the prover's, and then those of its self-check
 *
 * Linked with -Wl,--wrap=sc_tr_init: every transcript of the process is observed.
 */
#include "core/transcript/transcript.h"
#include "host/socle.h"

#include <stdio.h>
#include <string.h>

#define MAX_FILE ((size_t)1 << 33)

void __real_sc_tr_init(struct sc_tr *tr);

static void print_frame(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    printf("%u %u %llu ", label, kind, (unsigned long long)len);
    for (unsigned i = 0; i < 32; i++) {
        printf("%02x", s[i]);
    }
    printf("\n");
}

void __wrap_sc_tr_init(struct sc_tr *tr)
{
    __real_sc_tr_init(tr);
    tr->log = print_frame;
}

static socle_status log_of_verifier(socle_context *ctx, const char *proof_path, const char *key_path)
{
    struct socle_verified v;
    uint8_t *proof = NULL, *key = NULL;
    size_t proof_len, key_len;
    socle_status st = SOCLE_OK;
    TRY(socle_file_read(ctx, &proof, &proof_len, proof_path, MAX_FILE));
    TRY(socle_file_read(ctx, &key, &key_len, key_path, MAX_FILE));
    TRY(socle_verify(ctx, &v, key, key_len, proof, proof_len));
out:
    return st;
}

static socle_status log_of_prover(socle_context *ctx, const char *elf_path, const char *input_path)
{
    struct socle_proof proof = {0};
    uint8_t *elf = NULL, *input = NULL;
    size_t elf_len, input_len = 0;
    socle_status st = SOCLE_OK;
    TRY(socle_file_read(ctx, &elf, &elf_len, elf_path, MAX_FILE));
    if (input_path) {
        TRY(socle_file_read(ctx, &input, &input_len, input_path, MAX_FILE));
    }
    TRY(socle_prove(ctx, &proof, elf, elf_len, input, input_len));
out:
    socle_proof_fini(ctx, &proof);
    return st;
}

int main(int argc, char **argv)
{
    const bool verify = argc > 1 && strcmp(argv[1], "verify") == 0;
    const bool prove = argc > 1 && strcmp(argv[1], "prove") == 0;
    if (argc > 5 || !(verify && argc >= 4) == !(prove && argc >= 3)) {
        fprintf(stderr, "usage: trlog verify PROOF KEY [PROFILE]\n       trlog prove ELF [INPUT [PROFILE]]\n");
        return 2;
    }
    const struct socle_options options = {.profile = argc == 5 ? argv[4] : NULL};
    socle_context *ctx;
    socle_status st = socle_create(&ctx, &options);
    if (st == SOCLE_OK) {
        st = verify ? log_of_verifier(ctx, argv[2], argv[3]) : log_of_prover(ctx, argv[2], argc > 3 ? argv[3] : NULL);
    }
    if (st != SOCLE_OK) {
        fprintf(stderr, "trlog: %s %s\n", socle_status_text(st), ctx ? socle_message(ctx) : "");
    }
    return st == SOCLE_OK ? 0 : 1;
}
