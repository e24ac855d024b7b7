"""Dependencies point one way: pages -> pages/ui -> cnncore."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = [*ROOT.glob("cnncore/**/*.py"), *ROOT.glob("pages/**/*.py")]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            yield node.module


def wrong_imports(modules, is_allowed):
    """`file: name` for each import that is not allowed, so that one failure names all of them."""
    return [
        f"{path.relative_to(ROOT)}: {name}" for path in modules for name in imported(path) if not is_allowed(path, name)
    ]


def points_down(path, name):
    top = name.split(".")[0]
    if path.relative_to(ROOT).parts[0] == "cnncore":
        return top not in ("streamlit", "plotly", "pages", "app")
    return name.startswith("pages.ui") or top not in ("pages", "app")


def test_imports_point_down():
    assert len(MODULES) > 100
    assert not wrong_imports(MODULES, points_down)


def test_a_components_file_is_known_by_its_name_alone():
    names = [path.name for path in (ROOT / "assets" / "components").glob("**/*.*")]
    assert len(names) == len(set(names)) > 0


# The lecture's strip stands above every page; a patch of a picture and a learned filter are handed over in the
# convolution page's own link.
OPEN_DOORS = {"chrome.py": {"lecture"}, "filtering.py": {"convolution"}, "sliding.py": {"convolution"}}
ROOMS = [path.name for path in (ROOT / "pages" / "ui").iterdir() if path.is_dir() and path.name != "__pycache__"]


def opens_no_other_room(path, name):
    own = path.parent.name if path.parent.name in ROOMS else None
    room = next((room for room in ROOMS if f"{name}.".startswith(f"pages.ui.{room}.")), None)
    return room is None or room in {own} | OPEN_DOORS.get(path.name, set())


def test_a_room_knows_what_is_shared_and_what_is_shared_knows_no_room():
    modules = [path for path in MODULES if "ui" in path.parts]
    assert len(modules) > 50
    assert not wrong_imports(modules, opens_no_other_room)


def test_lines_of_javascript_are_as_short_as_those_of_python():
    files = sorted((ROOT / "assets" / "components").glob("**/*.js"))
    long = [
        f"{path.name}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert files and not long


def test_what_a_components_file_defines_is_used_by_some_component():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "assets" / "components").glob("**/*.js")]
    words = Counter(word for text in texts for word in re.findall(r"\w+", text))
    defined = {name for text in texts for name in re.findall(r"^(?:function|class|const) (\w+)", text, re.MULTILINE)}
    assert len(defined) > 100 and not [name for name in sorted(defined) if words[name] < 2]
