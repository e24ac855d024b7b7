"""The same place draws the same numbers; other places draw others."""

from cnncore.randomness import Purpose, generator


def test_numbers_depend_on_the_place_alone():
    places = [(0, Purpose.AUGMENT, 0, 0), (1, Purpose.AUGMENT, 0, 0), (0, Purpose.DROPOUT, 0, 0)]
    places += [(0, Purpose.AUGMENT, 1, 0), (0, Purpose.AUGMENT, 0, 1)]
    drawn = [tuple(generator(*place).random(4)) for place in places]
    assert drawn == [tuple(generator(*place).random(4)) for place in places]
    assert len({number for numbers in drawn for number in numbers}) == 4 * len(places)
