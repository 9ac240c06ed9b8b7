// Pairs of rows whose cosine may reach a threshold: narrow arithmetic rules out all that provably
// do not (docs/method.md, "Near duplicates"), and whoever asks decides the others by the canonical
// dot product.
//
// One side of the pairs are rows, a block of them at a time; the other side are columns, rows
// that came earlier, in panels of as many columns as a tile of registers is wide.
#ifndef WINNOW_PAIRS_H
#define WINNOW_PAIRS_H

#include <stddef.h>
#include <stdint.h>

/// Columns of a panel.  wk_has_screen() and wk_screen_element() say the rest.
size_t wk_pair_panel(int instruction_set);

/// Rows of a block are a multiple of this: the rows of a tile.
#define WK_PAIR_TILE_ROWS 6

/// What all rows of a search share.
struct wk_pair_screen {
  int instruction_set;
  size_t stride;
  const float *mean;  // `stride` floats, 64-byte aligned; any vector no longer than 1
  float mean_square;  // set by wk_pair_begin(): |mean|^2
  float rounding;     // set by wk_pair_begin(): of the float steps, for vectors of length 1
};
void wk_pair_begin(struct wk_pair_screen *screen);

/// Rows in narrow form.  The caller gives memory for `capacity` rows, a multiple of
/// WK_PAIR_TILE_ROWS, `values` (capacity * stride elements) 64-byte aligned.
struct wk_pair_rows {
  size_t capacity;
  void *values;
  int32_t *start;    // where a row's integer sum begins
  float *scale;      // what a row's sums are multiplied with
  float *bias;       // mean . (row / |row| - mean)
  float *length;     // |row / |row| - mean|, from above
  float *residual;   // how far the narrow form is from that, from above
  float *threshold;  // pairs of a cosine below it are not wanted; INFINITY: none is
};

/// Fills `count` rows from the first one on, all but `threshold`; the others of the capacity
/// become idle: their threshold is INFINITY.
void wk_pair_fill(const struct wk_pair_screen *screen, const float *vectors, const double *norms,
                  size_t count, struct wk_pair_rows *rows);

/// Columns.  The caller gives memory for `capacity` columns, a multiple of wk_pair_panel():
/// `panels` (capacity * stride elements) 64-byte aligned, `scale` and `bias` for each column,
/// `radius` and `residual` for each panel.
struct wk_pair_columns {
  size_t capacity;
  size_t count;
  void *panels;
  float *scale;
  float *bias;
  float *radius;    // the largest `length` of a panel's columns
  float *residual;  // the largest `residual`
};

/// Appends a row as column number columns->count.
void wk_pair_append(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                    size_t row, struct wk_pair_columns *columns);

/// A pair that may reach its row's threshold, and a bound of its cosine from above.
struct wk_pair {
  uint32_t row;
  uint32_t column;
  float bound;
};

/// Finds the pairs of all rows with the columns of panels *panel ..< end, panel by panel, in each
/// of them by row.  Ends before a panel for which `limit` might not do; *panel is then the one to
/// go on with.
///
/// - `limit` is at least rows->capacity * wk_pair_panel().
/// - Returns the number of pairs in `found`.
size_t wk_pairs(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                const struct wk_pair_columns *columns, size_t *panel, size_t end,
                struct wk_pair *found, size_t limit);

#endif
