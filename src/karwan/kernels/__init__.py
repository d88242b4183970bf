"""Kernels: arrays in, arrays out. They import numpy, numba and math only."""
