"""The figures of the networks are read from their file, and their intervals are those of the literature."""

import json

import pytest

from cnncore import DataError
from cnncore.analysis.model_card import FILE, load_model_cards, wilson_interval


def test_wilsons_interval_is_that_of_the_literature():
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3."""
    for count, total, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)):
        assert wilson_interval(count, total, 1.959964) == pytest.approx((low, high), abs=5e-5)


def test_missing_and_damaged_figures_are_said(tmp_path):
    file = tmp_path / "card.json"
    with pytest.raises(DataError, match=r"figures card\.json are missing"):
        load_model_cards(file)
    whole = FILE.read_text()
    file.write_text(whole)
    assert load_model_cards(file) == load_model_cards()
    entries = json.loads(whole)
    del entries["dense"]["pens"]
    no_total = json.loads(whole)
    no_total["dense"]["refused"] = [0, 0]
    too_many = json.loads(whole)
    too_many["dense"]["mnist"]["correct"] = [3, 2]
    for damaged in (whole[:-9], "[]", json.dumps(entries), json.dumps(no_total), json.dumps(too_many)):
        file.write_text(damaged)
        with pytest.raises(DataError, match="are damaged: get assets/models again"):
            load_model_cards(file)
