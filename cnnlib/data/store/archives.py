"""Tar archives read into memory. Nothing is unpacked, so nothing can land where it does not belong."""

import gzip
import hashlib
import lzma
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from cnnlib.errors import CourseError

__all__ = ["manifest", "members"]

MOST_MEMBERS = 100_000
MOST_BYTES = 1 << 30  # of all that comes out of the compression, headers included
DAMAGE = (  # what reading it can raise; a chain of headers for long names, which tarfile follows, has no end
    EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error, tarfile.TarError, ValueError, RecursionError,
)  # fmt: skip


def members(path: Path) -> dict[str, bytes]:
    """The files in a ``.tar``, ``.tar.gz`` or ``.tar.xz``: a dictionary of name → bytes.

    ``CourseError`` for what a data set has no use for: links, devices, names that lead out of a folder, a name twice,
    more than a hundred thousand members or 1 GiB; and for an archive that is cut off or damaged.
    """
    found, count = {}, 0
    try:
        with _decompress(path) as file:
            stream: Any = _Bounded(file, path)  # all that tarfile asks of a stream is ``read``
            with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
                for member in archive:
                    count += 1
                    if count > MOST_MEMBERS:
                        _refuse(path, f"has more than {MOST_MEMBERS} members")
                    name = _safe_name(path, member)
                    if name in found:
                        _refuse(path, f"has {name!r} twice")
                    content = archive.extractfile(member)
                    if content is not None:  # a folder has none
                        found[name] = content.read()
            while stream.read(1 << 20):  # to the end, where the checksum of the compression is
                pass
    except DAMAGE as error:
        raise CourseError(
            f"{path} is cut off, damaged or no tar archive ({error}). Delete it, and fetch it again."
        ) from error
    return found


def manifest(files: dict[str, bytes]) -> str:
    """One SHA-256 of all names and contents, whatever the order and compression of the archive they were in.

    It is that of the lines that ``sha256sum`` writes for the files in the order of their names (``LC_ALL=C sort``).
    """
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _decompress(path):
    with open(path, "rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(path)
    if start == b"\xfd7zXZ\0":
        return lzma.open(path)
    return open(path, "rb")


class _Header(tarfile.TarInfo):
    """A member's header. One that is damaged or cut off is an error; tarfile takes it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive):
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # a block of zeros: this is what the end looks like
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


class _Bounded:
    """A stream that refuses to give more than ``MOST_BYTES``: what is packed small may be huge, headers included."""

    def __init__(self, stream, path):
        self.stream, self.path, self.left = stream, path, MOST_BYTES

    def read(self, size):
        data = self.stream.read(min(size, self.left + 1))
        self.left -= len(data)
        if self.left < 0:
            _refuse(self.path, f"holds more than {MOST_BYTES} bytes")
        return data


def _safe_name(path, member):
    name = PurePosixPath(member.name)
    if (
        name.is_absolute()
        or ".." in name.parts
        or "\\" in member.name
        or ":" in member.name
        or not member.name.isprintable()
    ):
        _refuse(path, f"has a member with a name that may lead elsewhere, {member.name!r}")
    if not (member.isdir() or member.isreg()) or member.issparse():
        _refuse(path, f"has a member that is no plain file, {member.name!r}")
    return str(name)


def _refuse(path, what):
    raise CourseError(f"{path} {what}. No data set of the course is like that: do not use this archive.")
