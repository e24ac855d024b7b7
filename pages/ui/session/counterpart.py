"""The network that is shown beside the current one: of the same classes, if there is one, and of the other kind."""

from cnncore.nn.layers import Conv2D
from pages.ui.frame.url_state import lecture_is_given
from pages.ui.session import current_network
from pages.ui.session.current_network import SessionNetwork


def compared_networks(current: SessionNetwork) -> dict[str, SessionNetwork]:
    """The current network and its counterpart, by what they are called; that with convolutions first.

    The counterpart of a pretrained network is the other one. Of a network of one's own it is a network of the same
    classes, rather one of the other kind: with convolutions where it has none, and the reverse; there may be none.
    A scene of the lecture shows the pretrained networks. Raises ModelError.
    """
    usual = [current_network.pretrained(), current_network.dense()]
    if lecture_is_given():
        current = usual[0]
    others = [
        each
        for each in (*usual, *reversed(current_network.own_networks()))
        if each.network is not current.network and each.network.names == current.network.names
    ]
    others.sort(key=lambda each: has_convolutions(each) == has_convolutions(current))  # the other kind first
    both = sorted([current, *others[:1]], key=lambda each: not has_convolutions(each))
    return {_title(each, usual): each for each in both}


def has_convolutions(current: SessionNetwork) -> bool:
    """Whether a layer of it is a convolution."""
    return any(isinstance(layer, Conv2D) for layer in current.network.layers)


def _title(network: SessionNetwork, usual: list[SessionNetwork]) -> str:
    kinds = {id(each.network): kind for each, kind in zip(usual, ("convolutional", "dense"), strict=True)}
    return kinds.get(id(network.network), network.name)
