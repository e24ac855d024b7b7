"""Every bound, once: the core, sliders, links, uploads and tests read them here."""

from typing import NamedTuple


class Bound(NamedTuple):
    """A closed range and its default, as sliders and links offer it."""

    low: float
    high: float
    default: float

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


# Geometry of a convolution, as the pages offer it. The core itself takes any padding >= 0.
FILTER_SIZE = Bound(1, 7, 3)
STRIDE = Bound(1, 5, 1)
PADDING = Bound(0, 13, 0)
DILATION = Bound(1, 3, 1)
IMAGE_SIZE = Bound(3, 28, 5)
SIGNAL_LENGTH = Bound(3, 16, 5)
CELL_VALUE = Bound(-99, 99, 0)
BIAS = Bound(-99, 99, 0)
OWN_SIDE = Bound(1, 28, 5)  # of a picture handed over by a link
CELL_SEED = Bound(0, 9_999, 0)
RANDOM_CELL = 9  # random integers run from 0 to this
STAGE_SIDE = 64  # cells a side of the largest output that is walked step by step
UNDO = 50  # changes that can be taken back
EDITS = 64  # edits of one message from the stage
# Several channels: how many go in, how many filters there are; the size that shapes and counters speak of.
CHANNELS_IN = Bound(1, 4, 4)
FILTERS_OUT = Bound(1, 4, 2)
COUNTED_IMAGES = Bound(1, 60_000, 1_000)
COUNTED_SIDE = Bound(1, 1024, 24)
# Beats of the loop up to which each has its wrong options: beyond, a guess is typed.
BEATS_WITH_OPTIONS = 10_000

# Gradients by hand: the sides of a picture whose backward pass is played, a nudge, a filter's descent.
BACKWARD_SIDE = Bound(1, 8, 5)
BACKWARD_PADDING = Bound(0, 6, 1)
BACKWARD_CELLS = 400
NUDGE = Bound(-10, 10, 1)
DESCENT_RATE = Bound(0.001, 10, 0.25)
DESCENT_STEPS = 300

# Memory that one call of a convolution may take for its patches.
PATCH_BYTES = 16 * 2**20
# Images that one block of a forward pass holds: small enough to stay in cache.
CHUNK_IMAGES = 64

# Training.
EPOCHS = Bound(1, 50, 5)
STEPS = 3_000_000  # of any run: 50 epochs, one digit a batch; one without an end is over then
BATCH_SIZE = Bound(1, 1024, 128)
LEARNING_RATE = Bound(1e-5, 10.0, 0.1)
MOMENTUM = Bound(0.0, 0.99, 0.9)
TRAIN_DIGITS = Bound(100, 60_000, 60_000)
ADDED_DIGITS = Bound(0, 60_000, 0)  # digits in other forms, and scribbles, drawn and learned beside MNIST's
THREADS = Bound(1, 8, 2)
SEED = Bound(0, 2**32 - 1, 0)
SEED_OFFERED = Bound(0, 999_999, 0)  # on the page, and in its link
EVALUATE_EVERY = Bound(1, 100_000, 50)
LAYERS = 32
UNITS = Bound(1, 1024, 10)
FILTERS = Bound(1, 256, 8)
PARAMETERS = 5_000_000
NETWORK_VALUES = 400_000  # numbers that all layers make of one image: CHUNK_IMAGES times as many lie in memory
# What the page's builder offers, and a network as text names.
BUILT_FILTERS = Bound(1, 32, 8)
BUILT_STRIDE = Bound(1, 5, 1)
BUILT_POOL = Bound(1, 7, 2)
DROPOUT_PERCENT = Bound(0, 90, 50)
NETWORK_TEXT = 400  # characters
# Augmentation: degrees, cells a cell, share of the size, cells, cells, share.
ROTATE = Bound(0.0, 45.0, 0.0)
SHEAR = Bound(0.0, 1.0, 0.0)
SCALE = Bound(0.0, 0.5, 0.0)
SHIFT_CELLS = Bound(0.0, 8.0, 0.0)
BEND = Bound(0.0, 4.0, 0.0)
THICKEN = Bound(0.0, 1.0, 0.0)
# Trainings that run at the same time on one server, processes that it holds (paused ones too), how many of one
# session, how many may wait in the queue, ended ones that it remembers, runs that a session compares;
# batches a second in slow motion.
TRAININGS = 2
HELD_TRAININGS = 8
SESSION_TRAININGS = 2
WAITING_TRAININGS = 30
STEERING_GRACE = 10.0  # seconds for which a training keeps its place for a page that reloads
ENDED_TRAININGS = 8
KEPT_RUNS = 8
OWN_NETWORKS = 8  # that a session has used, and can choose again
RUN_NAME = 40
PACE = Bound(1, 10, 2)
# Runs kept on disk, so that a server that was killed loses none: how often, how many, how large together.
KEEP_SECONDS = 8
KEPT_FILES = 60
KEPT_BYTES = 300 * 2**20
# What is kept of a run to look back on: snapshots, and their bytes; digits shown of one cell of a confusion matrix,
# worst mistakes, pictures asked for at once, and answers that a session remembers.
TIMELINE_SNAPSHOTS = 60
TIMELINE_BYTES = 32 * 2**20
CELL_DIGITS = 120
WORST_MISTAKES = 20
PICTURES_ASKED = 2 * (CELL_DIGITS + WORST_MISTAKES)
ANSWERS_KEPT = 256
# A look at a whole test set: images between two tellings of how far it is, networks whose answers a session keeps,
# hardest digits, digits on a page of a list. The map of a test set: values of a layer up to which its axes are found
# from all digits, else from how many, and the bytes that those may take.
SURVEY_IMAGES = 512
SURVEYS_KEPT = 2
HARDEST = 200
HARDEST_SHOWN = 30
LISTED_DIGITS = 60
MAP_FEATURES = 512
MAP_DIGITS = 1_000
MAP_BYTES = 32 * 2**20

