#pragma once

/// Has pieces of memory of 128 KiB and more go back to the system when they are freed, as at a program's
/// start. Of its own accord the C library raises that size to that of the largest piece freed, and then
/// keeps such pieces.
void cvec_return_large_memory(void);
