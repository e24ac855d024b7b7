"""Dependencies point one way: pages -> pages/ui -> cnncore."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [*ROOT.glob("cnncore/**/*.py"), *ROOT.glob("pages/**/*.py")]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    place = path.relative_to(ROOT).parts
    for name in imported(path):
        top = name.split(".")[0]
        if place[0] == "cnncore":
            assert top not in ("streamlit", "plotly", "pages", "app"), name
        else:
            assert name.startswith("pages.ui") or top not in ("pages", "app"), name


def test_a_components_file_is_known_by_its_name_alone():
    names = [path.name for path in (ROOT / "assets" / "components").glob("*/*")]
    assert len(names) == len(set(names)) > 0


# The lecture's strip stands above every page; a patch of a picture and a learned filter are handed over in the
# convolution page's own link.
OPEN_DOORS = {"chrome.py": {"lecture"}, "filtering.py": {"convolution"}, "sliding.py": {"convolution"}}
ROOMS = [path.name for path in (ROOT / "pages" / "ui").iterdir() if path.is_dir() and path.name != "__pycache__"]


@pytest.mark.parametrize("path", [p for p in MODULES if "ui" in p.parts], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_knows_what_is_shared_and_what_is_shared_knows_no_room(path):
    own = path.parent.name if path.parent.name in ROOMS else None
    doors = {own} | OPEN_DOORS.get(path.name, set())
    for name in imported(path):
        room = next(
            (room for room in ROOMS if name.startswith(f"pages.ui.{room}.") or name == f"pages.ui.{room}"), None
        )
        assert room is None or room in doors, name
