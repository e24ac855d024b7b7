"""A network as the blocks that are moved about: each a layer, and the activation behind it if there is one."""

from typing import Any

from cnncore.architecture.checker import LayerCheck
from cnncore.architecture.layer_specs import LAYER_SPECS
from cnncore.architecture.spec import LayerDicts

Block = LayerDicts  # one layer, or one and its activation

NAMES = {name: spec.label for name, spec in LAYER_SPECS.items()}
ACTIVATIONS = {"none": "none"} | {name: spec.label for name, spec in LAYER_SPECS.items() if spec.activation}
ACTIVATED = [name for name, spec in LAYER_SPECS.items() if spec.has_weights]
NEW: dict[str, Block] = {
    name: [{"layer": name, **spec.new}, *([{"layer": "ReLU"}] if spec.has_weights else [])]
    for name, spec in LAYER_SPECS.items()
    if spec.new is not None
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
    """The block with other settings of its layer, and that activation behind it."""
    entry = with_settings(block[0], settings)
    if activation == "none":
        return [entry]
    return [entry, block[1] if activation == activation_of(block) else {"layer": activation}]


def with_settings(entry: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """A layer with other settings; those that have their default are left out."""
    defaults = {each.name: each.default for each in LAYER_SPECS[entry["layer"]].settings}
    return {k: v for k, v in (entry | settings).items() if k not in defaults or v != defaults[k]}


def activation_of(block: Block) -> str:
    """The activation behind a block's layer, or "none"."""
    return block[1]["layer"] if len(block) > 1 else "none"


def detail(block: Block) -> list[str]:
    """A block's settings in a few short lines."""
    lines = []
    for entry in block:
        spec = LAYER_SPECS[entry["layer"]]
        lines += [spec.label] if entry is not block[0] else []
        lines += [spec.fill(spec.detail, entry)] if spec.detail else []
        for setting in spec.settings:
            value = entry.get(setting.name, setting.default)
            own_size = setting.default is None and value == entry["size"]
            if setting.optional and value != setting.default and not own_size:
                lines.append(f"{setting.name} {value:g}" if isinstance(value, float) else f"{setting.name} {value}")
    return lines


def of_blocks(blocks: list[Block], plans: list[LayerCheck]) -> list[tuple[LayerCheck, ...]]:
    """The plans of each block's layers."""
    starts = first_layers(blocks)
    return [tuple(plans[start : start + len(block)]) for start, block in zip(starts, blocks, strict=True)]
