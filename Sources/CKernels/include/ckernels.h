// Arithmetic over rows of embeddings: widening, scaling, canonical dot products, sums.
//
// Everything here gives the same bits on every instruction set.  The canonical dot product of two
// vectors adds products in 16 float32 lanes, component i in lane i mod 16, in order of i, with a
// rounding after the product and after the sum (no contraction), and then adds the lanes in a
// fixed tree: lane l with l + 8, with l + 4, with l + 2, with l + 1.
//
// Vectors lie `stride` floats apart; `stride` is the number of components rounded up to a
// multiple of 16, what is beyond the components is zero, and every vector begins at a multiple
// of 64 bytes.
#ifndef WINNOW_CKERNELS_H
#define WINNOW_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#define WK_LANES 16

enum wk_instruction_set { WK_PORTABLE = 0, WK_AVX2 = 1, WK_AVX512 = 2 };

/// The best instruction set of this processor.
int wk_best_instruction_set(void);

enum wk_row_fault { WK_ROW_FINE = 0, WK_ROW_ZERO = 1, WK_ROW_NAN = 2, WK_ROW_INFINITE = 3 };

/// Widens `rows` vectors of `components` float16, float32 or float64 numbers each, scales each by
/// the power of two that brings its largest component into [0.5, 1), narrows them to float32 and
/// writes each vector's enum wk_row_fault to `faults`; a faulty vector is all zeros in `output`.
/// Returns the number of faulty vectors.  `input` needs no alignment.
size_t wk_load_float16(const void *input, size_t rows, size_t components, float *output,
                       size_t stride, uint8_t *faults);
size_t wk_load_float32(const void *input, size_t rows, size_t components, float *output,
                       size_t stride, uint8_t *faults);
size_t wk_load_float64(const void *input, size_t rows, size_t components, float *output,
                       size_t stride, uint8_t *faults);

/// Canonical dot products of every row with every centroid: output[row * centroid_count +
/// centroid].
void wk_dots(int instruction_set, const float *rows, size_t row_count, const float *centroids,
             size_t centroid_count, size_t stride, float *output);

/// norms[i] = sqrt(canonical dot of vector i with itself), in double.
void wk_norms(int instruction_set, const float *rows, size_t row_count, size_t stride,
              double *norms);

/// For every row the centroid of largest cosine = dot / (row norm * centroid norm) in double
/// (ties: the lowest number), and its distance, max(0, 1 - cosine) narrowed to float32.
/// `scratch` holds at least WK_NEAREST_SCRATCH floats.
#define WK_NEAREST_ROWS 64
#define WK_NEAREST_CENTROIDS 256
#define WK_NEAREST_SCRATCH (WK_NEAREST_ROWS * WK_NEAREST_CENTROIDS)
void wk_nearest(int instruction_set, const float *rows, const double *row_norms, size_t row_count,
                const float *centroids, const double *centroid_norms, size_t centroid_count,
                size_t stride, uint32_t *nearest, float *distances, float *scratch);

/// sums[i] += round(vector[i] / norm * 2^30), to nearest, ties to even.
void wk_add_unit(const float *vector, size_t components, double norm, int64_t *sums);

#endif
