"""Training repeats bit by bit, resumes exactly, reports, obeys and learns."""

import numpy as np
import pytest

from cnncore import (
    Augmentation,
    Conv2D,
    Dense,
    Diverged,
    Dropout,
    Evaluated,
    Finished,
    Flatten,
    InputError,
    MaxPool2D,
    Network,
    ReLU,
    Run,
    Settings,
    Snapshot,
    StepDone,
    evaluate,
    load,
    save,
    softmax_cross_entropy,
    train,
)
from cnncore.data.digit_set import fixed_sample
from cnncore.training.events import EvaluationAnswers, LayerStats, from_dict, to_dict
from cnncore.training.run import snapshot_steps

EVERYTHING = Settings(
    epochs=2, batch_size=90, seed=5, evaluate_every=2, augmentation=Augmentation(10, 0.1, 0.1, 1, 1, 0.3), threads=1
)


def network():
    layers = [Conv2D(4, 3), ReLU(), MaxPool2D(2), Flatten(), Dropout(0.2), Dense(10)]
    return Network(layers, input_shape=(28, 28, 1), seed=5)


def weights(net):
    return [values.tobytes() for _, _, values in net.parameters()]


def trained(few, settings, **more):
    net = network()
    events = list(train(net, few, few, settings, **more))
    return net, events


def test_one_thread_or_two_give_the_same_bits(few):
    one, _ = trained(few, EVERYTHING)
    two, _ = trained(few, Settings(**{**EVERYTHING.__dict__, "threads": 2}))
    again, _ = trained(few, EVERYTHING)
    other, _ = trained(few, Settings(**{**EVERYTHING.__dict__, "seed": 6}))
    assert weights(one) == weights(two) == weights(again)
    assert weights(one) != weights(other)


@pytest.mark.parametrize("count", [150, 151])  # three chunks of 50 images; one of 51 and two of 50
def test_three_steps_equal_three_steps_by_hand_over_the_whole_batch(digits, count):
    some, rate = digits.subset(np.s_[:count]), 0.1
    layers = [Conv2D(4, 3), ReLU(), MaxPool2D(2), Flatten(), Dense(10)]
    by_hand = Network(layers, input_shape=(28, 28, 1), seed=5, dtype=np.float64)
    losses, velocity = [], {(number, name): 0.0 for number, name, _ in by_hand.parameters()}
    for step in range(3):
        logits, caches = by_hand.forward(some.images)
        loss, logits_grad = softmax_cross_entropy(logits, some.labels)
        grads = by_hand.backward(logits_grad, caches)
        losses.append(loss)
        for number, name, values in by_hand.parameters():
            velocity[number, name] = 0.5 * velocity[number, name] + grads[number][name]
            values -= rate * (3 - step) / 3 * velocity[number, name]  # linear decay: 1, 2/3, 1/3 of the rate
    layers = [Conv2D(4, 3), ReLU(), MaxPool2D(2), Flatten(), Dense(10)]
    trained = Network(layers, input_shape=(28, 28, 1), seed=5, dtype=np.float64)
    settings = Settings(epochs=3, batch_size=count, learning_rate=rate, momentum=0.5, decay="linear")
    steps = [event for event in train(trained, some, some, settings) if isinstance(event, StepDone)]
    np.testing.assert_allclose([event.loss for event in steps], losses, rtol=0, atol=1e-12)
    for (number, name, values), (_, _, expected) in zip(trained.parameters(), by_hand.parameters(), strict=True):
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12, err_msg=f"{number} {name}")


def test_the_test_loss_is_the_mean_over_all_digits_however_they_are_shared(digits):
    """Seven digits on two threads are four and three."""
    some = digits.subset(np.s_[:7])
    net = Network([Flatten(), Dense(10)], input_shape=(28, 28, 1), seed=5, dtype=np.float64)
    expected = evaluate(net, some)
    first = next(train(net, some, some, Settings(epochs=1, threads=2)))
    assert isinstance(first, Evaluated) and first.wrong == expected[0]
    assert first.loss == pytest.approx(expected[1], abs=1e-12)
    logits, _ = net.forward(some.images)
    each = [softmax_cross_entropy(logits[n : n + 1], some.labels[n : n + 1])[0] for n in range(7)]
    assert first.loss == pytest.approx(sum(each) / 7, abs=1e-12)


@pytest.mark.parametrize("stop", [3, 6])  # within the first epoch, and within the second
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_resumed_equals_uninterrupted(few, tmp_path, optimizer, stop):
    settings = Settings(**{**EVERYTHING.__dict__, "optimizer": optimizer, "learning_rate": 0.01})
    whole, events = trained(few, settings)
    net, run = network(), Run(settings)
    for event in train(net, few, few, settings, resume=run):
        if isinstance(event, StepDone) and event.step == stop:
            break
    save(tmp_path / "half.safetensors", net, run=run)
    net, run = load(tmp_path / "half.safetensors")
    rest = list(train(net, few, few, run.settings, resume=run))
    assert weights(net) == weights(whole)
    assert [e.step for e in rest if isinstance(e, StepDone)] == list(range(stop + 1, 9))
    assert run.history.losses == [e.loss for e in events if isinstance(e, StepDone)]
    assert [e.wrong for e in run.history.evaluations] == [e.wrong for e in events if isinstance(e, Evaluated)]


