/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A mix of what ordinary programs do, for benchmarks: a linked list is searched, reversed and sorted, small matrices are
 * multiplied, a state machine reads numbers from a text, and a CRC goes over every result. No crypto, few shifts.
 * Input: iterations, up to 4 bytes little-endian (empty: 10). Output: the CRC, 4 bytes little-endian.
 */
#include "guest/include/zkvm_io.h"

#include <stdbool.h>

#define N_NODES 64u
#define DIM 10u

struct node {
    struct node *next;
    int32_t key, data;
};

static uint32_t crc_byte(uint32_t crc, uint32_t byte)
{
    crc ^= byte & 255u;
    for (unsigned k = 0; k < 8; k++) {
        crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
    }
    return crc;
}

static uint32_t crc_word(uint32_t crc, uint32_t word)
{
    for (unsigned k = 0; k < 4; k++) {
        crc = crc_byte(crc, word >> (8 * k));
    }
    return crc;
}

/* ---- list ---- */

static struct node *list_make(struct node *nodes, uint32_t seed)
{
    for (uint32_t i = 0; i < N_NODES; i++) {
        nodes[i].next = i + 1 < N_NODES ? &nodes[i + 1] : NULL;
        nodes[i].key = (int32_t)((i * 37u + seed * 11u) % 101u);
        nodes[i].data = (int32_t)i;
    }
    return nodes;
}

static const struct node *list_find(const struct node *at, int32_t key)
{
    while (at != NULL && at->key != key) {
        at = at->next;
    }
    return at;
}

static struct node *list_reverse(struct node *at)
{
    struct node *done = NULL;
    while (at != NULL) {
        struct node *const next = at->next;
        at->next = done;
        done = at;
        at = next;
    }
    return done;
}

/** Merge two sorted lists. */
static struct node *list_merge(struct node *a, struct node *b)
{
    struct node *head = NULL, **end = &head;
    while (a != NULL && b != NULL) {
        struct node **const less = a->key <= b->key ? &a : &b;
        *end = *less;
        end = &(*less)->next;
        *less = (*less)->next;
    }
    *end = a != NULL ? a : b;
    return head;
}

/** Sort by merging runs of 1, 2, 4, .. nodes; runs[i] has 2^i nodes or none. */
static struct node *list_sort(struct node *at)
{
    struct node *runs[8] = {NULL};
    while (at != NULL) {
        struct node *run = at;
        unsigned i = 0;
        at = at->next;
        run->next = NULL;
        for (; i < 7 && runs[i] != NULL; i++) {
            run = list_merge(runs[i], run);
            runs[i] = NULL;
        }
        runs[i] = run;
    }
    struct node *all = NULL;
    for (unsigned i = 0; i < 8; i++) {
        all = list_merge(runs[i], all);
    }
    return all;
}

static uint32_t work_on_list(uint32_t crc, uint32_t seed)
{
    static struct node nodes[N_NODES];
    struct node *list = list_make(nodes, seed);
    uint32_t found = 0;
    for (int32_t key = 0; key < 8; key++) {
        const struct node *const n = list_find(list, key * 13);
        found += n != NULL ? (uint32_t)n->data : 1000u;
    }
    list = list_sort(list_reverse(list));
    int32_t last = -1;
    bool sorted = true;
    for (const struct node *n = list; n != NULL; n = n->next) {
        sorted = sorted && last <= n->key;
        last = n->key;
    }
    return crc_word(crc, sorted ? found : 0xffffffffu);
}

/* ---- matrices ---- */

static uint32_t work_on_matrices(uint32_t crc, uint32_t seed)
{
    static int32_t a[DIM][DIM], b[DIM][DIM], c[DIM][DIM];
    for (uint32_t i = 0; i < DIM; i++) {
        for (uint32_t j = 0; j < DIM; j++) {
            a[i][j] = (int32_t)((i * 7u + j * 3u + seed) % 64u) - 32;
            b[i][j] = (int32_t)((i * 5u + j * 11u + seed) % 64u) - 32;
        }
    }
    int64_t trace = 0;
    for (uint32_t i = 0; i < DIM; i++) {
        for (uint32_t j = 0; j < DIM; j++) {
            int32_t sum = 0;
            for (uint32_t k = 0; k < DIM; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
        trace += c[i][i];
    }
    return crc_word(crc, (uint32_t)trace);
}

/* ---- state machine ---- */

enum state { START, SIGN, INTEGER, FRACTION, INVALID };

static enum state step(enum state s, char c)
{
    const bool digit = c >= '0' && c <= '9';
    switch (s) {
    case START:
        return digit ? INTEGER : c == '+' || c == '-' ? SIGN : INVALID;
    case SIGN:
        return digit ? INTEGER : INVALID;
    case INTEGER:
        return digit ? INTEGER : c == '.' ? FRACTION : INVALID;
    case FRACTION:
        return digit ? FRACTION : INVALID;
    case INVALID:
        break;
    }
    return INVALID;
}

static uint32_t work_on_text(uint32_t crc, uint32_t seed)
{
    static const char text[] = "512,-17,3.1415,+8,12a4,0.5,..,99999,-0.001,7e3,42,";
    uint32_t count[5] = {0};
    enum state s = START;
    for (uint32_t i = 0; text[i] != '\0'; i++) {
        const char c = text[i] == '4' && (seed & 1u) != 0 ? '.' : text[i];
        if (c == ',') {
            count[s]++;
            s = START;
        } else {
            s = step(s, c);
        }
    }
    for (unsigned k = 0; k < 5; k++) {
        crc = crc_word(crc, count[k]);
    }
    return crc;
}

int main(void)
{
    const uint8_t *in = NULL;
    size_t size = 0;
    uint32_t n = 0, crc = 0xffffffffu;
    read_input(&in, &size);
    for (size_t i = 0; i < size && i < 4; i++) {
        n |= (uint32_t)in[i] << (8 * i);
    }
    n = size == 0 ? 10 : n;
    for (uint32_t i = 0; i < n; i++) {
        crc = work_on_list(crc, i);
        crc = work_on_matrices(crc, i);
        crc = work_on_text(crc, i);
    }
    const uint32_t out = ~crc;
    write_output((const uint8_t *)&out, sizeof out);
    return 0;
}
