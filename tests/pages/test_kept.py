"""What the session makes is taken up by the next session of the same browser, and by no other."""

import secrets

import numpy as np
import pytest
import streamlit as st
from page_tests import opened_page

from pages.ui import bounds
from pages.ui.inside.views import ablation
from pages.ui.lecture import strip
from pages.ui.lecture.scenes import write_scenes
from pages.ui.session import kept, my_digits, owner, pretrained
from pages.ui.store import sqlite
from pages.ui.store.folder import ENVIRONMENT_VARIABLE
from pages.ui.store.store import StoreError


@pytest.fixture
def token():
    return secrets.token_hex(16)


class Sessions:
    """Sessions without a page, one at a time: st.session_state is that of the one begun last, or gone back to."""

    def __init__(self):
        self.states = {}

    def enter(self, name, token=None):
        st.session_state.clear()
        st.session_state.update(self.states.get(name, {}))
        if token is not None:
            owner.set_token(token)
        kept.load_all()
        self.name = name

    def leave(self):
        self.states[self.name] = dict(st.session_state)
        st.session_state.clear()


@pytest.fixture
def sessions():
    made = Sessions()
    yield made
    st.session_state.clear()


def add(*numbers):
    digits = pretrained.test_digits()
    for n in numbers:
        my_digits.add(digits.images[n], int(digits.labels[n]))


def labels():
    return [each.label for each in my_digits.user_digits()]


def test_digits_and_what_can_be_undone_are_those_of_the_session_before(sessions, token):
    sessions.enter("one", token)
    add(0, 1, 2)
    my_digits.relabel(1, 9)
    my_digits.remove(0)
    made, past, until = my_digits.user_digits(), my_digits._PAST.values(), my_digits.KEPT.until
    sessions.leave()
    sessions.enter("two", token)
    assert my_digits.KEPT.until == until is not None
    for one, other in zip([*past, made], [*my_digits._PAST.values(), my_digits.user_digits()], strict=True):
        assert [each[:2] for each in one] == [each[:2] for each in other]
        assert all(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))
    add(3)
    assert my_digits.user_digits()[-1].id == 3  # a number means one digit for ever
    sessions.leave()
    sessions.enter("stranger", secrets.token_hex(16))
    assert not my_digits.user_digits() and my_digits.KEPT.until is None


def test_labels_of_other_classes_are_kept_with_their_names(sessions, token):
    sessions.enter("one", token)
    add(0)
    image = pretrained.test_digits().images[1]
    my_digits.add(image, 1, ("Bär", "Käse"))
    sessions.leave()
    sessions.enter("two", token)
    assert [each.name for each in my_digits.user_digits()] == ["7", "Käse"]
    sessions.leave()


def test_what_was_made_before_the_browser_answered_joins_what_was_kept(sessions, token):
    sessions.enter("one", token)
    add(0, 1)
    sessions.leave()
    sessions.enter("two")
    add(2, 1)
    assert sqlite.store().list(owner.owner() or "") == []
    owner.set_token(token)
    assert kept.load_all() and not kept.load_all()
    digits = pretrained.test_digits()
    assert labels() == digits.labels[:3].tolist() and len({each.id for each in my_digits.user_digits()}) == 3
    my_digits.undo()
    assert labels() == digits.labels[:2].tolist()
    sessions.leave()
    sessions.enter("three", token)
    assert labels() == digits.labels[:2].tolist()


def test_two_tabs_of_one_browser_agree(sessions, token):
    sessions.enter("one", token)
    sessions.leave()
    sessions.enter("two", token)
    add(0)
    sessions.leave()
    st.session_state.update(sessions.states["one"])
    add(1)  # before the next run has begun
    assert len(labels()) == 2
    sessions.name = "one"
    sessions.leave()
    sessions.enter("two")
    assert len(labels()) == 2
    kept.delete_all()
    assert labels() == [] and not my_digits.can_undo()
    sessions.leave()
    sessions.enter("one")
    assert labels() == [] and not my_digits.can_undo()


def test_as_many_digits_as_have_room_are_kept_with_every_undo(sessions, token):
    sessions.enter("one", token)
    noise = np.random.default_rng(0).integers(0, 256, (3 * 200, 28, 28, 1), np.uint8)
    for n in range(0, 600, 200):
        my_digits.remove_all()
        for image in noise[n : n + 200]:
            my_digits.add(image, 1)
    for each in my_digits.user_digits()[:40]:
        my_digits.relabel(each.id, 2)
    assert kept.problem() is None
    sessions.leave()
    sessions.enter("two", token)
    assert len(labels()) == 200 and labels().count(2) == 40


def test_a_lecture_of_ones_own(sessions, token):
    comes = strip.own_scenes()
    sessions.enter("one", token)
    strip.use_scenes(comes[3:5])
    sessions.leave()
    sessions.enter("two", token)
    assert strip.scenes() == comes[3:5] and strip.KEPT.until
    strip.use_scenes(strip.own_scenes())
    assert strip.KEPT.until is None
    sessions.leave()
    sessions.enter("three", token)
    assert strip.scenes() == comes


