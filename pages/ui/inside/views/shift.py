"""An image moved over its sheet, before one or two networks: the maps move along, the answers may not hold."""

import json
from functools import cache
from typing import Any

import numpy as np

from cnncore import Network, Prediction
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D
from cnncore.tracing.network import trace_network
from cnncore.tracing.pooling import shift_map
from pages.ui.components.loader import packed
from pages.ui.inside.layer_strip import answer_data
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.class_bars import classes_shown
from pages.ui.shared.layer_labels import chain_of, name_of
from pages.ui.shared.wording import image_word

MAPS_SHOWN = 2  # of the first convolution
RIVALS = 3  # classes offered as wrong answers


def shift_data(networks: dict[str, SessionNetwork], image: Array, what: str, right: int, down: int) -> dict[str, Any]:
    """The networks' answers before and after, and the strongest maps of the first convolution. image uint8.

    The maps are those of the first network. Recorded numbers are given where they are of these networks.
    """
    moved = shift_map(image[..., 0], down, right).astype(np.uint8)[..., None]
    traces = [[trace_network(each.network, each.sees(seen)) for seen in (image, moved)] for each in networks.values()]
    first = next(iter(networks.values()))
    pair = [each.network for each in networks.values()]
    return {
        "what": what,
        "scene": f"{what}",
        "right": right,
        "down": down,
        "step": 2,
        "noun": image_word(first.network.names),
        "images": [packed(each[..., 0] / np.float32(255)) for each in (image, moved)],
        "maps": [] if first.scramble else _maps(first.network, traces[0]),
        "networks": [
            {
                "kind": kind,
                "parameters": each.network.parameter_count,
                "answers": [_answer(trace.logits, each.network) for trace in pair_of_traces],
            }
            for (kind, each), pair_of_traces in zip(networks.items(), traces, strict=True)
        ],
        "recorded": recorded() if pair == [pretrained.pretrained(), pretrained.dense()] else None,
    }


@cache
def recorded() -> dict[str, Any] | None:
    """Wrong answers by shift, as counted by tests/benchmarks/shifted_digits.py; None where the file is missing."""
    try:
        return json.loads((pretrained.MODELS / "shifted.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _answer(logits: Array, network: Network) -> dict[str, Any]:
    """The classes, in their own order, so that bars can be compared across; and the likeliest of the others."""
    data = answer_data(logits, network, top=1 + RIVALS)
    shown = classes_shown(Prediction.from_logits(logits, network.names, network.sure_threshold))
    return data | {"best": shown, "rivals": data["best"][1:]}


def _maps(network: Network, traces: list[Any]) -> list[dict[str, Any]]:
    """Return the maps of the first convolution with most contrast, after activation, before and after the shift."""
    first = next((n for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)), None)
    if first is None:
        return []
    chain = [n for n in chain_of(network, first) if network.layers[n].window is None]
    shown = chain[-1] if chain else first
    contrast = traces[0].outputs[shown].std(axis=(0, 1))
    best = np.argsort(-contrast, kind="stable")[:MAPS_SHOWN]
    name = f"{name_of(network, first)} → {name_of(network, shown)}" if chain else name_of(network, first)
    return [
        {"name": name, "map": int(k) + 1, "values": [packed(trace.outputs[shown][..., k]) for trace in traces]}
        for k in best
    ]
