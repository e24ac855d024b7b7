"""The questions at the end of the gradients page."""

from pages.ui.frame.quiz import Question

QUESTIONS = [
    Question(
        "Under [1, 1, 1] with half padding, why is the slope of the fifth element 2 and not 3?",
        "Only o₄ and o₅ read t₆, the fifth element. A third output, o₆, would need t₈, which does not exist: its share "
        "is 0. The first element has slope 2 for the same reason, all others 3.",
        {"view": "add-one", "weights": "1,1,1"},
    ),
    Question(
        "For which filters does it not matter whether the way back turns them by 180°?",
        "For those that read the same from both ends, such as [1, 1, 1] or [1, 2, 1]. That is why [1, 1, 1] hides the "
        "turn and [1, 2, 3] shows it: slopes 5 and 3 at the two ends.",
        {"view": "rotated", "weights": "1,2,1"},
    ),
    Question(
        "From which learning rate on do the three weights run away instead of finding the hidden filter?",
        "For this signal from about 0.35 on: then each step overshoots by more than it corrects. A larger signal is "
        "steeper and bears only smaller steps.",
        {"view": "learn", "rate": 0.35},
    ),
]
