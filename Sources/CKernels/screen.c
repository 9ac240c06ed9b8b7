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

#include "ckernels.h"
#include "lanes.h"
#include "narrow.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

// Sums of a row that do not wait for one another.
#define SUMS 4


// Candidates that a row may have at a time; with more every centroid is decided canonically.
#define MOST_CANDIDATES 48
#define TOO_MANY (MOST_CANDIDATES + 1)

// Centroids whose scores are stored before the best are picked out: a multiple of every panel.  Rows
// of scores do not lie at multiples of a page's part, or they would push each other out of the cache.
#define SCORES_AT_ONCE 512
#define SCORES_STRIDE (SCORES_AT_ONCE + WK_LANES)

// Rows that are screened a second time at once: a multiple of every tile's rows.
#define ROWS_AGAIN 24

struct candidate {
  uint32_t centroid;
  float score;
};

// A block of rows while it passes all panels.
struct screen_rows {
  float *top;             // where margins are wanted: a row's best and second score, lane by lane
  float *scores;          // of the panels since the last look at them
  float *most;            // the largest of these, lane by lane
  void *values;           // what the tiles multiply, `stride` elements a row
  int32_t *start;         // where a row's integer sum begins
  float *factor;          // what a row's sums are multiplied with
  float *length;          // |y| of the row's vector, from above
  float *residual;        // |y - y^|, from above
  float *slack;           // how far below the best score a centroid may still win
  float *best;            // the best score so far
  float *threshold;       // best - slack
  uint32_t *found;        // candidates so far; more than MOST_CANDIDATES: too many
  struct candidate *candidates;
};

static inline float largest_of(const float *values, int count) {
  float largest = values[0];
  for (int i = 1; i < count; i++) largest = values[i] > largest ? values[i] : largest;
  return largest;
}

static void drop_hopeless(struct screen_rows *state, size_t row) {
  struct candidate *list = state->candidates + row * MOST_CANDIDATES;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < state->found[row]; i++) {
    if (list[i].score >= state->threshold[row]) list[kept++] = list[i];
  }
  state->found[row] = kept;
}

// The threshold after a score that may be the best so far.
static inline float raised_threshold(struct screen_rows *state, size_t row, float score) {
  if (score > state->best[row]) {
    state->best[row] = score;
    state->threshold[row] = score - state->slack[row];
  }
  return state->threshold[row];
}

// Takes those of the scores of centroids first, first + 1, ... that `mask` names.
static void note_candidates(struct screen_rows *state, size_t row, const float *scores,
                            uint64_t mask, uint32_t first) {
  struct candidate *list = state->candidates + row * MOST_CANDIDATES;
  for (; mask != 0; mask &= mask - 1) {
    int i = __builtin_ctzll(mask);
    if (state->found[row] == MOST_CANDIDATES) drop_hopeless(state, row);
    if (state->found[row] >= MOST_CANDIDATES) {
      state->found[row] = TOO_MANY;
      return;
    }
    list[state->found[row]++] = (struct candidate){first + (uint32_t)i, scores[i]};
  }
}

// Keeps what the preparation of a row measured.
static void keep_row(const struct wk_screen *screen, struct screen_rows *state, size_t slot,
                     float factor, int32_t start, float squares, float errors) {
  float length = measured(squares, 0, screen->stride);
  state->start[slot] = start;
  state->factor[slot] = factor;
  state->length[slot] = length;
  state->residual[slot] = screen->integers ? measured(errors, length, screen->stride) : 0;
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

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME avx2
#define LANES 8
#define VECTORS 2
#define INTEGERS 0
#define ACCUMULATOR __m256
#define PANEL_VECTOR __m256
#define ROW_VECTOR __m256
#define FLOATS __m256
#define BEGIN(state, row) _mm256_setzero_ps()
#define LOAD(p) _mm256_load_ps(p)
#define SPREAD(p) _mm256_broadcast_ss(p)
#define STEP(sum, centroid, row) _mm256_fmadd_ps(centroid, row, sum)
#define SCORE(sum, scale, factor, bias) _mm256_add_ps(sum, _mm256_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(score, _mm256_set1_ps(threshold), _CMP_GE_OQ))
#define LARGER(a, b) _mm256_max_ps(a, b)
#define SMALLER(a, b) _mm256_min_ps(a, b)
#define LARGEST(a) largest_of((const float *)(a), LANES)
#include "screen.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#define NAME avxvnni
#define LANES 8
#define VECTORS 2
#define INTEGERS 1
#define ACCUMULATOR __m256i
#define PANEL_VECTOR __m256i
#define ROW_VECTOR __m256i
#define FLOATS __m256
#define BEGIN(state, row) _mm256_set1_epi32((state)->start[row])
#define LOAD(p) _mm256_load_si256((const __m256i *)(p))
#define SPREAD(p)                                                                               \
  _mm256_castps_si256(_mm256_broadcast_ss((const float *)(const void *)(p)))
#define STEP(sum, centroid, row) _mm256_dpbusd_avx_epi32(sum, centroid, row)
#define SCORE(sum, scale, factor, bias)                                                         \
  _mm256_fmadd_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_load_ps(scale)),    \
                  _mm256_set1_ps(factor), _mm256_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(score, _mm256_set1_ps(threshold), _CMP_GE_OQ))
