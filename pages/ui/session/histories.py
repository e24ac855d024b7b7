"""Snapshots of networks from their training: of the pretrained ones and of the session's own."""

import numpy as np
import streamlit as st

from cnncore import ModelError, Network
from cnncore.nn.arrays import Array
from cnncore.training import checkpoint
from cnncore.training.snapshots import SnapshotStore
from pages.ui.session import pretrained as models
from pages.ui.session.current_network import SessionNetwork


@st.cache_resource
def pretrained(name: str = "convolutional") -> tuple[Network, SnapshotStore, Array]:
    """A pretrained network, its snapshots, its tests (n, 3): step, wrong, digits. Read only. Raises ModelError.

    name: "convolutional" or "dense".
    """
    network, run = checkpoint.load(models.MODELS / f"{name}.safetensors")
    if run is None or not run.history.snapshots:
        raise ModelError("The pretrained network holds no snapshots: train one, and look back on that.")
    timeline = SnapshotStore()
    for step, params in sorted(run.history.snapshots.items()):
        timeline.add(step, params)
    tests = [(test.step, test.wrong, test.digits) for test in run.history.evaluations]
    return network, timeline, np.array(tests, np.float32).reshape(-1, 3)


def past_of(current: SessionNetwork) -> SnapshotStore | None:
    """The snapshots of the session's current network; None where it has none."""
    try:
        if current.network is models.dense():
            return pretrained("dense")[1]
        return current.past if current.name else pretrained()[1]
    except ModelError:
        return None


def copy_snapshots(timeline: SnapshotStore) -> SnapshotStore:
    """A copy with the snapshots so far, to which later ones are not added."""
    copy = SnapshotStore(timeline.max_count, timeline.max_bytes)
    copy.items = timeline.items
    return copy
