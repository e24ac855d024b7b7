"""Settings in the page's link: read with care, written back, so that a copied link reopens the scene."""

import re
from collections.abc import Mapping
from typing import Any

from cnncore.limits import Bound

_WHOLE = re.compile(r"-?[0-9]{1,6}", re.ASCII)  # int() would also take "٣" and "1_0"


class Link:
    """The settings of one link. Bad values fall back to the default and are counted in `refused`."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.parameters, self.refused = parameters, []  # type: Mapping[str, str], list[str]

    def whole(self, name: str, bound: Bound, default: int) -> int:
        """A whole number within its bound."""
        text = self.parameters.get(name)
        if text is None:
            return default
        if _WHOLE.fullmatch(text) and int(text) in bound:
            return int(text)
        return self._refuse(name, default)

    def choice(self, name: str, options: Any, default: str) -> str:
        """One of the named options."""
        text = self.parameters.get(name)
        if text is None or text in options:
            return default if text is None else text
        return self._refuse(name, default)

    def _refuse(self, name: str, default: Any) -> Any:
        self.refused.append(name)
        return default

    def sentence(self) -> str | None:
        """One friendly sentence about what was not understood, or None."""
        if not self.refused:
            return None
        return f"The link's {' and '.join(self.refused)} could not be used, so the usual setting stands there instead."
