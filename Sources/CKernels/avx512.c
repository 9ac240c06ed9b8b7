// The kernels for AVX-512, with floats and with bytes (VNNI).

#include "load.h"
#include "screens.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define LANES 16
#define VECTORS 4
#define FLOATS __m512
#define LOAD_FLOATS(p) _mm512_load_ps(p)
#define SPREAD_FLOAT(x) _mm512_set1_ps(x)
#define ADD(a, b) _mm512_add_ps(a, b)
#define MULTIPLY(a, b) _mm512_mul_ps(a, b)
#define FUSED(a, b, c) _mm512_fmadd_ps(a, b, c)
#define LARGER(a, b) _mm512_max_ps(a, b)
#define SMALLER(a, b) _mm512_min_ps(a, b)
#define LARGEST(p) _mm512_reduce_max_ps(_mm512_load_ps(p))
#define REACHES(scores, threshold)                                                              \
  (unsigned)_mm512_cmp_ps_mask(scores, _mm512_set1_ps(threshold), _CMP_GE_OQ)
#define WHOLES __m512i
#define LOAD_WHOLES(p) _mm512_load_si512(p)
#define SPREAD_WHOLE(x) _mm512_set1_epi32(x)
#define TO_FLOATS(sum) _mm512_cvtepi32_ps(sum)
#define ADD_PRODUCTS(sum, column, row) _mm512_dpbusd_epi32(sum, column, row)

// MARK: floats

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#define NAME avx512
#define TILE_ROWS 4
#define TILE_CENTROIDS 4
#define WIDENED_HALVES(target, p, factor)                                                     \
  _mm512_store_ps(                                                                            \
      target, _mm512_mul_ps(                                                                  \
                  _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)(p))),    \
                  _mm512_set1_ps(factor)))
#include "rows.inc"
#define INTEGERS 0
#include "screens.inc"
#define STEP 32
#define ZERO _mm512_setzero_si512()
#define ROW(p) _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(p)))
#define ADDED(sum, row, p) _mm512_add_epi32(sum, _mm512_madd_epi16(row, ROW(p)))
#include "bytes.inc"
#pragma clang attribute pop

// MARK: bytes

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#undef NAME
#undef INTEGERS
#define NAME avx512vnni
#define INTEGERS 1
#include "screens.inc"
#define STEP 64
#define ZERO _mm512_setzero_si512()
#define ROW(p) _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8((char)0x80))
#define ADDED(sum, row, p) ADD_PRODUCTS(sum, row, _mm512_loadu_si512(p))
#include "bytes.inc"
#pragma clang attribute pop

const struct kernels wk_avx512 = {
  ROW_KERNELS(avx512),
  .byte_dots = byte_dots_avx512,
  .lanes = LANES,
  .columns = LANES * VECTORS,
  .scores = scores_avx512,
  .pairs = pairs_avx512,
};

// What multiplies unsigned with signed bytes takes a row's bytes plus 128.
const struct kernels wk_avx512_vnni = {
  ROW_KERNELS(avx512),
  .byte_dots = byte_dots_avx512vnni,
  .byte_offset = 128,
  .lanes = LANES,
  .columns = LANES * VECTORS,
  .narrow = narrow_avx512vnni,
  .scores = scores_avx512vnni,
  .pairs = pairs_avx512vnni,
};

#endif
