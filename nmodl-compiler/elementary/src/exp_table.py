#!/usr/bin/env python3
"""Writes exp_table.rs: for each i in 0..128 the bits of the relative error of 2^(i/128) rounded to a double, and the
bits of that double less i << 45, so that adding (128 n + i) << 45 gives 2^n 2^(i/128)."""
import struct
from decimal import Decimal, getcontext

getcontext().prec = 60
LN2 = Decimal(2).ln()


def bits(number):
    return struct.unpack("<Q", struct.pack("<d", number))[0]


print("//! Written by exp_table.py: for each i in 0..128, relative rounding error and bits of 2^(i/128), one after the other.")
print()
print("#[rustfmt::skip]")
print("pub(super) static TABLE: [u64; 256] = [")
for i in range(128):
    exact = (LN2 * i / 128).exp()
    rounded = float(exact) if i else 1.0
    error = float((exact - Decimal(rounded)) / Decimal(rounded)) if i else 0.0
    print(f"    {bits(error):#018x}, {(bits(rounded) - (i << 45)) & 0xFFFFFFFFFFFFFFFF:#018x},")
print("];")
