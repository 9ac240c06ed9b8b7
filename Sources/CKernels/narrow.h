// What the screens share: 8-bit numbers of a vector, and bounds of the norms of what they leave.
#ifndef WINNOW_NARROW_H
#define WINNOW_NARROW_H

#include "lanes.h"

#include <math.h>
#include <string.h>

// Half a unit in the last place of 1.
#define ROUNDING 0x1p-24f

typedef int32_t lane_integers __attribute__((vector_size(WK_LANES * sizeof(int32_t))));
typedef uint32_t lane_bits __attribute__((vector_size(WK_LANES * sizeof(uint32_t))));
typedef int8_t lane_bytes __attribute__((vector_size(WK_LANES)));

// By pointer, because how vectors are passed differs between instruction sets.
static inline float total_of(const lanes *values) {
  typedef float half_lanes __attribute__((vector_size(8 * sizeof(float))));
  half_lanes eight = __builtin_shufflevector(*values, *values, 0, 1, 2, 3, 4, 5, 6, 7) +
                     __builtin_shufflevector(*values, *values, 8, 9, 10, 11, 12, 13, 14, 15);
  return ((eight[0] + eight[4]) + (eight[1] + eight[5])) +
         ((eight[2] + eight[6]) + (eight[3] + eight[7]));
}

// The unit of 8-bit numbers for components whose largest magnitude has these bits; what is nearly
// nothing is left to the residual whole.
static inline float step_of(const lane_integers *magnitudes) {
  int32_t bits = __builtin_reduce_max(*magnitudes);
  float most;
  memcpy(&most, &bits, sizeof most);
  return most > 1e-30f ? most / 127 : 0;
}

// A bound of a vector's true norm from the float32 sum of its squares, for components that were
// rounded a few times from ones of vectors no longer than 1 + length.
static inline float measured(float squares, float length, size_t stride) {
  float sum_rounding = (float)(stride / WK_LANES + 20) * ROUNDING;
  return sqrtf(squares) * (1 + sum_rounding) + 16 * ROUNDING * (1 + length);
}

#endif
