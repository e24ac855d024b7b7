"""The lecture as a list of scenes, in a small readable file: each a page, its settings, a question and its answer.

A text may hold `{name}` for each fact that the scene names (cnncore.teaching.facts), so
that every number in it is computed and none is typed.
"""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from cnncore import ConvoscopeError, InputError
from cnncore.paths import ASSETS
from cnncore.teaching.facts import fact
from pages.ui import bounds
from pages.ui.frame.navigation import PAGES
from pages.ui.frame.url_state import LECTURE

LECTURE_FILE = ASSETS / "scenes" / "lecture.json"
# Names alone; str.format would obey a file's widths and attributes.
_NAMED = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,40})\}")
_SETTING = re.compile(r"[a-z_]{1,40}")
RESERVED = ("embed", LECTURE)  # names in a link that are not a page's own


@dataclass(frozen=True)
class Scene:
    """One scene.

    name      a few words
    page      stem of its page
    settings  the page's, as its link has them
    question  what the class predicts; "" for a scene that only shows
    options   texts to choose from, the right one first; wrong ones may be [text, why it is wrong]
    caption   what answers the question
    facts     name -> [fact, argument, …]
    step      the stage's step, counted from 1; 0 where there is none
    hide      what the stage hides until the reveal: "value" (the step's), "all" (whatever tells the answer), or ""
    beats     the steps visited after the reveal
    """

    name: str
    page: str
    settings: dict[str, Any] = field(default_factory=dict)
    question: str = ""
    options: list[Any] = field(default_factory=list)
    caption: str = ""
    facts: dict[str, list[Any]] = field(default_factory=dict)
    step: int = 0
    hide: str = ""
    beats: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        kinds = {"settings": dict, "options": list, "facts": dict, "beats": list, "step": int}
        for f in fields(self):
            if not isinstance(getattr(self, f.name), kinds.get(f.name, str)):
                raise InputError(
                    f"A scene's {f.name} is not of the right kind: compare it with the lecture's own file."
                )
        if not self.name or len(self.name) > bounds.SCENE_TEXT:
            raise InputError(f"A scene has a name of up to {bounds.SCENE_TEXT} letters.")
        if self.hide not in ("", "value", "all"):
            raise InputError(f'Scene {self.name[:40]!r} hides "value", "all" or "", not {self.hide[:40]!r}.')
        if self.page not in PAGES:
            raise InputError(
                f"Unknown page {self.page[:40]!r} in scene {self.name[:40]!r}: try one of {', '.join(PAGES)}."
            )
        for name in self.settings:
            if not _SETTING.fullmatch(name) or name.startswith(RESERVED):
                raise InputError(
                    f"Scene {self.name[:40]!r} has a setting {name[:40]!r}, which no page has: leave it out."
                )
        plain = (str, int, float, bool)
        if not all(isinstance(value, plain) for value in self.settings.values()):
            raise InputError(f"The settings of scene {self.name[:40]!r} are numbers and words only.")
        if not all(isinstance(beat, int) and beat >= 1 for beat in [*self.beats, self.step + 1]):
            raise InputError(f"The steps of scene {self.name[:40]!r} are counted from 1.")
        self.texts()

    def texts(self) -> tuple[str, list[dict[str, Any]], str]:
        """Question, options and caption with their facts filled in. Raises InputError."""
        known = {name: f"{fact(call):,.6g}" for name, call in self.facts.items()}

        def filled(text: Any) -> str:
            try:
                return _NAMED.sub(lambda match: known[match[1]], str(text))
            except KeyError as error:
                raise InputError(f"Scene {self.name[:40]!r} names {error}, a fact that it does not define.") from None

        options = []
        for number, option in enumerate(self.options):
            text, why = option if isinstance(option, list) and len(option) == 2 else (option, "")
            options.append({"text": filled(text), "right": number == 0, "why": filled(why)})
        if len({option["text"] for option in options}) < len(options):
            raise InputError(f"Two options of scene {self.name[:40]!r} read the same: change one.")
        return filled(self.question), options, filled(self.caption)


def read_scenes(data: bytes) -> list[Scene]:
    """A scene file's content. Raises InputError, naming the scene that does not fit."""
    if len(data) > bounds.SCENES_BYTES:
        raise InputError(f"A scene file has at most {bounds.SCENES_BYTES >> 10} kB: remove some scenes.")
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError("This is not a scene file: save one in the app and change that.") from None
    if not isinstance(plain, list) or not 1 <= len(plain) <= bounds.SCENES:
        raise InputError(f"A lecture is a list of 1 to {bounds.SCENES} scenes: save one in the app and change that.")
    return [_scene(entry, number) for number, entry in enumerate(plain, 1)]


def _scene(entry: Any, number: int) -> Scene:
    try:
        return Scene(**entry)
    except TypeError:
        known = ", ".join(f.name for f in fields(Scene))
        raise InputError(f"Scene {number} is not described by {known}: remove what is more.") from None
    except ConvoscopeError as error:
        raise InputError(f"Scene {number}: {error}") from None


def write_scenes(scenes: list[Scene]) -> str:
    """The file's content: a scene in a few lines, without the fields that have their default."""
    defaults = asdict(Scene("-", "start")) | {"name": None, "page": None}
    entries = []
    for scene in scenes:
        lines = [
            f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in asdict(scene).items()
            if value != defaults[name]
        ]
        entries.append("  {\n" + ",\n".join(lines) + "\n  }")
    return "[\n" + ",\n".join(entries) + "\n]\n"
