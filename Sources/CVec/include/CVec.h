// What the kernels need of vectors where Swift's own SIMD types do not reliably compile to single
// instructions. `cvec_f16` imports as `SIMD16<Float>`, its kin likewise.
#pragma once
#include "allocation.h"
#include "cpu.h"

typedef float cvec_f16 __attribute__((ext_vector_type(16)));
typedef float cvec_f8 __attribute__((ext_vector_type(8)));
typedef double cvec_d8 __attribute__((ext_vector_type(8)));
typedef unsigned long long cvec_w8 __attribute__((ext_vector_type(8)));
typedef unsigned cvec_u8 __attribute__((ext_vector_type(8)));
typedef int cvec_i16 __attribute__((ext_vector_type(16)));
typedef unsigned cvec_u16 __attribute__((ext_vector_type(16)));

#define CVEC_INLINE static inline __attribute__((always_inline))

/// Whether there are 32 vector registers of 16 floats, or 16 of 8. A function, not a macro: Swift
/// would take what one level never runs for a mistake.
CVEC_INLINE bool cvec_is_wide(void) {
#ifdef __AVX512F__
    return true;
#else
    return false;
#endif
}

/// A matrix in column panels of 16: element (row, column) is
/// `base[column / 16 * stride + row * 16 + column % 16]`.
///
/// What pads the last panel is zero in inputs and weights, and therefore stays so in what is
/// computed from them.
typedef struct {
    float *_Nonnull base;
    /// Floats from one panel to the next.
    long stride;
    /// The true number of columns, without the padding.
    long columns;
} cvec_panels __attribute__((swift_name("Panels")));

/// Rows of a matrix, `stride` floats from one to the next; in a multiple of 16 columns, the last of
/// which may be padding.
typedef struct {
    float *_Nonnull base;
    long stride;
} cvec_rows __attribute__((swift_name("RowView")));

/// Square images, pixel after pixel, each with its channels side by side: channel `c` of pixel
/// (`row`, `column`) of image `i` is `base[((i * size + row) * size + column) * stride + c]`.
typedef struct {
    float *_Nonnull base;
    long count;
    /// Rows, and columns, of an image.
    long size;
    /// A multiple of 16, the last of which may be padding.
    long channels;
    /// Floats from one pixel to the next: more than `channels` where other images' channels lie
    /// between.
    long stride;
} cvec_images __attribute__((swift_name("ImageView")));

/// Matrices of 16 trials side by side: of element (row, column) there are 16 floats, a lane a
/// trial, from `base + row * row_stride + column * column_stride` on.
typedef struct {
    float *_Nonnull base;
    long row_stride;
    long column_stride;
} cvec_lanes __attribute__((swift_name("LaneMatrix")));

