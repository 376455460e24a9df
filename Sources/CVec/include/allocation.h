#pragma once

/// Has all threads allocate from one heap. Of its own accord the C library gives each a heap of its own,
/// and each keeps what its thread once needed.
void cvec_use_one_heap(void);

/// Hands pages of the heap that nothing uses back to the system.
void cvec_release_free_pages(void);
