"""Two networks on the session's own digits: how many each answers correctly, and what it cost of MNIST."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnncore import classify
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.my_digits import UserDigit, to_digit_set, user_digits

_STYLE = """<style>
.before-after { border-collapse: collapse; font-size: 1.3rem; }
.before-after :is(th, td) { padding: 0.25rem 1rem; border: 1px solid; text-align: right; font-weight: 400; }
.before-after :is(th:first-child, td:first-child) { text-align: left; }
.before-after td { font-weight: 700; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .before-after { font-size: 1rem; } .before-after :is(th, td) { padding: 0.2rem; } }
</style>"""


def answers_of(current: SessionNetwork, digits: tuple[UserDigit, ...]) -> list[str]:
    """What a network answers to each, by its classes' names."""
    if not digits:
        return []
    images = np.stack([current.sees(image) for image in to_digit_set(digits).images])
    return [each.class_name for each in classify(current.network, images)]


def answer_of(current: SessionNetwork, image: Array) -> str:
    """What a network answers to one image (28, 28, 1), by its class's name."""
    return classify(current.network, current.sees(image)[None])[0].class_name


def right_of(current: SessionNetwork, digits: tuple[UserDigit, ...]) -> int:
    """How many a network answers correctly."""
    answers = answers_of(current, digits)
    return sum(answer == each.name for answer, each in zip(answers, digits, strict=True))


def learned_and_new(current: SessionNetwork) -> tuple[tuple[UserDigit, ...], tuple[UserDigit, ...]]:
    """The kept digits that a network learned from, and those that it never saw."""
    parts: tuple[list[UserDigit], list[UserDigit]] = [], []
    for each in (each for each in user_digits() if each.name in current.network.names):
        parts[each.image.tobytes() not in current.learned].append(each)
    return tuple(parts[0]), tuple(parts[1])


def fine_tuning_report(before: SessionNetwork, after: SessionNetwork) -> None:
    """A small table, and what it tells and does not tell."""
    learned, new = learned_and_new(after)
    rows = [
        (f"Your {_digits(len(part))} {what}: right", *(f"{right_of(each, part)}" for each in (before, after)))
        for part, what in ((learned, "that it learned from"), (new, "that it never saw"))
        if part
    ]
    rows.append(("MNIST's 10,000 test digits: wrong", _count(before.wrong), _count(after.wrong)))
    st.html(_STYLE + _table(("", "before", "after"), rows))
    if not new:
        st.markdown(
            "It is counted on digits that it learned from, so this does not tell how it reads your next one: from "
            f"{bounds.HELD_BACK_FROM} digits on, every fifth is held back."
        )
    elif learned:
        st.markdown("Only those that it never saw tell how it will read your next one.")


def _digits(count: int) -> str:
    return "digit" if count == 1 else f"{count} digits"


def _count(wrong: int | None) -> str:
    return "not counted" if wrong is None else f"{wrong:,}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """All texts are the app's own."""
    head = "".join(f"<th scope='col'>{text}</th>" for text in heads)
    body = "".join(
        f"<tr><th scope='row'>{first}</th>" + "".join(f"<td>{text}</td>" for text in rest) + "</tr>"
        for first, *rest in rows
    )
    return f"<table class='before-after'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
