"""How a training stands: what it is, what is known of it, and the file from which it can go on."""

import secrets
import threading
from time import monotonic

from cnncore.architecture.spec import with_output_units
from cnncore.architecture.text import parse_network
from cnncore.data.source import DataSource
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.training.progress import RunMonitor, one_per_class
from cnncore.training.replay import replay_events
from cnncore.training.run import Run
from cnncore.training.settings import Settings
from pages.ui.train.data.choice import test_set, train_digits

WAITING, RUNNING, PAUSED, FINISHED, STOPPED = "waiting", "running", "paused", "finished", "stopped"
DIVERGED, CRASHED, REFUSED = "diverged", "crashed", "refused"


class JobState:
    """A training as it is watched, whoever does the work.

    architecture  a preset's name, or a network as text (cnncore.architecture.text), written for ten classes
    data          what it learns from; test_set what it is tested on
    id        unguessable: whoever holds it may watch
    name      what its session calls it, once it compares it with others
    state     waiting, running, paused, finished, stopped, diverged, crashed or refused
    sentence  what there is to say about an end that was not planned
    owner     the session that steers it
    before    how many wait in front of it
    pace      batches a second in slow motion; 0 for as many as it can
    file      the run as last handed over (cnncore.training.checkpoint), from which it can go on
    """

    def __init__(self, architecture: str, settings: Settings, owner: str, data: DataSource | None = None) -> None:
        self.id = secrets.token_urlsafe(16)
        self.name = ""
        self.architecture, self.settings, self.owner = architecture, settings, owner
        self._learn_from(data or DataSource())
        self.layers = with_output_units(parse_network(architecture), len(self.data.names))
        self.state, self.sentence, self.before, self.pace = WAITING, "", 0, 0.0
        self.by_watchdog = False  # paused because its page was gone
        self.progress = self._fresh()
        self.gone_since: float | None = None
        self.watchers: set[str] = set()  # sessions that looked on while another steered
        self.file: bytes | None = None
        self._lock = threading.RLock()
        self._ran, self._since = 0.0, monotonic()  # seconds before, and since when
        self._first: tuple[float, int] | None = None  # seconds and step when the steps began

    @property
    def alive(self) -> bool:
        """Whether there is still work to do."""
        return self.state in (WAITING, RUNNING, PAUSED)

    @property
    def lacks_data(self) -> bool:
        """Whether it comes from a file, and what it learned from is not here."""
        return self.data.absent is not None

    @property
    def is_unfinished(self) -> bool:
        """Whether it has ended before its time, and its file knows where."""
        steps = self.progress.steps or self.progress.step + 1  # one that has hardly begun has not said how many
        return self.state in (STOPPED, CRASHED) and self.file is not None and self.progress.step < steps

    @property
    def can_go_on(self) -> bool:
        """Whether it is unfinished, and all is here that it needs."""
        return self.is_unfinished and not self.lacks_data

    @property
    def seconds(self) -> float:
        """Since it was started, without pauses."""
        with self._lock:
            return self._ran + (monotonic() - self._since if self.state == RUNNING else 0.0)

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None while there is none, or where it only ends when it is stopped."""
        with self._lock:
            if self.progress.endless or self._first is None or self.progress.step <= self._first[1]:
                return None
            a_step = (self.seconds - self._first[0]) / (self.progress.step - self._first[1])
            return a_step * (self.progress.steps - self.progress.step)

    def open(self, file: bytes, network: Network, run: Run, sentence: str) -> None:
        """Stand where a file stopped, as something that has ended and can go on."""
        with self._lock:
            self.file = file
            self._recall(network, run)
            self.state = STOPPED if self.progress.step < self.progress.steps else FINISHED
            self.sentence = sentence

    def picture(self, *, views: int = 1) -> dict[str, Array]:
        """cnncore.training.progress.RunMonitor.picture."""
        with self._lock:
            return self.progress.picture(views=views)

    def network(self) -> Network:
        """The network as last seen, a copy of its own."""
        with self._lock:
            return self.progress.trained()

    def _learn_from(self, data: DataSource) -> None:
        self.data = data
        self.test_set, self.train_digits = test_set(data), train_digits(data)

    def _fresh(self) -> RunMonitor:
        return RunMonitor(self.layers, self.settings, one_per_class(self.test_set))

    def _recall(self, network: Network, run: Run) -> None:
        """Tell the run's past to a fresh progress."""
        progress = self._fresh()
        for event, seconds in replay_events(run, network, train_digits=self.train_digits):
            progress.see(event, seconds)
        progress.steps = progress.steps or run.settings.steps(self.train_digits)
        self.progress, self._ran = progress, run.seconds

    def _enter(self, state: str) -> None:
        if self.state == RUNNING:
            self._ran += monotonic() - self._since
        self._since = monotonic()
        self.state = state
