/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The verifier's work is counted, not timed: it is compiled with a call in every basic block (-fsanitize-coverage=trace-pc), and this
 * file counts the calls. The linker counts allocations (-Wl,--wrap=malloc and others). For one program a test.
 */
#ifndef SC_TESTS_WORK_H
#define SC_TESTS_WORK_H

#include <stddef.h>
#include <stdint.h>

static uint64_t blocks_run, allocations;

void __sanitizer_cov_trace_pc(void)
{
    blocks_run++;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    allocations++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    allocations++;
    return __real_realloc(p, size);
}

static uint64_t rng_state = 1;

static size_t below(size_t n)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(rng_state >> 33) % n;
}

#endif
