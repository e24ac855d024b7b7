"""A network as the blocks that are moved about: each a layer, and the activation behind it if there is one."""

from typing import Any

from cnncore import limits
from cnncore.architecture.checker import LayerCheck
from cnncore.architecture.spec import LayerDicts

Block = LayerDicts  # one layer, or one and its activation

ACTIVATIONS = {"none": "none", "ReLU": "ReLU", "Tanh": "tanh", "Sigmoid": "sigmoid"}
ACTIVATED = ("Conv2D", "Dense")
NAMES = {
    "Conv2D": "convolution",
    "MaxPool2D": "max pooling",
    "AvgPool2D": "average pooling",
    "Dropout": "dropout",
    "Flatten": "flatten",
    "Dense": "dense",
} | {name: words for name, words in ACTIVATIONS.items() if name != "none"}
NEW: dict[str, Block] = {
    "Conv2D": [{"layer": "Conv2D", "filters": int(limits.BUILT_FILTERS.default), "size": 3}, {"layer": "ReLU"}],
    "MaxPool2D": [{"layer": "MaxPool2D", "size": 2}],
    "AvgPool2D": [{"layer": "AvgPool2D", "size": 2}],
    "Dropout": [{"layer": "Dropout", "rate": limits.DROPOUT_PERCENT.default / 100}],
    "Flatten": [{"layer": "Flatten"}],
    "Dense": [{"layer": "Dense", "units": 32}, {"layer": "ReLU"}],
}


def blocks_of(layers: LayerDicts) -> list[Block]:
    """The layers, those with an activation behind them taken together."""
    blocks: list[Block] = []
    for entry in layers:
        alone = not blocks or len(blocks[-1]) > 1 or blocks[-1][0]["layer"] not in ACTIVATED
        if entry["layer"] in ACTIVATIONS and not alone:
            blocks[-1] = [*blocks[-1], entry]
        else:
            blocks.append([entry])
    return blocks


def layers_of(blocks: list[Block]) -> LayerDicts:
    """The layers in order again."""
    return [entry for block in blocks for entry in block]


def first_layers(blocks: list[Block]) -> list[int]:
    """At which layer each block begins, from 0."""
    return [len(layers_of(blocks[:n])) for n in range(len(blocks))]


def answers(blocks: list[Block]) -> int | None:
    """The last dense block, whose units are the classes; from 0."""
    return max((n for n, block in enumerate(blocks) if block[0]["layer"] == "Dense"), default=None)


def moved(blocks: list[Block], at: int, by: int) -> list[Block]:
    """One block exchanged with its neighbour, where there is one."""
    to = at + by
    if not 0 <= to < len(blocks):
        return blocks
    blocks = list(blocks)
    blocks[at], blocks[to] = blocks[to], blocks[at]
    return blocks


def without(blocks: list[Block], at: int) -> list[Block]:
    """One block less; one always stays."""
    return blocks[:at] + blocks[at + 1 :] if len(blocks) > 1 else blocks


def with_new(blocks: list[Block], at: int, kind: str) -> list[Block]:
    """A new block behind block `at`."""
    return [*blocks[: at + 1], NEW[kind], *blocks[at + 1 :]]


def changed(block: Block, activation: str, **settings: Any) -> Block:
    """The block with other settings; settings that are usual for its layer are left out."""
    usual = {"stride": None if block[0]["layer"].endswith("Pool2D") else 1, "padding": "half"}
    entry = {k: v for k, v in (block[0] | settings).items() if k not in usual or v != usual[k]}
    return [entry] if activation == "none" else [entry, {"layer": activation}]


def activation_of(block: Block) -> str:
    """The activation behind a block's layer, or "none"."""
    return block[1]["layer"] if len(block) > 1 else "none"


def detail(block: Block) -> list[str]:
    """A block's settings in a few short lines."""
    entry = block[0]
    size, stride = entry.get("size"), entry.get("stride")
    lines: list[str] = []
    match entry["layer"]:
        case "Conv2D":
            lines = [f"{entry['filters']} filters {size} × {size}"]
            padding = entry.get("padding", "half")
            lines += [f"stride {stride}"] if stride not in (None, 1) else []
            lines += [f"padding {padding}"] if padding != "half" else []
        case "MaxPool2D" | "AvgPool2D":
            lines = [f"{size} × {size}"] + ([f"stride {stride}"] if stride not in (None, size) else [])
        case "Dropout":
            lines = [f"{entry['rate']:.0%}".replace("%", " %")]
        case "Dense":
            lines = [f"{entry['units']} units"]
    return lines + ([NAMES[activation_of(block)]] if len(block) > 1 else [])


def of_blocks(blocks: list[Block], plans: list[LayerCheck]) -> list[tuple[LayerCheck, ...]]:
    """The plans of each block's layers."""
    starts = first_layers(blocks)
    return [tuple(plans[start : start + len(block)]) for start, block in zip(starts, blocks, strict=True)]
