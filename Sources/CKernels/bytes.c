// Rows narrowed to 8 bits, and exact integer dot products of them.
//
// Choosing first centroids passes all rows for every choice and decides nothing that has to be
// exact: a quarter of the memory traffic is worth more than the last bits.  Narrowing rounds each
// component on its own and integer sums are exact, so every instruction set gives the same numbers.

#include "kernels.h"

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

void wk_byte_dots(int instruction_set, const int8_t *rows, size_t row_count, const int8_t *vectors,
                  size_t count, size_t components, int64_t *output) {
  size_t stride = wk_byte_stride(components);
  const struct kernels *kernels = kernels_of(instruction_set);
  int32_t offset = kernels->byte_offset;
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
        kernels->byte_dots(rows + r * stride + start, part, taken, width, stride, sums);
        for (size_t n = 0; n < taken; n++) output[r * count + v + n] += sums[n] - excess[n];
      }
    }
  }
}
