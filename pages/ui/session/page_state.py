"""A page's own part of the session state: names without a prefix in code and links, with the page's prefix in keys."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import streamlit as st


class PageState(MutableMapping[str, Any]):
    """The entries of st.session_state whose keys begin with the page's name: "padding" is "convolution.padding".

    Entries can be read and set as items and as attributes. A widget takes its key
    from `key`, so that its value is an entry of the page:

        state = PageState("convolution")
        st.radio("Padding P", PADDINGS, key=state.key("padding"))
        state.padding
    """

    def __init__(self, page: str) -> None:
        object.__setattr__(self, "page_name", page)

    page_name: str

    def key(self, name: str) -> str:
        """The key in st.session_state of one of the page's entries."""
        return f"{self.page_name}.{name}"

    def __getitem__(self, name: str) -> Any:
        return st.session_state[self.key(name)]

    def __setitem__(self, name: str, value: Any) -> None:
        st.session_state[self.key(name)] = value

    def __delitem__(self, name: str) -> None:
        del st.session_state[self.key(name)]

    def __contains__(self, name: object) -> bool:
        return f"{self.page_name}.{name}" in st.session_state

    def __iter__(self) -> Iterator[str]:
        prefix = self.key("")
        return (key.removeprefix(prefix) for key in map(str, list(st.session_state)) if key.startswith(prefix))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"The page {self.page_name} has no {name!r} in the session state.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]