#define LARGER(a, b) _mm256_max_ps(a, b)
#define SMALLER(a, b) _mm256_min_ps(a, b)
#define LARGEST(a) largest_of((const float *)(a), LANES)
#include "screen.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))),     \
                             apply_to = function)
#define NAME avx512
#define LANES 16
#define VECTORS 4
#define INTEGERS 0
#define ACCUMULATOR __m512
#define PANEL_VECTOR __m512
#define ROW_VECTOR __m512
#define FLOATS __m512
#define BEGIN(state, row) _mm512_setzero_ps()
#define LOAD(p) _mm512_load_ps(p)
#define SPREAD(p) _mm512_set1_ps(*(p))
#define STEP(sum, centroid, row) _mm512_fmadd_ps(centroid, row, sum)
#define SCORE(sum, scale, factor, bias) _mm512_add_ps(sum, _mm512_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm512_cmp_ps_mask(score, _mm512_set1_ps(threshold), _CMP_GE_OQ)
#define LARGER(a, b) _mm512_max_ps(a, b)
#define SMALLER(a, b) _mm512_min_ps(a, b)
#define LARGEST(a) _mm512_reduce_max_ps(*(a))
#include "screen.inc"
#pragma clang attribute pop

#pragma clang attribute push(                                                                   \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))),                   \
    apply_to = function)
#define NAME avx512vnni
#define LANES 16
#define VECTORS 4
#define INTEGERS 1
#define ACCUMULATOR __m512i
#define PANEL_VECTOR __m512i
#define ROW_VECTOR __m512i
#define FLOATS __m512
#define BEGIN(state, row) _mm512_set1_epi32((state)->start[row])
#define LOAD(p) _mm512_load_si512(p)
#define SPREAD(p)                                                                               \
  ({                                                                                            \
    int32_t four_;                                                                              \
    memcpy(&four_, (p), sizeof four_);                                                          \
    _mm512_set1_epi32(four_);                                                                   \
  })
#define STEP(sum, centroid, row) _mm512_dpbusd_epi32(sum, centroid, row)
#define SCORE(sum, scale, factor, bias)                                                         \
  _mm512_fmadd_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_load_ps(scale)),    \
                  _mm512_set1_ps(factor), _mm512_load_ps(bias))
#define REACHES(score, threshold)                                                               \
  (unsigned)_mm512_cmp_ps_mask(score, _mm512_set1_ps(threshold), _CMP_GE_OQ)
#define LARGER(a, b) _mm512_max_ps(a, b)
#define SMALLER(a, b) _mm512_min_ps(a, b)
#define LARGEST(a) _mm512_reduce_max_ps(*(a))
#include "screen.inc"
#pragma clang attribute pop

#endif

// MARK: the screen of some centroids

static size_t panel_lanes(int instruction_set) {
  return instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI ? 16 : 8;
}

static size_t panel_vectors(int instruction_set) {
  return instruction_set == WK_AVX512 || instruction_set == WK_AVX512_VNNI ? 4 : 2;
}

int wk_has_screen(int instruction_set, size_t stride) {
  if (instruction_set == WK_PORTABLE || !wk_has_instruction_set(instruction_set)) return 0;
  // An integer sum of so many products fits in 32 bits: 65,536 * 255 * 127 < 2^31.
  return stride <= 65536;
}

size_t wk_screen_centroids(int instruction_set, size_t count) {
  size_t step = panel_lanes(instruction_set);
  return (count + step - 1) / step * step;
}

