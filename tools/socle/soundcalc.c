/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle security --soundcalc`: the parameter file of one size class for the Ethereum Foundation's
 * soundness calculator. The same bytes as tools/soundcalc.py; a test compares them. What the file
 * can say: docs/security.md section 8.
 */
#include "tools/socle/cli.h"

#include <math.h>

#define MAX_ROUNDS 16
#define ADICITY 24
#define FRACTIONS 2147483648.0 /* leaves and public terms */
#define POWERS 8192u
#define GAP_UP 1e-12 /* keeps soundcalc's rounding of the gap from the next multiplicity */

/* clang-format off */
static const char head[] =
    "# Socle, profile %s, openings of 2^%u cells: parameters for soundcalc (ethereum/soundcalc), protocol family WHIR.\n"
    "# One circuit is one round: the format halves the domain from round to round and has one regime a circuit, Socle has neither.\n"
    "# A round with samples has an iteration of one variable in front, at its own rate, which is not in the protocol: only with a\n"
    "# round before it does the format take samples. No DEEP-ALI is used: its terms, hence the totals, say nothing.\n"
    "# soundcalc must know the field KoalaBear^5: p = 2130706433, degree 5, two-adicity 24.\n"
    "\n"
    "[zkevm]\n"
    "name = \"Socle %s 2^%u\"\n"
    "protocol_family = \"WHIR\"\n"
    "field = \"KoalaBear^5\"\n"
    "hash_size_bits = 256\n";
/* clang-format on */

static void print_lookup(unsigned grinding)
{
    (void)printf("\n[[circuits.lookups]]\nname = \"LogUp\"\nlogup_type = \"multivariate\"\n"
                 "rows_L = %.0f\nrows_T = 0\nnum_columns_S = 1\nnum_lookups_M = 1\n"
                 "grinding_bits_lookup = %u\n",
                 FRACTIONS, grinding);
}

/* key = [v], or [first, v] with an iteration in front. */
static void print_pair(const char *key, bool lead, unsigned first, unsigned v)
{
    lead ? (void)printf("%s = [%u, %u]\n", key, first, v) : (void)printf("%s = [%u]\n", key, v);
}

static void print_folds(bool lead, const struct socle_round *r)
{
    (void)printf("grinding_bits_folding = [");
    if (lead) {
        (void)printf("[%u], ", r->fold_grinding + 1);
    }
    for (unsigned i = 0; i < r->folds; i++) {
        (void)printf("%s%u", i == 0 ? "[" : ", ", r->fold_grinding);
    }
    (void)printf("]]\n");
}

static void print_circuit(const char *part,
                          unsigned log_cells,
                          unsigned i,
                          const struct socle_round *r,
                          bool carries_argument)
{
    const bool lead =
        r->samples > 0 &&
        r->vars + r->log_inv_rate <= ADICITY; /* an iteration of one variable fits in front */
    (void)printf(
        "\n[[circuits]]\nname = \"%s 2^%u round %u\"\nlog_inv_rate = %u\nnum_iterations = %u\n",
        part, log_cells, i, r->log_inv_rate, 1u + lead);
    print_pair("folding_factors", lead, 1, r->folds);
    (void)printf("log_degree = %u\nbatch_size = 1\npower_batching = true\n"
                 "constraint_degree = 3\nnum_constraints = %u\nair_max_degree = 3\n"
                 "opening_points = 1\nexplicit_regime = \"%s\"\n",
                 r->vars + lead, carries_argument ? POWERS : 1u,
                 r->multiplicity != 0 ? "list" : "unique");
    if (r->multiplicity != 0) {
        (void)printf("gap_to_radius = %.12f\n",
                     sqrt(ldexp(1, -(int)r->log_inv_rate)) / (2 * r->multiplicity) + GAP_UP);
    }
    print_pair("num_queries", lead, r->queries, r->queries);
    lead ? (void)printf("num_ood_samples = [%u]\n", r->samples)
         : (void)printf("num_ood_samples = []\n");
    (void)printf("grinding_batching_phase = 0\n");
    print_folds(lead, r);
    print_pair("grinding_bits_queries", lead, r->query_grinding, r->query_grinding);
    (void)printf("grinding_bits_ood = [%s]\n", lead ? "0" : "");
}

bool print_soundcalc(const char *profile, unsigned log_cells)
{
    static const char *const parts[3] = {"main", "image", "boundary"};
    struct socle_security s;
    struct socle_round r[MAX_ROUNDS];
    if (socle_security(profile, &s) != SOCLE_OK ||
        socle_security_rounds(profile, "main", log_cells, r, MAX_ROUNDS) == 0) {
        return false;
    }
    (void)printf(head, s.profile, log_cells, s.profile, log_cells);
    for (unsigned part = 0; part < 3; part++) {
        const size_t n = socle_security_rounds(profile, parts[part], log_cells, r, MAX_ROUNDS);
        for (unsigned i = 0; i < n && i < MAX_ROUNDS; i++) {
            const bool carries_argument = part == 0 && i == 0;
            print_circuit(parts[part], log_cells, i, &r[i], carries_argument);
            if (carries_argument) {
                print_lookup(s.grinding);
            }
        }
    }
    return true;
}
