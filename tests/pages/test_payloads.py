"""What Python sends a component and what its JavaScript reads are the same fields, component by component.

The pages are opened in all their views, and every payload is kept on its way to the browser; the JavaScript is
parsed (tests/javascript/payload_reads.mjs). A field that is misspelled on either side is missing on the other.
"""

import json
import subprocess
import sysconfig
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from page_tests import opened_page
from streamlit.testing.v1 import AppTest

from cnncore import Settings
from pages.ui.components.loader import ENTRIES, FILES, component, with_used
from pages.ui.train.inspection.source import of_pretrained
from pages.ui.train.inspection.view import VIEWS, Asked, insight_data
from pages.ui.train.runs import comparison
from pages.ui.train.runs.state import ComparedRun

ROOT = Path(__file__).parents[2]
NODE = Path(sysconfig.get_path("scripts")) / "node"
LINKS = {
    "convolution": """preset=signal preset=half preset=transposed preset=none&lecture=6 view=loop view=channels
        view=matrix&preset=signal&bias=3""",
    "filters": "example=edges example=edges&layout=beside&map=2",
    "pooling": """view=forward view=shift view=backward view=flatten&part=vector view=flatten&part=back
        view=flatten&part=lost""",
    "gradients": "view=add-one view=backward view=rotated view=learn",
    "inside": """layer=4&map=5 view=open&layer=4&map=5 view=cell&layer=4&map=5&row=2&column=2 view=open&layer=11&map=5
        view=path&layer=13 view=filters&layer=4 view=filter&layer=4&map=5 view=off&layer=4&map=14&off=4.14
        view=tests&cell=4,9 view=map&digit=5 view=shift&digit=5&right=3""",
    "draw": """sample=7 view=sees view=sees&sample=7 view=why&sample=7 view=change&sample=7 view=mine&sample=7
        view=photo""",
    "train": "show=live show=build show=data show=pretrained show=scrambled",
}  # settings of a link, one link a word


# The canvas hands a field on to another component of the page.
PASSED_ON = {("canvas", "points"): "digit_map"}


class Payloads:
    """The fields of every payload, by component: its own, and those of what lies within it."""

    def __init__(self):
        self.own, self.within = defaultdict(set), defaultdict(set)

    def keep(self, name, data):
        self.own[name].update(data)
        for field, value in data.items():
            reader = PASSED_ON.get((name, field), name)
            self._look_into(reader, list(value.values()) if field == "table" else value)  # its keys are headings

    def _look_into(self, name, value):
        if isinstance(value, dict) and "base64" not in value:
            self.within[name].update(value)
            value = list(value.values())
        if isinstance(value, list | tuple):
            for each in value:
                self._look_into(name, each)


@pytest.fixture(scope="module")
def sent():
    payloads, register = Payloads(), st.components.v2.component

    def registered(name, **parts):
        mount = register(name, **parts)

        def mounted(*, data, **more):
            payloads.keep(name.removeprefix("convoscope_"), data)
            return mount(data=data, **more)

        return mounted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st.components.v2, "component", registered)
        component.cache_clear()
        open_every_page()
    component.cache_clear()
    source, *_ = of_pretrained()
    for view in VIEWS:
        payloads.keep("inspection", insight_data(source, Asked(view=view, cell=(4, 9), pictures=(0,))))
    measured = SimpleNamespace(step=9, sizes=[(0, 1.0, 0.1, 0.01)])
    running = source._replace(
        live=SimpleNamespace(sizes=SimpleNamespace(all=lambda: [measured]), rate=0.1), running=True
    )
    payloads.keep("inspection", insight_data(running, Asked(view="sizes")))
    kept = ComparedRun("Run 1", "once", Settings(), "finished", 9, 2.0, np.ones((2, 2)), np.ones((2, 3)))
    payloads.keep("comparison", comparison.curves([kept], "wrong") | {"table": comparison.table([kept])})
    return payloads


def open_every_page():
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.query_params["view"] = "peephole"
    run(test)
    for page, links in LINKS.items():
        for link in links.split():
            opened_page(page, **dict(setting.split("=") for setting in link.split("&")))
    test = AppTest.from_file(str(ROOT / "pages" / "inside.py"), default_timeout=60)
    test.session_state["inside.chosen_class"] = "hardest"
    run(test)


def run(test):
    test.run()
    assert not test.exception, [each.value for each in test.exception]


@pytest.fixture(scope="module")
def files():
    """By file name: the `fields` that it reads of a payload, which of them are its `own`, and all its `names`."""
    paths = json.dumps([str(path) for name, path in FILES.items() if name.endswith(".js")])
    command = [NODE, ROOT / "tests" / "javascript" / "payload_reads.mjs"]
    read = json.loads(subprocess.run(command, input=paths, capture_output=True, text=True, check=True).stdout)
    return {name: {kind: set(names) for kind, names in kinds.items()} for name, kinds in read.items()}


def users(name):
    return [entry for entry in ENTRIES if name in with_used(f"{entry}.component.js")]


def test_python_and_javascript_name_the_same_fields(sent, files):
    """A file that several components share reads of each what that one has."""
    assert sorted(sent.own) == ENTRIES
    not_written, not_read = {}, {}
    for name, kinds in files.items():
        written = set().union(*[sent.own[user] | sent.within[user] for user in users(name)])
        not_written[name] = kinds["fields"] - kinds["own"] - written
    for entry in ENTRIES:
        used = [files[file] for file in with_used(f"{entry}.component.js")]
        fields, names = (set().union(*[kinds[kind] for kinds in used]) for kind in ("fields", "names"))
        not_read[entry] = (sent.own[entry] - fields) | (sent.within[entry] - names)
    assert not {name: found for name, found in not_written.items() if found}
    assert not {name: found for name, found in not_read.items() if found}