size_t wk_screen_element(int instruction_set) {
  return instruction_set == WK_AVX_VNNI || instruction_set == WK_AVX512_VNNI ? 1 : sizeof(float);
}

void wk_screen_begin(struct wk_screen *screen, const float *centroids, const double *norms,
                     const float *mean) {
  size_t stride = screen->stride, count = screen->count;
  size_t padded = wk_screen_centroids(screen->instruction_set, count);
  screen->integers = wk_screen_element(screen->instruction_set) == 1;
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
  size_t whole = panel_lanes(screen->instruction_set) * panel_vectors(screen->instruction_set);
  size_t stride = screen->stride;
  size_t padded = wk_screen_centroids(screen->instruction_set, screen->count);
  for (size_t c = begin; c < end; c++) {
    const float *centroid = centroids + c * stride;
    float inverse = (float)(1 / norms[c]);
    size_t panel = c / whole * whole;
    size_t width = padded - panel < whole ? padded - panel : whole;
    if (!screen->integers) {
      float *target = (float *)screen->panels + panel * stride + (c - panel);
      for (size_t i = 0; i < stride; i++) target[i * width] = centroid[i] * inverse;
      screen->scale[c] = 1;
      screen->bias[c] = 0;
      *radius = 1;
      continue;
    }
    lane_integers largest = {0};
    lanes product = {0};
    for (size_t i = 0; i < stride; i += WK_LANES) {
      lanes middle = *(const lanes *)(screen->mean + i);
      lanes value = *(const lanes *)(centroid + i) * inverse - middle;
      largest = __builtin_elementwise_max(largest, (lane_integers)value & 0x7FFFFFFF);
      product += value * middle;
    }
    float step = step_of(&largest);
    float count = step > 0 ? 1 / step : 0;
    lanes square = {0}, error = {0};
    uint8_t *target = (uint8_t *)screen->panels + panel * stride + (c - panel) * 4;
    for (size_t i = 0; i < stride; i += WK_LANES) {
      lanes value = *(const lanes *)(centroid + i) * inverse - *(const lanes *)(screen->mean + i);
      lanes shifted = value * count + 0x1.8p23f;
      lane_integers integer = (lane_integers)shifted - 0x4B400000;
      lanes left = value - (shifted - 0x1.8p23f) * step;
      square += value * value;
      error += left * left;
      for (size_t n = 0; n < WK_LANES; n++) {
        target[(i + n) / 4 * 4 * width + n % 4] = (uint8_t)(integer[n] + 128);
      }
    }
    screen->scale[c] = step;
    screen->bias[c] = total_of(&product);
    float length = measured(total_of(&square), 0, stride);
    *radius = length > *radius ? length : *radius;
    float left = measured(total_of(&error), length, stride);
    *residual = left > *residual ? left : *residual;
  }
}

// MARK: the search

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

#if defined(__x86_64__)
#define FOR_INSTRUCTION_SET(set, call)                                                          \
  switch (set) {                                                                                \
    case WK_AVX512_VNNI: call(avx512vnni); break;                                               \
    case WK_AVX512: call(avx512); break;                                                        \
    case WK_AVX_VNNI: call(avxvnni); break;                                                     \
    default: call(avx2); break;                                                                 \
  }
#else
// wk_has_screen() is false: nobody comes here.
#define FOR_INSTRUCTION_SET(set, call)
#endif

// Nothing reaches the threshold of an idle slot: what lies in it is multiplied in vain.
static void make_idle(struct screen_rows *state, size_t slot) {
  state->start[slot] = 0;
  state->factor[slot] = 0;
  state->threshold[slot] = INFINITY;
  state->found[slot] = 0;
}

static void score_rows(const struct wk_screen *screen, struct screen_rows *state, size_t count) {
#define SCORES(set) scores_##set(screen, state, count)
  FOR_INSTRUCTION_SET(screen->instruction_set, SCORES)
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
    score_rows(screen, again, taken);
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
  size_t count = panel_lanes(screen->instruction_set);
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
    wk_paired_dots(screen->instruction_set, rows, vectors, screen->stride, dots);
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

static void prepare_row(const struct wk_screen *screen, const float *row, double norm,
                        struct screen_rows *state, size_t slot) {
#define PREPARE(set) prepare_##set(screen, row, norm, state, slot)
  FOR_INSTRUCTION_SET(screen->instruction_set, PREPARE)
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
    score_rows(screen, &state, count);
    score_again(screen, &state, count, &again);
    finish_block(&search, &state, begin, count);
  }
}
