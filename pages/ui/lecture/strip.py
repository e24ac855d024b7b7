"""The lecture: which scene is shown, its strip above the page, and the way to the next."""

import re
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, DataError
from pages.ui.components.loader import component
from pages.ui.frame.navigation import reload_from_url
from pages.ui.frame.url_state import LECTURE
from pages.ui.lecture.scenes import LECTURE_FILE, Scene, read_scenes, write_scenes
from pages.ui.session.kept import Kept
from pages.ui.session.owner import is_awaited

_STRIP = "lecture_strip"
_STATE = "lecture_state"  # scenes, where to go next, how each scene was left
EDITION = "lecture_edition"  # a number that changes with the scenes


def scenes() -> list[Scene]:
    """The session's lecture: the one that comes with the app, until it is edited. Raises InputError."""
    state = _state()
    if state["scenes"] is None:
        state["scenes"] = own_scenes()
    return state["scenes"]


def own_scenes() -> list[Scene]:
    """The lecture that comes with the app. Raises InputError, DataError where the file is missing."""
    try:
        return read_scenes(LECTURE_FILE.read_bytes())
    except OSError:
        raise DataError(f"The lecture {LECTURE_FILE.name} is missing: put it back into assets/scenes.") from None


def use_scenes(edited: list[Scene]) -> None:
    """Replace the session's lecture by these scenes; none of them is shown yet. They are kept for the browser."""
    _replace(edited)
    KEPT.save()


def go_to(number: int) -> None:
    """Show scene `number` (counted from 1) at the next run, as a callback."""
    _state().update(to=number, restore=False)


def strip() -> None:
    """The current scene's strip, where a lecture is given; leads on to the next scene."""
    state = _state()
    to, state["to"] = state["to"], None
    if to is not None:
        _open(to)
    number = scene_number()
    if number is None:
        if LECTURE in st.query_params and not is_awaited():  # a lecture of one's own may have more scenes
            del st.query_params[LECTURE]
            st.info(f"The lecture has scenes 1 to {len(scenes())}: the link named none of them.")
        return
    all_scenes = scenes()
    scene = all_scenes[number - 1]
    try:
        question, options, caption = scene.texts()
    except ConvoscopeError as error:
        question, options, caption = str(error), [], ""
    data: dict[str, Any] = {
        "number": number,
        "count": len(all_scenes),
        "visit": state["visit"],
        "name": scene.name,
        "question": question,
        "options": options,
        "caption": caption,
        "step": scene.step - 1 if scene.step else None,
        "hide": scene.hide,
        "beats": sorted({max(beat, scene.step or 1) - 1 for beat in [*scene.beats, scene.step or 1]}),
        "left": state["left"].get(number) if state["restore"] else None,
    }
    component("lecture")(key=_STRIP, data=data, on_move_change=_moved)


def scene_number() -> int | None:
    """Which scene the link asks for, counted from 1; None outside a lecture."""
    text = st.query_params.get(LECTURE, "")
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or not 1 <= int(text) <= len(scenes()):
        return None
    return int(text)


def scene_link(number: int) -> dict[str, str]:
    """The query of scene `number`."""
    scene = scenes()[number - 1]
    return {name: str(value) for name, value in scene.settings.items()} | {LECTURE: str(number)}


def _moved() -> None:
    """The strip asks for another scene; 0 ends the lecture."""
    moved, state, current = st.session_state[_STRIP].get("move"), _state(), scene_number()
    if not isinstance(moved, dict) or not isinstance(moved.get("to"), int) or current is None:
        return
    left = moved.get("left")
    if isinstance(left, dict) and isinstance(left.get("step"), int):
        state["left"][current] = {"step": left["step"]}
    if 0 <= moved["to"] <= len(scenes()):
        state["to"], state["restore"] = moved["to"], moved["to"] < current


def _open(number: int) -> None:
    """Go to a scene, or leave the lecture at the current scene (0)."""
    state = _state()
    state["visit"] += 1
    if not number:
        del st.query_params[LECTURE]
        return
    reload_from_url()
    st.switch_page(f"pages/{scenes()[number - 1].page}.py", query_params=scene_link(number))


def _state() -> dict[str, Any]:
    return st.session_state.setdefault(_STATE, _initial_state())


def _initial_state() -> dict[str, Any]:
    return {"scenes": None, "to": None, "visit": 0, "left": {}, "restore": False}


def _replace(edited: list[Scene] | None) -> None:
    """Other scenes, or those that come with the app; the strip shows them anew, and the table of scenes."""
    visit = _state()["visit"] + 1
    st.session_state[_STATE] = _initial_state() | {"scenes": edited, "visit": visit}
    st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1


def _pack() -> bytes | None:
    """The scenes as their file; None for the lecture that comes with the app."""
    edited = _state()["scenes"]
    try:
        is_own = edited is not None and edited != own_scenes()
    except ConvoscopeError:  # its file is missing
        is_own = True
    return write_scenes(edited).encode() if is_own else None


def _unpack(data: bytes, is_new: bool) -> None:
    if not is_new:  # else the session has been given another lecture before the browser answered
        _replace(read_scenes(data))


KEPT = Kept("lecture", version=1, pack=_pack, unpack=_unpack, reset=lambda: _replace(None))
