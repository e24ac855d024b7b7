"""The pages, in the lecture's order: the stem of each, which is its path in the link, and its title."""

PAGES = {
    "start": "Start",
    "convolution": "Convolution",
    "filters": "Filters",
    "pooling": "Pooling & flatten",
    "gradients": "Gradients",
    "train": "Train",
    "inside": "Inside",
    "draw": "Draw",
}
