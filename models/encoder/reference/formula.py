"""Weights that need no file: a formula of a parameter's name, known to `tests/formula` as well."""

import numpy as np
import torch


def random_bits(name, n):
    """SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the FNV-1a hash of the name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def values(name, shape):
    """From -1 to 1, then as large as suits the parameter."""
    bits = random_bits(name, int(np.prod(shape))) >> np.uint64(40)
    unit = bits.astype(np.float32) / np.float32(2**23) - np.float32(1)
    if name.endswith("gamma"):
        unit = unit * np.float32(0.25) + np.float32(0.5)
    elif "norm" in name and name.endswith("weight"):
        unit = unit * np.float32(0.25) + np.float32(1)
    elif name.endswith("bias"):
        unit = unit * np.float32(0.125)
    elif name.endswith("weight"):
        unit = unit * np.float32(1.5 / np.sqrt(np.prod(shape[1:])))
    return torch.from_numpy(unit.reshape(shape))


def weights(shapes):
    """Every parameter of (name, shape)."""
    return {name: values(name, shape) for name, shape in shapes}
