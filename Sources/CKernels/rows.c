// Rows: loading, canonical dot products, nearest centroids and sums of unit vectors.

#include "kernels.h"

#pragma STDC FP_CONTRACT OFF

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
  int set = WK_AVX512_VNNI;
  while (!wk_has_instruction_set(set)) set--;
  return set;
}

size_t wk_load(int instruction_set, enum wk_element element, const void *input, size_t rows,
               size_t components, float *output, size_t stride, uint8_t *faults, double *norms) {
  return kernels_of(instruction_set)->load[element](input, rows, components, output, stride,
                                                    faults, norms);
}

void wk_dots(int instruction_set, const float *rows, size_t row_count, const float *centroids,
             size_t centroid_count, size_t stride, float *output) {
  kernels_of(instruction_set)->dots(rows, row_count, centroids, centroid_count, stride, output);
}

void wk_dots_with(int instruction_set, const float *row, const float *centroids,
                  const uint32_t *places, size_t count, size_t stride, float *output) {
  kernels_of(instruction_set)->dots_with(row, centroids, places, count, stride, output);
}

void wk_norms(int instruction_set, const float *rows, size_t row_count, size_t stride,
              double *norms) {
  const struct kernels *kernels = kernels_of(instruction_set);
  float square[64];
  for (size_t begin = 0; begin < row_count; begin += 64) {
    size_t count = row_count - begin < 64 ? row_count - begin : 64;
    kernels->squares(rows + begin * stride, count, stride, square);
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
      if (distances != NULL) distances[begin + r] = (float)(distance > 0.0 ? distance : 0.0);
    }
  }
}

void wk_add_unit(int instruction_set, const float *vector, size_t components, double norm,
                 int64_t sign, int64_t *sums) {
  kernels_of(instruction_set)->add_unit(vector, components, norm, sign, sums);
}
