"""A network and its run in one safetensors file: data, never code.

The header's metadata holds, as JSON, what the network is made of; the tensors
are its parameters (`layer.0.filters`), the optimiser's state, the losses and the
snapshots (float16). Everything is made contiguous before saving: safetensors
writes a transposed view scrambled without a word.

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
from cnncore.architecture import layers_from_plain, layers_to_plain
from cnncore.classes import checked_names
from cnncore.errors import ConvoscopeError, ModelError
from cnncore.events import Evaluated
from cnncore.memory import Array
from cnncore.network import Network
from cnncore.run import History, Run
from cnncore.settings import Settings

VERSION = 1
_ABOUT = "convoscope"


def save(path: str | os.PathLike[str], network: Network, *, run: Run | None = None) -> None:
    """Write `network`, and its run if there is one, to `path` (.safetensors)."""
    Path(path).write_bytes(to_bytes(network, run=run))


def to_bytes(network: Network, *, run: Run | None = None) -> bytes:
    """The file's content, for a download."""
    tensors = {f"layer.{number}.{name}": values for number, name, values in network.parameters()}
    about: dict[str, Any] = {
        "version": VERSION,
        "layers": layers_to_plain(network.layers),
        "input_shape": list(network.input_shape),
        "seed": network.seed,
        "dtype": network.dtype.name,
        "names": list(network.names),
    }
    if run is not None:
        about["run"] = {
            "settings": run.settings.to_plain(),
            "step": run.step,
            "learning_rate": run.learning_rate,
            "seconds": run.seconds,
            "evaluations": [[e.step, e.epoch, e.wrong, e.digits, e.loss] for e in run.history.evaluations],
            "snapshots": list(run.history.snapshots),
        }
        tensors["losses"] = np.array(run.history.losses, np.float64)
        for slot, state in run.optimizer_state.items():
            tensors |= {f"optimizer.{slot}.{number}.{name}": values for (number, name), values in state.items()}
        for step, params in run.history.snapshots.items():
            tensors |= {f"snapshot.{step}.{number}.{name}": values for (number, name), values in params.items()}
    contiguous = {name: np.ascontiguousarray(values) for name, values in tensors.items()}
    return safetensors_numpy.save(contiguous, metadata={_ABOUT: json.dumps(about)})


def load(source: str | os.PathLike[str] | bytes) -> tuple[Network, Run | None]:
    """A path, or a file's bytes -> network, run (None where none was saved). Raises ModelError."""
    data = source if isinstance(source, bytes) else _read(Path(source))
    if len(data) > limits.MODEL_BYTES:
        raise ModelError(f"The model file is larger than {limits.MODEL_BYTES >> 20} MB: try one saved by this app.")
    try:
        about = _about(data)
        tensors = safetensors_numpy.load(data)
        network = _network(about, tensors)
        return network, _run(about["run"], tensors, network) if "run" in about else None
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


def _about(data: bytes) -> dict[str, Any]:
    """The JSON in the header's metadata; safetensors gives none when it reads bytes."""
    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= min(limits.METADATA_BYTES, len(data) - 8):
        raise ModelError("The model file is cut short, or is no .safetensors file: save it again.")
    about = json.loads(json.loads(data[8 : 8 + size])["__metadata__"][_ABOUT])
    if about["version"] != VERSION:
        raise ModelError(f"The model file has version {about['version']!r}; this app reads {VERSION}: update the app.")
    return about


def _network(about: dict[str, Any], tensors: dict[str, Array]) -> Network:
    if about["dtype"] not in ("float32", "float64"):
        raise ModelError("The model's dtype is neither float32 nor float64: save it again.")
    shape = tuple(about["input_shape"])
    layers = layers_from_plain(about["layers"], input_shape=shape)
    network = Network(layers, input_shape=shape, seed=about["seed"], dtype=about["dtype"])
    for number, name, values in network.parameters():
        values[...] = _checked(tensors, f"layer.{number}.{name}", values.shape)
    network.names = checked_names(about.get("names", list(network.names)), network.classes)
    return network


def _checked(tensors: dict[str, Array], name: str, shape: tuple[int, ...]) -> Array:
    values = tensors.get(name)
    if values is None or values.shape != shape:
        raise ModelError(f"The model's {name} is missing or not of shape {shape}: save the model again.")
    if not np.isfinite(values).all():
        raise ModelError(f"The model's {name} holds values that are no numbers: train again at a lower learning rate.")
    return values


def _run(plain: dict[str, Any], tensors: dict[str, Array], network: Network) -> Run:
    settings = Settings.from_plain(plain["settings"])
    keys = [(number, name, values.shape) for number, name, values in network.parameters()]
    state = {
        slot: {
            (n, name): _checked(tensors, f"optimizer.{slot}.{n}.{name}", shape).astype(network.dtype)
            for n, name, shape in keys
            if f"optimizer.{slot}.{n}.{name}" in tensors
        }
        for slot in settings.make_optimizer().state
    }
    if len(plain["snapshots"]) > limits.SNAPSHOTS:
        raise ModelError(f"The model file holds more than {limits.SNAPSHOTS} snapshots: try one saved by this app.")
    snapshots = {
        int(step): {(n, name): _checked(tensors, f"snapshot.{step}.{n}.{name}", shape) for n, name, shape in keys}
        for step in plain["snapshots"]
    }
    evaluations = [Evaluated(*entry) for entry in plain["evaluations"]]
    losses = [float(loss) for loss in tensors["losses"]]
    return Run(
        settings,
        int(plain["step"]),
        float(plain["learning_rate"]),
        state,
        History(losses, evaluations, snapshots),
        float(plain["seconds"]),
    )
