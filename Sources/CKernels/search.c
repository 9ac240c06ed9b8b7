// Nearest centroids by a screen: narrow arithmetic rules out every centroid that provably cannot
// win, and the canonical dot product decides among those that are left.
//
// docs/method.md derives the bound.  In short, with u = row / |row|, w = centroid / |centroid| and
// any vector m, a row's cosine with centroid c is u.m + m.z + y.z, where y = u - m and z = w - m.
// The first term is the same for all centroids, the second is a number kept for each, and the
// third is approximated by the dot product of 8-bit vectors y^ and z^:
//
//   |y.z - y^.z^| <= |y - y^| |z| + |y^| |z - z^|        (Cauchy and Schwarz)
//
// The norms of the residuals are computed, not assumed, and the rounding of every float step is
// added.  Where there is no 8-bit arithmetic, the same is done with float32 and fused sums, and
// only rounding is left in the bound.

#include "screens.h"

#pragma STDC FP_CONTRACT OFF

size_t wk_screen_rows(size_t stride) {
  // Rows, their narrow form and all panels of a usual k share the second-level cache.
  size_t rows = ((size_t)320 << 10) / (stride * sizeof(float)) / ROWS_AGAIN * ROWS_AGAIN;
  return rows < ROWS_AGAIN ? ROWS_AGAIN : rows > WK_MOST_SCREEN_ROWS ? WK_MOST_SCREEN_ROWS : rows;
}

static size_t padded_values(const struct wk_screen *screen, size_t rows) {
  size_t bytes = rows * screen->stride * wk_screen_element(screen->instruction_set);
  return (bytes + 63) / 64 * 64;
}

static size_t rows_bytes(const struct wk_screen *screen, size_t rows) {
  size_t floats = SCORES_STRIDE + 3 * WK_LANES + 8;
  return padded_values(screen, rows) +
         rows * (floats * sizeof(float) + MOST_CANDIDATES * sizeof(struct candidate));
}

size_t wk_screen_scratch(const struct wk_screen *screen) {
  return rows_bytes(screen, wk_screen_rows(screen->stride)) + rows_bytes(screen, ROWS_AGAIN);
}

static struct screen_rows rows_in(uint8_t *next, const struct wk_screen *screen, size_t rows) {
  struct screen_rows state;
  state.values = next;
  next += padded_values(screen, rows);
  state.scores = (float *)next;
  next += rows * SCORES_STRIDE * sizeof(float);
  state.most = (float *)next;
  next += rows * WK_LANES * sizeof(float);
  state.top = (float *)next;
  next += rows * 2 * WK_LANES * sizeof(float);
  state.candidates = (struct candidate *)next;
  next += rows * MOST_CANDIDATES * sizeof(struct candidate);
  float **arrays[] = {&state.factor, &state.length,  &state.residual,
                      &state.slack,  &state.best, &state.threshold};
  for (int i = 0; i < 6; i++) {
    *arrays[i] = (float *)next;
    next += rows * sizeof(float);
  }
  state.start = (int32_t *)next;
  next += rows * sizeof(int32_t);
  state.found = (uint32_t *)next;
  return state;
}

// Nothing reaches the threshold of an idle slot: what lies in it is multiplied in vain.
static void make_idle(struct screen_rows *state, size_t slot) {
  state->start[slot] = 0;
  state->factor[slot] = 0;
  state->threshold[slot] = INFINITY;
  state->found[slot] = 0;
}

// The bound of a prepared row; nothing is found yet.
static void begin_row(const struct wk_screen *screen, struct screen_rows *state, size_t slot) {
  float length = state->length[slot], residual = state->residual[slot];
  float one_side = residual * screen->radius + (length + residual) * screen->residual +
                   screen->rounding * (1 + length + residual);
  // Floats are multiplied as they are: their scores are cosines times the row's norm.
  float unit = screen->integers ? 1 : 1 / state->factor[slot];
  state->slack[slot] = 2 * one_side * (1 + 16 * ROUNDING) * unit;
  if (state->top != NULL) {
    float *top = state->top + slot * 2 * WK_LANES;
    for (int l = 0; l < 2 * WK_LANES; l++) top[l] = -FLT_MAX;
  }
  state->best[slot] = -INFINITY;
  state->threshold[slot] = -FLT_MAX;
  state->found[slot] = 0;
}

