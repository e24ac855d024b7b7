"""What the page inside the network asks at its end; each can be found by playing."""

from pages.ui.frame.quiz import Question

QUESTIONS = [
    Question(
        "Map 25 of the second convolution is empty after ReLU. Is its filter of no use?",
        "Hardly of any: it is empty in about 99 of 100 test digits, and without it not one answer changes. "
        "Where every sum is below zero, ReLU leaves 0 and no gradient comes back: such a filter hardly learns.",
        {"layer": 5, "map": 25, "digit": 0},
    ),
    Question(
        "A seven is moved by 3 cells to the right. Which network goes on reading it? When do both fail?",
        "The convolutional one still reads a 7 at 3 and at 4 cells. At 6 both fail: pooling forgives a few cells, "
        "but the dense layers behind it know only the places at which they learned.",
        {"view": "shift", "digit": 3098, "right": 3},
    ),
    Question(
        "The score of 7 is 13.5, that of 1 is 1.7. Why is the probability not about eight times as large?",
        "Softmax takes e^z, so a difference counts, not a ratio: 13.5 − 1.7 = 11.8, and e^11.8 is over a hundred "
        "thousand.",
        {"layer": 10, "digit": 0},
    ),
]
OF_ANY = [QUESTIONS[1]]  # the others tell of the pretrained network
