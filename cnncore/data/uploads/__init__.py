"""Data sets read from files."""
