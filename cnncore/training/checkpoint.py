"""A network and its run in one safetensors file: data, never code.

The header's metadata describes the layers and the run as JSON; the tensors are
the parameters (`layer.0.filters`), the optimizer's state, the losses and the
snapshots (float16). All tensors are made contiguous before saving, because
safetensors writes a transposed view in the wrong order without an error.

A loaded file is untrusted: sizes are checked before anything is built, and
every name, shape and number before it is used.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as safetensors_numpy

from cnncore import limits
from cnncore.architecture.spec import layers_from_dicts, layers_to_dicts
from cnncore.data.class_names import validate_class_names
from cnncore.errors import ConvoscopeError, ModelError
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.training.events import Evaluated, Snapshots
from cnncore.training.provenance import origin_from_dict, origin_to_dict
from cnncore.training.run import History, Run
from cnncore.training.settings import Settings

VERSION = 1
_MAX_SECONDS = 1e9
_METADATA_KEY = "convoscope"
_HEADER_BYTES_PER_TENSOR = 120  # about


def save(path: str | os.PathLike[str], network: Network, *, run: Run | None = None) -> None:
    """Write `network`, and its run if there is one, to `path` (.safetensors). Raises ModelError, OSError."""
    write_atomically(Path(path), to_bytes(network, run=run))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds either the old content or the new one, never a part. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def to_bytes(network: Network, *, run: Run | None = None) -> bytes:
    """Return the file's content, at most limits.MODEL_BYTES; a large network's file has fewer snapshots.

    Raises ModelError if parameters and optimizer state alone are larger.
    """
    tensors = {f"layer.{index}.{name}": values for index, name, values in network.parameters()}
    metadata: dict[str, Any] = {
        "version": VERSION,
        "layers": layers_to_dicts(network.layers),
        "input_shape": list(network.input_shape),
        "seed": network.seed,
        "dtype": network.dtype.name,
        "names": list(network.names),
        "sure": network.sure_threshold,
    }
    if run is not None:
        snapshots = _snapshots_that_fit(run, network, len(tensors))
        metadata["run"] = {
            "settings": run.settings.to_dict(),
            "step": run.step,
            "learning_rate": run.learning_rate,
            "seconds": run.seconds,
            "evaluations": [[e.step, e.epoch, e.wrong, e.digits, e.loss] for e in run.history.evaluations],
            "snapshots": list(snapshots),
        }
        if run.origin is not None:
            metadata["run"]["data"], images = origin_to_dict(run.origin)
            tensors |= images
        tensors["losses"] = np.array(run.history.losses[-limits.LOSSES :], np.float64)
        for slot, state in run.optimizer_state.items():
            tensors |= {f"optimizer.{slot}.{layer}.{name}": values for (layer, name), values in state.items()}
        for step, params in snapshots.items():
            tensors |= {f"snapshot.{step}.{layer}.{name}": values for (layer, name), values in params.items()}
    contiguous = {name: np.ascontiguousarray(values) for name, values in tensors.items()}
    data = safetensors_numpy.save(contiguous, metadata={_METADATA_KEY: json.dumps(metadata)})
    if len(data) > limits.MODEL_BYTES:
        raise ModelError(
            f"The run takes more than the {limits.MODEL_BYTES >> 20} MB of a model file: try fewer filters or units."
        )
    return data


def _snapshots_that_fit(run: Run, network: Network, tensors_each: int) -> dict[int, Snapshots]:
    """Return the snapshots that are saved: all finite ones; if they are too large, every second, every fourth, …

    The last one is always among them, if any fits.
    """
    snapshots = [
        (step, params)
        for step, params in run.history.snapshots.items()
        if all(np.isfinite(values).all() for values in params.values())
    ]
    states = 1 + len(run.optimizer_state)
    taken = states * network.parameter_count * network.dtype.itemsize + 8 * len(run.history.losses)
    free = limits.MODEL_BYTES - limits.METADATA_BYTES // 2 - taken
    max_count = min(free // (2 * network.parameter_count + _HEADER_BYTES_PER_TENSOR * tensors_each), limits.SNAPSHOTS)
    if max_count < 1:
        return {}
    while len(snapshots) > max_count:
        snapshots = snapshots[::-2][::-1]
    return dict(snapshots)


def load(source: str | os.PathLike[str] | bytes) -> tuple[Network, Run | None]:
    """Load a network and its run (None if none was saved) from a path or a file's bytes. Raises ModelError."""
    data = source if isinstance(source, bytes) else _read(Path(source))
    if len(data) > limits.MODEL_BYTES:
        raise ModelError(f"The model file is larger than {limits.MODEL_BYTES >> 20} MB: try one saved by this app.")
    try:
        metadata = _metadata(data)
        tensors = safetensors_numpy.load(data)
        network = _network(metadata, tensors)
        return network, _run(metadata["run"], tensors, network) if "run" in metadata else None
    except ModelError:
        raise
    except ConvoscopeError as error:
        raise ModelError(f"The model file does not describe a network that can be built. {error}") from None
    except (
        SafetensorError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        RecursionError,
        OverflowError,
    ):
        raise ModelError("This is not a model file of this app: try one that it saved (.safetensors).") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.MODEL_BYTES + 1)
    except OSError:
        raise ModelError(f"The model file {path.name} cannot be read: check that it is there.") from None


