"""Start the worker process of a training on this machine, with pipes for its input and output."""

import os
import subprocess
import sys
from typing import Any

from cnncore.paths import ROOT
from cnncore.training.worker import WORKER_ENV


def launch_worker() -> "subprocess.Popen[str]":
    """A worker at low priority, out of reach of the terminal's Ctrl-C; it ends when its standard input is closed."""
    detached: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined]
        detached = {"creationflags": flags}
    return subprocess.Popen(
        [sys.executable, "-m", "cnncore.training.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | WORKER_ENV,
        **detached,
    )
