// Every loop has twelve independent accumulators, enough to hide the latency of the instruction on
// processors that start two a cycle, and few enough for sixteen registers.  An empty assembly
// statement keeps the compiler from moving a sum out of the loop.

#define _GNU_SOURCE
#include "MachinePeak.h"

#include <fcntl.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CHAINS 12

#define LOOP(NAME, TARGET, TYPE, ZERO, STEP, OPERATIONS)                                \
  __attribute__((target(TARGET))) static double NAME(uint64_t rounds) {                 \
    TYPE sum[CHAINS];                                                                   \
    TYPE a = ZERO, b = ZERO;                                                            \
    __asm__ volatile("" : "+x"(a), "+x"(b));                                            \
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) sum[c] = ZERO;  \
    for (uint64_t round = 0; round < rounds; round++) {                                 \
      _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {             \
        sum[c] = STEP;                                                                  \
        __asm__ volatile("" : "+x"(sum[c]));                                            \
      }                                                                                 \
    }                                                                                   \
    return (double)rounds * CHAINS * (OPERATIONS);                                      \
  }

#if defined(__x86_64__)
LOOP(float32_avx512, "avx512f", __m512, _mm512_setzero_ps(), _mm512_fmadd_ps(a, b, sum[c]), 32)
LOOP(float32_avx2, "avx2,fma", __m256, _mm256_setzero_ps(), _mm256_fmadd_ps(a, b, sum[c]), 16)
LOOP(bfloat16_avx512, "avx512f,avx512bf16", __m512, _mm512_setzero_ps(),
     _mm512_dpbf16_ps(sum[c], (__m512bh)a, (__m512bh)b), 64)
LOOP(int8_avx512, "avx512f,avx512vnni", __m512i, _mm512_setzero_si512(),
     _mm512_dpbusd_epi32(sum[c], a, b), 128)
LOOP(int8_avx, "avx2,avxvnni", __m256i, _mm256_setzero_si256(),
     _mm256_dpbusd_avx_epi32(sum[c], a, b), 64)
#endif

typedef float four_lanes __attribute__((vector_size(16)));

static double float32_portable(uint64_t rounds) {
  four_lanes sum[CHAINS] = {{0}};
  four_lanes a = {1, 1, 1, 1}, b = {0};
#if defined(__x86_64__)
  __asm__ volatile("" : "+x"(a), "+x"(b));
#elif defined(__aarch64__)
  __asm__ volatile("" : "+w"(a), "+w"(b));
#endif
  for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int c = 0; c < CHAINS; c++) {
      sum[c] = sum[c] + a * b;
#if defined(__x86_64__)
      __asm__ volatile("" : "+x"(sum[c]));
#elif defined(__aarch64__)
      __asm__ volatile("" : "+w"(sum[c]));
#endif
    }
  }
  volatile float keep = sum[0][0];
  (void)keep;
  return (double)rounds * CHAINS * 8;
}

static const struct {
  const char *name, *kind;
} loops[MP_LOOPS] = {
    [MP_FLOAT32_AVX512] = {"float32 AVX-512", "float32"},
    [MP_FLOAT32_AVX2] = {"float32 AVX2", "float32"},
    [MP_BFLOAT16_AVX512] = {"bfloat16 AVX-512", "bfloat16"},
    [MP_INT8_AVX512_VNNI] = {"int8 AVX-512 VNNI", "int8"},
    [MP_INT8_AVX_VNNI] = {"int8 AVX-VNNI", "int8"},
    [MP_FLOAT32_PORTABLE] = {"float32 portable", "float32"},
};

const char *mp_name(int loop) { return loops[loop].name; }

const char *mp_kind(int loop) { return loops[loop].kind; }

int mp_available(int loop) {
  if (loop == MP_FLOAT32_PORTABLE) return 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (loop) {
  case MP_FLOAT32_AVX512: return __builtin_cpu_supports("avx512f") != 0;
  case MP_FLOAT32_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  case MP_BFLOAT16_AVX512: return __builtin_cpu_supports("avx512bf16") != 0;
  case MP_INT8_AVX512_VNNI: return __builtin_cpu_supports("avx512vnni") != 0;
  case MP_INT8_AVX_VNNI: return __builtin_cpu_supports("avxvnni") != 0;
  }
#endif
  return 0;
}

double mp_run(int loop, uint64_t rounds) {
#if defined(__x86_64__)
  switch (loop) {
  case MP_FLOAT32_AVX512: return float32_avx512(rounds);
  case MP_FLOAT32_AVX2: return float32_avx2(rounds);
  case MP_BFLOAT16_AVX512: return bfloat16_avx512(rounds);
  case MP_INT8_AVX512_VNNI: return int8_avx512(rounds);
  case MP_INT8_AVX_VNNI: return int8_avx(rounds);
  }
#endif
  return float32_portable(rounds);
}

int mp_open_direct(const char *path) {
#ifdef O_DIRECT
  return open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
#else
  (void)path;
  return -1;
#endif
}
