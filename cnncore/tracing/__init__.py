"""The steps that animations show, taken from the real forward and backward pass."""
