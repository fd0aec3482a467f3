/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sort n pseudo-random numbers. Input: n, up to 4 bytes little-endian (empty: 1000; at most 2^20).
 * Output: smallest, median and largest as 8 bytes little-endian each. Exit 1 when the order is
 * wrong, 2 when n is too large.
 */
#include "guest/include/zkvm_io.h"

#define MOST ((size_t)1 << 20)

static uint64_t items[MOST];

static void swap(uint64_t *a, uint64_t *b)
{
    const uint64_t t = *a;
    *a = *b;
    *b = t;
}

/** Sort items[lo..hi) with the middle element as pivot; the smaller side by recursion, the larger
 * by the loop. */
static void sort(size_t lo, size_t hi)
{
    while (hi - lo > 1) {
        const uint64_t pivot = items[lo + (hi - lo) / 2];
        size_t i = lo, j = hi;
        for (;;) {
            while (items[i] < pivot) {
                i++;
            }
            do {
                j--;
            } while (items[j] > pivot);
            if (i >= j) {
                break;
            }
            swap(&items[i++], &items[j]);
        }
        const size_t cut = j + 1 < hi ? j + 1 : j;
        if (cut - lo < hi - cut) {
            sort(lo, cut);
            lo = cut;
        } else {
            sort(cut, hi);
            hi = cut;
        }
    }
}

int main(void)
{
    const uint8_t *in = NULL;
    size_t size = 0, n = 0;
    uint64_t x = 88172645463325252u;
    read_input(&in, &size);
    for (size_t i = 0; i < size && i < 4; i++) {
        n |= (size_t)in[i] << (8 * i);
    }
    n = size == 0 ? 1000 : n;
    if (n > MOST) {
        return 2;
    }
    for (size_t i = 0; i < n; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        items[i] = x;
    }
    sort(0, n);
    for (size_t i = 1; i < n; i++) {
        if (items[i - 1] > items[i]) {
            return 1;
        }
    }
    if (n > 0) {
        const uint64_t out[3] = {items[0], items[n / 2], items[n - 1]};
        write_output((const uint8_t *)out, sizeof(out));
    }
    return 0;
}
