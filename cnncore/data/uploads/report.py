"""What is known of a data set that was read: what was decided about it as a whole, and what was left out."""

from dataclasses import dataclass
from typing import NamedTuple

from cnncore.data.digit_set import DigitSet
from cnncore.nn.arrays import Array


@dataclass(frozen=True)
class Skipped:
    """What was left out: why, how often, and where first."""

    reason: str
    count: int
    first: str


@dataclass(frozen=True)
class Finding:
    """A decision about a data set as a whole.

    setting       the keyword of `read_upload` that overrides it: "values", "ink", "turn" or "split"
    chosen        the value of that keyword that gives the same
    alternatives  its other values
    text          one sentence that says what was found and what was done
    doubtful      whether another of them may be the right one
    usual         whether it is how MNIST's own files are, so that nothing was changed
    """

    setting: str
    chosen: str
    alternatives: tuple[str, ...]
    text: str
    doubtful: bool = False
    usual: bool = False


class Report(NamedTuple):
    """How a data set came to be.

    balance      images of each class, in the order of the classes
    inverted     how many images were dark on light
    findings     what was decided about the data set as a whole
    test_images  how many of the images, the last ones, the file itself keeps for testing; 0 where it keeps none
    """

    format: str
    found: int
    skipped: tuple[Skipped, ...]
    balance: tuple[int, ...]
    inverted: int
    findings: tuple[Finding, ...] = ()
    test_images: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """The report as sentences."""
        notes = [f"{self.format}: {self.found:,} images found, {sum(self.balance):,} used."]
        for finding in self.findings:
            if finding.doubtful:
                notes.append(f"{finding.text} That is doubtful: look at the images, and choose otherwise if need be.")
            elif not finding.usual:
                notes.append(finding.text)
        for skipped in self.skipped:
            first = f" (first: {skipped.first})" if skipped.first else ""
            notes.append(f"Skipped {skipped.count:,}: {skipped.reason.rstrip('.')}{first}.")
        return tuple(notes)


class Upload(NamedTuple):
    """A labelled data set, and a report of how it was read."""

    digits: DigitSet
    report: Report

    @property
    def images(self) -> Array:
        """The images, (N, 28, 28, 1) uint8, ink high."""
        return self.digits.images

    @property
    def labels(self) -> Array:
        """The class index of each image, (N,) uint8."""
        return self.digits.labels

    @property
    def class_names(self) -> tuple[str, ...]:
        """The name of each class, in the order of the class indices."""
        return self.digits.names

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was decided about the data set as a whole."""
        return self.report.findings

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read, decided and skipped, as sentences."""
        return self.report.notes
