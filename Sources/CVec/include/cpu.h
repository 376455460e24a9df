#pragma once
#include <stdbool.h>

/// Whether this CPU and its system run code for x86-64-v3: AVX2, FMA and what comes with them.
bool cvec_supports_v3(void);

/// Whether this CPU and its system run code for x86-64-v4: AVX-512 F, BW, CD, DQ and VL.
bool cvec_supports_v4(void);
