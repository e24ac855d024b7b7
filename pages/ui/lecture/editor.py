"""Edit, reorder, save and load the lecture's scenes, in a table."""

import json
from collections.abc import Callable
from math import inf
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, InputError
from pages.ui import bounds
from pages.ui.frame.kept_note import kept_note
from pages.ui.frame.navigation import PAGES
from pages.ui.frame.page_frame import show_error
from pages.ui.lecture import strip as lecture
from pages.ui.lecture.scenes import Scene, read_scenes, write_scenes

_FIELDS = ("settings", "options", "facts", "beats")  # shown as JSON text


def editor() -> None:
    """The table of scenes, and what can be done with it."""
    with st.expander("Edit the lecture"):
        try:
            shown = lecture.scenes()
        except ConvoscopeError as error:
            show_error(error)
            return
        st.markdown(
            "Change a cell, add a row at the end, tick rows to delete them; the numbers in *order* say what follows "
            "what. A page's settings are those of its link; `{name}` in a text is replaced by a fact."
        )
        edition = st.session_state.get(lecture.EDITION, 0)
        rows = st.data_editor(
            [row_of(scene, order) for order, scene in enumerate(shown, 1)],
            key=f"lecture_table_{edition}",
            num_rows="dynamic",
            hide_index=True,
            column_config={
                "page": st.column_config.SelectboxColumn(options=list(PAGES), required=True),
                "hide": st.column_config.SelectboxColumn(options=["", "value", "all"]),
            },
        )
        use, save, load = st.columns([1, 1, 2])
        if use.button("Use these scenes", width="stretch"):
            _use(lambda: scenes_of(rows))
        try:
            text = write_scenes(scenes_of(rows))
        except ConvoscopeError as error:
            show_error(error)
            text = write_scenes(shown)
        save.download_button("Save as a file", text, "lecture.json", "application/json", width="stretch")
        if save.button("As it came", width="stretch"):
            _use(lecture.own_scenes)
        file = load.file_uploader(  # of any type, as in picture_uploader
            "Load a file", max_upload_size=bounds.SCENES_UPLOAD_MB, key=f"lecture_file_{edition}"
        )
        if file is not None:
            _use(lambda: read_scenes(file.getvalue()))
        kept_note("Your scenes", lecture.KEPT)


def scenes_of(rows: list[dict[str, Any]]) -> list[Scene]:
    """The table's scenes in its order; rows without a number come last. Raises InputError."""
    ordered = sorted(rows, key=lambda row: inf if row.get("order") is None else row["order"])
    return [scene_of_row(row) for row in ordered]


def _use(load: Callable[[], list[Scene]]) -> None:
    """Use the scenes that `load` returns, or say what does not fit and leave the table as it is."""
    try:
        scenes = load()
        if not 1 <= len(scenes) <= bounds.SCENES:
            raise InputError(f"A lecture has 1 to {bounds.SCENES} scenes: add one or delete some.")
        if len(write_scenes(scenes).encode()) > bounds.SCENES_BYTES:  # its file could not be read again
            raise InputError(f"A lecture has at most {bounds.SCENES_BYTES >> 10} kB: shorten or delete some scenes.")
    except ConvoscopeError as error:
        show_error(error)
        return
    lecture.use_scenes(scenes)
    st.rerun()


def row_of(scene: Scene, order: int) -> dict[str, Any]:
    """A scene as a row of the table."""
    row = {"order": order} | {name: getattr(scene, name) for name in Scene.__dataclass_fields__}
    return row | {name: json.dumps(row[name], ensure_ascii=False) for name in _FIELDS}


def scene_of_row(row: dict[str, Any]) -> Scene:
    """The scene again. Raises InputError."""
    plain: dict[str, Any] = {
        name: row.get(name) for name in Scene.__dataclass_fields__ if row.get(name) not in (None, "")
    }
    for name in _FIELDS:
        try:
            plain[name] = json.loads(plain.get(name, "{}" if name in ("settings", "facts") else "[]"))
        except (ValueError, RecursionError):
            raise InputError(
                f"The {name} of scene {str(row.get('name'))[:40]!r} are not written as JSON: compare another row."
            ) from None
    if "step" in plain:
        plain["step"] = int(plain["step"])
    return Scene(**({"name": "", "page": "start"} | plain))
