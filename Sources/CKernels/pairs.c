// The screen of pairs: which of many pairs of rows may have a cosine that reaches a threshold.
//
// docs/method.md derives the bound.  In short, with u = row / |row|, w = column / |column|, any
// vector m, y = u - m and z = w - m, the cosine is y.z + m.y + m.z + m.m; the last three are numbers
// kept for each row and column, and y.z is approximated by the dot product of 8-bit vectors:
//
//   |y.z - y^.z^| <= |y - y^| |z| + |y^| |z - z^|        (Cauchy and Schwarz)
//
// with norms that are computed, not assumed, and the rounding of every float step added.  Where
// there is no 8-bit arithmetic, the same is done with float32 and fused sums, m = 0, and only
// rounding is left in the bound.

#include "pairs.h"

#include "ckernels.h"
#include "lanes.h"
#include "narrow.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)

// The score from which on a pair of a row with a column of this panel may reach its threshold.
static inline float needed_score(const struct wk_pair_screen *screen,
                                 const struct wk_pair_rows *rows, size_t row,
                                 const struct wk_pair_columns *columns, size_t panel) {
  float length = rows->length[row], residual = rows->residual[row];
  float error = residual * columns->radius[panel] + (length + residual) * columns->residual[panel] +
                screen->rounding * (1 + length + residual);
  return rows->threshold[row] - (rows->bias[row] + screen->mean_square) -
         error * (1 + 16 * ROUNDING);
}

// Whether no row of a tile wants any pair.
static inline int is_idle(const struct wk_pair_rows *rows, size_t first) {
  for (size_t r = first; r < first + WK_PAIR_TILE_ROWS; r++) {
    if (rows->threshold[r] < INFINITY) return 0;
  }
  return 1;
}

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME avx2
#define LANES 8
#define VECTORS 2
#define INTEGERS 0
#define ACCUMULATOR __m256
#define PANEL_VECTOR __m256
#define ROW_VECTOR __m256
#define FLOATS __m256
#define BEGIN(start) _mm256_setzero_ps()
#define LOAD(p) _mm256_load_ps(p)
#define SPREAD(p) _mm256_broadcast_ss(p)
#define STEP(sum, column, row) _mm256_fmadd_ps(column, row, sum)
#define SCORE(sum, scale, factor, bias)                                                         \
  _mm256_fmadd_ps(sum, _mm256_set1_ps(factor), _mm256_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(score, _mm256_set1_ps(threshold), _CMP_GE_OQ))
#include "pairs.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#define NAME avxvnni
#define LANES 8
#define VECTORS 2
#define INTEGERS 1
#define ACCUMULATOR __m256i
#define PANEL_VECTOR __m256i
#define ROW_VECTOR __m256i
#define FLOATS __m256
#define BEGIN(start) _mm256_set1_epi32(start)
#define LOAD(p) _mm256_load_si256((const __m256i *)(p))
#define SPREAD(p)                                                                               \
  ({                                                                                            \
    int32_t four_;                                                                              \
    memcpy(&four_, (p), sizeof four_);                                                          \
    _mm256_set1_epi32(four_);                                                                   \
  })
#define STEP(sum, column, row) _mm256_dpbusd_avx_epi32(sum, column, row)
#define SCORE(sum, scale, factor, bias)                                                         \
  _mm256_fmadd_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_load_ps(scale)),                \
                  _mm256_set1_ps(factor), _mm256_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(score, _mm256_set1_ps(threshold), _CMP_GE_OQ))
#include "pairs.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))),     \
                             apply_to = function)
#define NAME avx512
#define LANES 16
#define VECTORS 4
#define INTEGERS 0
#define ACCUMULATOR __m512
#define PANEL_VECTOR __m512
#define ROW_VECTOR __m512
#define FLOATS __m512
#define BEGIN(start) _mm512_setzero_ps()
#define LOAD(p) _mm512_load_ps(p)
#define SPREAD(p) _mm512_set1_ps(*(p))
#define STEP(sum, column, row) _mm512_fmadd_ps(column, row, sum)
#define SCORE(sum, scale, factor, bias)                                                         \
  _mm512_fmadd_ps(sum, _mm512_set1_ps(factor), _mm512_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm512_cmp_ps_mask(score, _mm512_set1_ps(threshold), _CMP_GE_OQ)
#include "pairs.inc"
#pragma clang attribute pop

#pragma clang attribute push(                                                                   \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))),                   \
    apply_to = function)
#define NAME avx512vnni
#define LANES 16
#define VECTORS 4
#define INTEGERS 1
#define ACCUMULATOR __m512i
#define PANEL_VECTOR __m512i
#define ROW_VECTOR __m512i
#define FLOATS __m512
#define BEGIN(start) _mm512_set1_epi32(start)
#define LOAD(p) _mm512_load_si512(p)
#define SPREAD(p)                                                                               \
  ({                                                                                            \
    int32_t four_;                                                                              \
    memcpy(&four_, (p), sizeof four_);                                                          \
    _mm512_set1_epi32(four_);                                                                   \
  })
