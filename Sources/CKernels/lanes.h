// The lanes of the canonical dot product, for the files of this target.
#ifndef WINNOW_LANES_H
#define WINNOW_LANES_H

#include "ckernels.h"

typedef float lanes __attribute__((vector_size(WK_LANES * sizeof(float))));

// The fixed tree.  The additions of one level are independent, so any processor may do them at
// once.
#define ADD_LANES(v)                                                                          \
  ({                                                                                          \
    lanes v_ = (v);                                                                           \
    float a_[8];                                                                              \
    for (int l_ = 0; l_ < 8; l_++) a_[l_] = v_[l_] + v_[l_ + 8];                              \
    for (int l_ = 0; l_ < 4; l_++) a_[l_] = a_[l_] + a_[l_ + 4];                              \
    (a_[0] + a_[2]) + (a_[1] + a_[3]);                                                        \
  })

#endif
