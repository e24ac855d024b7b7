"""Results that a session has computed about one network, so that nothing is computed twice."""

from typing import Any

import streamlit as st

from cnncore import Network
from pages.ui import bounds

_KEY = "network_results"


def cached_results(network: Network) -> dict[Any, Any]:
    """The session's results about this network, by key; those about another network are dropped."""
    cached = st.session_state.get(_KEY)
    if cached is None or cached[0] is not network:
        cached = st.session_state[_KEY] = (network, {})
    return cached[1]


def cache_result(network: Network, key: Any, result: Any) -> None:
    """Keep a result; beyond bounds.REMEMBERED results the oldest is dropped."""
    results = cached_results(network)
    results[key] = result
    while len(results) > bounds.REMEMBERED:
        del results[next(iter(results))]