#define STEP(sum, column, row) _mm512_dpbusd_epi32(sum, column, row)
#define SCORE(sum, scale, factor, bias)                                                         \
  _mm512_fmadd_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_load_ps(scale)),                \
                  _mm512_set1_ps(factor), _mm512_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm512_cmp_ps_mask(score, _mm512_set1_ps(threshold), _CMP_GE_OQ)
#include "pairs.inc"
#pragma clang attribute pop

#define FOR_INSTRUCTION_SET(set, call)                                                          \
  switch (set) {                                                                                \
    case WK_AVX512_VNNI: call(avx512vnni); break;                                               \
    case WK_AVX512: call(avx512); break;                                                        \
    case WK_AVX_VNNI: call(avxvnni); break;                                                     \
    default: call(avx2); break;                                                                 \
  }
#else
// wk_has_pairs() is false: nobody comes here.
#define FOR_INSTRUCTION_SET(set, call)
#endif

int wk_has_pairs(int instruction_set, size_t stride) {
  if (instruction_set == WK_PORTABLE || !wk_has_instruction_set(instruction_set)) return 0;
  // An integer sum of so many products fits in 32 bits: 65,536 * 255 * 127 < 2^31.
  return stride <= 65536;
}

size_t wk_pair_panel(int instruction_set) {
  return instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI ? 64 : 16;
}

size_t wk_pair_element(int instruction_set) {
  return instruction_set == WK_AVX_VNNI || instruction_set == WK_AVX512_VNNI ? 1 : sizeof(float);
}

void wk_pair_begin(struct wk_pair_screen *screen) {
  size_t stride = screen->stride;
  int integers = wk_pair_element(screen->instruction_set) == 1;
  screen->mean_square = 0;
  for (size_t i = 0; integers && i < stride; i++) {
    screen->mean_square += screen->mean[i] * screen->mean[i];
  }
  // One part for the canonical dot product, three for the dot products with the mean: no |m| |z|
  // exceeds 2.  |mean|^2 is summed in one lane; so is a float32 dot product, which in 8 bits is
  // exact.
  screen->rounding = 5 * (float)(stride / WK_LANES + 24) * ROUNDING + 64 * ROUNDING +
                     1.01f * (float)stride * ROUNDING;
}

void wk_pair_fill(const struct wk_pair_screen *screen, const float *vectors, const double *norms,
                  size_t count, struct wk_pair_rows *rows) {
  for (size_t r = 0; r < count; r++) {
#define FILL(set) fill_##set(screen, vectors + r * screen->stride, norms[r], rows, r)
    FOR_INSTRUCTION_SET(screen->instruction_set, FILL)
  }
  for (size_t r = count; r < rows->capacity; r++) {
    // What lies in an idle row is multiplied in vain.
    rows->start[r] = 0;
    rows->scale[r] = rows->bias[r] = rows->length[r] = rows->residual[r] = 0;
    rows->threshold[r] = INFINITY;
  }
}

void wk_pair_append(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                    size_t row, struct wk_pair_columns *columns) {
  size_t width = wk_pair_panel(screen->instruction_set), stride = screen->stride;
  size_t column = columns->count++;
  size_t panel = column / width, place = column % width;
  if (place == 0) {
    columns->radius[panel] = columns->residual[panel] = 0;
    for (size_t c = column; c < column + width; c++) {
      columns->scale[c] = 0;
      columns->bias[c] = -INFINITY;
    }
  }
  if (wk_pair_element(screen->instruction_set) == 1) {
    const int8_t *values = (const int8_t *)rows->values + row * stride;
    uint8_t *target = (uint8_t *)columns->panels + panel * width * stride + place * 4;
    for (size_t i = 0; i < stride; i += 4) {
      // Adding 128 to each of four bytes: their highest bits change.
      uint32_t four;
      memcpy(&four, values + i, sizeof four);
      four ^= 0x80808080u;
      memcpy(target + i * width, &four, sizeof four);
    }
    columns->scale[column] = rows->scale[row];
    columns->bias[column] = rows->bias[row];
  } else {
    const float *values = (const float *)rows->values + row * stride;
    float *target = (float *)columns->panels + panel * width * stride + place;
    for (size_t i = 0; i < stride; i++) target[i * width] = values[i] * rows->scale[row];
    columns->scale[column] = 1;
    columns->bias[column] = 0;
  }
  if (rows->length[row] > columns->radius[panel]) columns->radius[panel] = rows->length[row];
  if (rows->residual[row] > columns->residual[panel]) {
    columns->residual[panel] = rows->residual[row];
  }
}

size_t wk_pairs(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                const struct wk_pair_columns *columns, size_t *panel, size_t end,
                struct wk_pair *found, size_t limit) {
  size_t count = 0;
#define PAIRS(set) count = pairs_##set(screen, rows, columns, panel, end, found, limit)
  FOR_INSTRUCTION_SET(screen->instruction_set, PAIRS)
  return count;
}
