"""The data of the views that show how a value of a layer is computed: path, channels, cell, unit, scores."""

from typing import Any

import numpy as np

from cnncore import Network
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D, Dense
from cnncore.nn.receptive_field import receptive_field
from cnncore.teaching.options import Option, options_of
from cnncore.tracing.network import (
    CellTrace,
    MapTrace,
    NetworkTrace,
    trace_cell,
    trace_map,
    trace_softmax,
    trace_unit,
)
from pages.ui.components.loader import packed
from pages.ui.inside.views.filter_history import has_images
from pages.ui.shared.layer_labels import chain_of, is_answer, name_of, shown_layers, signed_layers, source_of
from pages.ui.shared.options import listed

STRONGEST = 4  # input maps on the path; the view of all channels shows every one
TOP_INPUTS = 5  # inputs of a dense unit that are listed, with positive and with negative products

Data = dict[str, Any]


def view_of(network: Network, view: str, layer: int) -> str:
    """What the stage draws for a view and a layer, counted from 0: convolutions have more to open than dense layers."""
    source = source_of(network, layer)
    if view == "off" or (view in ("filters", "filter") and has_images(network, source)):
        return view
    if isinstance(network.layers[source], Dense):
        return "scores" if is_answer(network, source) and view in ("path", "filters", "filter") else "unit"
    return {"open": "spread", "cell": "cell"}.get(view, "path")


def view_data(trace: NetworkTrace, view: str, layer: int, index: int, row: int, column: int) -> Data:
    """The data of a view that shows how a value is computed; all are counted from 0. Raises ShapeError."""
    source = source_of(trace.network, layer)
    kind = view_of(trace.network, view, layer)
    data = {
        "path": lambda: path_data(trace, source, index),
        "spread": lambda: spread_data(trace, source, index),
        "cell": lambda: cell_data(trace, source, index, row, column),
        "unit": lambda: unit_data(trace, source, index),
        "scores": lambda: scores_data(trace, source),
    }[kind]()
    chosen = {"layer": layer + 1, "source": source + 1, "map": index + 1, "name": name_of(trace.network, source)}
    return data | chosen | {"view": kind, "first": source == source_of(trace.network, 0)}


def strongest_cell(trace: NetworkTrace, layer: int, index: int) -> tuple[int, int]:
    """Row and column of the largest value of a convolution's map."""
    values = trace.outputs[source_of(trace.network, layer)][..., index]
    row, column = np.unravel_index(values.argmax(), values.shape)
    return int(row), int(column)


def path_data(trace: NetworkTrace, source: int, index: int) -> Data:
    """The strongest input maps, their filter slices and products, and the map after each further layer."""
    traced = trace_map(trace, source, index)
    strongest = np.sort(np.argsort(-traced.abs_contributions, kind="stable")[:STRONGEST])
    strengths = traced.abs_contributions[strongest]
    return _map_data(trace, source, traced, index) | {
        "inputs": packed(traced.maps[strongest]),
        "filter": packed(traced.filter[strongest]),
        "products": packed(traced.products[strongest]),
        "numbers": (strongest + 1).tolist(),
        "pushes": traced.contributions[strongest].tolist(),
        "strengths": (strengths / (strengths.max() or 1)).tolist(),
        "channels": len(traced.maps),
        "inputName": _input_name(trace, source),
    }


def spread_data(trace: NetworkTrace, source: int, index: int) -> Data:
    """Every channel's filter slice and products, and the running sum."""
    traced = trace_map(trace, source, index)
    arrays = {name: packed(getattr(traced, name)) for name in ("filter", "products", "running")}
    return (
        _map_data(trace, source, traced, index)
        | arrays
        | {
            "inputs": packed(traced.maps),
            "pushes": traced.contributions.tolist(),
            "strongest": int(traced.abs_contributions.argmax()),
        }
    )


def cell_data(trace: NetworkTrace, source: int, index: int, row: int, column: int) -> Data:
    """One cell: patch, weights and products of every channel, their sums, and the receptive field in the image."""
    cell = trace_cell(trace, source, index, row, column)
    layer = trace.network.layers[source]
    assert isinstance(layer, Conv2D)
    arrays = {name: packed(getattr(cell, name)) for name in ("patches", "filter", "products", "sums")}
    after, last = [], None
    for n in chain_of(trace.network, source):
        if trace.network.layers[n].window is not None:
            break  # a pooled cell is made from several
        last = float(trace.outputs[n][row, column, index])
        after.append({"name": name_of(trace.network, n), "value": last})
    return arrays | {
        "options": listed(_cell_options(cell, last)),
        "running": packed(cell.sums.cumsum()),
        "bias": cell.bias,
        "output": cell.output,
        "after": after,
        "row": row + 1,
        "column": column + 1,
        "start": list(cell.start),
        "reach": layer.window.effective_size,
        "strongest": int(np.abs(cell.sums).argmax()),
        "inputs": packed(np.moveaxis(trace.input_of(source), 2, 0)),
        "image": packed(trace.image[..., 0]),
        "field": list(receptive_field(trace.network, source, row, column)),
        "inputName": _input_name(trace, source),
        "map_values": packed(trace.outputs[source][..., index]),
    }


