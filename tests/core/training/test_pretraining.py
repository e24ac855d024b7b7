"""The training set of the networks of the app, the command that trains them, and the threshold it chooses."""

import numpy as np
import pytest

from cnncore import Network, Settings, load
from cnncore import __main__ as command_line
from cnncore.architecture.spec import preset
from cnncore.data import pretraining_set as sets
from cnncore.data.digit_set import DigitSet
from cnncore.training import pretraining
from cnncore.training.events import StepDone
from cnncore.training.pretraining import ValidationDrawings, sure_threshold
from cnncore.training.trainer import evaluate, train


@pytest.fixture
def small(monkeypatch):
    """Every fortieth drawing, few styles and scribbles."""
    every, styles = sets.load_pen_drawings(), sets.load_styles()
    chosen = range(0, len(every), 40)
    few = tuple(every[index] for index in chosen)
    listed = {name: frozenset(n for n, index in enumerate(chosen) if index in styles[name]) for name in styles}
    monkeypatch.setattr(sets, "load_pen_drawings", lambda: few)
    monkeypatch.setattr(sets, "load_styles", lambda: listed)
    monkeypatch.setattr(sets, "STYLE_DIGITS", 20)
    monkeypatch.setattr(sets, "SCRIBBLES", 10)
    return few


def test_digits_have_their_labels_and_what_is_no_digit_the_same_target_for_all(small, few):
    whole = sets.pretraining_set(few)
    digits, others = sets.sample_pen_drawings()
    known = len(few) + len(digits) + 20
    assert len(whole) == known + len(others) + 10
    np.testing.assert_array_equal(whole.images[: len(few)], few.images)
    np.testing.assert_array_equal(whole.images[len(few) : len(few) + len(digits)], digits.images)
    assert (whole.labels[: len(few)].argmax(axis=1) == few.labels).all()
    assert (whole.labels[:known].max(axis=1) == 1).all() and (whole.labels[:known].sum(axis=1) == 1).all()
    np.testing.assert_allclose(whole.labels[known:], 0.1)
    training = [drawing for drawing in small if drawing.training]
    assert 0.7 * sets.DIGIT_COPIES < len(digits) / sum(d.digit is not None for d in training) < 1.3 * sets.DIGIT_COPIES
    assert 0.7 * sets.OTHER_COPIES < len(others) / sum(d.digit is None for d in training) < 1.3 * sets.OTHER_COPIES


def test_every_copy_is_another_and_the_same_every_time(small):
    (digits, others), (again, _) = sets.sample_pen_drawings(2, 1), sets.sample_pen_drawings(2, 1)
    np.testing.assert_array_equal(digits.images, again.images)
    assert len({image.tobytes() for image in digits.images}) == len(digits)
    assert digits.images.shape[1:] == others.shape[1:] == (28, 28, 1)


def test_a_drawing_of_validation_writers_or_that_nobody_can_read_is_left_out(small, monkeypatch):
    ones = [n for n, drawing in enumerate(small) if drawing.training and drawing.digit == 1]
    styles = sets.load_styles()
    monkeypatch.setattr(sets, "load_styles", lambda: styles | {"unreadable": frozenset(ones)})
    digits, _ = sets.sample_pen_drawings(1, 1)
    assert set(digits.labels.tolist()) == set(range(10)) - {1}
    monkeypatch.setattr(sets, "load_pen_drawings", lambda: tuple(d._replace(training=d.digit != 2) for d in small))
    digits, _ = sets.sample_pen_drawings(1, 1)
    assert 2 not in digits.labels


def test_the_command_trains_and_chooses_the_threshold(small, few, monkeypatch, tmp_path, capsys):
    drawings = ValidationDrawings(few, np.arange(len(few)), np.zeros((5, 28, 28, 1), np.uint8))
    monkeypatch.setattr(command_line, "load_mnist", lambda: (few, few))
    monkeypatch.setattr(command_line, "validation_drawings", lambda: drawings)
    assert command_line.main(["pretrain", "dense", "--folder", str(tmp_path), "--epochs", "1"]) == 0
    network, run = load(tmp_path / "dense.safetensors")
    assert run.settings.augmentation == pretraining.AUGMENTATION and run.settings.epochs == 1
    assert network.sure_threshold == sure_threshold(network, drawings)
    assert f"sure from a probability of {network.sure_threshold:.2f}" in capsys.readouterr().out
    assert not (tmp_path / "convolutional.safetensors").exists()


def test_the_network_gets_the_mean_of_its_last_weights(few, monkeypatch):
    monkeypatch.setattr(pretraining, "_AVERAGE_EVERY", 2)
    monkeypatch.setattr(pretraining, "AVERAGED_SHARE", 0.5)
    settings = Settings(epochs=2, batch_size=len(few) // 5, threads=1)
    steps = settings.steps(len(few))
    seen = {}
    network = Network(preset("dense"), input_shape=(28, 28, 1), seed=settings.seed)
    for event in train(network, few, few, settings):
        if isinstance(event, StepDone):
            seen[event.step] = {
                (layer, name): values.astype(np.float64) for layer, name, values in network.parameters()
            }
    averaged, run = pretraining.pretrain("dense", few, few, settings, lambda event: None)
    counted = [step for step in seen if step > steps / 2 and step % 2 == 0]
    assert 2 <= len(counted) < steps / 2
    for layer, name, values in averaged.parameters():
        expected = np.mean([seen[step][layer, name] for step in counted], axis=0)
        np.testing.assert_allclose(values, expected, atol=1e-6)
        np.testing.assert_array_equal(run.history.snapshots[run.step][layer, name], values.astype(np.float16))
    wrong, loss = evaluate(averaged, few)
    assert (run.history.evaluations[-1].wrong, run.history.evaluations[-1].loss) == (wrong, loss)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["dens"], "Unknown network 'dens': try convolutional or dense."), (["dense", "--epochs", "0"], "epochs lies in")],
)
def test_the_command_refuses_nonsense_in_one_sentence_before_it_draws(words, sentence, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command_line, "pretraining_set", lambda mnist: pytest.fail("It has begun."))
    assert command_line.main(["pretrain", *words, "--folder", str(tmp_path)]) == 1
    assert sentence in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_the_threshold_refuses_what_is_no_digit(few):
    class Answers:
        def predict(self, images):
            sure = np.where(images.any(axis=(1, 2, 3)), 0.9, 0.7)[:, None]
            labels = np.eye(10)[few.labels] if len(images) == len(few) else np.eye(10)[np.zeros(len(images), int)]
            return labels * sure + (1 - labels) * (1 - sure) / 9

    drawings = ValidationDrawings(DigitSet(few.images, few.labels), np.arange(len(few)), np.zeros((5, 28, 28, 1)))
    assert sure_threshold(Answers(), drawings) == 0.71
