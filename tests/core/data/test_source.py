"""What is learned from: chosen classes of MNIST, a data set from outside; over the pipe and in a worker."""

import numpy as np
import pytest
from test_worker import Worker

from cnncore import InputError, ModelError, Network, load
from cnncore.architecture.spec import PRESETS, layers_from_dicts, with_output_units
from cnncore.data.class_names import validate_class_names
from cnncore.data.digit_set import DigitSet
from cnncore.data.mnist import training_balance
from cnncore.data.source import OWN_TITLE, DataOrigin, DataSource, train_test_split
from cnncore.training.checkpoint import to_bytes
from cnncore.training.events import Finished, from_dict


@pytest.fixture
def some(few) -> DataSource:
    return DataSource(upload=DigitSet(few.images, few.labels % 3, ("cat", "dog", "fish")), title="pets")


def test_chosen_classes_are_numbered_anew(digits):
    data = DataSource((7, 3))
    chosen = data.filter_classes(digits)
    assert data.names == chosen.names == ("3", "7")
    np.testing.assert_array_equal(chosen.images, digits.images[np.isin(digits.labels, (3, 7))])
    np.testing.assert_array_equal(np.array([3, 7])[chosen.labels], digits.labels[np.isin(digits.labels, (3, 7))])
    assert DataSource().filter_classes(digits) is digits


@pytest.mark.parametrize("classes", [(3,), (3, 3), (3, 10), (-1, 2), ("3", 7), (1.0, 2)])
def test_classes_that_are_none_are_refused(classes):
    with pytest.raises(InputError, match="two or more"):
        DataSource(classes)


def test_a_fifth_of_every_class_is_kept_apart_and_always_the_same(some):
    learn, test = train_test_split(some.upload)
    every = np.bincount(some.upload.labels)
    np.testing.assert_array_equal(np.bincount(test.labels), np.round(every * 0.2))
    np.testing.assert_array_equal(np.bincount(learn.labels) + np.bincount(test.labels), every)
    assert len(np.unique(learn.labels[:20])) == 3  # mixed, so that a part holds every class
    again = train_test_split(some.upload)
    np.testing.assert_array_equal(test.images, again[1].images)
    both = {image.tobytes() for image in learn.images} & {image.tobytes() for image in test.images}
    assert not both
    two = DigitSet(some.upload.images[:4], np.array([0, 0, 1, 1], np.uint8), ("a", "b"))
    assert [len(half) for half in train_test_split(two)] == [2, 2]


def test_data_comes_through_the_pipe_as_it_was(some):
    back = DataSource.from_dict(some.to_dict())
    np.testing.assert_array_equal(back.upload.images, some.upload.images)
    np.testing.assert_array_equal(back.upload.labels, some.upload.labels)
    assert back.names == some.names
    assert DataSource.from_dict(DataSource((1, 2)).to_dict()).classes == (1, 2)
    assert DataSource.from_dict(None).names == tuple("0123456789")


def damaged(some):
    plain = some.to_dict()
    upload = some.upload
    yield {"upload": plain["upload"][:-40], "names": plain["names"]}
    yield {"upload": "%%%", "names": plain["names"]}
    yield {"upload": "A" * 40_000_000, "names": plain["names"]}
    yield {"upload": 7, "names": plain["names"]}
    yield {"names": plain["names"]}
    yield {"upload": plain["upload"], "names": ["a", "b"]}
    yield {"upload": plain["upload"], "names": ["a", "b", "b"]}
    yield {"upload": plain["upload"], "names": "abc"}
    yield {"upload": plain["upload"], "names": ["a", "b", "c", "d"]}
    yield DataSource(upload=DigitSet(upload.images[:, :20], upload.labels, upload.names)).to_dict()
    yield DataSource(upload=DigitSet(upload.images.astype(np.float32), upload.labels, upload.names)).to_dict()
    yield DataSource(upload=upload.subset(slice(5))).to_dict()
    yield []
    yield {"mnist": 7}


def test_damaged_data_is_refused(some):
    for plain in damaged(some):
        with pytest.raises(InputError):
            DataSource.from_dict(plain)


def test_names_from_outside_are_checked():
    assert validate_class_names(["a", "<img>"], 2) == ("a", "<img>")
    for names in (["a"], ["a", "a"], ["a", ""], ["a", "x" * 25], ["a", "b\n"], ["a", 1], None):
        with pytest.raises(InputError):
            validate_class_names(names, 2)


def test_the_last_layer_follows_the_classes():
    for _, layers in PRESETS.values():
        three = with_output_units(layers, 3)
        assert three[-1]["units"] == 3 and three[:-1] == layers[:-1]
        assert with_output_units(three, 10, before=3) == layers
    assert with_output_units([{"layer": "Dense", "units": 7}], 3) == [{"layer": "Dense", "units": 7}]
    assert with_output_units([], 3) == []


def test_names_are_saved_with_the_network():
    network = Network(
        layers_from_dicts(with_output_units(PRESETS["once"][1], 2), input_shape=(28, 28, 1)), input_shape=(28, 28, 1)
    )
    assert load(to_bytes(network))[0].names == ("0", "1")
    network.names = ("cat", "dog")
    data = to_bytes(network)
    assert load(data)[0].names == ("cat", "dog")
    with pytest.raises(ModelError, match="Class names"):
        load(data.replace(b'\\"dog\\"', b'\\"cat\\"'))


@pytest.mark.slow
def test_a_worker_learns_chosen_classes_and_an_upload_past_ninety_percent(digits):
    settings = {"epochs": 2, "threads": 1, "digits": 2000, "batch_size": 32}
    kept = digits.labels < 4
    own = DataSource(upload=DigitSet(digits.images[kept][:2500], digits.labels[kept][:2500], ("o", "I", "Z", "E")))
    for data in (DataSource((3, 7)), own):
        layers = with_output_units(PRESETS["once"][1], len(data.names))
        with Worker({"layers": layers, "settings": settings, "data": data.to_dict()}) as worker:
            events = [from_dict(plain) for plain in worker.events()]
        assert isinstance(events[-1], Finished) and events[-1].test_accuracy > 0.9
        assert events[-1].digits == len(data.load()[1])


def test_a_worker_refuses_a_network_of_other_classes():
    with Worker({"layers": PRESETS["once"][1], "settings": {}, "data": {"mnist": [3, 7]}}) as worker:
        (said,) = worker.events()
    assert said == {"event": "Refused", "message": "The network has 10 outputs, the data has 2 classes."}


def test_the_training_digits_of_each_class_are_counted():
    assert sum(training_balance()) == 60_000 and training_balance()[1] == 6742


@pytest.mark.parametrize("title, said", [("pets", "upload that data again"), (OWN_TITLE, "used, not continued")])
def test_absent_data_says_what_it_takes_to_go_on(title, said):
    absent = DataSource(title=title, missing=DataOrigin(fingerprint="0", title=title))
    with pytest.raises(InputError, match=said):
        absent.load()
