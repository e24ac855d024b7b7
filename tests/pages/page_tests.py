"""What tests of pages share: a page opened from a link, and an array as a component is sent it."""

import base64
import json
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def opened_page(stem, **link):
    """A page as a visitor finds it who comes by a link."""
    test = AppTest.from_file(str(ROOT / "pages" / f"{stem}.py"), default_timeout=60)
    for name, value in link.items():
        test.query_params[name] = str(value)
    test.run()
    assert not test.exception
    return test


def unpacked(packed):
    return np.frombuffer(base64.b64decode(packed["base64"]), packed["type"]).reshape(packed["shape"])


def drawn(test, key):
    """A Plotly figure that is on the page: its lines by name as (x, y), its layout, its accessible name."""
    chart = next(element.proto for element in test.get("plotly_chart") if element.proto.id.endswith(f"-{key}"))
    spec = json.loads(chart.spec)
    return {line["name"]: (line["x"], line["y"]) for line in spec["data"]}, spec["layout"], chart.alt
