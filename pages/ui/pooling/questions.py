"""The questions at the end of the pooling page, for each of its views."""

from pages.ui.frame.quiz import Question, questions

_POOLING = [
    Question(
        "Which filter makes the strided convolution the same as average pooling?",
        "One whose weights are all 1/F²: average pooling is a strided convolution that learns nothing.",
        {"view": "forward", "map": "strokes", "filter": "mean"},
    ),
    Question(
        "What survives a shift by one pixel: the maximum, the mean, or the strided convolution?",
        "Most often the maximum: it stays the same as long as the winner stays in its window and no larger value "
        "enters. The mean changes with every value that comes or goes. None of them survives every shift.",
        {"view": "shift", "map": "lecture", "right": 1},
    ),
    Question(
        "Windows of 3 × 3 that move by 1 overlap. How much gradient can one cell take?",
        "As many outputs' gradients as it wins windows, up to nine: they add up.",
        {"view": "backward", "map": "strokes", "window": 3, "stride": 1},
    ),
]
_FLATTEN = [
    Question(
        "How long is the vector of maps of shape (22, 22, 2)?",
        "22 · 22 · 2 = 968. The batch stays as it is: (1000, 22, 22, 2) becomes (1000, 968).",
        {"view": "flatten", "part": "lost", "flat": "lecture"},
    ),
    Question(
        "Which two values stand next to each other in the vector: neighbours in a row, or the channels of one cell?",
        "The channels of one cell: channels run fastest, then columns, then rows.",
        {"view": "flatten", "part": "vector"},
    ),
    Question(
        "Does the dense layer know which values were neighbours in the picture?",
        "No: any other order, kept throughout, gives the same scores. Nothing is lost, and nothing is gained.",
        {"view": "flatten", "part": "lost"},
    ),
]


def ask(view: str) -> None:
    """The questions that go with a view."""
    part = "flatten" if view == "flatten" else "pooling"
    questions(part, _FLATTEN if view == "flatten" else _POOLING)
