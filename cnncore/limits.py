"""Bounds of the core: networks, trainings, files and drawings. Those of the pages are in pages/ui/bounds.py."""

from typing import NamedTuple


class Bound(NamedTuple):
    """A closed range and its default, as sliders and links offer it."""

    low: float
    high: float
    default: float

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


# Geometry that is offered; the core itself accepts any padding >= 0.
FILTER_SIZE = Bound(1, 7, 3)
PADDING = Bound(0, 13, 0)

# Memory and batches.
PATCH_BYTES = 16 * 2**20  # for the patches of one convolution
CHUNK_IMAGES = 64  # images in one part of a forward pass: few enough to stay in the cache

# Networks.
LAYERS = 32
UNITS = Bound(1, 1024, 10)
FILTERS = Bound(1, 256, 8)
PARAMETERS = 5_000_000
NETWORK_VALUES = 400_000  # values that all layers compute for one image; CHUNK_IMAGES times as many are in memory
NETWORK_TEXT = 400  # characters of a network in text form
BUILT_FILTERS = Bound(1, 64, 8)  # these four: in the builder and in the text form
BUILT_STRIDE = Bound(1, 5, 1)
BUILT_POOL = Bound(1, 7, 2)
DROPOUT_PERCENT = Bound(0, 90, 50)

# Training.
EPOCHS = Bound(1, 50, 5)
STEPS = 3_000_000  # of any run: 50 epochs with one digit a batch; an open-ended run stops there
BATCH_SIZE = Bound(1, 1024, 128)
LEARNING_RATE = Bound(1e-5, 10.0, 0.1)
MOMENTUM = Bound(0.0, 0.99, 0.9)
TRAIN_DIGITS = Bound(100, 60_000, 60_000)
ADDED_DIGITS = Bound(0, 60_000, 0)  # digits in other handwriting styles, or scribbles, added to MNIST's
THREADS = Bound(1, 8, 2)
SEED = Bound(0, 2**32 - 1, 0)
EVALUATE_EVERY = Bound(1, 100_000, 50)  # steps
DESCENT_STEPS = 300  # of the gradient descent on a single filter

# Augmentation.
ROTATE = Bound(0.0, 45.0, 0.0)  # degrees
SHEAR = Bound(0.0, 1.0, 0.0)  # cells per cell
SCALE = Bound(0.0, 0.5, 0.0)  # fraction of the size
SHIFT_CELLS = Bound(0.0, 8.0, 0.0)  # cells
BEND = Bound(0.0, 4.0, 0.0)  # cells
THICKEN = Bound(0.0, 1.0, 0.0)  # fraction

# Snapshots of a run that stay in memory.
TIMELINE_SNAPSHOTS = 60
TIMELINE_BYTES = 32 * 2**20

# Analysis of a whole test set.
SURVEY_IMAGES = 512  # images between two progress updates
MAP_FEATURES = 512  # features up to which the principal axes are found from all digits,
MAP_DIGITS = 1_000  # beyond, from this many
MAP_BYTES = 32 * 2**20
COUNTED_AT_ONCE = 1_000  # test digits between two progress updates

# Feature visualization.
PATTERN_STEPS = 100
PATTERN_NORM = 9.0  # about the norm of a digit
EXCITING = 10  # test digits shown that activate a map most

# Files from outside.
UPLOAD_BYTES = 20 * 2**20
MODEL_BYTES = 20 * 2**20
METADATA_BYTES = 2**20
SNAPSHOTS = 400
LOSSES = 200_000  # of the last steps of a run
EVALUATIONS = 4_000

# Image files from outside.
PICTURE_SIDE = 8192  # largest side
PICTURE_PIXELS = 3840 * 2400  # of an image that must be decoded at full size
PICTURE_LEAST = 8  # smallest side
GREY_SIDE = 1024  # side to which a grey image is reduced

# Digits on a photo.
PHOTO_DIGITS = 60  # boxes drawn by hand included
PHOTO_LEAST = 6  # smallest side of a digit, in pixels

# Data sets from outside.
CLASSES = Bound(2, 62, 10)
CLASS_NAME = 24  # characters
DATA_TITLE = 40  # characters
DATA_UPLOAD_BYTES = 128 * 2**20  # of a file
DATA_IMAGES = 70_000  # images that are kept
DATA_LEAST = 20  # fewest images in all,
DATA_LEAST_OF_CLASS = 2  # and of a class
DATA_SIDE = Bound(8, 256, 28)  # of an image
DATA_BYTES = 256 * 2**20  # of a decompressed file
DATA_RAW_BYTES = 256 * 2**20  # of the images that are kept, before they are brought to 28×28
DATA_WHOLE_BYTES = 16 * 2**20  # of a member that is read whole
DATA_MEMBER_BYTES = 4 * 2**20  # of an image in a ZIP
DATA_PIXELS = 96 * 2**20  # of all images in a ZIP
DATA_MEMBERS = 80_000  # of a ZIP
DATA_LINE = 2**17  # characters of a CSV line
DATA_FILES = 4  # of IDX
TEST_SHARE = 0.2  # fraction of every class that is kept for testing

# Drawings.
STROKES = 200
POINTS = 10_000
COORDINATE = 1e6
PEN_WIDTH = Bound(0.02, 0.2, 0.075)  # fraction of the sheet's side
MY_DIGITS = 200  # own digits that a session keeps

# Fine-tuning on own digits, in each epoch.
OWN_TIMES = 20  # repetitions of one own digit, at most
OWN_IN_ALL = 1_000  # own digits with their repetitions, about
BESIDE_DIGITS = 4_000  # MNIST digits
BESIDE_PEN_DIGITS = 1_500  # digits that other people drew with a pen
BESIDE_LETTERS = 100  # letters and symbols of other people: more would keep an own style unsure that looks like one
BESIDE_SCRIBBLES = 60

# A changed digit before two networks.
CHANGED_SIDE = 28  # side of the grid in whose cells shifts are given
CHANGE = {
    "thicken": Bound(-2, 3, 0),
    "turn": Bound(-90, 90, 0),
    "size": Bound(40, 150, 100),
    "right": Bound(-10, 10, 0),
    "down": Bound(-10, 10, 0),
    "erase": Bound(0, 20, 0),
    "row": Bound(1, CHANGED_SIDE, 14),
    "column": Bound(1, CHANGED_SIDE, 14),
    "noise": Bound(0, 100, 0),
}

# Predictions.
SURE = 0.6  # probability from which a prediction counts as sure
CHANGE_STEPS = 40  # gradient steps towards another prediction

# Facts in the lecture's texts.
FACT_NUMBER = 100_000
FACT_LIST = 64
