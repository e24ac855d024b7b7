"""The settings of a page have keys of their own in the session state, whatever other pages call theirs."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.frame import url_state
from pages.ui.session.page_state import PageState


def run(script):
    test = AppTest.from_function(script).run()
    assert not test.exception
    return test


def test_entries_carry_the_prefix_of_their_page():
    def script():
        import streamlit as st

        from pages.ui.session.page_state import PageState

        one, other = PageState("one"), PageState("another")
        one.padding = "half"
        one.update({"stride": 2})
        other["padding"] = "full"
        st.session_state.padding = "none"
        st.text_input("Filter", "identity", key=one.key("filter"))
        st.json({"one": dict(one), "another": dict(other), "missing": "map" in one, "default": one.get("map", 3)})
        del other.padding
        st.json({"left": dict(other), "length": len(one)})

    test = run(script)
    first, second = (json.loads(each.value) for each in test.json)
    assert first["one"] == {"padding": "half", "stride": 2, "filter": "identity"}
    assert first["another"] == {"padding": "full"} and first["missing"] is False and first["default"] == 3
    assert second == {"left": {}, "length": 3}
    assert test.session_state["one.padding"] == "half" and test.session_state["padding"] == "none"


def test_what_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="padding"):
        _ = PageState("one").padding


def test_an_earlier_link_means_something_only_by_back_or_where_the_page_was_left(monkeypatch):
    """A browser that lags behind sends the link from before the last change, however late it is."""

    def script():
        import streamlit as st

        from cnncore.limits import Bound
        from pages.ui.frame.url_state import load_from_url, save_to_url
        from pages.ui.session.page_state import PageState

        state = PageState(st.session_state.get("page", "one"))
        load_from_url(state, lambda url: {"stride": url.integer("stride", Bound(1, 5, 1), 1)})
        state.stride = st.session_state.pop("chosen", state.stride)
        save_to_url(state, ["stride"])

    def by_link(stride):
        test.query_params["stride"] = str(stride)
        test.run()
        assert test.query_params["stride"] in (str(test.session_state["one.stride"]), [str(stride)])
        return test.session_state["one.stride"]

    test = AppTest.from_function(script).run()
    test.session_state["chosen"] = 2
    test.run()
    assert test.session_state["one.stride"] == 2
    assert by_link(1) == 2  # the browser did not know of the change
    assert by_link(3) == 3  # a link that the page never had
    monkeypatch.setattr(url_state, "is_history_navigation", lambda: True)
    assert by_link(2) == 2
    assert by_link(1) == 1
    monkeypatch.setattr(url_state, "is_history_navigation", lambda: False)
    assert by_link(3) == 1
    test.session_state["page"] = "another"
    test.run()
    test.session_state["page"] = "one"
    assert by_link(3) == 3


@pytest.mark.parametrize("link", [{}, {"stride": "3"}])
def test_a_page_does_not_take_over_what_another_calls_by_the_same_name(link):
    def script():
        import streamlit as st

        from cnncore.limits import Bound
        from pages.ui.frame.url_state import load_from_url, save_to_url
        from pages.ui.session.page_state import PageState

        state = PageState(st.session_state.get("page", "one"))
        load_from_url(state, lambda url: {"stride": url.integer("stride", Bound(1, 5, 1), 1)})
        save_to_url(state, ["stride"])

    test = AppTest.from_function(script)
    test.query_params.update(link)
    test.run()
    stride = int(link.get("stride", 1))
    assert test.session_state["one.stride"] == stride and test.query_params == {"stride": str(stride)}
    test.session_state["page"] = "another"
    test.query_params.clear()
    test.run()
    assert test.session_state["another.stride"] == 1 and test.session_state["one.stride"] == stride
