"""Questions about channels and weights, for the end of the convolution page."""

from pages.ui.frame.quiz import Question

_LECTURE = {"preset": "channels"}
CHANNEL_QUESTIONS = [
    Question(
        "Images of 24 × 24 with 4 channels meet 2 filters of 3 × 3: how many maps come out, and how many weights "
        "are learned?",
        "2 maps, one a filter: each filter sums over all channels. 3 · 3 · 4 · 2 = 72 weights and 2 biases, however "
        "large the image is. A dense layer from 576 pixels to 10 neurons has 5,760.",
        _LECTURE,
    ),
    Question(
        "One slice of filter 1 becomes zeros. Which maps change?",
        "Map 1 alone, and it stays one map: that channel adds nothing to it any more. Filters, channels and feature "
        "maps are three things.",
        _LECTURE | {"zero": 2},
    ),
    Question(
        "The same layer at stride 2: how many multiplications for an image, and how many weights?",
        "11 · 11 · 3 · 3 · 4 · 2 = 8,712, a quarter of 34,848. The weights stay 72: they do not depend on the stride.",
        _LECTURE | {"stride": 2},
    ),
]
