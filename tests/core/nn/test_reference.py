"""Every reference value (PyTorch, float64) to 1e-10."""

import json
from pathlib import Path

import numpy as np
import pytest

import cnncore
from cnncore.nn.optimizers import SGD, Exponential

REFERENCE = np.load(Path(__file__).parents[1] / "data" / "torch_reference.npz")
INDEX = json.loads(str(REFERENCE["index"]))


def agree(actual, expected):
    assert np.shape(actual) == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("case", INDEX, ids=[case["name"] for case in INDEX])
def test_reference(case):
    def field(name):
        return REFERENCE[f"{case['name']}/{name}"]

    geometry = {name: case[name] for name in ("stride", "padding", "dilation") if name in case}
    match case["op"]:
        case "conv2d":
            images, filters = field("images"), field("filters")
            agree(cnncore.conv2d(images, filters, field("bias"), **geometry), field("output"))
            grads = cnncore.conv2d_gradients(images, filters, field("output_grad"), **geometry)
            for grad, name in zip(grads, ("images_grad", "filters_grad", "bias_grad"), strict=True):
                agree(grad, field(name))
        case "conv1d":
            agree(cnncore.conv1d(field("input"), field("filter"), **geometry), field("output"))
            grads = cnncore.conv1d_gradients(field("input"), field("filter"), field("output_grad"), **geometry)
            for grad, name in zip(grads, ("input_grad", "filter_grad"), strict=True):
                agree(grad, field(name))
        case "max_pool2d" | "avg_pool2d" as op:
            pool, gradient = getattr(cnncore, op), getattr(cnncore, f"{op}_gradient")
            agree(pool(field("images"), case["size"], stride=case["stride"]), field("output"))
            grad = gradient(field("images"), field("output_grad"), case["size"], stride=case["stride"])
            agree(grad, field("images_grad"))
        case "softmax_cross_entropy":
            loss, grad = cnncore.softmax_cross_entropy(field("logits"), field("labels"))
            agree(loss, field("loss"))
            agree(grad, field("logits_grad"))
            agree(cnncore.softmax(field("logits")), field("probabilities"))
        case "momentum_sgd":
            agree(trajectory(case, field("trajectory")), field("trajectory"))
        case unknown:
            pytest.fail(f"No test for {unknown}")


def trajectory(case, expected):
    """w under the loss ½ wᵀ diag(1..5) w, from the first reference point on."""
    optimizer, decay = SGD(case["learning_rate"], case["momentum"]), Exponential(case["decay_per_step"])
    w, path = expected[0].copy(), [expected[0]]
    for step in range(len(expected) - 1):
        rate = decay(optimizer.learning_rate, step, len(expected))
        optimizer.update((0, "w"), w, np.arange(1, 6) * w, rate, step)
        path.append(w.copy())
    return np.array(path)
