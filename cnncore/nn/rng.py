"""Random numbers that depend on a place, not on a history.

A generator is keyed by (seed, purpose, step, chunk): the same place always draws
the same numbers, whoever drew before, so a resumed training needs only its step
number and two threads draw what one would (counter-based generators: Salmon et
al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
"""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What the numbers are for; the values are part of every saved run, so never renumber them."""

    WEIGHTS = 1
    SHUFFLE = 2
    AUGMENT = 3
    DROPOUT = 4
    SAMPLE = 5
    SCRIBBLE = 6
    SCRAMBLE = 7
    SPLIT = 8
    FORM = 9
    NOISE = 10
    PATTERN = 11
    PEN = 12


def generator(seed: int, purpose: Purpose, step: int = 0, chunk: int = 0) -> np.random.Generator:
    """The generator of one place; places never share numbers."""
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([0, 0, chunk, step], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
