"""Small pieces of sentences."""

from collections.abc import Sequence

from cnncore.data.digit_set import DIGITS

_NAMED, _NAMED_LENGTH = 4, 40  # most classes that a sentence names, and letters of their names


def image_word(names: Sequence[str]) -> str:
    """What an image of these classes is called: "digit" where every class is one of the ten digits, else "image"."""
    return "digit" if set(names) <= set(DIGITS) else "image"


def said_of(text: str, noun: str) -> str:
    """A text about MNIST's digits as it is said of other data, whose images are called `noun`."""
    return text if noun == "digit" else text.replace("the 60,000 training", "the training").replace("digit", noun)


def named_classes(names: Sequence[str]) -> str:
    """The classes in a sentence: all of a few, else the first ones and how many there are."""
    if len(names) <= _NAMED + 1 and sum(map(len, names)) <= 2 * _NAMED_LENGTH:
        return ", ".join(names)
    count = _NAMED
    while count > 1 and sum(map(len, names[:count])) > _NAMED_LENGTH:
        count -= 1
    return f"{', '.join(names[:count])} and {len(names) - count} more"


def invitation(names: Sequence[str]) -> str:
    """What to draw for a network of these classes, without a full stop."""
    return "Draw a digit" if image_word(names) == "digit" else f"Draw one of its classes: {named_classes(names)}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 row", "2 rows", "1,000 cells"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def and_list(parts: list[str]) -> str:
    """Parts as in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
