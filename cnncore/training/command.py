"""What the command line does around a training: the data file, the network for its classes, the file of the model."""

import sys
import tempfile
from pathlib import Path

from cnncore.architecture.checker import check_network, first_misfit
from cnncore.architecture.spec import PRESETS, layers_from_dicts, with_output_units
from cnncore.architecture.text import parse_network
from cnncore.data.digit_set import DigitSet
from cnncore.data.source import DataOrigin, DataSource, plain_title
from cnncore.data.uploads.reader import read_upload
from cnncore.errors import InputError
from cnncore.nn.network import Network
from cnncore.training import checkpoint
from cnncore.training.run import Run

INPUT_SHAPE = (28, 28, 1)


def network_for(architecture: str, names: tuple[str, ...], seed: int) -> Network:
    """Build a network with an output for each class. Raises InputError, in the words of the page, where it does not."""
    layers = parse_network(architecture)
    if architecture in PRESETS:
        layers = with_output_units(layers, len(names))
    checks = check_network(layers, INPUT_SHAPE, classes=len(names))
    if (misfit := first_misfit(checks)) is not None:
        raise InputError(f"Layer {misfit + 1} does not fit. {checks[misfit].error}")
    network = Network(layers_from_dicts(layers, input_shape=INPUT_SHAPE), input_shape=INPUT_SHAPE, seed=seed)
    network.names = names
    return network


def try_to_write(path: Path) -> None:
    """Raise InputError before the work begins where its result could not be saved."""
    try:
        if path.is_dir():
            raise IsADirectoryError
        checkpoint.write_atomically(path.with_name(f"{path.name}.try"), b"")
        path.with_name(f"{path.name}.try").unlink()
    except OSError:
        raise InputError(f"{path} cannot be written: choose a file in a folder that exists and is yours.") from None


def save_model(path: Path, network: Network, run: Run) -> None:
    """Save to `path`, or, if that has become impossible meanwhile, to the folder for temporary files."""
    try:
        checkpoint.save(path, network, run=run)
    except OSError:
        elsewhere = Path(tempfile.gettempdir()) / path.name
        checkpoint.save(elsewhere, network, run=run)
        print(f"{path} could not be written: the model is in {elsewhere}.", file=sys.stderr)


def read_data(paths: list[Path]) -> DataSource:
    """Read a data file, or the two of an IDX pair, and say what was found. Raises DataError, InputError."""
    try:
        files = [(path.name, path.read_bytes()) for path in paths]
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read: name a ZIP, NPZ, CSV or an IDX pair.") from None
    digits, report = read_upload(files)
    print("\n".join(report.notes), file=sys.stderr)
    return DataSource(upload=digits, title=plain_title(files[0][0]), test_images=report.test_images)


def data_of(run: Run, data: DataSource | None) -> DataSource:
    """The data that a run was trained on. Raises InputError where --data does not name it."""
    origin = run.origin or DataOrigin()
    if origin.fingerprint and (data is None or data.fingerprint != origin.fingerprint):
        raise InputError(f"It was trained on «{origin.title}»: name that file with --data.")
    if data is not None and not origin.fingerprint:
        raise InputError("It was trained on MNIST: continue it without --data.")
    return data or DataSource(origin.classes)


def digits_to_test(network: Network, run: Run | None, data: DataSource) -> DigitSet:
    """The digits of a data file that the network was not trained on. Raises InputError for other classes."""
    if data.names != network.names:
        raise InputError(
            f"The file's classes are {', '.join(data.names[:10])}, the network's {', '.join(network.names[:10])}: "
            "evaluate it on data of its own classes."
        )
    trained_on_it = run is not None and run.origin is not None and run.origin.fingerprint == data.fingerprint
    return data.train_and_test[1] if trained_on_it or data.upload is None else data.upload