def test_every_step_and_every_chunk_draws_its_own_numbers(digits, monkeypatch):
    """Two steps of two chunks each: four different draws, for the augmentation and for dropout."""
    augmented, dropped = [], []

    class Watched(Dropout):
        def forward(self, x, *, training=False, rng=None, workspace=None):
            if training:
                dropped.append(tuple(rng.random(4)))
            return x, (None,)

    def watched(self, images, rng):
        augmented.append(tuple(rng.random(4)))
        return images

    monkeypatch.setattr(Augmentation, "apply", watched)
    net = Network([Flatten(), Watched(0.5), Dense(10)], input_shape=(28, 28, 1))
    some = digits.subset(np.s_[:100])
    list(train(net, some, some, Settings(epochs=2, batch_size=100, augmentation=Augmentation(rotate=1), threads=1)))
    for draws in (augmented, dropped):
        assert len(draws) == len(set(draws)) == 4
    assert not set(augmented) & set(dropped)


def test_events_in_order(few):
    _, events = trained(few, EVERYTHING)
    assert [e.step for e in events if isinstance(e, StepDone)] == list(range(1, 9))
    assert [e.step for e in events if isinstance(e, Evaluated)] == [0, 2, 4, 6, 8]
    assert [e.step for e in events if isinstance(e, Snapshot)] == sorted(snapshot_steps(8))
    assert isinstance(events[-1], Finished) and events[-1].digits == 300
    for event in events:
        again = from_dict(to_dict(event))
        assert to_dict(again) == to_dict(event)


def test_snapshots_are_copies_dense_early():
    steps = sorted(snapshot_steps(2345))
    assert steps[0] == 0 and steps[-1] == 2345 and 30 <= len(steps) <= 42
    assert steps[:5] == [0, 1, 2, 3, 4] or steps[:4] == [0, 1, 2, 3]


def test_the_step_is_the_last_of_its_events(few):
    events = list(train(network(), few, few, EVERYTHING))
    steps = [index for index, event in enumerate(events) if isinstance(event, StepDone)]
    assert {LayerStats, Snapshot, Evaluated, EvaluationAnswers} <= {type(event) for event in events[: steps[-1]]}
    for index in steps:
        assert all(event.step > events[index].step for event in events[index + 1 :] if not isinstance(event, Finished))


def test_the_learning_rate_changes_while_it_runs(few):
    settings = Settings(**{**EVERYTHING.__dict__, "decay": "none"})
    events = train(network(), few, few, settings)
    next(events)
    rates = [event.rate for event in (events.send(0.02) for _ in range(10)) if isinstance(event, StepDone)]
    assert rates and set(rates) == {0.02}
    with pytest.raises(InputError, match=r"try 0\.05"):
        events.send(float("nan"))


def test_a_diverged_run_says_so_and_leaves_no_warning(few):
    net = network()
    net.layers[-1].params["weights"][...] *= 1e38
    events = list(train(net, few, few, EVERYTHING))
    assert isinstance(events[-1], Diverged)
    assert "try a learning rate of 0.01" in events[-1].advice


@pytest.mark.slow
def test_it_learns(digits, few):
    net = network()
    *_, last = train(net, digits.subset(np.s_[1000:5000]), few, Settings(epochs=3, augmentation=Augmentation()))
    assert last.test_accuracy > 0.9


def test_the_sample_is_always_the_same(digits):
    one, two = fixed_sample(digits), fixed_sample(digits)
    assert len(one) == 1000 and (one.images == two.images).all()


def test_sets_that_do_not_fit(few):
    with pytest.raises(InputError, match="at least one digit"):
        next(train(network(), few.subset(np.s_[:0]), few, EVERYTHING))


@pytest.mark.parametrize(
    "bad",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"batch_size": 1.5},
        {"learning_rate": float("nan")},
        {"learning_rate": 1e6},
        {"momentum": 1.0},
        {"optimizer": "magic"},
        {"decay": "up"},
        {"digits": 5},
        {"seed": -1},
        {"threads": 100},
        {"seed": True},
    ],
)
def test_settings_out_of_bounds(bad):
    with pytest.raises(InputError, match=r"try|lies in"):
        Settings(**bad)


ENDLESS = {**EVERYTHING.__dict__, "epochs": None, "decay": "none"}


def stopped_after(net, few, run, step):
    """Train until that step is done, and no further."""
    for event in train(net, few, few, run.settings, resume=run):
        if isinstance(event, StepDone) and event.step == step:
            return


def test_until_stopped_begins_as_a_fixed_run_does_and_goes_on_from_its_file(few, tmp_path):
    fixed, _ = trained(few, Settings(**{**EVERYTHING.__dict__, "decay": "none"}))  # eight steps
    net, run = network(), Run(Settings(**ENDLESS))
    stopped_after(net, few, run, 3)
    save(tmp_path / "stopped.safetensors", net, run=run)
    net, run = load(tmp_path / "stopped.safetensors")
    assert run.settings.epochs is None
    stopped_after(net, few, run, 8)
    assert weights(net) == weights(fixed)
    stopped_after(net, few, run, 20)  # far past where the other ended
    assert run.step == 20 and weights(net) != weights(fixed)


def test_until_stopped_ends_at_the_most_steps_and_keeps_what_is_bounded(few, monkeypatch):
    monkeypatch.setattr("cnncore.limits.STEPS", 30)
    _, events = trained(few, Settings(**ENDLESS))
    assert events[-1].step == 30 and isinstance(events[-1], Finished)
    assert {e.steps for e in events if isinstance(e, StepDone)} == {30}
    assert len(snapshot_steps(3_000_000)) < 80 < 400


def test_without_an_end_there_is_none_to_fall_to():
    with pytest.raises(InputError, match="Until it is stopped, linear decay has no end to fall to: try decay none"):
        Settings(epochs=None)
    assert Settings(epochs=None, decay="none").steps(60_000) == 3_000_000
    assert Settings(epochs=2, batch_size=100, digits=250).steps(60_000) == 6
