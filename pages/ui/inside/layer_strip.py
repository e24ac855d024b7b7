"""What every view inside a network shows: the strip of all layers, and the answer."""

from typing import Any

import numpy as np

from cnncore import Network, Prediction
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D, Dense
from cnncore.tracing.contributions import trace_contributions
from cnncore.tracing.network import NetworkTrace
from pages.ui.components.loader import packed
from pages.ui.shared.layer_labels import is_answer, name_of, shown_layers, signed_layers

MAPS = 32  # filters of a layer in one view
STRIP_MAPS = 64  # most maps of a layer in the strip
UNITS = 128  # most units of a dense layer in the strip

Data = dict[str, Any]


def strip_data(trace: NetworkTrace, names: tuple[str, ...] | None = None) -> list[Data]:
    """The image and every shown layer, as signed bytes scaled by the layer's largest magnitude; the classes' names."""
    signed = signed_layers(trace.network)
    strip = [{"number": 0, "name": "image", "kind": "maps", "signed": False, "count": 1, "maps": _bytes(trace.image)}]
    for n in shown_layers(trace.network):
        output = trace.outputs[n]
        kind = "maps" if output.ndim == 3 else "digits" if is_answer(trace.network, n) else "units"
        some = output[..., : STRIP_MAPS if kind == "maps" else UNITS]
        strip.append(
            {
                "number": n + 1,
                "name": name_of(trace.network, n),
                "kind": kind,
                "signed": signed[n],
                "count": output.shape[-1],
                "maps": _bytes(some),
                "edges": edges_data(trace, n),
                "names": list(names or map(str, range(output.shape[-1]))) if kind == "digits" else [],
            }
        )
    return strip


def edges_data(trace: NetworkTrace, layer: int) -> Data | None:
    """What each map contributes to each map of a layer, (maps before, maps) as signed bytes.

    The magnitude is the sum of the products' magnitudes, scaled by each map's largest; the sign is that of their sum.
    None for a layer whose maps each read one map.
    """
    if not isinstance(trace.network.layers[layer], Conv2D | Dense):
        return None
    contributions, magnitudes = (values[:UNITS] for values in trace_contributions(trace, layer, UNITS))
    largest = magnitudes.max(axis=0)
    relative = magnitudes / np.where(largest > 0, largest, 1)
    return packed(np.rint(np.where(contributions < 0, -127, 127) * relative).astype(np.int8))


def answer_data(logits: Array, network: Network, top: int = 3) -> Data:
    """Logits (classes,) of `network` as an answer: the `top` classes by probability, and what all are called."""
    prediction = Prediction.from_logits(logits, network.names, network.sure_threshold)
    return {
        "logits": logits.tolist(),
        "probabilities": prediction.probabilities.tolist(),
        "best": list(prediction.ranking[:top]),
        "digit": prediction.label,
        "names": list(prediction.class_names),
        "sure": prediction.sure,
    }


def _bytes(maps: Array) -> Data:
    largest = float(np.abs(maps).max()) or 1.0
    return packed(np.rint(maps * (127 / largest)).astype(np.int8))
