"""The dropout layer."""

from typing import Any

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.arrays import Array, Workspace
from cnncore.nn.layers.base import Cache, Layer, Params


class Dropout(Layer):
    """While training, set each value to 0 with probability `rate` and scale the others by 1 / (1 - rate).

    Srivastava et al. 2014, in the "inverted" form: in prediction the layer changes nothing.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise InputError(f"A dropout rate lies in 0 to below 1, not {rate!r}: try 0.5.")
        self.rate = float(rate)

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        if not training or self.rate == 0:
            return x, (None,)
        if rng is None:
            raise InputError("Dropout needs a random generator while training: pass rng=numpy.random.default_rng(0).")
        keep_mask = np.greater_equal(rng.random(x.shape, dtype=np.float32), self.rate)
        mask = keep_mask.astype(x.dtype) / x.dtype.type(1 - self.rate)
        return x * mask, (mask,)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        (mask,) = cache
        return output_grad if mask is None else output_grad * mask, {}

    def get_config(self) -> dict[str, Any]:
        return {"rate": self.rate}
