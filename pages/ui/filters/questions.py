"""The questions at the end of the filters page."""

from pages.ui.frame.quiz import Question

QUESTIONS = [
    Question(
        "Which stroke lights up under which filter?",
        "The filter's large weights lie along one diagonal. Where the ink lies the same way, all of it meets them and "
        "adds up to 6; where it lies the other way, only the middle meets a 2, and two −1 take it away again.",
        {"example": "two-diagonals"},
    ),
    Question(
        "The weights of the Laplacian add up to 0. What does it give where a picture is even?",
        "0: four neighbours less four times the middle. Only where the brightness changes something is left, "
        "and at the border, where the padding's zeros make an edge that is not in the picture.",
        {"example": "edges", "row": 30, "column": 40},
    ),
    Question(
        "Blur, then the Laplacian: what is missing, compared with the Laplacian alone?",
        "The finest grain. The blur has averaged it away, so the second filter finds only the larger edges. "
        "Two filters of 3×3 in a row see 5×5 pixels of the picture.",
        {"example": "blur-then-edges"},
    ),
]
