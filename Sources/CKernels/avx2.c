// The kernels for AVX2 with FMA and F16C, with floats and with bytes (AVX-VNNI).

#include "load.h"
#include "screens.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define LANES 8
#define VECTORS 2
#define FLOATS __m256
#define LOAD_FLOATS(p) _mm256_load_ps(p)
#define SPREAD_FLOAT(x) _mm256_set1_ps(x)
#define ADD(a, b) _mm256_add_ps(a, b)
#define MULTIPLY(a, b) _mm256_mul_ps(a, b)
#define FUSED(a, b, c) _mm256_fmadd_ps(a, b, c)
#define LARGER(a, b) _mm256_max_ps(a, b)
#define SMALLER(a, b) _mm256_min_ps(a, b)
#define LARGEST(p) largest_of(p)
#define REACHES(scores, threshold)                                                              \
  (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(scores, _mm256_set1_ps(threshold), _CMP_GE_OQ))
#define WHOLES __m256i
#define LOAD_WHOLES(p) _mm256_load_si256((const __m256i *)(p))
#define SPREAD_WHOLE(x) _mm256_set1_epi32(x)
#define TO_FLOATS(sum) _mm256_cvtepi32_ps(sum)
#define ADD_PRODUCTS(sum, column, row) _mm256_dpbusd_avx_epi32(sum, column, row)

static inline float largest_of(const float *values) {
  float largest = values[0];
  for (int i = 1; i < LANES; i++) largest = values[i] > largest ? values[i] : largest;
  return largest;
}

// MARK: floats

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define NAME avx2
#define TILE_ROWS 2
#define TILE_CENTROIDS 2
#define WIDENED_HALVES(target, p, factor)                                                     \
  do {                                                                                        \
    const __m128i *halves_ = (const __m128i *)(const void *)(p);                              \
    const __m256 factors_ = _mm256_set1_ps(factor);                                           \
    for (int n_ = 0; n_ < 2; n_++) {                                                          \
      __m256 wide_ = _mm256_cvtph_ps(_mm_loadu_si128(halves_ + n_));                          \
      _mm256_store_ps((target) + 8 * n_, _mm256_mul_ps(wide_, factors_));                     \
    }                                                                                         \
  } while (0)
#include "rows.inc"
#define INTEGERS 0
#include "screens.inc"
#define STEP 16
#define ZERO _mm256_setzero_si256()
#define ROW(p) _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(p)))
#define ADDED(sum, row, p) _mm256_add_epi32(sum, _mm256_madd_epi16(row, ROW(p)))
#include "bytes.inc"
#pragma clang attribute pop

// MARK: bytes

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), \
                             apply_to = function)
#undef NAME
#undef INTEGERS
#define NAME avxvnni
#define INTEGERS 1
#include "screens.inc"
#define STEP 32
#define ZERO _mm256_setzero_si256()
#define ROW(p) \
  _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(p)), _mm256_set1_epi8((char)0x80))
#define ADDED(sum, row, p) ADD_PRODUCTS(sum, row, _mm256_loadu_si256((const __m256i *)(p)))
#include "bytes.inc"
#pragma clang attribute pop

const struct kernels wk_avx2 = {
  ROW_KERNELS(avx2),
  .byte_dots = byte_dots_avx2,
  .lanes = LANES,
  .columns = LANES * VECTORS,
  .scores = scores_avx2,
  .pairs = pairs_avx2,
};

// What multiplies unsigned with signed bytes takes a row's bytes plus 128.
const struct kernels wk_avx_vnni = {
  ROW_KERNELS(avx2),
  .byte_dots = byte_dots_avxvnni,
  .byte_offset = 128,
  .lanes = LANES,
  .columns = LANES * VECTORS,
  .narrow = narrow_avxvnni,
  .scores = scores_avxvnni,
  .pairs = pairs_avxvnni,
};

#endif
