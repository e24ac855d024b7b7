"""Training on one's own digits without a browser: what is learned from, from which weights, and what it comes to."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnncore import InputError, limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.mnist import load_mnist_training
from cnncore.data.pen_drawings import load_pen_drawings
from cnncore.data.rehearsal import rehearsal_epoch, rehearsal_size, repetitions
from cnncore.data.source import DataSource
from cnncore.data.strokes import draw_strokes
from cnncore.training import checkpoint
from pages.ui.jobs import registry
from pages.ui.session import current_network, my_digits, pretrained
from pages.ui.shared.fine_tuning_report import learned_and_new, right_of
from pages.ui.train import fine_tuning
from pages.ui.train.dashboard.run_controls import current_of

ROOT = Path(__file__).parents[2]
CROSSES = np.zeros((10, 28, 28, 1), np.uint8)  # ten crosses, which someone writes for a 5
for number, cross in enumerate(CROSSES):
    for k in range(16):
        cross[6 + k, 6 + k : 9 + k] = cross[6 + k, 19 - k : 22 - k] = 255 - 8 * number


@pytest.fixture(autouse=True)
def _no_training_left():
    yield
    for job in registry.registry()._jobs.values():
        if job.process is not None:
            job.process.kill()
            job.process.wait(10)
    registry.registry()._jobs.clear()


def own(count):
    return DigitSet(CROSSES[:count], np.full(count, 5, np.uint8))


def test_an_epoch_holds_each_own_digit_often_among_others_digits_letters_and_scribbles():
    mnist = load_mnist_training()
    learned = rehearsal_epoch(own(3), mnist)
    no_digits = limits.BESIDE_LETTERS + limits.BESIDE_SCRIBBLES
    digits = 3 * repetitions(3) + limits.BESIDE_DIGITS
    assert len(learned) == rehearsal_size(3) == digits + limits.BESIDE_PEN_DIGITS + no_digits
    assert (learned.images == CROSSES[2]).all(axis=(1, 2, 3)).sum() == repetitions(3) == limits.OWN_TIMES
    assert (learned.labels[: 3 * repetitions(3)].argmax(axis=1) == 5).all()
    np.testing.assert_allclose(learned.labels[-no_digits:], 0.1)
    pens = {draw_strokes(d.strokes).tobytes(): d.digit for d in load_pen_drawings() if d.training}
    for image, target in zip(learned.images[digits:-no_digits], learned.labels[digits:-no_digits], strict=True):
        assert pens[image.tobytes()] == target.argmax()
    assert all(pens[image.tobytes()] is None for image in learned.images[-no_digits : -limits.BESIDE_SCRIBBLES])
    beside = learned.images[3 * repetitions(3) : digits].reshape(limits.BESIDE_DIGITS, -1)
    known = {image.tobytes(): label for image, label in zip(mnist.images, mnist.labels, strict=True)}
    labels = learned.labels[3 * repetitions(3) : digits].argmax(axis=1)
    assert [known[image.tobytes()] for image in beside] == labels.tolist()
    assert repetitions(limits.MY_DIGITS) * limits.MY_DIGITS <= limits.OWN_IN_ALL


def test_the_worker_is_handed_the_same_digits():
    again = DataSource.from_dict(DataSource(user_digits=own(4)).to_dict())
    assert again.user_digits is not None
    np.testing.assert_array_equal(again.user_digits.images, CROSSES[:4])
    assert again.user_digits.labels.tolist() == [5] * 4


@pytest.mark.parametrize(
    "digits",
    [
        DigitSet(CROSSES[:0], np.empty(0, np.uint8)),
        DigitSet(CROSSES[:2], np.array([5, 10], np.uint8)),
        DigitSet(CROSSES[:2], np.array([5], np.uint8)),
        DigitSet(CROSSES[:2].astype(np.float32), np.array([5, 5], np.uint8)),
        DigitSet(np.zeros((limits.MY_DIGITS + 1, 28, 28, 1), np.uint8), np.zeros(limits.MY_DIGITS + 1, np.uint8)),
    ],
)
def test_the_worker_refuses_what_are_no_own_digits(digits):
    with pytest.raises(InputError, match="damaged"):
        DataSource.from_dict(DataSource(user_digits=digits).to_dict())


def opened(count):
    test = AppTest.from_file(str(ROOT / "pages" / "train.py"), default_timeout=60)
    test.session_state[my_digits._KEY] = tuple(
        my_digits.UserDigit(n, 5, image) for n, image in enumerate(CROSSES[:count])
    )
    test.session_state[my_digits.TRAIN_ON_THEM] = True
    return test.run()


def ended(test, seconds=240):
    end = time.monotonic() + seconds
    job = registry.registry().get(test.session_state["train.job"])
    while job.is_active and time.monotonic() < end:
        time.sleep(0.2)
    assert job.state == "finished", job.status_text
    return job


def test_it_goes_on_from_the_network_that_answers_and_reads_the_digits_it_was_given(monkeypatch):
    monkeypatch.setattr(fine_tuning, "_SETTINGS", replace(fine_tuning._SETTINGS, epochs=2, learning_rate=0.05))
    test = opened(10)
    assert not test.exception
    job = registry.registry().get(test.session_state["train.job"])
    before = pretrained.pretrained()
    assert len(job.data.user_digits) == 8 and job.start.network is before
    job = ended(test)
    assert 0 < job.progress.timeline.steps[-1] == job.progress.step == job.progress.steps
    at, params = job.progress.timeline.nearest(0)
    assert at == 0
    np.testing.assert_allclose(params[0, "filters"], before.layers[0].params["filters"], atol=1e-3)
    after = current_of(job)
    assert after.name == "pretrained + 8 of your digits"
    test.run()
    table = next(html.proto.body for html in test.get("html") if "before-after" in html.proto.body)
    kept = test.session_state[my_digits._KEY]
    assert right_of(current_network.pretrained(), kept[:8]) == 0 < right_of(after, kept[:8])
    assert f"<td>0</td><td>{right_of(after, (*kept[:4], *kept[5:9]))}</td>" in table
    assert f"<td>{current_network.pretrained().wrong}</td><td>{after.wrong}</td>" in table and after.wrong < 300


def test_what_was_learned_is_told_from_what_is_new(monkeypatch):
    kept = tuple(my_digits.UserDigit(n, 5, image) for n, image in enumerate(CROSSES))
    monkeypatch.setattr("pages.ui.shared.fine_tuning_report.user_digits", lambda: kept)
    current = current_network.SessionNetwork(pretrained.pretrained(), "mine", learned=frozenset({CROSSES[3].tobytes()}))
    learned, new = learned_and_new(current)
    assert [each.id for each in learned] == [3] and len(new) == 9


def test_without_digits_or_with_other_classes_it_is_one_sentence():
    test = opened(0)
    assert not test.exception and "No digits of your own are kept yet" in test.info[0].value
    network = checkpoint.load(pretrained.MODELS / "dense.safetensors")[0]  # its own, for it is renamed
    network.names = tuple("abcdefghij")
    test.session_state["workbench_network"] = current_network.SessionNetwork(network, "letters")
    test.session_state[my_digits._KEY] = (my_digits.UserDigit(0, 5, CROSSES[0]),)
    test.session_state[my_digits.TRAIN_ON_THEM] = True
    test.run()
    assert not test.exception and "other classes" in test.info[0].value
