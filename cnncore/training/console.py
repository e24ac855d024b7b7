"""Training in a terminal: printed progress, and interruption by Ctrl-C."""

import signal
import sys

from cnncore.training.events import Diverged, Evaluated, Event, Finished, StepDone

_BAR = 24


class ConsoleReport:
    """Print events: a progress bar in a terminal, and a line for each test; an endless run has no bar."""

    def __init__(self, endless: bool) -> None:
        self.endless, self.live = endless, sys.stdout.isatty()
        self.speed = 0.0

    def __call__(self, event: Event) -> None:
        match event:
            case StepDone():
                self.speed = event.images_per_second
                if self.live and event.step % 10 == 0:
                    done = event.step / event.steps
                    bar = "█" * round(_BAR * done) + "·" * (_BAR - round(_BAR * done))
                    start = f"step {event.step:,}" if self.endless else f"{bar} {done:4.0%}"
                    line = f"{start}  epoch {event.epoch:5.2f}  loss {event.loss:.3f}"
                    print(f"\r{line}  {event.images_per_second:,.0f} images/s ", end="", flush=True)
            case Evaluated():
                start = "\r\033[K" if self.live else ""
                print(
                    f"{start}epoch {event.epoch:5.2f}  wrong {event.wrong:,} of {event.digits:,} "
                    f"({event.test_accuracy:.2%} right)  loss {event.loss:.4f}  {self.speed:,.0f} images/s",
                    flush=True,
                )
            case Diverged():
                print(f"\nDiverged at step {event.step}. {event.advice}")
            case Finished():
                print(
                    f"Done after {event.seconds:.1f} s: wrong {event.wrong:,} of {event.digits:,} test digits "
                    f"({event.test_accuracy:.2%} right)."
                )


class Interrupt:
    """Ctrl-C takes effect between two steps, so that the saved run can be continued exactly; a second one at once."""

    def __init__(self) -> None:
        self.requested = False

    def __enter__(self) -> "Interrupt":
        self.before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.before)

    def _handle(self, *_: object) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
