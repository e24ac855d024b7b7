"""Small pieces of sentences."""


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 row", "2 rows", "1,000 cells"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def and_list(parts: list[str]) -> str:
    """Parts as in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
