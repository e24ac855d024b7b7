"""Every scene offers three or four options at every step that asks for a number, each wrong one with its reason."""

import numpy as np
import pytest
from page_tests import opened_page, unpacked

from pages.ui.convolution.presets import PRESETS
from pages.ui.filters.presets import EXAMPLES
from pages.ui.frame.url_state import format_value
from pages.ui.gradients import payload as gradients_payload
from pages.ui.gradients.presets import SCENES
from pages.ui.inside.views import layer
from pages.ui.pooling.inputs import MAPS
from pages.ui.shared import options

CASES = [
    *[("convolution", {"preset": name}) for name in PRESETS if name != "own"],
    ("convolution", {"preset": "half", "view": "loop"}),
    ("convolution", {"preset": "border", "view": "loop"}),
    ("convolution", {"preset": "signal", "view": "matrix"}),
    ("convolution", {"view": "channels"}),
    *[("pooling", {"view": view, "map": name}) for view in ("forward", "shift", "backward") for name in MAPS],
    *[("pooling", {"view": "flatten", "part": part}) for part in ("vector", "back", "lost")],
    *[("gradients", settings) for _, settings in SCENES.values() if settings.get("view") != "learn"],
    *[("inside", {"view": "cell", "layer": number, "map": 3}) for number in (1, 4, 7)],
]


@pytest.fixture
def lists(monkeypatch):
    """The options of every step that a page has listed."""
    found, listed = [], options.listed

    def noted(steps):
        found.extend(steps := list(steps))
        return listed(steps)

    for module in (options, gradients_payload, layer):
        monkeypatch.setattr(module, "listed", noted)
    return found


@pytest.mark.parametrize(
    "page, link", CASES, ids=lambda part: part if isinstance(part, str) else "-".join(map(str, part.values()))
)
def test_every_step_offers_options(lists, page, link):
    opened_page(page, **{name: format_value(value) for name, value in link.items()})
    asked = lists[1:] if page == "gradients" and link.get("view") is None else lists  # the loss as it was is shown
    assert asked
    # The loop's first beat over a zero in the corner: there all is 0 but what was counted.
    few = [step for step in asked if len(step) < 3]
    assert len(few) <= (link.get("view") == "loop") and max(map(len, asked)) <= 4, few
    for step in asked:
        assert [why != "" for _, why in step] == [False] + [True] * (len(step) - 1)
        assert len({text for text, _ in step}) == len(step)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_filters_asks(name):
    example = EXAMPLES[name]
    assert example.question.endswith("?") and 3 <= len(example.options) <= 4
    assert [why for _, why in example.options].count("") == 1
    assert len({text for text, _ in example.options}) == len(example.options)


@pytest.mark.parametrize("name", [name for name, (_, settings) in SCENES.items() if settings.get("view") != "learn"])
def test_no_scene_of_gradients_is_all_zeros(name, monkeypatch):
    sent = []
    monkeypatch.setattr("pages.ui.components.stage.component", lambda _: lambda **more: sent.append(more["data"]))
    opened_page("gradients", **{key: format_value(value) for key, value in SCENES[name][1].items()})
    (data,) = sent
    gradients = (
        data["slope"] if "slope" in data else unpacked(data["inputGrads" if "inputGrads" in data else "outputs"])
    )
    assert np.any(gradients)
