#pragma once
#include <zmq.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Swift's Glibc module has no pthread_setname_np.
static inline void czeromq_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
