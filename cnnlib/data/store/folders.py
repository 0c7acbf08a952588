"""Where the files of data sets are, and one process at a time in there."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from cnnlib.errors import CourseError

__all__ = ["data_folder", "find_in_mirror", "lock"]


def data_folder() -> Path:
    """Where data sets live that were fetched: ``CNNLIB_DATA``, else a folder of ours in the user's cache."""
    asked = os.environ.get("CNNLIB_DATA")
    if asked:
        return Path(asked).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cnnlib"


def find_in_mirror(file: str) -> Path | None:
    """The path of ``file`` in the folder that ``CNNLIB_MIRROR`` names, or None where it is not there."""
    asked = os.environ.get("CNNLIB_MIRROR")
    if not asked:
        return None
    folder = Path(asked).expanduser()
    if not folder.is_dir():
        raise CourseError(f"CNNLIB_MIRROR names {folder}, and there is no such folder: correct it, or unset it.")
    return folder / file if (folder / file).is_file() else None


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Within it, no other process makes ``path``, whose folder is made; whoever comes second waits."""
    from filelock import FileLock  # only where something is written

    with cannot_write(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def cannot_write(path: Path) -> Iterator[None]:
    """Say what to do where the disk is full, or the folder is not ours to write to."""
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"{path} cannot be written ({error.strerror or error}). "
            "Make room, or name another folder: export CNNLIB_DATA=/a/folder/you/can/write/to"
        ) from error
