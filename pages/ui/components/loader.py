"""Components v2: read from assets/components/, each joined with what it shares with others.

An inline component is one module and cannot import a neighbour. So each is put
together here, once: the palette, every file of core/, the files that its first lines
name (`// uses grid.js stage.js`, each with its .css where there is one, and what it
uses itself), then its own, <name>.component.js.
"""

import base64
import json
from functools import cache
from itertools import takewhile
from typing import Any

import numpy as np
import streamlit as st

from cnncore.paths import ASSETS
from pages.ui.frame import palette

_FOLDER = ASSETS / "components"
# Each file by its own name, which is unique whatever its folder.
FILES = {path.name: path for path in _FOLDER.glob("**/*.*")}
ENTRIES = sorted(name.removesuffix(".component.js") for name in FILES if name.endswith(".component.js"))
_USES = "// uses "
_CORE = sorted(path.name for path in (_FOLDER / "core").glob("*.js"))


@cache
def component(name: str) -> Any:
    """The mounting command of <name>.component.js and its .css; registered on first use."""
    script, style = bundle(name)
    return st.components.v2.component(f"convoscope_{name}", html='<div class="root"></div>\n', css=style, js=script)


def bundle(name: str) -> tuple[str, str]:
    """The script and the style sheet of <name>.component.js, joined with all that it uses."""
    colours = json.dumps({"light": palette.LIGHT, "dark": palette.DARK})
    files = [*_CORE, *with_used(f"{name}.component.js")]
    script = "\n".join([f"const PALETTE = {colours};", *map(_read, files)])
    styles = [file.replace(".js", ".css") for file in files]
    return script, "\n".join([palette.css_variables(), *(_read(file) for file in styles if file in FILES)])


def with_used(name: str) -> list[str]:
    """A file and all that it uses, each once, what is used first."""
    lines = takewhile(lambda line: line.startswith(_USES), _read(name).splitlines())
    used = [file for line in lines for file in line.removeprefix(_USES).split()]
    return list(dict.fromkeys([file for each in used for file in with_used(each)] + [name]))


def _read(name: str) -> str:
    return FILES[name].read_text(encoding="utf-8")


def packed(array: Any) -> dict[str, Any]:
    """An array as data for a component (`unpack` in arrays.js): shape, type, and base64 of its bytes.

    float64 stays float64, so that a component shows exactly what was computed.
    """
    array = np.ascontiguousarray(array)
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return {"shape": list(array.shape), "type": array.dtype.name, "base64": base64.b64encode(little.tobytes()).decode()}
