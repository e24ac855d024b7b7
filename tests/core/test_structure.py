"""The layout of the code: which package may import which, no circles, small modules."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE, PAGES = sorted(ROOT.glob("cnncore/**/*.py")), sorted(ROOT.glob("pages/**/*.py"))

# What each package of the core may import beside itself and the modules at the top.
FOUNDATION = {"errors", "limits", "paths"}
ALLOWED = {
    "nn": set(),
    "architecture": {"nn"},
    "data": {"nn"},
    "training": {"nn", "architecture", "data"},
    "tracing": {"nn", "architecture", "data"},
}
ALLOWED |= {name: {*ALLOWED, "analysis"} - {name} for name in ("analysis", "teaching", "export")}


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path):
    """Full names of what a file imports: modules, and names from modules."""
    names = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path, known):
    """The project's own modules that a file imports, by name."""
    for name in imported(path):
        while name and name not in known:
            name = name.rpartition(".")[0]
        if name and name != module_name(path):
            yield name


def test_the_core_knows_nothing_of_the_app():
    for path in CORE:
        for name in imported(path):
            assert name.split(".")[0] not in ("streamlit", "plotly", "pages", "app"), (path, name)


def test_pages_import_from_pages_ui_alone():
    for path in PAGES:
        for name in imported(path):
            assert name.startswith("pages.ui") or name.split(".")[0] not in ("pages", "app"), (path, name)


def test_packages_of_the_core_import_in_the_allowed_direction():
    packages = {path.parent.name for path in (ROOT / "cnncore").glob("*/__init__.py")}
    assert packages == set(ALLOWED)
    for path in CORE:
        package = path.relative_to(ROOT / "cnncore").parts[0]
        if package not in ALLOWED:
            continue
        for name in imported(path):
            if not name.startswith("cnncore."):
                continue
            other = name.split(".")[1]
            assert other in {package} | ALLOWED[package] | FOUNDATION, (path, name)


# Folders below pages/ui that serve every page. The others belong to one page each; a file that may nevertheless use
# another page's folder is named here with that folder: the lecture's strip is above every page, and a patch of an
# image or a learned filter opens in Convolution by its link.
SERVING = {"frame", "components", "session", "shared", "jobs", "store"}
EXCEPTIONS = {
    "frame/page_frame.py": {"lecture"},
    "filters/payload.py": {"convolution"},
    "inside/convolution_link.py": {"convolution"},
}


def test_the_folder_of_a_page_is_used_by_that_page_alone():
    for path in PAGES:
        parts = path.relative_to(ROOT / "pages").parts
        if parts[0] != "ui" or len(parts) < 3:
            continue
        allowed = {parts[1]} | SERVING | EXCEPTIONS.get("/".join(parts[1:]), set())
        for name in imported(path):
            if name.startswith("pages.ui.") and name.count(".") > 2:
                assert name.split(".")[2] in allowed, (path, name)


def test_internals_of_streamlit_are_used_by_one_module():
    """Streamlit itself and its components are public; the rest of its modules may change with any version."""
    for path in [*PAGES, ROOT / "app.py"]:
        if path.relative_to(ROOT).as_posix() == "pages/ui/frame/streamlit_internals.py":
            continue
        for name in imported(path):
            assert name in ("streamlit", "streamlit.testing.v1") or not name.startswith("streamlit"), (path, name)
        for node in ast.walk(tree(path)):  # by way of the public name: st.runtime
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st":
                assert node.attr not in ("runtime", "web", "config", "navigation.page"), (path, node.attr)


SCRIPT_LINES = 120
# The roles that files of a page's folder have, by name: the same on every page.
ROLES = {"settings", "presets", "questions", "controls", "inputs", "scene", "payload", "stage_events"}
# What each of these pages has beside them.
OWN_FILES = {"convolution": {"size_texts", "channels", "views"}, "filters": set(), "pooling": set(), "gradients": set()}
VIEWS_FILES = {"view"}


def test_scripts_of_pages_are_short():
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "pages").glob("*.py")}
    assert len(lines) > 8
    assert [name for name, count in lines.items() if count > SCRIPT_LINES] == []