# Files from outside.
UPLOAD_BYTES = 20 * 2**20
MODEL_BYTES = 20 * 2**20
METADATA_BYTES = 2**20
SNAPSHOTS = 400
LOSSES = 200_000  # of a run's last steps
EVALUATIONS = 4_000
# Pictures from outside: the largest side at all, the pixels of those that must be decoded at full size,
# the smallest side; and to what side they are shrunk, in grey and in colour (three maps instead of one).
PICTURE_SIDE = 8192
PICTURE_PIXELS = 3840 * 2400
PICTURE_LEAST = 8
GREY_SIDE = 1024
COLOUR_SIDE = 512

# Digits that are read off one photo, those drawn around by hand included, and their smallest side in pixels.
PHOTO_DIGITS = 60
PHOTO_LEAST = 6

# Data sets from outside: classes, how many images are kept of all that are sent, the fewest that make sense, of a
# class and in all; the sides of an image, what a file may unfold to and one member of it, the pixels of all pictures
# of a ZIP together; members of a ZIP; a line of a CSV.
CLASSES = Bound(2, 62, 10)
CLASS_NAME = 24
DATA_TITLE = 40
DATA_IMAGES = 20_000
DATA_LEAST = 20
DATA_LEAST_OF_CLASS = 2
DATA_SIDE = Bound(8, 256, 28)
DATA_BYTES = 64 * 2**20
DATA_WHOLE_BYTES = 16 * 2**20
DATA_MEMBER_BYTES = 4 * 2**20
DATA_PIXELS = 32 * 2**20
DATA_MEMBERS = 6_000
DATA_LINE = 2**17
DATA_FILES = 2
TEST_SHARE = 0.2  # of every class, kept apart to be tested on

# The drawing canvas.
STROKES = 200
POINTS = 10_000
COORDINATE = 1e6
PEN_WIDTH = Bound(0.02, 0.2, 0.075)  # on the sheet, as a share of its side
DRAWING_NUMBER = 2**53  # what the browser counts exactly
# Digits of one's own: how many a session keeps, from how many on every so manieth is held back to be tested on.
MY_DIGITS = 200
HELD_BACK_FROM = 10
HELD_BACK_EVERY = 5
# What a network goes on learning from, an epoch: digits of one's own, each at most so many times and about so many in
# all, among so many of MNIST's, and scribbles that it must not be sure of.
OWN_TIMES = 20
OWN_IN_ALL = 1_000
BESIDE_DIGITS = 2_000
BESIDE_SCRIBBLES = 60
# What the convolution page offers of the network that comes with the app.
TEST_DIGIT = Bound(0, 9_999, 0)
LEARNED_FILTER = Bound(1, 16, 1)
# Inside a network: maps that can be switched off or shifted at once, by how much a bias is shifted, test digits asked
# between two words about progress; the picture that a map prefers (its norm is about a digit's), digits that excite it
# most; snapshots' bytes that a look at filters sends.
CHANGES = 24
BIAS_SHIFT = Bound(-10.0, 10.0, 0.0)
COUNTED_AT_ONCE = 1_000
PATTERN_STEPS = 100
PATTERN_NORM = 9.0
EXCITING = 10
HISTORY_SENT = 700_000
REMEMBERED = 96  # patterns, counts and rankings of a network that a session keeps
# How far a digit is moved over its sheet, in cells.
SHIFT = Bound(-10, 10, 6)
# What a digit is changed by before two networks (cnncore.changing); the side in whose cells shifts are told.
CHANGED_SIDE = 28
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
# A probability from which an answer is given; below it the network is said to be unsure.
SURE = 0.6
# Why an answer: the patch that is blanked, as a side in cells; gradients that are followed to another answer; digits
# shown that are nearest; of how many a network's own view is looked at, the memory for it, how many it is asked about
# at once.
PATCH = Bound(2, 10, 5)
CHANGE_STEPS = 40
NEAREST = 6
NEIGHBOURS = 20_000
NEIGHBOUR_BYTES = 16 * 2**20
NEIGHBOURS_AT_ONCE = 500
# What the pooling page offers: windows and strides, random and own maps, how far a map is shifted, what is flattened.
POOL_SIZE = Bound(1, 5, 2)
POOL_STRIDE = Bound(1, 5, 2)
MAP_SIZE = Bound(1, 12, 4)
MAP_SEED = Bound(0, 9_999, 0)
MAP_SHIFT = Bound(-3, 3, 1)
FLAT_SIDE = Bound(1, 5, 3)
FLAT_CHANNELS = Bound(1, 3, 2)

# The lecture's scene file.
SCENES = 100
SCENES_BYTES = 256 * 2**10
SCENES_UPLOAD_MB = 1  # the least that the upload widget can be told
SCENE_TEXT = 80
FACT_NUMBER = 100_000
FACT_LIST = 64
