// What this machine can do at most: loops that keep their numbers in registers, one for each
// instruction that a search for the nearest centroid can rest on.  Only benchmarks use it.
#ifndef WINNOW_MACHINE_PEAK_H
#define WINNOW_MACHINE_PEAK_H

#include <stddef.h>
#include <stdint.h>

enum mp_loop {
  MP_FLOAT32_AVX512,   // vfmadd231ps, 512 bits
  MP_FLOAT32_AVX2,     // vfmadd231ps, 256 bits
  MP_BFLOAT16_AVX512,  // vdpbf16ps, 512 bits
  MP_INT8_AVX512_VNNI, // vpdpbusd, 512 bits
  MP_INT8_AVX_VNNI,    // vpdpbusd, 256 bits
  MP_FLOAT32_PORTABLE, // what the compiler makes of four-lane vectors
  MP_LOOPS
};

/// A name for people, such as "int8 AVX-512 VNNI".
const char *mp_name(int loop);

/// What is counted: "float32", "bfloat16" or "int8".
const char *mp_kind(int loop);

/// Whether this processor has the instruction.
int mp_available(int loop);

/// Runs the loop `rounds` times; returns the operations done, a multiplication and an addition
/// counting as two.
double mp_run(int loop, uint64_t rounds);

/// Opens a file so that reading it bypasses the page cache; -1 where that is not possible.
int mp_open_direct(const char *path);

#endif
