#include "allocation.h"

#include <malloc.h>

void cvec_return_large_memory(void) { mallopt(M_MMAP_THRESHOLD, 128 << 10); }