def test_folders_of_pages_have_the_same_anatomy():
    for page, own in OWN_FILES.items():
        folder = ROOT / "pages" / "ui" / page
        names = {path.stem for path in folder.iterdir() if path.stem not in ("__init__", "__pycache__")}
        assert names <= ROLES | own and own <= names, page
        assert {"settings", "presets", "questions", "controls", "inputs", "payload", "stage_events"} <= names, page
        for part in folder.glob("*/*.py"):
            assert part.stem in ROLES | VIEWS_FILES | {"__init__"}, part


def test_the_top_of_the_core_holds_few_modules():
    assert {path.stem for path in (ROOT / "cnncore").glob("*.py")} <= {"__init__", "__main__"} | FOUNDATION


def test_no_circles_and_short_chains():
    """No module imports itself by way of others; between packages of the core the longest chain is at most 6."""
    for files in (CORE, PAGES):
        known = {module_name(path): path for path in files}
        graph = {name: set(imported_modules(path, known)) for name, path in known.items()}
        for module in graph:
            assert module not in reachable(graph, module), f"{module} imports itself by way of others"
    packages: dict[str, set[str]] = {}
    known = {module_name(path): path for path in CORE}
    for name, path in known.items():
        if name == "cnncore":
            continue  # the public names, which come from every package
        own = name.split(".")[1]
        others = {other.split(".")[1] for other in imported_modules(path, known) if other != "cnncore"}
        packages.setdefault(own, set()).update(others - {own})
    assert longest_chain(packages) <= 6


def reachable(graph, start):
    found, todo = set(), list(graph[start])
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo += graph[name]
    return found


def longest_chain(graph):
    @cache
    def length(name):
        return 1 + max(map(length, graph[name]), default=0)

    return max(map(length, graph))


def test_modules_stay_small():
    assert [path for path in [*CORE, *PAGES] if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []


def test_file_names_of_components_are_unique():
    names = [path.name for path in (ROOT / "assets" / "components").glob("**/*.*")]
    assert len(names) == len(set(names)) > 0


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


# A result is computed in Python: which class wins, how classes are ordered, whether two values are equal. Matches that
# only place something on the screen are named here, by file.
DECIDES = {
    "a winner": r"(indexOf|findIndex)\([^;]{0,30}Math\.(max|min)\(",
    "the largest probability": r"Math\.(max|min)\(\s*\.\.\.[\w.]*(prob|share|logit|answer|score|after|before)",
    "an order": r"\.(toSorted|sort|toReversed|reverse)\(",
    "a winner in a loop": r"reduce\(\s*\(\s*(best|top|winner|argmax)\b",
    "equality with a label": r"answers?(\[\w+\])? *[!=]== *[\w.]*labels?\b|labels?(\[\w+\])? *[!=]== *[\w.]*answers?\b",
}
LAYOUT = {
    ("an order", "curve.js"),  # points of a curve by their place, for the pointer
    ("equality with a label", "confusion_matrix.js"),  # a cell's row and column
}


def decisions(text):
    return {what for what, pattern in DECIDES.items() if re.search(pattern, text)}


def test_javascript_picks_no_winner_and_decides_no_equality():
    files = sorted((ROOT / "assets" / "components").glob("**/*.js"))
    found = {(what, path.name) for path in files for what in decisions(path.read_text(encoding="utf-8"))}
    assert len(files) > 50 and found == LAYOUT


def test_what_a_component_must_not_decide_is_found():
    for line in (
        "const best = p.indexOf(Math.max(...p));",
        "const best = p.findIndex((v) => v === Math.max(...p));",
        "const share = Math.max(...data.after);",
        "const most = Math.max(...frame.probabilities);",
        "const order = keys.toSorted((a, b) => p[b] - p[a]);",
        "shown.sort((a, b) => p[b] - p[a]);",
        "const k = p.reduce((best, v, k) => (v > p[best] ? k : best), 0);",
        "const good = answer === d.labels[n];",
        "const right = d.labels[n] === d.answers[n];",
        "if (first.answers[n] !== label) return;",
    ):
        assert decisions(line), line
    assert not decisions("const wide = Math.max(...boxes.map((box) => box.right)); answers.push(labels[n]);")
