"""A network as data: specification, text form, checker."""
