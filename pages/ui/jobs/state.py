"""The state of a training: its settings, its progress, and the file from which it can continue."""

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
from pages.ui.session.training_data import n_train, test_set

WAITING, RUNNING, PAUSED, FINISHED, STOPPED = "waiting", "running", "paused", "finished", "stopped"
DIVERGED, CRASHED, REFUSED = "diverged", "crashed", "refused"


class JobState:
    """The state of a training, without the process that does the work.

    architecture    a preset's name, or a network as text (cnncore.architecture.text), written for ten classes
    data            what it is trained on; test_set what it is tested on, n_train the number of training images
    id              unguessable: whoever knows it may watch the training
    name            its name among the runs that its session compares
    state           waiting, running, paused, finished, stopped, diverged, crashed or refused
    status_text     why it ended early, or where it came from; else empty
    owner           the session that controls it
    queue_position  how many jobs are before it in the queue
    pace            batches a second in slow motion; 0 for full speed
    file            the newest checkpoint (cnncore.training.checkpoint), from which it can continue
    """

    def __init__(self, architecture: str, settings: Settings, owner: str, data: DataSource | None = None) -> None:
        self.id = secrets.token_urlsafe(16)
        self.name = ""
        self.architecture, self.settings, self.owner = architecture, settings, owner
        self._set_data(data or DataSource())
        self.layers = with_output_units(parse_network(architecture), len(self.data.names))
        self.state, self.status_text, self.queue_position, self.pace = WAITING, "", 0, 0.0
        self.paused_by_watchdog = False  # because its session was disconnected
        self.progress = self._new_monitor()
        self.gone_since: float | None = None
        self.watchers: set[str] = set()  # sessions that have shown it while another controlled it
        self.file: bytes | None = None
        self._lock = threading.RLock()
        self._seconds_before, self._state_since = 0.0, monotonic()  # run time before the state was entered, and when
        self._first_step: tuple[float, int] | None = None  # run time and step at the first step of this worker

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.state in (WAITING, RUNNING, PAUSED)

    @property
    def lacks_data(self) -> bool:
        """Whether it comes from a file whose training data the session does not have."""
        return self.data.missing is not None

    @property
    def is_unfinished(self) -> bool:
        """Whether it ended before its last step, and has a file from which it could continue."""
        steps = self.progress.steps or self.progress.step + 1  # one that has hardly begun has not said how many
        return self.state in (STOPPED, CRASHED) and self.file is not None and self.progress.step < steps

    @property
    def can_go_on(self) -> bool:
        """Whether it is unfinished and has its data."""
        return self.is_unfinished and not self.lacks_data

    @property
    def seconds(self) -> float:
        """Run time, without pauses."""
        with self._lock:
            return self._seconds_before + (monotonic() - self._state_since if self.state == RUNNING else 0.0)

    @property
    def seconds_left(self) -> float | None:
        """Estimated from the speed so far; None before the first step, and for a training without a last step."""
        with self._lock:
            if self.progress.endless or self._first_step is None or self.progress.step <= self._first_step[1]:
                return None
            a_step = (self.seconds - self._first_step[0]) / (self.progress.step - self._first_step[1])
            return a_step * (self.progress.steps - self.progress.step)

    def open(self, file: bytes, network: Network, run: Run, status_text: str) -> None:
        """Take the state in which a file was saved: ended, with the option to continue."""
        with self._lock:
            self.file = file
            self._replay(network, run)
            self.state = STOPPED if self.progress.step < self.progress.steps else FINISHED
            self.status_text = status_text

    def to_arrays(self, *, views: int = 1) -> dict[str, Array]:
        """What the monitor has recorded, as arrays; see RunMonitor."""
        with self._lock:
            return self.progress.to_arrays(views=views)

    def network(self) -> Network:
        """A copy of the network as of the newest snapshot."""
        with self._lock:
            return self.progress.copy_network()

    def _set_data(self, data: DataSource) -> None:
        self.data = data
        self.test_set, self.n_train = test_set(data), n_train(data)

    def _new_monitor(self) -> RunMonitor:
        return RunMonitor(self.layers, self.settings, one_per_class(self.test_set))

    def _replay(self, network: Network, run: Run) -> None:
        """Replay the saved run's events into a new RunMonitor."""
        progress = self._new_monitor()
        for event, seconds in replay_events(run, network, train_digits=self.n_train):
            progress.update(event, seconds)
        progress.steps = progress.steps or run.settings.steps(self.n_train)
        self.progress, self._seconds_before = progress, run.seconds

    def _set_state(self, state: str) -> None:
        if self.state == RUNNING:
            self._seconds_before += monotonic() - self._state_since
        self._state_since = monotonic()
        self.state = state
