"""The questions at the end of the convolution page."""

from pages.ui.convolution.channels.questions import CHANNEL_QUESTIONS
from pages.ui.frame.quiz import Question

QUESTIONS = [
    Question(
        "A filter of 5×5 is to keep a picture of 24×24 at its size. How much padding does it take, at stride 1?",
        "P = (F − 1)/2 = 2: the picture grows to 28×28, and 28 − 5 + 1 = 24. At stride 2 half padding halves the size.",
        {"source": "random", "size": 24, "filter": "sum of 5×5", "padding": "half"},
    ),
    Question(
        "With stride 2 instead of 1, how many multiplications remain: half, or fewer?",
        "About a quarter: the window takes half as many positions down and half as many across.",
        {"source": "random", "size": 24, "padding": "none", "stride": 2},
    ),
    Question(
        "Every cell holds the same number, and the weights of the Laplacian add up to 0. Where does an edge come from?",
        "From the padding: its zeros are not part of the picture. Without padding every output is 0.",
        {"preset": "border"},
    ),
    *CHANNEL_QUESTIONS,
]
