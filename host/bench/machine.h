/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the system tells about the machine: files below a folder that is / or, in tests, stands for it. What is not there is empty, -1, 0 or
 * NAN as the members say; nothing here fails.
 */
#ifndef SC_BENCH_MACHINE_H
#define SC_BENCH_MACHINE_H

#include "host/socle.h"

#define SC_MACHINE_CARDS 16u

/** Strings are empty where the system does not tell, numbers NAN, answers -1. */
struct sc_computer {
    char os[80], kernel[80], governor[32];
    char container[32], microcode[32];
    char vendor[16];   /* of the processor, as x86 names it: GenuineIntel */
    int family, model; /* its numbers; -1 */
    int virtualised, smt, boost, memory_ecc;
    double load; /* mean number of running processes over a minute */
    double clock_min_mhz, clock_max_mhz, power_limit_w; /* limits of the processor; power of all packages */
    unsigned n_modules;                                    /* of memory; 0: not told, or not of all of them how wide and fast they are */
    double module_bits, module_rate;                       /* data bits of all modules; transfers a second of the fastest */
    unsigned n_cards;
    struct socle_bench_card cards[SC_MACHINE_CARDS];
};
/** NULL: /. */
void sc_computer_read(struct sc_computer *m, const char *root);

#endif
