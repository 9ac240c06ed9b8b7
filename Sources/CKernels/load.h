// What loading needs for every element type.
#ifndef WINNOW_LOAD_H
#define WINNOW_LOAD_H

#include "kernels.h"

// Rows that are widened side by side.
#define SIDE_BY_SIDE 4

// A power of two in two factors, because alone it can be beyond double's range.  The first brings a
// tiny row up and a huge one down without loss, so only narrowing rounds.
struct scale {
  double first, second;
};

// 2^exponent for a normal exponent.
static inline double power_of_two(int exponent) {
  uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// The scale that brings a magnitude into [0.5, 1).  Narrowing may then round a largest component
// just below 1 up to 1, which changes no bound.
static inline struct scale scale_of(double magnitude) {
  // A subnormal number first becomes a normal one.
  int is_small = magnitude < 0x1p-1022;
  if (is_small) magnitude *= 0x1p64;
  uint64_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  int exponent = (int)(bits >> 52) - 1022 - (is_small ? 64 : 0);
  return (struct scale){power_of_two(-exponent / 2), power_of_two(-exponent - (-exponent / 2))};
}

// The value of a positive float16 that is neither infinity nor NaN.  Moving the bits into place and
// multiplying by 2^112 is exact, also for subnormal numbers.
static inline double half_magnitude(uint16_t half) {
  uint32_t bits = (uint32_t)half << 13;
  float magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  return magnitude * 0x1p112f;
}

static inline double single_magnitude(uint32_t bits) {
  float magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  return magnitude;
}

static inline double double_magnitude(uint64_t bits) {
  double magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  return magnitude;
}

static inline uint8_t fault_of_largest(int has_nan, int has_infinite, int is_zero) {
  if (has_nan) return WK_ROW_NAN;
  if (has_infinite) return WK_ROW_INFINITE;
  return is_zero ? WK_ROW_ZERO : WK_ROW_FINE;
}

#endif
