"""Digits found on a photo."""
