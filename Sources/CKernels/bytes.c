// Rows narrowed to 8 bits, and exact integer dot products of them.
//
// Choosing first centroids passes all rows for every choice and decides nothing that has to be
// exact: a quarter of the memory traffic is worth more than the last bits.  Narrowing rounds each
// component on its own and integer sums are exact, so every instruction set gives the same numbers.

#include "ckernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

// So many products of 255 and 127 fit in a sum of 32 bits.
#define COMPONENTS_AT_ONCE 65536

size_t wk_byte_stride(size_t components) { return (components + 63) / 64 * 64; }

void wk_narrow(const float *rows, size_t row_count, size_t components, size_t stride,
               int8_t *output) {
  size_t target_stride = wk_byte_stride(components);
  for (size_t r = 0; r < row_count; r++) {
    const float *row = rows + r * stride;
    int8_t *target = output + r * target_stride;
    float largest = 0;
    for (size_t i = 0; i < components; i++) {
      float magnitude = __builtin_fabsf(row[i]);
      largest = magnitude > largest ? magnitude : largest;
    }
    float factor = largest > 0 ? 127 / largest : 0;
    for (size_t i = 0; i < components; i++) {
      // Leaves the number rounded to an integer, ties to even, in the low bits.
      float shifted = row[i] * factor + 0x1.8p23f;
      int32_t bits;
      memcpy(&bits, &shifted, sizeof bits);
      target[i] = (int8_t)(bits - 0x4B400000);
    }
    memset(target + components, 0, target_stride - components);
  }
}

// Each row's bytes beside those of up to WK_BYTE_VECTORS vectors.
typedef void dots_of_row(const int8_t *row, const int8_t *vectors, size_t count, size_t width,
                         size_t stride, int32_t *sums);

static void dots_portable(const int8_t *row, const int8_t *vectors, size_t count, size_t width,
                          size_t stride, int32_t *sums) {
  for (size_t v = 0; v < count; v++) {
    int32_t sum = 0;
    for (size_t i = 0; i < width; i++) sum += row[i] * vectors[v * stride + i];
    sums[v] = sum;
  }
}

#if defined(__x86_64__)
// What multiplies unsigned with signed bytes takes a row's components plus 128.
#define UNSIGNED_OFFSET 128

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAME avx2
#define STEP 16
#define INTEGERS __m256i
#define ZERO _mm256_setzero_si256()
#define ROW(p) _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(p)))
#define ADDED(sum, row, p) _mm256_add_epi32(sum, _mm256_madd_epi16(row, ROW(p)))
#include "bytes.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
#define NAME avxvnni
#define STEP 32
#define INTEGERS __m256i
#define ZERO _mm256_setzero_si256()
#define ROW(p) \
  _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(p)), _mm256_set1_epi8((char)0x80))
#define ADDED(sum, row, p) \
  _mm256_dpbusd_avx_epi32(sum, row, _mm256_loadu_si256((const __m256i *)(p)))
#include "bytes.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)
#define NAME avx512
#define STEP 32
#define INTEGERS __m512i
#define ZERO _mm512_setzero_si512()
#define ROW(p) _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(p)))
#define ADDED(sum, row, p) _mm512_add_epi32(sum, _mm512_madd_epi16(row, ROW(p)))
#include "bytes.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vnni"))),            \
                             apply_to = function)
#define NAME avx512vnni
#define STEP 64
#define INTEGERS __m512i
#define ZERO _mm512_setzero_si512()
#define ROW(p) _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8((char)0x80))
#define ADDED(sum, row, p) _mm512_dpbusd_epi32(sum, row, _mm512_loadu_si512(p))
#include "bytes.inc"
#pragma clang attribute pop
#endif

static dots_of_row *kernel(int instruction_set, int32_t *offset) {
  *offset = 0;
#if defined(__x86_64__)
  switch (instruction_set) {
    case WK_AVX2: return dots_avx2;
    case WK_AVX512: return dots_avx512;
    case WK_AVX_VNNI: *offset = UNSIGNED_OFFSET; return dots_avxvnni;
    case WK_AVX512_VNNI: *offset = UNSIGNED_OFFSET; return dots_avx512vnni;
  }
#endif
  return dots_portable;
}

void wk_byte_dots(int instruction_set, const int8_t *rows, size_t row_count, const int8_t *vectors,
                  size_t count, size_t components, int64_t *output) {
  size_t stride = wk_byte_stride(components);
  int32_t offset;
  dots_of_row *dots = kernel(instruction_set, &offset);
  memset(output, 0, row_count * count * sizeof *output);
  for (size_t v = 0; v < count; v += WK_BYTE_VECTORS) {
    size_t taken = count - v < WK_BYTE_VECTORS ? count - v : WK_BYTE_VECTORS;
    for (size_t start = 0; start < stride; start += COMPONENTS_AT_ONCE) {
      size_t width = stride - start < COMPONENTS_AT_ONCE ? stride - start : COMPONENTS_AT_ONCE;
      const int8_t *part = vectors + v * stride + start;
      int64_t excess[WK_BYTE_VECTORS] = {0};
      for (size_t n = 0; offset != 0 && n < taken; n++) {
        for (size_t i = 0; i < width; i++) excess[n] += offset * part[n * stride + i];
      }
      for (size_t r = 0; r < row_count; r++) {
        int32_t sums[WK_BYTE_VECTORS];
        dots(rows + r * stride + start, part, taken, width, stride, sums);
        for (size_t n = 0; n < taken; n++) output[r * count + v + n] += sums[n] - excess[n];
      }
    }
  }
}