// Screens rows that found too many candidates again, now that their best scores are known.
static void score_again(const struct wk_screen *screen, struct screen_rows *state, size_t count,
                        struct screen_rows *again) {
  size_t row_bytes = screen->stride * wk_screen_element(screen->instruction_set);
  size_t slots[ROWS_AGAIN];
  for (size_t r = 0; r < count;) {
    size_t taken = 0;
    for (; r < count && taken < ROWS_AGAIN; r++) {
      if (state->found[r] != TOO_MANY) continue;
      memcpy((uint8_t *)again->values + taken * row_bytes, (uint8_t *)state->values + r * row_bytes,
             row_bytes);
      again->start[taken] = state->start[r];
      again->factor[taken] = state->factor[r];
      again->slack[taken] = state->slack[r];
      again->best[taken] = state->best[r];
      again->threshold[taken] = state->threshold[r];
      again->found[taken] = 0;
      slots[taken++] = r;
    }
    if (taken == 0) return;
    for (size_t slot = taken; slot < ROWS_AGAIN; slot++) make_idle(again, slot);
    kernels_of(screen->instruction_set)->scores(screen, again, taken);
    for (size_t slot = 0; slot < taken; slot++) {
      state->found[slots[slot]] = again->found[slot];
      memcpy(state->candidates + slots[slot] * MOST_CANDIDATES,
             again->candidates + slot * MOST_CANDIDATES,
             MOST_CANDIDATES * sizeof(struct candidate));
    }
  }
}

// By how much a row's cosine with the only candidate that the bound leaves exceeds all others.
static float margin_of(const struct wk_screen *screen, const struct screen_rows *state,
                       size_t row) {
  const float *top = state->top + row * 2 * WK_LANES;
  size_t count = kernels_of(screen->instruction_set)->lanes;
  float first = -FLT_MAX, second = -FLT_MAX;
  for (size_t l = 0; l < count; l++) {
    float larger = top[l] > first ? top[l] : first;
    float smaller = top[l] > first ? first : top[l];
    second = smaller > second ? smaller : second;
    second = top[count + l] > second ? top[count + l] : second;
    first = larger;
  }
  float ahead = first - second - state->slack[row];
  ahead *= screen->integers ? 1 : state->factor[row];
  // Scores of -FLT_MAX are those of no centroid; no two cosines differ by more than 2.
  return ahead > 2 ? 2 : ahead > 0 ? ahead : 0;
}

// What a search is asked and where its answers go.
struct search {
  const struct wk_screen *screen;
  const float *rows;
  const double *row_norms;
  const intptr_t *places;
  const float *centroids;
  const double *norms;
  uint32_t *nearest;
  float *distances;
  float *margins;
  struct wk_search_counts *counts;
};

// Where a row of the search lies.
static inline size_t place_of(const intptr_t *places, size_t row) {
  return places != NULL ? (size_t)places[row] : row;
}

static float distance_of(double cosine) { return (float)(1.0 - cosine > 0.0 ? 1.0 - cosine : 0.0); }

// The canonical dot products of a row with the candidates that are left, or with all centroids.
static void decide(const struct search *search, const struct candidate *list, size_t tried,
                   size_t row) {
  const struct wk_screen *screen = search->screen;
  size_t place = place_of(search->places, row);
  int all = list == NULL;
  double best = -INFINITY;
  for (size_t first = 0; first < tried; first += MOST_CANDIDATES) {
    size_t count = tried - first < MOST_CANDIDATES ? tried - first : MOST_CANDIDATES;
    uint32_t places[MOST_CANDIDATES];
    float dots[MOST_CANDIDATES];
    for (size_t i = 0; i < count; i++) places[i] = all ? (uint32_t)(first + i) : list[i].centroid;
    wk_dots_with(screen->instruction_set, search->rows + place * screen->stride, search->centroids,
                 places, count, screen->stride, dots);
    for (size_t i = 0; i < count; i++) {
      double cosine = (double)dots[i] / (search->row_norms[place] * search->norms[places[i]]);
      if (cosine > best) {
        best = cosine;
        search->nearest[row] = places[i];
      }
    }
  }
  if (search->distances != NULL) search->distances[row] = distance_of(best);
}

// The distances of rows whose centroid is known.
static void measure(const struct search *search, const size_t *certain, size_t count) {
  const struct wk_screen *screen = search->screen;
  for (size_t first = 0; first < count; first += 4) {
    const float *rows[4], *vectors[4];
    for (size_t n = 0; n < 4; n++) {
      size_t row = certain[first + n < count ? first + n : first];
      rows[n] = search->rows + place_of(search->places, row) * screen->stride;
      vectors[n] = search->centroids + search->nearest[row] * screen->stride;
    }
    float dots[4];
    kernels_of(screen->instruction_set)->paired_dots(rows, vectors, screen->stride, dots);
    for (size_t n = 0; n < 4 && first + n < count; n++) {
      size_t row = certain[first + n];
      double norms = search->row_norms[place_of(search->places, row)] *
                     search->norms[search->nearest[row]];
      search->distances[row] = distance_of((double)dots[n] / norms);
    }
  }
  search->counts->dots += count;
}

