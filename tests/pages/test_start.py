"""The app opens on its start page."""

import re
import tomllib
from pathlib import Path

from streamlit.testing.v1 import AppTest

import cnncore

ROOT = Path(__file__).parents[2]


def test_the_app_opens():
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not test.exception
    assert test.title[0].value == "Convoscope"
    assert f"Convoscope {cnncore.__version__}" in [caption.value for caption in test.caption]


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == cnncore.__version__
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest and newest[1] == cnncore.__version__
