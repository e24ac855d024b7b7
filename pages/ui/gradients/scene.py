"""One scene of the gradients page: what cnncore computed for its settings, and the component that shows it."""

from typing import Any

from cnncore.tracing.backward import trace_backward, trace_rotated
from cnncore.tracing.finite_differences import perturb
from cnncore.tracing.gradient_descent import trace_gradient_descent
from cnncore.tracing.single_channel import output_shape
from pages.ui.gradients.inputs import Settings, filter_of, geometry_of, input_of, loss_over, nudged_index, window_over
from pages.ui.gradients.payload import backward_data, descent_data, nudge_data, rotated_data
from pages.ui.gradients.settings import LOSSES

# The component of each view.
COMPONENTS = {
    "add-one": "finite_difference",
    "backward": "backward",
    "rotated": "full_convolution",
    "learn": "gradient_descent",
}


def scene_data(settings: Settings) -> dict[str, Any]:
    """What the view shows, as data for its component. Raises ConvoscopeError."""
    view = settings["view"]
    values, geometry = input_of(settings), geometry_of(settings)
    if view == "learn":
        hidden, start = filter_of(settings, "hidden"), filter_of(settings, "start")
        data = descent_data(trace_gradient_descent(values, hidden, start, learning_rate=settings["rate"], **geometry))
        return data | {"scene": f"{values.shape}{hidden.shape}", "caption": "w ← w − η·g; L is the mean squared error"}
    filter_ = filter_of(settings)
    shape = output_shape(values, window_over(values, filter_, settings))
    loss = loss_over(shape, settings)
    scene = f"{values.shape}{shape}{filter_.shape}"
    if view == "rotated":
        data = rotated_data(trace_rotated(values, filter_, loss=loss, **geometry), filter_)
        return data | {
            "scene": scene,
            "caption": "dL/d(input) as a full convolution, and scattered back",
        }
    trace = trace_backward(values, filter_, loss=loss, **geometry)
    if view == "backward":
        caption = f"L is {LOSSES[settings['loss']]}" if settings["loss"] != "edited" else "dL/d(output) is your own"
        return backward_data(trace, settings["loss"], loss.targets) | {"scene": scene, "caption": caption}
    index = nudged_index(values if settings["part"] == "input" else filter_, settings)
    step = perturb(
        values, filter_, operand=settings["part"], index=index, amount=settings["amount"], loss=loss, **geometry
    )
    scene += f"{settings['part']}{settings['cell']}"
    return nudge_data(step, trace, settings["loss"]) | {
        "scene": scene,
        "caption": "how does the loss answer to one cell?",
    }