// Decides the rows of a block that was screened.
static void finish_block(const struct search *search, struct screen_rows *state, size_t begin,
                         size_t count) {
  size_t certain[WK_MOST_SCREEN_ROWS];
  size_t certain_count = 0;
  for (size_t slot = 0; slot < count; slot++) {
    size_t row = begin + slot;
    if (!(search->row_norms[place_of(search->places, row)] > 0)) {
      search->nearest[row] = 0;
      if (search->distances != NULL) search->distances[row] = 0;
      if (search->margins != NULL) search->margins[row] = 0;
      continue;
    }
    struct candidate *list = state->candidates + slot * MOST_CANDIDATES;
    if (state->found[slot] <= MOST_CANDIDATES) drop_hopeless(state, slot);
    search->counts->rows += 1;
    if (state->found[slot] == 1) {
      search->nearest[row] = list[0].centroid;
      if (search->distances != NULL) certain[certain_count++] = row;
      if (search->margins != NULL) search->margins[row] = margin_of(search->screen, state, slot);
      continue;
    }
    int all = state->found[slot] > MOST_CANDIDATES || state->found[slot] == 0;
    size_t tried = all ? search->screen->count : state->found[slot];
    search->counts->contested += tried > 1;
    search->counts->dots += tried;
    if (search->margins != NULL) search->margins[row] = 0;
    decide(search, all ? NULL : list, tried, row);
  }
  measure(search, certain, certain_count);
}

// Brings a row into the form that is multiplied, and measures it.
static void prepare_row(const struct wk_screen *screen, const float *row, double norm,
                        struct screen_rows *state, size_t slot) {
  size_t stride = screen->stride;
  struct narrowing found = {.step = (float)(1.0 / norm), .squares = 1};
  if (screen->integers) {
    kernels_of(screen->instruction_set)
        ->narrow(row, norm, screen->mean, stride, 0, (int8_t *)state->values + slot * stride,
                 &found);
  } else {
    memcpy((float *)state->values + slot * stride, row, stride * sizeof(float));
  }
  float length = measured(found.squares, 0, stride);
  state->start[slot] = -128 * found.sum;
  state->factor[slot] = found.step;
  state->length[slot] = length;
  state->residual[slot] = screen->integers ? measured(found.errors, length, stride) : 0;
}

size_t wk_narrowed_rows(size_t count) { return count + ROWS_AGAIN; }

void wk_narrow_rows(const struct wk_screen *screen, const float *rows, const double *row_norms,
                    size_t begin, size_t end, const struct wk_narrowed *output) {
  struct screen_rows state = {0};
  state.values = output->values;
  state.start = output->start;
  state.factor = output->factor;
  state.length = output->length;
  state.residual = output->residual;
  for (size_t r = begin; r < end; r++) {
    if (row_norms[r] > 0) {
      prepare_row(screen, rows + r * screen->stride, row_norms[r], &state, r);
    }
  }
}

// Takes rows begin ..< begin + count of a search as they were narrowed before.
static void take_narrowed(const struct wk_screen *screen, const struct wk_narrowed *narrowed,
                          const intptr_t *places, size_t begin, size_t count,
                          struct screen_rows *state) {
  size_t stride = screen->stride;
  // Rows that follow each other are only read, like those behind the last one.
  if (places == NULL) state->values = narrowed->values + begin * stride;
  for (size_t r = 0; r < count; r++) {
    size_t place = place_of(places, begin + r);
    if (places != NULL) {
      memcpy((int8_t *)state->values + r * stride, narrowed->values + place * stride, stride);
    }
    state->start[r] = narrowed->start[place];
    state->factor[r] = narrowed->factor[place];
    state->length[r] = narrowed->length[place];
    state->residual[r] = narrowed->residual[place];
  }
}

void wk_screened_nearest(const struct wk_screen *screen, const float *rows, const double *row_norms,
                         const struct wk_narrowed *narrowed, const intptr_t *places,
                         size_t row_count, const float *centroids, const double *norms,
                         uint32_t *nearest, float *distances, float *margins, void *scratch,
                         struct wk_search_counts *counts) {
  struct search search = {screen, rows,    row_norms, places,  centroids,
                          norms,  nearest, distances, margins, counts};
  size_t block = wk_screen_rows(screen->stride), stride = screen->stride;
  struct screen_rows state = rows_in(scratch, screen, block);
  struct screen_rows again =
      rows_in((uint8_t *)scratch + rows_bytes(screen, block), screen, ROWS_AGAIN);
  again.top = NULL;
  if (margins == NULL) state.top = NULL;
  for (size_t begin = 0; begin < row_count; begin += block) {
    size_t count = row_count - begin < block ? row_count - begin : block;
    if (narrowed != NULL) take_narrowed(screen, narrowed, places, begin, count, &state);
    size_t slots = (count + ROWS_AGAIN - 1) / ROWS_AGAIN * ROWS_AGAIN;
    for (size_t r = 0; r < slots; r++) {
      size_t place = r < count ? place_of(places, begin + r) : 0;
      if (r >= count || !(row_norms[place] > 0)) {
        make_idle(&state, r);
        continue;
      }
      if (narrowed == NULL) {
        prepare_row(screen, rows + place * stride, row_norms[place], &state, r);
      }
      begin_row(screen, &state, r);
    }
    kernels_of(screen->instruction_set)->scores(screen, &state, count);
    score_again(screen, &state, count, &again);
    finish_block(&search, &state, begin, count);
  }
}