def _cell_options(cell: CellTrace, last: float | None) -> list[list[Option]]:
    """The options of each channel's sum, of the sum of all, and of what ReLU makes of it."""
    steps = []
    for patch, weights, products, total in zip(cell.patches, cell.filter, cell.products, cell.sums, strict=True):
        mistakes = [
            ("the sum was not taken: only the middle product", products.flat[products.size // 2]),
            ("the cells were added without their weights", patch.sum()),
            ("a sign was lost", np.abs(products).sum()),
            ("only the largest product", products.flat[np.abs(products).argmax()]),
            ("another channel's sum", cell.sums[np.abs(cell.sums - total).argmax()]),
            ("the weights were added without their cells", weights.sum()),
            ("the products were counted, not added", products.size),
            ("the largest weight", weights.max()),
        ]
        steps.append(options_of(float(total), [(why, float(value)) for why, value in mistakes]))
    whole = [
        ("the bias is missing", float(cell.sums.sum())),
        ("only the strongest channel", float(cell.sums[np.abs(cell.sums).argmax()] + cell.bias)),
        ("the channels were averaged, not summed", float(cell.sums.mean() + cell.bias)),
        ("the bias was subtracted", float(cell.sums.sum() - cell.bias)),
    ]
    steps.append(options_of(cell.output, whole))
    if last is not None:
        rectified = [
            ("before the activation", cell.output),
            ("the sign is dropped", abs(cell.output)),
            ("a positive value is kept as it is", 0.0),
            ("the bias was added once more", max(cell.output + cell.bias, 0.0)),
        ]
        steps.append(options_of(last, rectified))
    return steps


def unit_data(trace: NetworkTrace, source: int, index: int) -> Data:
    """One unit of a dense layer: its largest positive and negative products, and where those inputs come from."""
    unit = trace_unit(trace, source, index)
    chain = chain_of(trace.network, source)
    products = unit.products
    shape = None
    if unit.cells is not None:
        shape = tuple(unit.cells.max(axis=0) + 1)
    maps = products.reshape(shape) if shape else products
    return {
        "towards": [_input_data(unit.cells, unit, k) for k in unit.positive[:TOP_INPUTS]],
        "away": [_input_data(unit.cells, unit, k) for k in unit.negative[:TOP_INPUTS]],
        "counts": [len(unit.positive), len(unit.negative), len(products)],
        "sums": [float(products[unit.positive].sum()), float(products[unit.negative].sum())],
        "bias": unit.bias,
        "output": unit.output,
        "after": [{"name": name_of(trace.network, n), "value": float(trace.outputs[n][index])} for n in chain],
        "products": packed(maps),
        "inputName": _input_name(trace, source),
        "isAnswer": is_answer(trace.network, source),
    }


def scores_data(trace: NetworkTrace, source: int) -> Data:
    """The scores as sums of products, and their softmax."""
    softmax = trace_softmax(trace.logits)
    units = [trace_unit(trace, source, k) for k in range(len(softmax.logits))]
    return {
        "towards": [float(unit.products[unit.positive].sum()) for unit in units],
        "away": [float(unit.products[unit.negative].sum()) for unit in units],
        "biases": [unit.bias for unit in units],
        "logits": softmax.logits.tolist(),
        "exponentials": softmax.exponentials.tolist(),
        "total": softmax.total,
        "shift": softmax.shift,
        "probabilities": softmax.probabilities.tolist(),
    }


def _map_data(trace: NetworkTrace, source: int, traced: MapTrace, index: int) -> Data:
    """A map before and after its activation and pooling."""
    signed = signed_layers(trace.network)
    chain = []
    for n in chain_of(trace.network, source):
        values = trace.outputs[n][..., index]
        chain.append(
            {
                "layer": n + 1,
                "name": name_of(trace.network, n),
                "map": packed(values),
                "signed": signed[n],
                "left": int(np.count_nonzero(values)),
            }
        )
    window = traced.window
    return {
        "before": packed(traced.output),
        "chain": chain,
        "bias": traced.bias,
        "window": {"F": window.size, "S": list(window.strides), "P": window.border, "reach": window.effective_size},
    }


def _input_name(trace: NetworkTrace, source: int) -> str:
    shown = [n for n in shown_layers(trace.network) if n < source]
    if not shown:
        return "image"
    return {"max pool": "pooled maps", "average pool": "pooled maps"}.get(name_of(trace.network, shown[-1]), "maps")


def _input_data(cells: Array | None, unit: Any, k: int) -> Data:
    """One input of a dense unit and its product with its weight."""
    place = {"unit": int(k) + 1}
    if cells is not None:
        row, column, channel = (int(n) + 1 for n in cells[k])
        place = {"row": row, "column": column, "map": channel}
    return place | {
        "input": float(unit.inputs[k]),
        "weight": float(unit.weights[k]),
        "product": float(unit.products[k]),
    }
