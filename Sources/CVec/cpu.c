#include "cpu.h"

#if defined(__x86_64__)

bool cvec_supports_v3(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")
        && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt");
}

bool cvec_supports_v4(void) {
    return cvec_supports_v3() && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

#else

bool cvec_supports_v3(void) { return false; }
bool cvec_supports_v4(void) { return false; }

#endif
