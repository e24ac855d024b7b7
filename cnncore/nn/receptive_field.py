"""Which cells of the image a cell of a layer's maps depends on."""

from cnncore.nn.network import Network


def receptive_field(network: Network, layer: int, row: int, column: int) -> tuple[int, int, int, int]:
    """Return the cells of the image that can affect cell (row, column) of a layer's maps.

    They are given as first and last row, first and last column, counted from 0, both included and clipped to the
    image. `layer` comes before Flatten.
    """
    rows, columns = [row, row], [column, column]
    for earlier in reversed(network.layers[: layer + 1]):
        if (window := earlier.window) is not None:
            for ends, step in ((rows, window.strides[0]), (columns, window.strides[1])):
                ends[0] = ends[0] * step - window.border
                ends[1] = ends[1] * step - window.border + window.effective_size - 1
    height, width, _ = network.input_shape
    return max(rows[0], 0), min(rows[1], height - 1), max(columns[0], 0), min(columns[1], width - 1)
