"""A scene taken away as a notebook gives the scene's numbers."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnncore import ShapeError
from cnncore.export.notebook import convolution_notebook
from cnncore.tracing.channels import trace_channels
from cnncore.tracing.convolution import trace_conv1d, trace_conv2d

ROOT = Path(__file__).parents[3]
RNG = np.random.default_rng(5)
SCENES = {
    "signal": (trace_conv1d, [1, 2, 3, 4, 5], [1, 2, 3], {"padding": "half", "bias": 2.0}),
    "picture": (trace_conv2d, RNG.normal(size=(6, 5)), RNG.normal(size=(3, 3)), {"stride": (2, 1), "padding": 1}),
    "dilated": (trace_conv2d, RNG.normal(size=(6, 6)), RNG.normal(size=(2, 2)), {"dilation": 2, "relu": True}),
    "channels": (
        trace_channels,
        RNG.normal(size=(5, 5, 4)),
        RNG.normal(size=(4, 3, 3, 2)),
        {"bias": [1.0, -0.3], "relu": True, "padding": "full"},
    ),
}
RUN = """
import json, sys
book, names = json.load(sys.stdin), {}
for cell in book["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), names)
json.dump(names["output"].tolist(), sys.stderr)
"""


@pytest.mark.parametrize("scene", SCENES)
def test_its_cells_run_and_give_the_numbers_of_the_trace(scene):
    trace_of, input_, filter_, settings = SCENES[scene]
    book = convolution_notebook(input_, filter_, **settings)
    done = subprocess.run([sys.executable, "-c", RUN], input=book, cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    trace = trace_of(np.array(input_), np.array(filter_), **settings)
    np.testing.assert_array_equal(np.ravel(json.loads(done.stderr)), trace.outputs.ravel())
    shape = re.search(r"-> (\(.*\))", done.stdout.decode()).group(1)
    sides = trace.shape
    expected = {"signal": sides[1:], "channels": (1, *sides, 2)}.get(scene, (1, *sides, 1))
    assert tuple(map(int, re.findall(r"\d+", shape))) == expected


def test_its_structure_is_that_of_nbformat_4_5():
    book = json.loads(convolution_notebook([1, 2, 3], [1, 1], title="A → B"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5) and set(book["metadata"]) >= {"kernelspec"}
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in ids)
    for cell in book["cells"]:
        keys = {"cell_type", "id", "metadata", "source"}
        assert set(cell) == (keys | {"execution_count", "outputs"} if cell["cell_type"] == "code" else keys)
        assert all(isinstance(line, str) for line in cell["source"])


def test_shapes_that_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match=r"try \(5, 5\)"):
        convolution_notebook(np.ones((5, 5)), np.ones(3))
