/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Groth16 over a chain circuit that fills a domain, with full-width numbers.
 * bench_groth16 files FOLDER CURVE LOG_N           circuit.r1cs, witness.wtns, powers.ptau there; tau is known to everybody
 * bench_groth16 prove CURVE LOG_N THREADS SAMPLES  set-up in memory, then one JSON line per proof with its stages
 * CURVE: bn128, bls12381. Seconds are of the wall, processor seconds of all threads beside them. Report medians.
 */
#include "host/groth16/groth16.h"
#include "host/groth16/setup.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "tests/support/snark_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char why[256];

/* Rounds of three constraints beside the rows of two public values and of 1. */
static uint32_t rounds(unsigned log_n)
{
    return ((UINT32_C(1) << log_n) - 3) / 3;
}

static socle_status write_files(const char *folder, const struct g16_curve *c, unsigned log_n)
{
    socle_status st = sc_folder_make(why, sizeof why, folder);
    struct sc_snark_file files[] = {sc_snark_chain(c, rounds(log_n)), sc_snark_chain_witness(c, rounds(log_n)), snark_ptau(c, log_n, true, NULL)};
    static const char *const names[] = {"circuit.r1cs", "witness.wtns", "powers.ptau"};
    for (size_t i = 0; i < 3; i++) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (st == SOCLE_OK) {
            st = files[i].bytes == NULL ? SOCLE_E_NOMEM : sc_file_write(why, sizeof why, path, files[i].bytes, files[i].len);
        }
        sc_snark_file_fini(&files[i]);
    }
    return st;
}

static void line(const struct g16_curve *c, unsigned log_n, unsigned threads, const struct g16_spent *s, double wall, double cpu)
{
    (void)printf("{\"what\":\"groth16\",\"curve\":\"%s\",\"log_n\":%u,\"threads\":%u,\"seconds\":%.4f,\"cpu_seconds\":%.4f", c->name, log_n, threads, wall, cpu);
    for (unsigned i = 0; i < G16_STAGES; i++) {
        (void)printf(",\"%s\":%.4f", sc_g16_stage_name(i), 1e-9 * (double)s->ns[i]);
    }
    (void)printf("}\n");
    (void)fflush(stdout);
}

static socle_status prove_some(const struct zkey *k, const struct wtns *w, unsigned samples, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < samples && st == SOCLE_OK; i++) {
        struct g16_proof p;
        struct g16_spent spent;
        uint64_t r[4], s[4];
        TRY(sc_g16_random(r, k->curve));
        TRY(sc_g16_random(s, k->curve));
        const uint64_t wall = sc_clock_ns(), cpu = sc_cpu_ns();
        TRY(sc_g16_prove(&p, &spent, why, sizeof why, k, w, r, s, pool));
        line(k->curve, k->log_domain, sc_pool_size(pool), &spent, 1e-9 * (double)(sc_clock_ns() - wall), 1e-9 * (double)(sc_cpu_ns() - cpu));
    }
out:
    return st;
}

static socle_status prove(const struct g16_curve *c, unsigned log_n, unsigned threads, unsigned samples)
{
    socle_status st = SOCLE_OK;
    struct sc_pool *pool = NULL;
    struct sc_snark_file r1cs = {0}, wtns = {0}, ptau = {0}, zkey = {0};
    struct r1cs circuit;
    struct ptau powers;
    struct zkey k;
    struct wtns w;
    TRY(sc_pool_create(&pool, threads));
    r1cs = sc_snark_chain(c, rounds(log_n));
    wtns = sc_snark_chain_witness(c, rounds(log_n));
    ptau = snark_ptau(c, log_n, true, pool);
    TRY(r1cs.bytes != NULL && wtns.bytes != NULL && ptau.bytes != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_r1cs_open(&circuit, why, sizeof why, r1cs.bytes, r1cs.len));
    TRY(sc_ptau_open(&powers, why, sizeof why, ptau.bytes, ptau.len));
    const uint64_t begin = sc_clock_ns();
    TRY(sc_ptau_check(&powers, log_n, why, sizeof why, pool));
    const uint64_t checked = sc_clock_ns();
    TRY(sc_g16_setup(&zkey.bytes, &zkey.len, why, sizeof why, &circuit, &powers, pool));
    (void)printf("{\"what\":\"setup\",\"curve\":\"%s\",\"log_n\":%u,\"threads\":%u,\"check_powers\":%.3f,\"key\":%.3f}\n", c->name, log_n, threads,
                 1e-9 * (double)(checked - begin), 1e-9 * (double)(sc_clock_ns() - checked));
    TRY(sc_zkey_open(&k, why, sizeof why, zkey.bytes, zkey.len));
    TRY(sc_wtns_open(&w, why, sizeof why, wtns.bytes, wtns.len));
    sc_snark_file_fini(&ptau);
    TRY(prove_some(&k, &w, samples, pool));
out:
    sc_snark_file_fini(&r1cs);
    sc_snark_file_fini(&wtns);
    sc_snark_file_fini(&ptau);
    sc_snark_file_fini(&zkey);
    sc_pool_destroy(pool);
    return st;
}

static unsigned number(const char *text, unsigned low, unsigned high)
{
    const unsigned long n = strtoul(text, NULL, 10);
    return n < low || n > high ? 0 : (unsigned)n;
}

int main(int argc, char **argv)
{
    const bool files = argc == 5 && strcmp(argv[1], "files") == 0, proofs = argc == 6 && strcmp(argv[1], "prove") == 0;
    const struct g16_curve *const c = files ? sc_g16_by_name(argv[3]) : proofs ? sc_g16_by_name(argv[2]) : NULL;
    const unsigned log_n = files ? number(argv[4], 3, 22) : proofs ? number(argv[3], 3, 22) : 0;
    const unsigned threads = proofs ? number(argv[4], 1, SC_POOL_MAX_THREADS) : 1, samples = proofs ? number(argv[5], 1, 1000) : 1;
    if (c == NULL || log_n == 0 || threads == 0 || samples == 0) {
        (void)fprintf(stderr, "bench_groth16 files FOLDER CURVE LOG_N | prove CURVE LOG_N THREADS SAMPLES\n");
        return 2;
    }
    const socle_status st = files ? write_files(argv[2], c, log_n) : prove(c, log_n, threads, samples);
    if (st != SOCLE_OK) {
        (void)fprintf(stderr, "bench_groth16: status %d %s\n", (int)st, why);
    }
    return st == SOCLE_OK ? 0 : 1;
}
