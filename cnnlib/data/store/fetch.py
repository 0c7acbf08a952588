"""Files from the mirror folder or the network: verified before anything uses them, and whole or not there at all."""

import contextlib
import hashlib
import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from cnnlib.data.store.folders import cannot_write, data_folder, find_in_mirror, lock
from cnnlib.errors import CourseError

__all__ = ["Remote", "fetch"]

ATTEMPTS = 3
PAUSE = 1.0  # seconds between two attempts
TIMEOUT = 60  # seconds without a byte
CHUNK = 1 << 18
BY_HAND = "put a good copy of the file into a folder, and name that folder in CNNLIB_MIRROR"


class Remote(NamedTuple):
    """A file on the network, and how to know that it is the right one."""

    file: str
    url: str
    size: int  # bytes
    sha256: str


def fetch(remote: Remote) -> Path:
    """The path of the file, from the first place that has it: ``CNNLIB_MIRROR``, the data folder, the network.

    Size and SHA-256 are those of ``remote``, or ``CourseError`` says what differs. A download that broke off goes on
    where it stopped, if the server can do that; it gets its name when it is whole and right, so that no other process
    finds a part of it.
    """
    path = find_in_mirror(remote.file)
    if path is not None:
        if fault := _fault(path, remote):
            raise CourseError(f"{path} is not the file that it should be: {fault}. Replace it, or unset CNNLIB_MIRROR.")
        return path
    path = data_folder() / remote.file
    with lock(path):
        if not path.is_file() or _fault(path, remote):
            _download(remote, path)
    return path


def _fault(path, remote):
    """What is wrong with the file, in words; empty if nothing is."""
    size = path.stat().st_size
    if size != remote.size:
        return f"expected {remote.size} bytes, got {size}"
    with path.open("rb") as file:
        return _wrong_digest(hashlib.file_digest(file, "sha256"), remote)


def _wrong_digest(digest, remote):
    found = digest.hexdigest()
    return "" if found == remote.sha256 else f"expected SHA-256 {remote.sha256}, got {found}"


def _download(remote, path):
    part = path.with_name(f"{path.name}.part")
    why = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE)
        resumed = part.is_file()
        try:
            digest = _receive(remote, part)
        except urllib.error.HTTPError as error:
            if error.code != 416:  # a server that has nothing after this part may have something else from the start
                raise CourseError(
                    f"{remote.url} answers {error.code} {error.reason}. Try later, or {BY_HAND}."
                ) from error
            part.unlink(missing_ok=True)
            continue
        except (OSError, http.client.HTTPException) as error:  # no network, a connection that broke, a time-out
            why = str(getattr(error, "reason", "") or error or type(error).__name__)
            continue
        size = part.stat().st_size
        if size < remote.size:
            why = "the server closed the connection"
            continue
        fault = f"expected {remote.size} bytes, got more" if size > remote.size else _wrong_digest(digest, remote)
        if not fault:
            with cannot_write(path):
                part.replace(path)
            return
        part.unlink()
        if not resumed:
            raise CourseError(f"{remote.url} is not the file that it should be: {fault}. Try later, or {BY_HAND}.")
    have = part.stat().st_size if part.is_file() else 0
    raise CourseError(
        f"The download of {remote.url} stopped after {have / 1e6:.1f} of {remote.size / 1e6:.1f} MB ({why}). "
        f"Run this again to go on from there, or {BY_HAND}."
    )


def _receive(remote, part):
    """Add to ``part`` what the server sends, up to one chunk too much; returns the digest of all that is in it."""
    digest, have = hashlib.sha256(), 0
    if part.is_file() and part.stat().st_size < remote.size:
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        have = part.stat().st_size
    headers = {"User-Agent": "cnnlib", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with urllib.request.urlopen(urllib.request.Request(remote.url, headers=headers), timeout=TIMEOUT) as answer:
        goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if not goes_on:  # the server sends all of it again
            digest, have = hashlib.sha256(), 0
        with cannot_write(part):
            file = part.open("ab" if goes_on else "wb")
        with file, _bar(remote, have) as advance:
            while have <= remote.size and (chunk := answer.read(CHUNK)):
                with cannot_write(part):
                    file.write(chunk)
                    file.flush()
                digest.update(chunk)
                have += len(chunk)
                advance(len(chunk))
    return digest


@contextlib.contextmanager
def _bar(remote, have):
    """A progress bar; the function that it gives takes it further by a number of bytes."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(remote.file, total=remote.size, completed=have)
        yield lambda count: progress.advance(task, count)
