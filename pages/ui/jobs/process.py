"""Where a training runs: a worker on this machine, spoken to by pipes."""

import os
import subprocess
import sys
from typing import Any

from cnncore.paths import ROOT
from cnncore.training.worker import WORKER_ENV


def launch() -> "subprocess.Popen[str]":
    """A worker at low priority, away from the terminal's Ctrl-C: it ends when its standard input does."""
    away: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined]
        away = {"creationflags": flags}
    return subprocess.Popen(
        [sys.executable, "-m", "cnncore.training.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | WORKER_ENV,
        **away,
    )