def _metadata(data: bytes) -> dict[str, Any]:
    """Return the JSON in the header's metadata, which safetensors does not return when it reads bytes."""
    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= min(limits.METADATA_BYTES, len(data) - 8):
        raise ModelError("The model file is cut short, or is no .safetensors file: save it again.")
    metadata = json.loads(json.loads(data[8 : 8 + size])["__metadata__"][_METADATA_KEY])
    if metadata["version"] != VERSION:
        raise ModelError(
            f"The model file has version {metadata['version']!r}; this app reads {VERSION}: update the app."
        )
    return metadata


def _network(metadata: dict[str, Any], tensors: dict[str, Array]) -> Network:
    if metadata["dtype"] not in ("float32", "float64"):
        raise ModelError("The model's dtype is neither float32 nor float64: save it again.")
    shape = tuple(metadata["input_shape"])
    layers = layers_from_dicts(metadata["layers"], input_shape=shape)
    network = Network(layers, input_shape=shape, seed=metadata["seed"], dtype=metadata["dtype"])
    for layer, name, values in network.parameters():
        values[...] = _checked(tensors, f"layer.{layer}.{name}", values.shape)
    network.names = validate_class_names(metadata.get("names", list(network.names)), network.classes)
    network.sure_threshold = metadata.get("sure", limits.SURE)  # files of version 0.2 and before have none
    if type(network.sure_threshold) is not float or not 0 < network.sure_threshold <= 1:
        raise ModelError("The model's threshold for sure predictions is no probability: save it again.")
    return network


def _checked(tensors: dict[str, Array], name: str, shape: tuple[int, ...]) -> Array:
    values = tensors.get(name)
    if values is None or values.shape != shape:
        raise ModelError(f"The model's {name} is missing or not of shape {shape}: save the model again.")
    if not np.isfinite(values).all():
        raise ModelError(f"The model's {name} holds values that are not finite: train again at a lower learning rate.")
    return values


def _run(plain: dict[str, Any], tensors: dict[str, Array], network: Network) -> Run:
    settings = Settings.from_dict(plain["settings"])
    keys = [(layer, name, values.shape) for layer, name, values in network.parameters()]
    state = {
        slot: {
            (n, name): _checked(tensors, f"optimizer.{slot}.{n}.{name}", shape).astype(network.dtype)
            for n, name, shape in keys
            if f"optimizer.{slot}.{n}.{name}" in tensors
        }
        for slot in settings.make_optimizer().state
    }
    step, rate, seconds = plain["step"], plain["learning_rate"], plain["seconds"]
    if not _is_count(step) or step > limits.STEPS or rate not in limits.LEARNING_RATE or not _is_duration(seconds):
        raise ModelError("The model file's run is at a step that no training can reach: save it again.")
    if len(plain["snapshots"]) > limits.SNAPSHOTS:
        raise ModelError(f"The model file holds more than {limits.SNAPSHOTS} snapshots: try one saved by this app.")
    snapshots = {
        at: {
            (n, name): _checked(tensors, f"snapshot.{at}.{n}.{name}", shape).astype(np.float16)
            for n, name, shape in keys
        }
        for at in plain["snapshots"]
        if _is_count(at)
    }
    evaluations = [Evaluated(*entry) for entry in plain["evaluations"][: limits.EVALUATIONS]]
    if not all(map(_is_test, evaluations)):
        raise ModelError("The model file's run holds a test without digits: save it again.")
    losses = tensors["losses"]
    if losses.ndim != 1 or len(losses) > min(step, 2 * limits.LOSSES) or losses.dtype != np.float64:
        raise ModelError("The model file's run holds more losses than steps: save it again.")
    history = History(losses.tolist(), evaluations, snapshots)
    origin = origin_from_dict(plain.get("data"), tensors, network)
    return Run(settings, step, float(rate), state, history, float(seconds), origin)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MAX_SECONDS


def _is_test(e: Evaluated) -> bool:
    return (
        _is_count(e.step)
        and _is_count(e.wrong)
        and _is_count(e.digits)
        and e.wrong <= e.digits > 0
        and _is_duration(e.epoch)
    )