def test_edits_of_a_network_are_undone_only_from_where_they_were(sessions, token):
    sessions.enter("one", token)
    ablation._set_edits([ablation.MapEdit(0, 5)])
    ablation._set_edits([ablation.MapEdit(0, 5), ablation.MapEdit(3, 2, 0.5)])
    sessions.leave()
    sessions.enter("two", token)
    assert not ablation.can_undo()  # nothing is switched off in this session's link
    ablation.state.update(off="1.6", bias="4.3:0.5")
    assert ablation.can_undo()
    ablation.edit({"undo": True}, None, 0, 0)
    assert ablation._texts() == ("1.6", "")
    sessions.leave()
    sessions.enter("three", token)
    ablation._set_edits([ablation.MapEdit(0, 7)])
    ablation.edit({"undo": True}, None, 0, 0)
    assert ablation._texts() == ("", "") and not ablation.can_undo()


def whole(text):
    return text[0].isupper() and text.endswith(".") and "\n" not in text


def test_a_record_that_is_damaged_or_newer_is_one_sentence(sessions, token):
    sessions.enter("one", token)
    add(0)
    whose, store = owner.owner(), sqlite.store()
    _, data = store.get(whose, my_digits.KEPT.kind, "")
    for broken in (b"", b"PK", data[:-30], data[:200] + bytes(50) + data[250:], write_scenes([]).encode()):
        store.put(whose, my_digits.KEPT.kind, "", broken, version=1)
        sessions.enter("two", token)
        assert labels() == [] and whole(kept.problem())
    add(1)
    assert kept.problem() is None
    newer = store.put(whose, my_digits.KEPT.kind, "", b"new", version=my_digits.KEPT.version + 1)
    sessions.enter("three", token)
    assert "newer version" in kept.problem() and whole(kept.problem())
    add(2)
    assert len(labels()) == 1 and store.list(whose)[0] == newer


@pytest.mark.parametrize("where", ["a file", "a damaged database"])
def test_where_nothing_can_be_kept_the_session_works_and_says_so(sessions, token, where, tmp_path, monkeypatch):
    folder = tmp_path / "state"
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(folder))
    if where == "a file":
        folder.write_text("no folder")
    else:
        folder.mkdir()
        (folder / sqlite.FILE).write_bytes(b"\xff" * 9000)
    sessions.enter("one", token)
    add(0)
    assert len(labels()) == 1 and whole(kept.problem())
    sessions.leave()
    sessions.enter("two", token)
    assert len(labels()) == (0 if where == "a file" else 1)
    if where != "a file":
        sqlite._open.pop(folder).close()
    sqlite._set_aside.clear()


def test_too_much_is_one_sentence(sessions, token, monkeypatch):
    monkeypatch.setattr(bounds, "STORE_OWNER_BYTES", 1000)
    sessions.enter("one", token)
    add(*range(8))
    assert len(labels()) == 8 and "for one browser" in kept.problem()
    kept.delete_all()
    assert kept.problem() is None


def test_a_token_has_one_form_and_the_first_holds(sessions, token):
    for bad in (None, "", 3, "x" * 32, token.upper() + "A", token + "\n", [token], {"token": token}):
        st.session_state.clear()
        owner.set_token(bad)
        assert owner.owner() is None and not owner.is_awaited()
    st.session_state.clear()
    owner.set_token(token)
    whose = owner.owner()
    owner.set_token(secrets.token_hex(16))
    assert owner.owner() == whose and token not in whose and len(whose) == 64


def test_a_page_without_a_browser_has_an_owner_of_its_own():
    one, other = (opened_page("draw", view="mine").session_state[owner.TOKEN] for _ in range(2))
    assert len(one) == 32 and one != other


def test_the_page_says_what_is_kept_and_deletes_it(token):
    page = opened_page("draw", view="mine")
    assert not any("are kept on this server" in each.value for each in page.markdown)
    st.session_state.clear()
    owner.set_token(token)
    add(0, 1)
    st.session_state.clear()
    page.session_state[owner.TOKEN] = token
    page.run()
    assert any("are kept on this server for this browser alone until" in each.value for each in page.markdown)
    page.button(key="delete_kept_my digits").click().run()
    assert not page.exception and my_digits._KEY not in page.session_state
    assert not any("are kept on this server" in each.value for each in page.markdown)


def test_undo_of_switching_off_is_offered_by_the_page(token):
    st.session_state.clear()
    owner.set_token(token)
    ablation._set_edits([ablation.MapEdit(0, 5)])
    st.session_state.clear()
    page = opened_page("inside", view="off", layer="1", map="6", off="1.6")
    page.session_state[owner.TOKEN] = token
    for key in list(kept.KINDS.values()):
        del page.session_state[key._key]
    page.run()
    assert page.session_state["inside.shown"][1]["undo"]


def test_an_error_of_the_store_is_no_error_of_the_page(monkeypatch, token):
    def broken():
        raise StoreError("It is broken: do without.")

    monkeypatch.setattr(kept.sqlite, "store", broken)
    page = opened_page("draw", view="mine")
    page.run()  # by now the owner is known
    assert [each.value for each in page.warning] == ["It is broken: do without."]
    monkeypatch.undo()
    assert not page.run().warning
