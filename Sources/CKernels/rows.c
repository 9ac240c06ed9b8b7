// Widening and scaling of rows, and integer sums of unit vectors.

#include "ckernels.h"
#include "lanes.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

// 2^exponent for a normal exponent.
static double power_of_two(int exponent) {
  uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// A float16's value.  Infinities and NaN are excluded by the caller; for all else moving the bits
// into place and multiplying by 2^112 is exact, subnormal numbers included.
static float widened(uint16_t half) {
  uint32_t bits = (uint32_t)(half & 0x7FFF) << 13;
  float magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  magnitude *= 0x1p112f;
  memcpy(&bits, &magnitude, sizeof bits);
  bits |= (uint32_t)(half & 0x8000) << 16;
  memcpy(&magnitude, &bits, sizeof magnitude);
  return magnitude;
}

static uint8_t fault_of_largest(int has_nan, int has_infinite, int is_zero) {
  if (has_nan) return WK_ROW_NAN;
  if (has_infinite) return WK_ROW_INFINITE;
  return is_zero ? WK_ROW_ZERO : WK_ROW_FINE;
}

// The power of two that brings a float16 magnitude into [0.5, 1).
static float scale_of(uint16_t magnitude) {
  int exponent;
  frexpf(widened(magnitude), &exponent);
  return (float)power_of_two(-exponent);
}

static size_t load_float16_portable(const void *input, size_t rows, size_t components,
                                    float *output, size_t stride, uint8_t *faults) {
  size_t faulty = 0;
  for (size_t r = 0; r < rows; r++) {
    const uint8_t *source = (const uint8_t *)input + r * components * sizeof(uint16_t);
    float *target = output + r * stride;
    uint16_t largest = 0;
    for (size_t i = 0; i < components; i++) {
      uint16_t half;
      memcpy(&half, source + i * sizeof half, sizeof half);
      uint16_t magnitude = half & 0x7FFF;
      largest = magnitude > largest ? magnitude : largest;
      target[i] = widened(half);
    }
    memset(target + components, 0, (stride - components) * sizeof(float));
    faults[r] = fault_of_largest(largest > 0x7C00, largest == 0x7C00, largest == 0);
    if (faults[r] != WK_ROW_FINE) {
      memset(target, 0, stride * sizeof(float));
      faulty++;
      continue;
    }
    float scale = scale_of(largest);
    for (size_t i = 0; i < components; i++) target[i] *= scale;
  }
  return faulty;
}

#if defined(__x86_64__)
#define HALVES 32
typedef uint16_t halves __attribute__((vector_size(HALVES * sizeof(uint16_t))));

#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)
#define NAME avx2
#define WIDTH 8
#define WIDENED(p, scale)                                                                       \
  _mm256_mul_ps(_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p))), _mm256_set1_ps(scale))
#define STORE(p, value) _mm256_store_ps(p, value)
#include "load16.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)
#define NAME avx512
#define WIDTH 16
#define WIDENED(p, scale)                                                                       \
  _mm512_mul_ps(_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p))), _mm512_set1_ps(scale))
#define STORE(p, value) _mm512_store_ps(p, value)
#include "load16.inc"
#pragma clang attribute pop
#endif

size_t wk_load_float16(int instruction_set, const void *input, size_t rows, size_t components,
                       float *output, size_t stride, uint8_t *faults, double *norms) {
#if defined(__x86_64__)
  if (instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI) {
    return load_float16_avx512(input, rows, components, output, stride, faults, norms);
  }
  if (instruction_set == WK_AVX2 || instruction_set == WK_AVX_VNNI) {
    return load_float16_avx2(input, rows, components, output, stride, faults, norms);
  }
#endif
  size_t faulty = load_float16_portable(input, rows, components, output, stride, faults);
  wk_norms(instruction_set, output, rows, stride, norms);
  return faulty;
}

#define NAME wk_load_float32
#define ELEMENT float
#define BITS uint32_t
#define INFINITE_BITS 0x7F800000u
#include "load.inc"

#define NAME wk_load_float64
#define ELEMENT double
#define BITS uint64_t
#define INFINITE_BITS 0x7FF0000000000000u
#include "load.inc"

// One division a row, not one a component.  Adding 1.5 * 2^52 leaves the number rounded to an integer,
// to nearest and ties to even, in the low bits of the sum: sound up to 2^51, and the components are
// at most about 2^30.
#define ADD_UNIT(name)                                                                          \
  static void name(const float *vector, size_t components, double norm, int64_t sign,           \
                   int64_t *sums) {                                                             \
    const double magic = 0x1.8p52, factor = 0x1p30 / norm;                                      \
    for (size_t i = 0; i < components; i++) {                                                   \
      double product = (double)vector[i] * factor;                                              \
      double shifted = product + magic;                                                         \
      int64_t bits;                                                                             \
      memcpy(&bits, &shifted, sizeof bits);                                                     \
      int64_t whole = bits - 0x4338000000000000;                                                \
      sums[i] += sign < 0 ? -whole : whole;                                                     \
    }                                                                                           \
  }

ADD_UNIT(add_unit_portable)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
ADD_UNIT(add_unit_avx2)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))), apply_to = function)
ADD_UNIT(add_unit_avx512)
#pragma clang attribute pop
#endif

void wk_add_unit(int instruction_set, const float *vector, size_t components, double norm,
                 int64_t sign, int64_t *sums) {
#if defined(__x86_64__)
  if (instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI) {
    add_unit_avx512(vector, components, norm, sign, sums);
    return;
  }
  if (instruction_set == WK_AVX2 || instruction_set == WK_AVX_VNNI) {
    add_unit_avx2(vector, components, norm, sign, sums);
    return;
  }
#endif
  add_unit_portable(vector, components, norm, sign, sums);
}
