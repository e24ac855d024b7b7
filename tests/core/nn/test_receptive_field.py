"""Receptive fields are exact: compared with the cells that change an output."""

import numpy as np

from cnncore import Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU
from cnncore.nn.receptive_field import receptive_field


def test_receptive_fields_hold_exactly_the_cells_that_affect_an_output():
    """All weights 1 and no bias, so that a cell of the image changes an output exactly if a path leads there."""
    layers = [
        Conv2D(1, 3, stride=2),
        ReLU(),
        Conv2D(2, 3, dilation=2, padding="none"),
        MaxPool2D(2),
        Flatten(),
        Dense(2),
    ]
    network = Network(layers, input_shape=(24, 20, 1))
    for layer in network.layers:
        layer.params = {name: np.full_like(values, name != "bias") for name, values in layer.params.items()}
    images = np.eye(24 * 20, dtype=np.float32).reshape(-1, 24, 20, 1)  # each with one cell that is not 0
    maps = [values for _, values in network.activations(images)]
    for number, shape in ((0, (12, 10)), (2, (8, 6)), (3, (4, 3))):
        for row, column in ((0, 0), (1, 2), (shape[0] - 1, shape[1] - 1)):
            changed = (maps[number][:, row, column, 0] != 0).reshape(24, 20)
            rows, columns = np.nonzero(changed)
            field = receptive_field(network, number, row, column)
            assert field == (rows.min(), rows.max(), columns.min(), columns.max())
