"""The app opens on its start page."""

from pathlib import Path

from streamlit.testing.v1 import AppTest


def test_the_app_opens():
    test = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=30).run()
    assert not test.exception
    assert test.title[0].value == "Convoscope"
