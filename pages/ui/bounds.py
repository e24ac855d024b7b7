"""Bounds that only the pages use: what widgets and links offer, and what a session and the server keep."""

from cnncore.limits import Bound

# Convolution page. A padding and a filter size are bounded in cnncore.limits.
STRIDE = Bound(1, 5, 1)
DILATION = Bound(1, 3, 1)
IMAGE_SIZE = Bound(3, 28, 5)
SIGNAL_LENGTH = Bound(3, 16, 5)
CELL_VALUE = Bound(-99, 99, 0)
BIAS = Bound(-99, 99, 0)
OWN_SIDE = Bound(1, 28, 5)  # side of an image that arrives in a link
CELL_SEED = Bound(0, 9_999, 0)
RANDOM_CELL = 9  # random integers run from 0 to this
STAGE_SIDE = 64  # side of the largest output that is animated step by step
UNDO = 50  # changes that can be undone
EDITS = 64  # edits in one message from the stage
TEST_DIGIT = Bound(0, 9_999, 0)
LEARNED_FILTER = Bound(1, 16, 1)
CHANNELS_IN = Bound(1, 4, 4)
FILTERS_OUT = Bound(1, 4, 2)
COUNTED_IMAGES = Bound(1, 60_000, 1_000)  # batch size in the count of multiplications
COUNTED_SIDE = Bound(1, 1024, 24)  # image side in the count of multiplications
STEPS_WITH_OPTIONS = 10_000  # a longer scene has no options to choose from: the guess is typed

# Filters page.
COLOUR_SIDE = 512  # side to which a colour image is reduced: it has three maps to filter

# Pooling page.
POOL_SIZE = Bound(1, 5, 2)
POOL_STRIDE = Bound(1, 5, 2)
MAP_SIZE = Bound(1, 12, 4)
MAP_SEED = Bound(0, 9_999, 0)
MAP_SHIFT = Bound(-3, 3, 1)
FLAT_SIDE = Bound(1, 5, 3)
FLAT_CHANNELS = Bound(1, 3, 2)

# Gradients page.
BACKWARD_SIDE = Bound(1, 8, 5)
BACKWARD_PADDING = Bound(0, 6, 1)
BACKWARD_CELLS = 400  # cells of the largest output whose backward pass is animated
NUDGE = Bound(-10, 10, 1)  # what is added to one cell
DESCENT_RATE = Bound(0.001, 10, 0.25)

# Trainings on one server.
TRAININGS = 2  # that compute at the same time
HELD_TRAININGS = 8  # worker processes, paused ones included
SESSION_TRAININGS = 2  # of one session
WAITING_TRAININGS = 30  # in the queue
ENDED_TRAININGS = 8  # that the server remembers
STEERING_GRACE = 10.0  # seconds for which a training keeps its place while its page reloads
PACE = Bound(1, 10, 2)  # batches a second in slow motion
SEED_OFFERED = Bound(0, 999_999, 0)  # on the page and in its link

# Runs and networks that a session keeps.
KEPT_RUNS = 8  # runs that can be compared
OWN_NETWORKS = 8  # networks that can be chosen again
RUN_NAME = 40  # characters

# Runs on disk, so that a server that was killed loses none.
KEEP_SECONDS = 8  # between two files of a run
KEPT_FILES = 60
KEPT_BYTES = 300 * 2**20

# What people make, kept for their browser (pages.ui.store).
STORE_DAYS = 180  # after the last change of a record
STORE_RECORD_BYTES = 2 * 2**20
STORE_OWNER_BYTES = 8 * 2**20
STORE_OWNER_RECORDS = 64
STORE_BYTES = 512 * 2**20  # of all owners

# A closer look at a training.
CELL_DIGITS = 120  # digits shown of one cell of the confusion matrix
WORST_MISTAKES = 20
PICTURES_ASKED = 2 * (CELL_DIGITS + WORST_MISTAKES)  # pictures in one request
ANSWERS_KEPT = 256  # answers to requests that a session keeps

# Inside page.
CHANGES = 24  # maps that are switched off or shifted at once
BIAS_SHIFT = Bound(-10.0, 10.0, 0.0)
HISTORY_SENT = 700_000  # bytes of snapshots that the history of the filters sends
REMEMBERED = 96  # results (patterns, counts, rankings) that a session keeps of a network
SURVEYS_KEPT = 2  # networks whose answers to the whole test set a session keeps
HARDEST = 200
HARDEST_SHOWN = 30
LISTED_DIGITS = 60  # digits on one page of a list
SHIFT = Bound(-10, 10, 6)  # cells by which a digit is moved

# Draw page.
DRAWING_NUMBER = 2**53  # the largest integer that JavaScript counts exactly
HELD_BACK_FROM = 10  # own digits from which on some are held back for testing,
HELD_BACK_EVERY = 5  # and every how many of them
PATCH = Bound(2, 10, 5)  # side in cells of the patch that is blanked
NEAREST = 6  # nearest training digits shown
NEIGHBOURS = 20_000  # training digits searched by what the network makes of them
NEIGHBOUR_BYTES = 16 * 2**20
NEIGHBOURS_AT_ONCE = 500

# The lecture's scene file.
SCENES = 100
SCENES_BYTES = 256 * 2**10
SCENES_UPLOAD_MB = 1  # the smallest limit that the upload widget accepts
SCENE_TEXT = 80  # characters
