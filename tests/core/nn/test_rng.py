"""The same place draws the same numbers; other places draw others."""

import numpy as np

from cnncore import limits
from cnncore.nn.rng import Purpose, generator


def test_numbers_depend_on_the_place_alone():
    places = [(0, Purpose.AUGMENT, 0, 0), (1, Purpose.AUGMENT, 0, 0), (0, Purpose.DROPOUT, 0, 0)]
    places += [(0, Purpose.AUGMENT, 1, 0), (0, Purpose.AUGMENT, 0, 1)]
    drawn = [tuple(generator(*place).random(4)) for place in places]
    assert drawn == [tuple(generator(*place).random(4)) for place in places]
    assert len({number for numbers in drawn for number in numbers}) == 4 * len(places)


def test_a_long_draw_never_runs_into_the_next_place():
    """Neighbouring chunks and steps must not be one stream, shifted."""
    streams = [generator(0, Purpose.AUGMENT, step, chunk).random(5000) for step in range(3) for chunk in range(3)]
    assert len(np.unique(np.concatenate(streams))) == 9 * 5000


def test_who_drew_before_does_not_matter():
    alone = generator(7, Purpose.DROPOUT, 3, 1).random(8)
    generator(7, Purpose.DROPOUT, 2, 1).random(1000)
    np.testing.assert_array_equal(generator(7, Purpose.DROPOUT, 3, 1).random(8), alone)


def test_every_purpose_draws_its_own():
    drawn = [tuple(generator(0, purpose).random(4)) for purpose in Purpose]
    assert len(set(drawn)) == len(Purpose)


def test_purposes_keep_their_numbers():
    """They are part of every saved run: add, never renumber."""
    fixed = {"WEIGHTS": 1, "SHUFFLE": 2, "AUGMENT": 3, "DROPOUT": 4, "SAMPLE": 5, "SCRIBBLE": 6, "SCRAMBLE": 7}
    assert {name: Purpose[name].value for name in fixed} == fixed


def test_the_largest_seed_offered_is_accepted():
    assert generator(int(limits.SEED.high), Purpose.WEIGHTS).random() != generator(0, Purpose.WEIGHTS).random()
