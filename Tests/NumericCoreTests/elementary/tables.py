#!/usr/bin/env python3
"""Usage: Tests/NumericCoreTests/elementary/tables.py > Tests/NumericCoreTests/elementary/tables.txt

Values of elementary functions by mpmath, with 40 digits, rounded once to a double: a line each of
function, argument and value, in hexadecimal. Arguments of the functions that are for floats are
floats. The output is always the same.
"""

import random
import struct

import mpmath

mpmath.mp.dps = 40
draw = random.Random(1)


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def spread(low, high, count=56):
    return [draw.uniform(low, high) for _ in range(count)]


def powers(low, high, count=24):
    """Of either sign, of all sizes."""
    return [draw.choice((-1, 1)) * 2 ** draw.uniform(low, high) for _ in range(count)]


def erf(x):
    return mpmath.erf(x)


FUNCTIONS = {
    "float exp": (mpmath.exp, spread(-103, 88.7) + powers(-30, 6) + [0, -87.33654, -87.4, 88.72283]),
    "float log": (mpmath.log, spread(0, 1) + [abs(x) for x in powers(-25, -0.01)] + [2**-25, 1 - 2**-24]),
    "float sin": (mpmath.sinpi, spread(0, 1) + [k / 8 + x for k in range(1, 8) for x in (0, 2**-24, 2**-12)]),
    "float cos": (mpmath.cospi, spread(0, 1) + [k / 8 + x for k in range(1, 8) for x in (0, 2**-24, 2**-12)]),
    "float erf": (erf, spread(-4.2, 4.2) + powers(-130, 0) + [0.92770004, 0.9277, 3.9, 4, 10, -10]),
    "double exp": (mpmath.exp, spread(-708, 709.7) + powers(-60, 9)),
    "double log": (mpmath.log, spread(0, 20) + [abs(x) for x in powers(-1000, 1000)] + [1 + 2**-40]),
}

for name, (function, arguments) in FUNCTIONS.items():
    for x in arguments:
        x = single(x) if name.startswith("float") else float(x)
        # Sines and cosines are of 2π times the argument.
        exact = mpmath.mpf(x) * (2 if name in ("float sin", "float cos") else 1)
        print(name, x.hex(), float(function(exact)).hex())
