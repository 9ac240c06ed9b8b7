// What the screens of centroids (screen.c, search.c) and of pairs (pairs.c) share with the kernels
// that multiply their panels (screens.inc).
#ifndef WINNOW_SCREENS_H
#define WINNOW_SCREENS_H

#include "kernels.h"

#include <float.h>

// Half a unit in the last place of 1.
#define ROUNDING 0x1p-24f

// Candidates that a row may have at a time; with more every centroid is decided canonically.
#define MOST_CANDIDATES 48
#define TOO_MANY (MOST_CANDIDATES + 1)

// Centroids whose scores are stored before the best are picked out: a multiple of every panel.
// Rows of scores are a little longer, so that they do not push each other out of the cache.
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
  float *top;       // where margins are wanted: a row's best and second score, lane by lane
  float *scores;    // of the panels since the last look at them
  float *most;      // the largest of these, lane by lane
  void *values;     // what the tiles multiply, `stride` elements a row
  int32_t *start;   // where a row's integer sum begins
  float *factor;    // what a row's sums are multiplied with
  float *length;    // |y| of the row's vector, from above
  float *residual;  // |y - y^|, from above
  float *slack;     // how far below the best score a centroid may still win
  float *best;      // the best score so far
  float *threshold;  // best - slack
  uint32_t *found;  // candidates so far; more than MOST_CANDIDATES: too many
  struct candidate *candidates;
};

// By pointer, because how vectors are passed differs between instruction sets.
static inline float total_of(const lanes *values) {
  typedef float half_lanes __attribute__((vector_size(8 * sizeof(float))));
  half_lanes eight = __builtin_shufflevector(*values, *values, 0, 1, 2, 3, 4, 5, 6, 7) +
                     __builtin_shufflevector(*values, *values, 8, 9, 10, 11, 12, 13, 14, 15);
  return ((eight[0] + eight[4]) + (eight[1] + eight[5])) +
         ((eight[2] + eight[6]) + (eight[3] + eight[7]));
}

// The unit of 8-bit numbers for components whose largest magnitude has these bits; what is nearly
// nothing is left to the residual whole.
static inline float step_of(int32_t bits) {
  float most;
  memcpy(&most, &bits, sizeof most);
  return most > 1e-30f ? most / 127 : 0;
}

// A bound of a vector's true norm from the float32 sum of its squares, for components that were
// rounded a few times from ones of vectors no longer than 1 + length.
static inline float measured(float squares, float length, size_t stride) {
  float sum_rounding = (float)(stride / WK_LANES + 20) * ROUNDING;
  return sqrtf(squares) * (1 + sum_rounding) + 16 * ROUNDING * (1 + length);
}

static inline int32_t four_bytes(const int8_t *values) {
  int32_t four;
  memcpy(&four, values, sizeof four);
  return four;
}

// Puts a vector into a panel of `width`: four components of one vector, then of the next.  Bytes
// become unsigned by adding 128, so their highest bits change.
static inline void put_bytes(const int8_t *values, size_t stride, uint8_t *panel, size_t width,
                             size_t place) {
  for (size_t i = 0; i < stride; i += 4) {
    uint32_t four = (uint32_t)four_bytes(values + i) ^ 0x80808080u;
    memcpy(panel + i * width + place * 4, &four, sizeof four);
  }
}

// The same for floats: one component of each vector.
static inline void put_floats(const float *values, float factor, size_t stride, float *panel,
                              size_t width, size_t place) {
  for (size_t i = 0; i < stride; i++) panel[i * width + place] = values[i] * factor;
}

static inline void drop_hopeless(struct screen_rows *state, size_t row) {
  struct candidate *list = state->candidates + row * MOST_CANDIDATES;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < state->found[row]; i++) {
    if (list[i].score >= state->threshold[row]) list[kept++] = list[i];
  }
  state->found[row] = kept;
}

#endif
