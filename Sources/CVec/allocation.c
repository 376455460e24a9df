#include "allocation.h"

#include <malloc.h>

void cvec_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

void cvec_release_free_pages(void) { malloc_trim(0); }
