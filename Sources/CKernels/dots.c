// Canonical dot products and nearest centroids, with run-time dispatch.
//
// The same C text is compiled for each instruction set; without contraction every operation is an
// IEEE float32 product or sum of the same operands, so the bits agree.

#include "ckernels.h"
#include "lanes.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

#define NAME portable
#define TILE_ROWS 1
#define TILE_CENTROIDS 2
#include "dots.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAME avx2
#define TILE_ROWS 2
#define TILE_CENTROIDS 2
#include "dots.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define NAME avx512
#define TILE_ROWS 4
#define TILE_CENTROIDS 4
#include "dots.inc"
#pragma clang attribute pop
#endif

int wk_has_instruction_set(int instruction_set) {
#if defined(__x86_64__)
  int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                 __builtin_cpu_supports("f16c");
  int has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512vl");
  switch (instruction_set) {
    case WK_AVX2: return has_avx2;
    case WK_AVX_VNNI: return has_avx2 && __builtin_cpu_supports("avxvnni");
    case WK_AVX512: return has_avx512;
    case WK_AVX512_VNNI: return has_avx512 && __builtin_cpu_supports("avx512vnni");
  }
#endif
  return instruction_set == WK_PORTABLE;
}

int wk_best_instruction_set(void) {
#if defined(__x86_64__)
  for (int set = WK_AVX512_VNNI; set > WK_PORTABLE; set--) {
    if (wk_has_instruction_set(set)) return set;
  }
#endif
  return WK_PORTABLE;
}

void wk_dots(int instruction_set, const float *rows, size_t row_count, const float *centroids,
             size_t centroid_count, size_t stride, float *output) {
#if defined(__x86_64__)
  if (instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI) {
    dots_avx512(rows, row_count, centroids, centroid_count, stride, output);
    return;
  }
  if (instruction_set == WK_AVX2 || instruction_set == WK_AVX_VNNI) {
    dots_avx2(rows, row_count, centroids, centroid_count, stride, output);
    return;
  }
#endif
  dots_portable(rows, row_count, centroids, centroid_count, stride, output);
}

void wk_dots_with(int instruction_set, const float *row, const float *centroids,
                  const uint32_t *places, size_t count, size_t stride, float *output) {
#if defined(__x86_64__)
  if (instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI) {
    dots_with_avx512(row, centroids, places, count, stride, output);
    return;
  }
  if (instruction_set == WK_AVX2 || instruction_set == WK_AVX_VNNI) {
    dots_with_avx2(row, centroids, places, count, stride, output);
    return;
  }
#endif
  dots_with_portable(row, centroids, places, count, stride, output);
}

void wk_paired_dots(int instruction_set, const float *const *rows, const float *const *vectors,
                    size_t stride, float *output) {
#if defined(__x86_64__)
  if (instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI) {
    paired_dots_avx512(rows, vectors, stride, output);
    return;
  }
  if (instruction_set == WK_AVX2 || instruction_set == WK_AVX_VNNI) {
    paired_dots_avx2(rows, vectors, stride, output);
    return;
  }
#endif
  paired_dots_portable(rows, vectors, stride, output);
}

static void squares(int instruction_set, const float *rows, size_t row_count, size_t stride,
                    float *output) {
#if defined(__x86_64__)
  if (instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI) {
    squares_avx512(rows, row_count, stride, output);
    return;
  }
  if (instruction_set == WK_AVX2 || instruction_set == WK_AVX_VNNI) {
    squares_avx2(rows, row_count, stride, output);
    return;
  }
#endif
  squares_portable(rows, row_count, stride, output);
}

void wk_norms(int instruction_set, const float *rows, size_t row_count, size_t stride,
              double *norms) {
  float square[64];
  for (size_t begin = 0; begin < row_count; begin += 64) {
    size_t count = row_count - begin < 64 ? row_count - begin : 64;
    squares(instruction_set, rows + begin * stride, count, stride, square);
    for (size_t r = 0; r < count; r++) norms[begin + r] = sqrt((double)square[r]);
  }
}

void wk_nearest(int instruction_set, const float *rows, const double *row_norms, size_t row_count,
                const float *centroids, const double *centroid_norms, size_t centroid_count,
                size_t stride, uint32_t *nearest, float *distances, float *scratch) {
  for (size_t begin = 0; begin < row_count; begin += WK_NEAREST_ROWS) {
    size_t count = row_count - begin < WK_NEAREST_ROWS ? row_count - begin : WK_NEAREST_ROWS;
    double best[WK_NEAREST_ROWS];
    uint32_t found[WK_NEAREST_ROWS];
    for (size_t r = 0; r < count; r++) {
      best[r] = -INFINITY;
      found[r] = 0;
    }
    for (size_t first = 0; first < centroid_count; first += WK_NEAREST_CENTROIDS) {
      size_t width = centroid_count - first < WK_NEAREST_CENTROIDS ? centroid_count - first
                                                                   : WK_NEAREST_CENTROIDS;
      wk_dots(instruction_set, rows + begin * stride, count, centroids + first * stride, width,
              stride, scratch);
      for (size_t r = 0; r < count; r++) {
        const float *dots = scratch + r * width;
        double norm = row_norms[begin + r];
        double cosines[WK_NEAREST_CENTROIDS];
        for (size_t c = 0; c < width; c++) {
          cosines[c] = (double)dots[c] / (norm * centroid_norms[first + c]);
        }
        for (size_t c = 0; c < width; c++) {
          if (cosines[c] > best[r]) {
            best[r] = cosines[c];
            found[r] = (uint32_t)(first + c);
          }
        }
      }
    }
    for (size_t r = 0; r < count; r++) {
      double distance = 1.0 - best[r];
      nearest[begin + r] = found[r];
      distances[begin + r] = (float)(distance > 0.0 ? distance : 0.0);
    }
  }
}
