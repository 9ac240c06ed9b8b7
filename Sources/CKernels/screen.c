// Centroids in the narrow form that rules most of them out (search.c).

#include "screens.h"

#pragma STDC FP_CONTRACT OFF

int wk_has_screen(int instruction_set, size_t stride) {
  // An integer sum of so many products fits in 32 bits: 65,536 * 255 * 127 < 2^31.
  return instruction_set != WK_PORTABLE && wk_has_instruction_set(instruction_set) &&
         stride <= 65536;
}

size_t wk_screen_element(int instruction_set) {
  return kernels_of(instruction_set)->narrow != NULL ? 1 : sizeof(float);
}

size_t wk_screen_centroids(int instruction_set, size_t count) {
  size_t step = kernels_of(instruction_set)->lanes;
  return (count + step - 1) / step * step;
}

void wk_screen_begin(struct wk_screen *screen, const float *centroids, const double *norms,
                     const float *mean) {
  size_t stride = screen->stride, count = screen->count;
  size_t padded = wk_screen_centroids(screen->instruction_set, count);
  screen->integers = kernels_of(screen->instruction_set)->narrow != NULL;
  // The canonical dot product, and here twice the one behind `bias`: no |m| |z| exceeds 2.
  float dot_rounding = 3 * (float)(stride / WK_LANES + 8) * ROUNDING;
  // In float32 one sum runs through all components; in 8 bits a sum is exact.
  screen->rounding =
      dot_rounding + 32 * ROUNDING + (screen->integers ? 0 : 1.01f * (float)stride * ROUNDING);
  for (size_t c = count; c < padded; c++) {
    screen->scale[c] = 0;
    screen->bias[c] = -INFINITY;
  }
  memset(screen->mean, 0, stride * sizeof(float));
  if (!screen->integers) return;
  if (mean != NULL) {
    memcpy(screen->mean, mean, stride * sizeof(float));
    return;
  }
  // Any vector will do; near the middle of the centroids the bound is tightest.
  for (size_t c = 0; c < count; c++) {
    float part = (float)(1 / norms[c] / (double)count);
    for (size_t i = 0; i < stride; i++) screen->mean[i] += centroids[c * stride + i] * part;
  }
}

void wk_screen_fill(const struct wk_screen *screen, const float *centroids, const double *norms,
                    size_t begin, size_t end, float *radius, float *residual) {
  const struct kernels *kernels = kernels_of(screen->instruction_set);
  size_t stride = screen->stride;
  size_t padded = wk_screen_centroids(screen->instruction_set, screen->count);
  for (size_t c = begin; c < end; c++) {
    const float *centroid = centroids + c * stride;
    size_t panel = c / kernels->columns * kernels->columns;
    size_t width = padded - panel < kernels->columns ? padded - panel : kernels->columns;
    if (!screen->integers) {
      put_floats(centroid, (float)(1 / norms[c]), stride, (float *)screen->panels + panel * stride,
                 width, c - panel);
      screen->scale[c] = 1;
      screen->bias[c] = 0;
      *radius = 1;
      continue;
    }
    int8_t narrow[stride] __attribute__((aligned(64)));
    struct narrowing found;
    kernels->narrow(centroid, norms[c], screen->mean, stride, 1, narrow, &found);
    put_bytes(narrow, stride, (uint8_t *)screen->panels + panel * stride, width, c - panel);
    screen->scale[c] = found.step;
    screen->bias[c] = found.product;
    float length = measured(found.squares, 0, stride);
    *radius = length > *radius ? length : *radius;
    float left = measured(found.errors, length, stride);
    *residual = left > *residual ? left : *residual;
  }
}