/// `a * b + c`, rounded once.
CVEC_INLINE cvec_f16 cvec_fma(cvec_f16 a, cvec_f16 b, cvec_f16 c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// `a * b + c`, rounded once.
CVEC_INLINE cvec_f8 cvec_fma_half(cvec_f8 a, cvec_f8 b, cvec_f8 c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// `a * b + c`, rounded once.
CVEC_INLINE cvec_d8 cvec_fma_double(cvec_d8 a, cvec_d8 b, cvec_d8 c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// Has the second-level cache fetch what lies at an address, which need not be one of ours.
CVEC_INLINE void cvec_prefetch(const float *_Nonnull address) {
    __builtin_prefetch(address, 0, 2);
}

/// To the nearest whole number, ties to even.
CVEC_INLINE cvec_f16 cvec_round(cvec_f16 a) { return __builtin_elementwise_rint(a); }

CVEC_INLINE cvec_f16 cvec_square_root(cvec_f16 a) { return __builtin_elementwise_sqrt(a); }

CVEC_INLINE cvec_f16 cvec_float(cvec_i16 a) { return __builtin_convertvector(a, cvec_f16); }

/// Exactly the same numbers in double precision.
CVEC_INLINE cvec_d8 cvec_double(cvec_f8 a) { return __builtin_convertvector(a, cvec_d8); }

/// The whole part, towards zero.
CVEC_INLINE cvec_i16 cvec_int(cvec_f16 a) { return __builtin_convertvector(a, cvec_i16); }

CVEC_INLINE cvec_f16 cvec_multiply(cvec_f16 a, cvec_f16 b) { return a * b; }

/// The bits moved up by `count`, a constant.
CVEC_INLINE cvec_u16 cvec_shift_up(cvec_u16 a, unsigned count) { return a << count; }

/// The bits moved down by `count`, a constant.
CVEC_INLINE cvec_u16 cvec_shift_down(cvec_u16 a, unsigned count) { return a >> count; }

/// Divided by two to the power of `count`, a constant, and rounded down.
CVEC_INLINE cvec_i16 cvec_shift_down_signed(cvec_i16 a, unsigned count) { return a >> count; }

CVEC_INLINE cvec_u16 cvec_bits(cvec_f16 a) { return (cvec_u16)a; }
CVEC_INLINE cvec_f16 cvec_from_bits(cvec_u16 a) { return (cvec_f16)a; }

/// `a` with the sign changed where bit `bit` of `count` is set.
CVEC_INLINE cvec_f16 cvec_flip(cvec_f16 a, cvec_i16 count, unsigned bit) {
    return (cvec_f16)((cvec_u16)a ^ (((cvec_u16)count >> bit) << 31));
}

/// The lower halves of `a` times `b`: whole products.
CVEC_INLINE cvec_w8 cvec_multiply_low(cvec_w8 a, unsigned b) {
    return (a & 0xffffffffull) * (cvec_w8)((unsigned long long)b);
}

/// The upper halves, moved down.
CVEC_INLINE cvec_w8 cvec_high(cvec_w8 a) { return a >> 32; }

/// The lower halves.
CVEC_INLINE cvec_u8 cvec_low(cvec_w8 a) { return __builtin_convertvector(a, cvec_u8); }

/// Lane by lane `a` where `count` is odd, else `b`.
CVEC_INLINE cvec_f16 cvec_select_odd(cvec_i16 count, cvec_f16 a, cvec_f16 b) {
    // A vector's condition is its sign bit.
    return (cvec_i16)((cvec_u16)count << 31) ? a : b;
}

/// a0 b0 a1 b1 a2 b2 a3 b3.
CVEC_INLINE cvec_f8 cvec_interleave_low(cvec_f8 a, cvec_f8 b) {
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/// a4 b4 a5 b5 a6 b6 a7 b7.
CVEC_INLINE cvec_f8 cvec_interleave_high(cvec_f8 a, cvec_f8 b) {
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/// a0 b0 a1 b1 … a7 b7.
CVEC_INLINE cvec_f16 cvec_weave_low(cvec_f16 a, cvec_f16 b) {
    return __builtin_shufflevector(
        a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/// a8 b8 a9 b9 … a15 b15.
CVEC_INLINE cvec_f16 cvec_weave_high(cvec_f16 a, cvec_f16 b) {
    return __builtin_shufflevector(
        a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/// Eight matrix flows in lockstep, a lane each: element `e` of lane `l` is at `[8 * e + l]` of any
/// of these, which start at 64 bytes.
typedef struct {
    /// d, the rows of W.
    long dimension;
    /// d', the columns of U; 0 where there is no U.
    long width;
    /// a, `d` elements.
    const double *_Nonnull moment;
    /// μ, `d` elements.
    const double *_Nonnull signal;
    /// The size of a step, 1 element.
    const double *_Nonnull step_size;
    /// W, `[d, d]`.
    double *_Nonnull weight;
    /// U, `[d, d']`.
    double *_Nonnull factor;
    /// `d * (d + 1 + max(2 * d, d'))` elements.
    double *_Nonnull scratch;
    /// 9 elements: the loss at x̂; the lowest so far; the largest rise so far; the lowest before
    /// that rise; how many losses were finite, from the start on; the highest loss so far; 1 while
    /// it rises and 0 while it falls; the highest since it rises or the lowest since it falls; how
    /// often it began to rise.
    double *_Nonnull watch;
} cvec_flow __attribute__((swift_name("FlowLanes")));
