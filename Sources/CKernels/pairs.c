// The screen of pairs: which of many pairs of rows may have a cosine that reaches a threshold.
//
// docs/method.md derives the bound.  In short, with u = row / |row|, w = column / |column|, any
// vector m, y = u - m and z = w - m, the cosine is y.z + m.y + m.z + m.m.  The last three are
// numbers kept for each row and column, and y.z is approximated by the dot product of 8-bit vectors:
//
//   |y.z - y^.z^| <= |y - y^| |z| + |y^| |z - z^|        (Cauchy and Schwarz)
//
// with norms that are computed, not assumed, and the rounding of every float step added.  Where
// there is no 8-bit arithmetic, the same is done with float32 and fused sums, m = 0, and only
// rounding is left in the bound.

#include "screens.h"

#pragma STDC FP_CONTRACT OFF

size_t wk_pair_panel(int instruction_set) {
  return kernels_of(instruction_set)->columns;
}

void wk_pair_begin(struct wk_pair_screen *screen) {
  size_t stride = screen->stride;
  int integers = kernels_of(screen->instruction_set)->narrow != NULL;
  screen->mean_square = 0;
  for (size_t i = 0; integers && i < stride; i++) {
    screen->mean_square += screen->mean[i] * screen->mean[i];
  }
  // One part for the canonical dot product, three for the dot products with the mean: no |m| |z|
  // exceeds 2.  |mean|^2 is summed in one lane; so is a float32 dot product, which in 8 bits is
  // exact.
  screen->rounding = 5 * (float)(stride / WK_LANES + 24) * ROUNDING + 64 * ROUNDING +
                     1.01f * (float)stride * ROUNDING;
}

void wk_pair_fill(const struct wk_pair_screen *screen, const float *vectors, const double *norms,
                  size_t count, struct wk_pair_rows *rows) {
  const struct kernels *kernels = kernels_of(screen->instruction_set);
  size_t stride = screen->stride;
  for (size_t r = 0; r < count; r++) {
    const float *vector = vectors + r * stride;
    struct narrowing found = {.step = (float)(1.0 / norms[r])};
    if (kernels->narrow != NULL) {
      kernels->narrow(vector, norms[r], screen->mean, stride, 1,
                      (int8_t *)rows->values + r * stride, &found);
    } else {
      memcpy((float *)rows->values + r * stride, vector, stride * sizeof(float));
    }
    rows->start[r] = -128 * found.sum;
    rows->scale[r] = found.step;
    rows->bias[r] = found.product;
    rows->length[r] = kernels->narrow != NULL ? measured(found.squares, 0, stride) : 1;
    rows->residual[r] =
        kernels->narrow != NULL ? measured(found.errors, rows->length[r], stride) : 0;
  }
  for (size_t r = count; r < rows->capacity; r++) {
    // What lies in an idle row is multiplied in vain.
    rows->start[r] = 0;
    rows->scale[r] = rows->bias[r] = rows->length[r] = rows->residual[r] = 0;
    rows->threshold[r] = INFINITY;
  }
}

void wk_pair_append(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                    size_t row, struct wk_pair_columns *columns) {
  const struct kernels *kernels = kernels_of(screen->instruction_set);
  size_t width = kernels->columns, stride = screen->stride;
  size_t column = columns->count++;
  size_t panel = column / width, place = column % width;
  if (place == 0) {
    columns->radius[panel] = columns->residual[panel] = 0;
    for (size_t c = column; c < column + width; c++) {
      columns->scale[c] = 0;
      columns->bias[c] = -INFINITY;
    }
  }
  if (kernels->narrow != NULL) {
    put_bytes((const int8_t *)rows->values + row * stride, stride,
              (uint8_t *)columns->panels + panel * width * stride, width, place);
    columns->scale[column] = rows->scale[row];
    columns->bias[column] = rows->bias[row];
  } else {
    put_floats((const float *)rows->values + row * stride, rows->scale[row], stride,
               (float *)columns->panels + panel * width * stride, width, place);
    columns->scale[column] = 1;
    columns->bias[column] = 0;
  }
  if (rows->length[row] > columns->radius[panel]) columns->radius[panel] = rows->length[row];
  if (rows->residual[row] > columns->residual[panel]) {
    columns->residual[panel] = rows->residual[row];
  }
}

size_t wk_pairs(const struct wk_pair_screen *screen, const struct wk_pair_rows *rows,
                const struct wk_pair_columns *columns, size_t *panel, size_t end,
                struct wk_pair *found, size_t limit) {
  return kernels_of(screen->instruction_set)
      ->pairs(screen, rows, columns, panel, end, found, limit);
}
