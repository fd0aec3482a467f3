/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Eight numbers side by side in AVX-512: rows of 64-bit words in memory to vectors and back. Lane i of every vector is number i.
 */
#ifndef SC_KERNELS_CURVE_IFMA_H
#define SC_KERNELS_CURVE_IFMA_H

#include <immintrin.h>
#include <stdint.h>

#define SC_INLINE __attribute__((always_inline, unused)) static inline
#define SC_MASK52 ((1ULL << 52) - 1)

SC_INLINE __m512i v_set1(uint64_t a)
{
    return _mm512_set1_epi64((long long)a);
}

/* Two rows of four words in one register. */
SC_INLINE __m512i v_two_rows(const uint64_t *a, const uint64_t *b)
{
    const __m256i low = _mm256_loadu_si256((const void *)a), high = _mm256_loadu_si256((const void *)b);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

SC_INLINE __m512i v_four_rows(const uint64_t *a, const uint64_t *b, const uint64_t *c, const uint64_t *d)
{
    const __m128i ra = _mm_loadu_si128((const void *)a), rb = _mm_loadu_si128((const void *)b);
    const __m128i rc = _mm_loadu_si128((const void *)c), rd = _mm_loadu_si128((const void *)d);
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(ra), rb, 1);
    const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(rc), rd, 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

/** w[k] = word k of the eight rows, k < 4. */
SC_INLINE void v_load4(__m512i w[4], const uint64_t *const row[8])
{
    const __m512i a = v_two_rows(row[0], row[2]), b = v_two_rows(row[1], row[3]);
    const __m512i c = v_two_rows(row[4], row[6]), d = v_two_rows(row[5], row[7]);
    const __m512i ab0 = _mm512_unpacklo_epi64(a, b), ab1 = _mm512_unpackhi_epi64(a, b);
    const __m512i cd0 = _mm512_unpacklo_epi64(c, d), cd1 = _mm512_unpackhi_epi64(c, d);
    w[0] = _mm512_shuffle_i64x2(ab0, cd0, 0x88);
    w[1] = _mm512_shuffle_i64x2(ab1, cd1, 0x88);
    w[2] = _mm512_shuffle_i64x2(ab0, cd0, 0xdd);
    w[3] = _mm512_shuffle_i64x2(ab1, cd1, 0xdd);
}

/** Eight rows of four words, one behind the other; lanes hold rows 0, 2, 1, 3, 4, 6, 5, 7. */
SC_INLINE void v_load4_run(__m512i w[4], const uint64_t *rows)
{
    const __m512i a = _mm512_loadu_si512(rows), b = _mm512_loadu_si512(rows + 8);
    const __m512i c = _mm512_loadu_si512(rows + 16), d = _mm512_loadu_si512(rows + 24);
    const __m512i ab0 = _mm512_unpacklo_epi64(a, b), ab1 = _mm512_unpackhi_epi64(a, b);
    const __m512i cd0 = _mm512_unpacklo_epi64(c, d), cd1 = _mm512_unpackhi_epi64(c, d);
    w[0] = _mm512_shuffle_i64x2(ab0, cd0, 0x88);
    w[1] = _mm512_shuffle_i64x2(ab1, cd1, 0x88);
    w[2] = _mm512_shuffle_i64x2(ab0, cd0, 0xdd);
    w[3] = _mm512_shuffle_i64x2(ab1, cd1, 0xdd);
}

/** The inverse of v_load4_run. */
SC_INLINE void v_store4_run(uint64_t *rows, const __m512i w[4])
{
    const __m512i even0 = _mm512_unpacklo_epi64(w[0], w[1]), odd0 = _mm512_unpackhi_epi64(w[0], w[1]);
    const __m512i even1 = _mm512_unpacklo_epi64(w[2], w[3]), odd1 = _mm512_unpackhi_epi64(w[2], w[3]);
    const __m512i first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), second = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    _mm512_storeu_si512(rows, _mm512_permutex2var_epi64(even0, first, even1));
    _mm512_storeu_si512(rows + 8, _mm512_permutex2var_epi64(odd0, first, odd1));
    _mm512_storeu_si512(rows + 16, _mm512_permutex2var_epi64(even0, second, even1));
    _mm512_storeu_si512(rows + 24, _mm512_permutex2var_epi64(odd0, second, odd1));
}

/** w[k] = word k of the eight rows, k < 2. */
SC_INLINE void v_load2(__m512i w[2], const uint64_t *const row[8])
{
    const __m512i even = v_four_rows(row[0], row[2], row[4], row[6]), odd = v_four_rows(row[1], row[3], row[5], row[7]);
    w[0] = _mm512_unpacklo_epi64(even, odd);
    w[1] = _mm512_unpackhi_epi64(even, odd);
}

/** The inverse of v_load4, the first @p n rows only. */
SC_INLINE void v_store4(uint64_t *const row[8], const __m512i w[4], unsigned n)
{
    const __m512i even0 = _mm512_unpacklo_epi64(w[0], w[1]), odd0 = _mm512_unpackhi_epi64(w[0], w[1]);
    const __m512i even1 = _mm512_unpacklo_epi64(w[2], w[3]), odd1 = _mm512_unpackhi_epi64(w[2], w[3]);
    const __m512i first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), second = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    const __m512i r[4] = {_mm512_permutex2var_epi64(even0, first, even1), _mm512_permutex2var_epi64(odd0, first, odd1),
                          _mm512_permutex2var_epi64(even0, second, even1), _mm512_permutex2var_epi64(odd0, second, odd1)};
    for (unsigned i = 0; i < 8; i++) { /* r[0] has rows 0 and 2, r[1] 1 and 3, r[2] 4 and 6, r[3] 5 and 7 */
        if (i < n) {
            const __m512i v = r[i / 4 * 2 + i % 2];
            _mm256_storeu_si256((void *)row[i], i / 2 % 2 == 0 ? _mm512_castsi512_si256(v) : _mm512_extracti64x4_epi64(v, 1));
        }
    }
}

/** The inverse of v_load2, the first @p n rows only. */
SC_INLINE void v_store2(uint64_t *const row[8], const __m512i w[2], unsigned n)
{
    const __m512i even = _mm512_unpacklo_epi64(w[0], w[1]), odd = _mm512_unpackhi_epi64(w[0], w[1]);
    const __m128i r[8] = {_mm512_castsi512_si128(even),         _mm512_castsi512_si128(odd),
                          _mm512_extracti64x2_epi64(even, 1),   _mm512_extracti64x2_epi64(odd, 1),
                          _mm512_extracti64x2_epi64(even, 2),   _mm512_extracti64x2_epi64(odd, 2),
                          _mm512_extracti64x2_epi64(even, 3),   _mm512_extracti64x2_epi64(odd, 3)};
    for (unsigned i = 0; i < 8; i++) {
        if (i < n) {
            _mm_storeu_si128((void *)row[i], r[i]);
        }
    }
}

#endif
