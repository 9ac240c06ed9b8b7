// One table of functions for each instruction set, and what all of them share.
//
// portable.c, avx2.c and avx512.c compile the same C text (the .inc files) for their instruction
// sets.  Without contraction every operation is an IEEE product or sum of the same operands, so the
// bits agree.
#ifndef WINNOW_KERNELS_H
#define WINNOW_KERNELS_H

#include "ckernels.h"
#include "pairs.h"

#include <math.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(WK_LANES * sizeof(float))));
typedef double lane_doubles __attribute__((vector_size(WK_LANES * sizeof(double))));
typedef int32_t lane_integers __attribute__((vector_size(WK_LANES * sizeof(int32_t))));
typedef uint32_t lane_bits __attribute__((vector_size(WK_LANES * sizeof(uint32_t))));
typedef int8_t lane_bytes __attribute__((vector_size(WK_LANES)));

struct screen_rows;

/// What narrowing a vector to 8 bits measures.
struct narrowing {
  float step;     // the unit of the bytes
  int32_t sum;    // of the bytes
  float product;  // of vector / |vector| - mean with the mean, where asked
  float squares;  // of vector / |vector| - mean
  float errors;   // squares of what the bytes leave
};

struct kernels {
  /// By enum wk_element; see wk_load().
  size_t (*load[3])(const void *input, size_t rows, size_t components, float *output,
                    size_t stride, uint8_t *faults, double *norms);
  void (*dots)(const float *rows, size_t row_count, const float *centroids, size_t centroid_count,
               size_t stride, float *output);
  void (*dots_with)(const float *row, const float *centroids, const uint32_t *places, size_t count,
                    size_t stride, float *output);
  void (*paired_dots)(const float *const *rows, const float *const *vectors, size_t stride,
                      float *output);
  /// Canonical dot products of vectors with themselves.
  void (*squares)(const float *vectors, size_t count, size_t stride, float *output);
  void (*add_unit)(const float *vector, size_t components, double norm, int64_t sign,
                   int64_t *sums);

  /// Dot products of a row's bytes, plus `byte_offset` each, with those of `count` vectors, at most
  /// WK_BYTE_VECTORS.
  void (*byte_dots)(const int8_t *row, const int8_t *vectors, size_t count, size_t width,
                    size_t stride, int32_t *sums);
  int32_t byte_offset;

  /// A whole panel has `columns` vectors, a narrower one a multiple of `lanes`.
  size_t lanes, columns;
  /// NULL where a screen multiplies floats.
  void (*narrow)(const float *vector, double norm, const float *mean, size_t stride,
                 int wants_product, int8_t *output, struct narrowing *found);
  /// NULL, as what follows, where there are no screens.
  void (*scores)(const struct wk_screen *screen, struct screen_rows *state, size_t row_count);
  size_t (*pairs)(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                  const struct wk_pair_columns *columns, size_t *panel, size_t end,
                  struct wk_pair *found, size_t limit);
};

extern const struct kernels wk_portable;
#if defined(__x86_64__)
extern const struct kernels wk_avx2, wk_avx512, wk_avx_vnni, wk_avx512_vnni;
#endif

static inline const struct kernels *kernels_of(int instruction_set) {
#if defined(__x86_64__)
  switch (instruction_set) {
    case WK_AVX2: return &wk_avx2;
    case WK_AVX512: return &wk_avx512;
    case WK_AVX_VNNI: return &wk_avx_vnni;
    case WK_AVX512_VNNI: return &wk_avx512_vnni;
  }
#endif
  return &wk_portable;
}

// The names of functions that are compiled several times.
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define LOCAL(name) JOIN(name, NAME)

#define UNROLLED _Pragma("clang loop unroll(full)")

#endif
