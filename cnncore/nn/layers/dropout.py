"""The dropout layer."""

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.layers.base import Layer


class Dropout(Layer):
    """While training, silence each value with probability `rate` and scale the rest by 1 / (1 - rate).

    Srivastava et al. 2014, in the "inverted" form: at prediction nothing changes.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise InputError(f"A dropout rate lies in 0 to below 1, not {rate!r}: try 0.5.")
        self.rate = float(rate)

    def forward(self, x, *, training=False, rng=None, workspace=None):
        if not training or self.rate == 0:
            return x, (None,)
        if rng is None:
            raise InputError("Dropout needs a random generator while training: pass rng=numpy.random.default_rng(0).")
        kept = rng.random(x.shape, dtype=np.float32) >= self.rate
        mask = kept.astype(x.dtype) / x.dtype.type(1 - self.rate)
        return x * mask, (mask,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (mask,) = cache
        return output_grad if mask is None else output_grad * mask, {}

    def settings(self):
        return {"rate": self.rate}
