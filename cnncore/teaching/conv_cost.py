"""Shapes and counts of a convolution before any number is computed, in three libraries' axis orders."""

from dataclasses import dataclass
from typing import NamedTuple

from cnncore.nn.window import Window

Shape = tuple[int, ...]


class AxisOrder(NamedTuple):
    """One convolution in one library's axis order."""

    name: str
    axes: tuple[str, str]  # of images (and maps), and of filters
    images: Shape
    filters: Shape
    maps: Shape


@dataclass(frozen=True)
class ConvolutionCost:
    """N images (H, W, C) under K filters of one window, as counted by hand (lecture, section 1 D)."""

    images: int
    height: int
    width: int
    channels: int
    filters: int
    window: Window

    @property
    def map_size(self) -> tuple[int, int]:
        """(H', W'). Raises ShapeError where the window does not fit."""
        return self.window.output_size((self.height, self.width))

    @property
    def weights(self) -> int:
        """F · F for every channel of every filter, whatever the image's size."""
        return self.window.size**2 * self.channels * self.filters

    @property
    def biases(self) -> int:
        """One a filter."""
        return self.filters

    @property
    def multiplications(self) -> int:
        """For one image: every weight once at every position; padding is multiplied too."""
        rows, columns = self.map_size
        return rows * columns * self.weights

    def dense_weights(self, units: int) -> int:
        """A dense layer's, from one channel's H · W pixels to `units` neurons."""
        return self.height * self.width * units

    def shapes(self) -> list[AxisOrder]:
        """Images, filters and maps in the lecture's axis order, Keras's and PyTorch's."""
        n, c, k, f = self.images, self.channels, self.filters, self.window.size
        size, mapped = (self.height, self.width), self.map_size
        last = ((n, *size, c), (n, *mapped, k))
        return [
            AxisOrder("lecture", ("N, H, W, C", "C_in, F, F, C_out"), last[0], (c, f, f, k), last[1]),
            AxisOrder("Keras", ("N, H, W, C", "F, F, C_in, C_out"), last[0], (f, f, c, k), last[1]),
            AxisOrder("PyTorch", ("N, C, H, W", "C_out, C_in, F, F"), (n, c, *size), (k, c, f, f), (n, k, *mapped)),
        ]
