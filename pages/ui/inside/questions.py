"""What the page inside asks at its end of the pretrained network; each can be found by playing."""

from pages.ui.frame.quiz import Question
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork

QUESTIONS = [
    Question(
        "Map 25 of the second convolution is empty after ReLU. Is its filter of no use?",
        "Hardly of any: it is empty for all but 3 of the 10,000 test digits, and without it not one prediction "
        "changes. Where every sum is below zero, ReLU gives 0 and no gradient: such a filter hardly learns.",
        {"layer": 5, "map": 25, "digit": 0},
    ),
    Question(
        "A seven is moved by 3 cells to the right. Which network goes on reading it? When do both fail?",
        "The convolutional one still reads a 7 at 3 and at 4 cells. At 6 both fail: pooling allows for a few cells, "
        "but the dense layers behind it know only the places at which they learned.",
        {"view": "shift", "digit": 80, "right": 3},
    ),
    Question(
        "The score of 7 is 8.5, the next largest, that of 1, is −0.2. How many times as large is the probability of 7?",
        "Over 6,000 times. Softmax takes e^z, so the difference of two scores counts: 8.5 − (−0.2) = 8.7, and e^8.7 "
        "is about 6,000.",
        {"layer": 13, "digit": 0},
    ),
]


def questions_about(current: SessionNetwork) -> list[Question]:
    """The questions whose answers hold while this network answers; none of a network of one's own."""
    if not current.name:
        return QUESTIONS
    return [QUESTIONS[1]] if current.network is pretrained.dense() else []  # that one is about both pretrained ones
