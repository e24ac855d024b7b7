"""Sentences that state a fact, held against the core over generated geometries."""

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.convolution.scene import scene_of
from pages.ui.convolution.settings import DEFAULTS
from pages.ui.convolution.size_texts import counter, remarks
from pages.ui.shared.wording import and_list, counted

SINGULAR = re.compile(r"(?<![\d,.])1 (rows|columns|cells|pixels|weights|multiplications|filters|channels)\b")


@st.composite
def scenes(draw):
    """A scene of the convolution page, of a picture or a signal."""
    signal, size = draw(st.booleans()), draw(st.integers(1, 5))
    row = ",".join(["1"] * size)
    chosen = DEFAULTS | {
        "kind": "signal" if signal else "picture",
        "source": "random",
        "size": draw(st.integers(3, 12)),
        "filter": "own",
        "weights": row if signal else ";".join([row] * size),
        "padding": draw(st.sampled_from(["none", "half", "full", "number"])),
        "cells": draw(st.integers(0, 4)),
        "stride": draw(st.integers(1, int(bounds.STRIDE.high))),
        "across": draw(st.sampled_from(["same", "1", "4"])),
        "dilation": draw(st.integers(1, 2)),
    }
    try:
        return scene_of(chosen)
    except ConvoscopeError:
        # Refused rightly: where half padding is not whole, or the filter is larger than the padded input.
        spread = chosen["dilation"] * (size - 1)
        border = {"none": 0, "half": spread / 2, "full": spread, "number": chosen["cells"]}[chosen["padding"]]
        assert border % 1 or spread + 1 > chosen["size"] + 2 * border
        assume(False)


@settings(deadline=None, max_examples=200)
@given(scenes())
def test_what_the_convolution_says_is_so(scene):
    window, trace = scene.window, scene.trace
    texts = remarks(scene)
    assert not any(SINGULAR.search(text) for text in [*texts, *counter(scene)])
    # What the floor drops: the last positions of the padded input, counted from the end of the last window.
    axes = [1] if scene.signal else [0, 1]
    ends = trace.starts.max(axis=0) + window.effective_size
    dropped = [int(trace.padded.shape[axis] - ends[axis]) for axis in axes]
    said = [text for text in texts if "floored" in text]
    assert bool(said) == any(dropped)
    for number in filter(None, dropped):
        assert counted(number, "cell") in said[0]
    if said:
        assert ("padding alone" in said[0]) == all(number <= window.border for number in dropped)
    # What no window reads, cell by cell.
    read = {int(scene.origin.flat[cell]) for cell in trace.covered.ravel().nonzero()[0]} - {-1}
    unread = scene.sides[0] * scene.sides[1] - len(read)
    said = [text for text in texts if "never read" in text]
    assert bool(said) == bool(unread)
    if said:
        assert said[0].startswith(f"{unread} of ")
    products, weights = counter(scene)
    assert f"= {counted(trace.products.size, 'multiplication')}" in products
    assert f"= {counted(trace.filter.size, 'weight')}, and 1 bias" in weights


def test_numbers_and_nouns():
    assert [counted(n, "row") for n in (0, 1, 2, 1000)] == ["0 rows", "1 row", "2 rows", "1,000 rows"]
    assert [and_list(list(parts)) for parts in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
