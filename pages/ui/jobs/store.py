"""The newest checkpoint of each run on disk, so that it outlives a server that was killed.

The folder is the one that CONVOSCOPE_RUNS names, else the system's folder for the state of programs;
CONVOSCOPE_RUNS=off switches the store off. The oldest files are removed first (bounds.KEPT_FILES, bounds.KEPT_BYTES).
Writing never fails: where the disk is full or not writable, nothing is stored, and `problem` says so.
"""

import re
from contextlib import suppress
from pathlib import Path

from cnncore import limits
from cnncore.training.checkpoint import write_atomically
from pages.ui import bounds
from pages.ui.store.folder import ENVIRONMENT_VARIABLE as ENVIRONMENT_VARIABLE
from pages.ui.store.folder import named_folder, state_folder

ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # as secrets.token_urlsafe(16) makes them, and no path
_failed: set[Path] = set()  # folders where the last write failed


def folder() -> Path | None:
    """The folder of the store; None where it is switched off."""
    place = state_folder()
    return place if place is None or named_folder() is not None else place / "runs"


def write(id_: str, data: bytes) -> None:
    """Store a run's file under its job's id, in place of the one before."""
    place = folder()
    if place is None or not ID.fullmatch(id_):
        return
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(place / f"{id_}.safetensors", data)
        _remove_oldest(place)
    except OSError:
        _failed.add(place)
    else:
        _failed.discard(place)


def problem() -> str | None:
    """One sentence where the last run could not be written to disk, else None."""
    if folder() not in _failed:
        return None
    return (
        "This server cannot save runs, because its folder for them is full or not writable: training goes on, "
        "but download the network before you close the page."
    )


def read(id_: str) -> bytes | None:
    """The file of a job, if there is one."""
    place = folder()
    if place is None or not ID.fullmatch(id_):
        return None
    try:
        with (place / f"{id_}.safetensors").open("rb") as file:
            return file.read(limits.MODEL_BYTES + 1)
    except OSError:
        return None


def has(id_: str) -> bool:
    """Whether there is a file of a job."""
    place = folder()
    return place is not None and bool(ID.fullmatch(id_)) and (place / f"{id_}.safetensors").is_file()


def _remove_oldest(place: Path) -> None:
    """Remove the oldest files beyond the bounds, and temporary files that a killed server has left."""
    files = []
    for path in place.iterdir():
        if path.suffix not in (".safetensors", ".half"):
            continue  # not ours
        with suppress(OSError):  # another server may remove it at the same time
            status = path.stat()
            files.append((status.st_mtime, status.st_size, path))
    files.sort(reverse=True)
    newest = files[0][0] if files else 0.0
    taken = 0
    for index, (when, size, path) in enumerate(files):
        is_temporary = path.name.endswith(".half")
        taken += size
        too_many = index >= bounds.KEPT_FILES or taken > bounds.KEPT_BYTES
        if (too_many and not is_temporary) or (is_temporary and newest - when > 10 * bounds.KEEP_SECONDS):
            with suppress(OSError):
                path.unlink()
