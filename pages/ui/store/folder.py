"""The folder of this server's state: the one that CONVOSCOPE_RUNS names, else the system's folder for such files."""

import os
import sys
from pathlib import Path

ENVIRONMENT_VARIABLE = "CONVOSCOPE_RUNS"


def state_folder() -> Path | None:
    """The folder; None where CONVOSCOPE_RUNS=off, which keeps nothing on disk."""
    if (named := named_folder()) is not None:
        return None if named.strip().lower() in ("", "off") else Path(named)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "convoscope"


def named_folder() -> str | None:
    """What CONVOSCOPE_RUNS says, if it is set."""
    return os.environ.get(ENVIRONMENT_VARIABLE)
