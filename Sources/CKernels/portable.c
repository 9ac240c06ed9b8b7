// The kernels for any processor: vectors as the compiler splits them, and no screens.

#include "load.h"

#pragma STDC FP_CONTRACT OFF

typedef uint16_t lane_halves __attribute__((vector_size(WK_LANES * sizeof(uint16_t))));

// The sign bit apart, as half_magnitude().
static inline void widen_halves(float *target, const void *source, float factor) {
  lane_halves halves;
  memcpy(&halves, source, sizeof halves);
  lane_bits bits = __builtin_convertvector(halves, lane_bits);
  lanes magnitude = (lanes)((bits & 0x7FFF) << 13) * 0x1p112f;
  *(lanes *)target = (lanes)((lane_bits)magnitude | (bits & 0x8000) << 16) * factor;
}

#define NAME portable
#define TILE_ROWS 1
#define TILE_CENTROIDS 2
#define WIDENED_HALVES(target, p, factor) widen_halves(target, p, factor)
#include "rows.inc"

static void byte_dots(const int8_t *row, const int8_t *vectors, size_t count, size_t width,
                      size_t stride, int32_t *sums) {
  for (size_t v = 0; v < count; v++) {
    int32_t sum = 0;
    for (size_t i = 0; i < width; i++) sum += row[i] * vectors[v * stride + i];
    sums[v] = sum;
  }
}

const struct kernels wk_portable = {ROW_KERNELS(portable), .byte_dots = byte_dots, .columns = 16};
