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

enum wk_instruction_set {
  WK_PORTABLE = 0,
  WK_AVX2 = 1,
  WK_AVX512 = 2,
  WK_AVX_VNNI = 3,
  WK_AVX512_VNNI = 4
};

/// Whether this processor has an instruction set, and the best that it has.
int wk_has_instruction_set(int instruction_set);
int wk_best_instruction_set(void);

enum wk_row_fault { WK_ROW_FINE = 0, WK_ROW_ZERO = 1, WK_ROW_NAN = 2, WK_ROW_INFINITE = 3 };

enum wk_element { WK_FLOAT16 = 0, WK_FLOAT32 = 1, WK_FLOAT64 = 2 };

/// Widens `rows` vectors of `components` numbers each, scales each by the power of two that brings
/// its largest component into [0.5, 1), narrows them to float32, writes their norms as wk_norms()
/// would, and each vector's enum wk_row_fault to `faults`; a faulty vector is all zeros in `output`.
/// Returns the number of faulty vectors.  `input` needs no alignment.
size_t wk_load(int instruction_set, enum wk_element element, const void *input, size_t rows,
               size_t components, float *output, size_t stride, uint8_t *faults, double *norms);

/// Canonical dot products of every row with every centroid: output[row * centroid_count +
/// centroid].
void wk_dots(int instruction_set, const float *rows, size_t row_count, const float *centroids,
             size_t centroid_count, size_t stride, float *output);

/// Canonical dot products of one row with the centroids at some places.
void wk_dots_with(int instruction_set, const float *row, const float *centroids,
                  const uint32_t *places, size_t count, size_t stride, float *output);

/// norms[i] = sqrt(canonical dot of vector i with itself), in double.
void wk_norms(int instruction_set, const float *rows, size_t row_count, size_t stride,
              double *norms);

/// For every row the centroid of largest cosine = dot / (row norm * centroid norm) in double
/// (ties: the lowest number), and, where `distances` is there, its distance, max(0, 1 - cosine)
/// narrowed to float32.
/// `scratch` holds at least WK_NEAREST_SCRATCH floats.
#define WK_NEAREST_ROWS 64
#define WK_NEAREST_CENTROIDS 256
#define WK_NEAREST_SCRATCH (WK_NEAREST_ROWS * WK_NEAREST_CENTROIDS)
void wk_nearest(int instruction_set, const float *rows, const double *row_norms, size_t row_count,
                const float *centroids, const double *centroid_norms, size_t centroid_count,
                size_t stride, uint32_t *nearest, float *distances, float *scratch);

/// Whether an instruction set has a screen for vectors of this stride.
int wk_has_screen(int instruction_set, size_t stride);

/// Centroids of a screen with its padding; bytes of an element of rows and panels.
size_t wk_screen_centroids(int instruction_set, size_t count);
size_t wk_screen_element(int instruction_set);

/// What the screen of some centroids needs.  The caller sets the first three fields and gives
/// zeroed memory, 64-byte aligned: wk_screen_centroids() * stride elements of `panels`,
/// wk_screen_centroids() of `scale` and `bias`, `stride` of `mean`.
struct wk_screen {
  int instruction_set;
  size_t count;
  size_t stride;
  void *panels;
  float *scale;
  float *bias;
  float *mean;
  float radius;    // the largest |z|
  float residual;  // the largest |z - z^|
  float rounding;  // of float steps, for vectors of length 1
  int integers;
};
/// Sets all of a screen but its panels, `radius` and `residual`.  Any `mean` gives right answers;
/// NULL stands for the middle of the centroids, where the bound is tightest.
void wk_screen_begin(struct wk_screen *screen, const float *centroids, const double *norms,
                     const float *mean);
/// Fills the panels for centroids begin ..< end, raising `radius` and `residual` to theirs; parts
/// may be filled at the same time.
void wk_screen_fill(const struct wk_screen *screen, const float *centroids, const double *norms,
                    size_t begin, size_t end, float *radius, float *residual);

/// Rows as a screen of integers multiplies them: narrowed once, used by every screen of the same
/// stride, mean and kind.  wk_narrowed_rows() of them, `stride` bytes apart; what is behind the last
/// row is read, too, and means nothing.
struct wk_narrowed {
  int8_t *values;
  int32_t *start;
  float *factor;
  float *length;
  float *residual;
};
size_t wk_narrowed_rows(size_t count);
void wk_narrow_rows(const struct wk_screen *screen, const float *rows, const double *row_norms,
                    size_t begin, size_t end, const struct wk_narrowed *output);

/// How often the canonical dot product was asked.
struct wk_search_counts {
  uint64_t rows;
  uint64_t contested;  // rows for which the screen left more than one centroid
  uint64_t dots;
};

/// As wk_nearest, by the screen.  `distances` may be NULL: then a row that has one candidate
/// needs no canonical dot product.  `margins` may be NULL, too; they say by how much at least a
/// row's cosine with its centroid exceeds that with any other; 0 where that was decided by
/// canonical dot products.  A row whose norm is 0 gets centroid 0, distance 0, margin 0.
/// `narrowed` are the same rows, or NULL.  Row r of the search is row places[r] of `rows`,
/// `row_norms` and `narrowed`, or row r where `places` is NULL; answers go to place r.
/// Rows that pass the panels together: more of them at a time do not pay.
#define WK_MOST_SCREEN_ROWS 192
size_t wk_screen_rows(size_t stride);
size_t wk_screen_scratch(const struct wk_screen *screen);
void wk_screened_nearest(const struct wk_screen *screen, const float *rows, const double *row_norms,
                         const struct wk_narrowed *narrowed, const intptr_t *places,
                         size_t row_count, const float *centroids, const double *norms,
                         uint32_t *nearest, float *distances, float *margins, void *scratch,
                         struct wk_search_counts *counts);

/// Bytes from one narrowed row to the next: the components rounded up to a multiple of 64.
size_t wk_byte_stride(size_t components);

/// Rows as 8-bit numbers, each in units of a 127th of its own largest component, rounded to
/// nearest, ties to even; a row of zeros stays one.
void wk_narrow(const float *rows, size_t row_count, size_t components, size_t stride,
               int8_t *output);

/// Exact dot products of narrowed rows with narrowed vectors, output[row * count + vector], the
/// fastest for multiples of WK_BYTE_VECTORS of them.
#define WK_BYTE_VECTORS 4
void wk_byte_dots(int instruction_set, const int8_t *rows, size_t row_count, const int8_t *vectors,
                  size_t count, size_t components, int64_t *output);

/// sums[i] += sign * round(vector[i] * (2^30 / norm)), to nearest, ties to even; sign is 1 or -1.
void wk_add_unit(int instruction_set, const float *vector, size_t components, double norm,
                 int64_t sign, int64_t *sums);

#endif
