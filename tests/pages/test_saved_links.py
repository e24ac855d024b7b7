"""Links, model files and kept runs of version 0.1 still open in the app.

data/links_of_0_1.json holds links, with what version 0.1 made of them: the settings that it wrote back, and of the
largest arrays that it sent to its components the shape and the sum; those that the pretrained network computed are
left out, for it has been trained anew since, and so are wrong options, which are sent as texts now. Model files are
in tests/core/data/saved_by_0_1.
"""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from page_tests import opened_page

from pages.ui.components.loader import component
from pages.ui.jobs import model_files, registry, store

HERE = Path(__file__).parent
LINKS = json.loads((HERE / "data" / "links_of_0_1.json").read_text(encoding="utf-8"))
FILES = HERE.parent / "core" / "data" / "saved_by_0_1"
EXPECTED = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def sent(monkeypatch):
    """What each component is sent, by its name."""
    payloads, register = {}, st.components.v2.component

    def registered(name, **parts):
        mount = register(name, **parts)

        def mounted(*, data, **more):
            payloads[name] = data
            return mount(data=data, **more)

        return mounted

    monkeypatch.setattr(st.components.v2, "component", registered)
    component.cache_clear()
    yield payloads
    component.cache_clear()


def arrays(value):
    """Every packed array within a payload, as its shape and its sum."""
    if isinstance(value, dict) and "base64" in value:
        array = np.frombuffer(base64.b64decode(value["base64"]), value["type"])
        yield value["shape"], float(np.nansum(array, dtype=np.float64))
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from arrays(each)


@pytest.mark.parametrize("saved", LINKS, ids=lambda saved: f"{saved['page']}-{'-'.join(list(saved['link'])[:3])}")
def test_a_link_shows_the_same_scene(saved, sent):
    test = opened_page(saved["page"], **saved["link"])
    assert not [info.value for info in test.info if "could not be used" in info.value]
    now = {name: value[0] if isinstance(value, list) else value for name, value in test.query_params.items()}
    assert now == saved["settings"]
    shown = list(arrays(sent))
    for shape, total in saved["numbers"]:
        sums = [other for found, other in shown if found == shape]
        assert any(other == pytest.approx(total, rel=1e-4, abs=1e-3) for other in sums), (shape, total, sums)


def test_a_kept_run_is_opened_by_its_link(monkeypatch, tmp_path):
    id_, expected = "kept_by_version_0_1_ab", EXPECTED["kept"]
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path))
    (tmp_path / f"{id_}.safetensors").write_bytes((FILES / "kept.safetensors").read_bytes())
    try:
        test = opened_page("train", job=id_)
        assert not test.info and test.query_params["job"] in (id_, [id_])
        job = registry.registry().get(id_)
        assert job.status_text.startswith(
            f"The server has ended meanwhile. This is what was kept, step {expected['step']}."
        )
        assert job.architecture == "c2.3s3p1-t-a3s2-o25-f-d10"  # ten units at the end, whatever the data
        assert job.can_go_on
        assert job.settings.to_dict() == expected["settings"] and job.data.classes == (3, 7)
        assert job.progress.step == expected["step"]
    finally:
        registry.registry()._jobs.clear()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_model_file_is_opened(name):
    expected = EXPECTED[name]
    job = model_files.job_from_file((FILES / f"{name}.safetensors").read_bytes(), "a session")
    assert job.settings.to_dict() == expected["settings"] and job.progress.step == expected["step"]
    assert list(job.progress.network.names) == expected["names"]
    assert job.lacks_data == bool(expected["origin"]["fingerprint"])
    weights = np.concatenate([values.ravel() for _, _, values in job.progress.copy_network().parameters()])
    np.testing.assert_array_equal(weights, np.array(expected["weights"], np.float32))
