"""All that the stage of the page Inside shows of a layer and a map."""

from typing import Any

from cnncore.nn.arrays import Array
from cnncore.tracing.network import NetworkTrace, trace_network
from pages.ui.inside import convolution_link
from pages.ui.inside.layer_strip import MAPS, answer_data, strip_data
from pages.ui.inside.views import ablation, feature_visualization, filter_history
from pages.ui.inside.views.layer import strongest_cell, view_data, view_of
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import evaluation_set
from pages.ui.session.histories import past_of
from pages.ui.session.page_state import PageState
from pages.ui.shared.layer_labels import source_of

state = PageState("inside")


def stage_data(current: SessionNetwork, trace: NetworkTrace, image: Array, description: str) -> dict[str, Any]:
    """The stage's data for the page's settings.

    trace        of the network with its maps switched off and biases shifted, on `image`
    image        (28, 28, 1) uint8, as it is before the network sees it
    description  of the image, in a few words

    Raises ShapeError.
    """
    network, layer, index = current.network, state.layer - 1, state.map - 1
    source = source_of(network, layer)
    view = view_of(network, state.view, layer)
    if view == "cell" and not (state.row and state.column):
        state.row, state.column = (n + 1 for n in strongest_cell(trace, layer, index))
    scene: tuple[Any, ...] = (view, state.layer, state.map, state.row, state.column)
    if view == "filters":
        data = filter_history.filters_data(network, past_of(current), source, index)
        scene = (view, source, index // MAPS)
    elif view == "filter":
        data = filter_history.filter_data(network, past_of(current), source, index)
        data |= feature_visualization.excited_data(current, source, index)
        scene = (view, source)
    elif view == "off":
        before = trace_network(network, current.sees(image)) if ablation.current_edits() else trace
        data = ablation.ablation_data(current, before, trace, source, index)
    else:
        data = view_data(trace, state.view, layer, index, max(state.row - 1, 0), max(state.column - 1, 0))
    return data | {
        "view": view,
        "strip": strip_data(trace, network.names),
        "answer": answer_data(trace.logits, network),
        "what": description,
        "noun": evaluation_set(current).noun,
        "scene": str((*scene, current.name)),
        "canSlide": convolution_link.can_slide(network, source),
        "pictured": filter_history.has_images(network, source),
    }


def compute_missing(current: SessionNetwork, view: str) -> bool:
    """Compute, with a progress bar, what takes a second or more; return whether there was something to compute."""
    source = source_of(current.network, state.layer - 1)
    if view == "filter":
        return feature_visualization.compute_missing(current, source, state.map - 1)
    return view == "off" and ablation.count_missing(current)
