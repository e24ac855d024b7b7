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
        elif place[:2] == ("pages", "ui"):
            assert name.startswith("pages.ui") or top not in ("pages", "app"), name
        else:
            assert name.startswith("pages.ui") or top not in ("pages", "app"), name


def test_a_components_file_is_known_by_its_name_alone():
    names = [path.name for path in (ROOT / "assets" / "components").glob("*/*")]
    assert len(names) == len(set(names)) > 0
