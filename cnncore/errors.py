"""What went wrong, in one sentence a person can act on.

Every error says what does not fit and names a setting that works, so that a
page can show its text unchanged.
"""


class ConvoscopeError(ValueError):
    """The common base: catch it to show any refusal to a person."""


class ShapeError(ConvoscopeError):
    """Sizes that do not go together: a filter larger than the padded input, wrong channels, …"""


class InputError(ConvoscopeError):
    """A value from outside that is out of bounds, of the wrong kind, or not finite."""


class DataError(ConvoscopeError):
    """A data file that is missing, damaged or not what it should be."""


class ModelError(ConvoscopeError):
    """A model file that cannot be read, or holds something this version does not know."""
