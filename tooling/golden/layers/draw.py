"""Random choices and numbers, all from one seeded generator."""

import math

import numpy


class Draw:
    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)

    def integer(self, low, high):
        return int(self.random.integers(low, high + 1))

    def chance(self, share):
        return bool(self.random.random() < share)

    def pick(self, choices):
        return choices[self.integer(0, len(choices) - 1)]

    def number(self, low, high):
        """With three digits, so that it is the same number in JSON everywhere."""
        return round(float(self.random.uniform(low, high)), 3)

    def pair(self, low, high):
        """One number for both axes, or one for each."""
        return self.integer(low, high) if self.chance(0.4) else [self.integer(low, high), self.integer(low, high)]

    def options(self, share=0.6, **choices):
        """Some of the options; what is left out keeps its default."""
        return {name: choose() for name, choose in choices.items() if self.chance(share)}

    def normal(self, *shape, scale=1.0, mean=0.0):
        return (self.random.standard_normal(shape) * scale + mean).astype(numpy.float32)

    def uniform(self, low, high, *shape):
        return self.random.uniform(low, high, shape).astype(numpy.float32)

    def distinct(self, *shape):
        """Values that all differ by more than rounding and of which none is near 0."""
        size = math.prod(shape)
        order = self.random.permutation(size)
        return ((order + 0.5 - size / 2) * (4 / size)).astype(numpy.float32).reshape(shape)


def both(value):
    """A number for both axes, or a pair as it is."""
    return list(value) if isinstance(value, list) else [value, value]
