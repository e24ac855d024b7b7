"""A run in other forms: notebook, PyTorch, curves."""
