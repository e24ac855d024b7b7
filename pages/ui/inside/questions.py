"""What the page inside the network asks at its end; each can be found by playing."""

from pages.ui.questions import Question

QUESTIONS = [
    Question(
        "Map 10 of the second convolution is empty after ReLU. Is its filter of no use?",
        "In this digit it finds nothing: every sum is below zero, and ReLU leaves 0. "
        "In about half of all digits it does find something.",
        {"layer": 5, "map": 10, "digit": 0},
    ),
    Question(
        "A seven is moved by 3 cells to the right. Which network goes on reading it? When do both fail?",
        "The convolutional one still reads a 7 at 3 and at 4 cells. At 6 both fail: pooling forgives a few cells, "
        "but the dense layers behind it know only the places at which they learned.",
        {"view": "shift", "digit": 80, "right": 3},
    ),
    Question(
        "The score of 7 is 19.5, that of 2 is 3.7. Why is the probability not about five times as large?",
        "Softmax takes e^z, so a difference counts, not a ratio: 19.5 − 3.7 = 15.8, and e^15.8 is over seven million.",
        {"layer": 10, "digit": 0},
    ),
]
