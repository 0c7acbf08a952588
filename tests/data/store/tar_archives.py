"""Tar archives for the tests, made on the spot."""

import io
import tarfile


def tar(files, compression=""):
    """A tar archive, as bytes, of (name or TarInfo, content) pairs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{compression}") as archive:
        for member, content in files:
            member = tarfile.TarInfo(member) if isinstance(member, str) else member
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()
