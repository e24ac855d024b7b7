"""Where the files that come with the app are."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
MODELS = ASSETS / "models"  # the networks that come with the app
