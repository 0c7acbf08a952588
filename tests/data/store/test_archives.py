"""Archives are read whole or refused, and nothing is ever written."""

import contextlib
import gzip
import lzma
import subprocess
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlib.data.store import archives
from cnnlib.errors import CourseError
from tests.data.store.tar_archives import tar

FILES = [("train/b.txt", b"two"), ("train/a.txt", b"one"), ("c.bin", bytes(70_000))]


def special(name, kind, target=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize("compression", ["", "gz", "xz"])
def test_reads(tmp_path, compression):
    (tmp_path / "x").write_bytes(tar([(special("train", tarfile.DIRTYPE), b""), *FILES], compression))
    assert archives.members(tmp_path / "x") == dict(FILES)


def test_names_are_plain(tmp_path):
    (tmp_path / "x").write_bytes(tar([("./train//a.txt", b"one")]))
    assert archives.members(tmp_path / "x") == {"train/a.txt": b"one"}


@pytest.mark.parametrize(("member", "message"), [
    ("../out.txt", r"may lead elsewhere, '\.\./out\.txt'"),
    ("a/../../out.txt", "may lead elsewhere"),
    ("/etc/passwd", "may lead elsewhere"),
    ("C:out.txt", "may lead elsewhere"),
    ("..\\out.txt", "may lead elsewhere"),
    ("a\nb", "may lead elsewhere"),
    (special("a", tarfile.SYMTYPE, "/etc/passwd"), "no plain file, 'a'"),
    (special("a", tarfile.LNKTYPE, "c.bin"), "no plain file, 'a'"),
    (special("a", tarfile.CHRTYPE), "no plain file, 'a'"),
    (special("a", tarfile.FIFOTYPE), "no plain file, 'a'"),
    (special("a", tarfile.GNUTYPE_SPARSE), "no plain file, 'a'"),  # a few bytes that stand for many
    ("c.bin", "'c.bin' twice"),
    ("./c.bin", "'c.bin' twice"),
])  # fmt: skip
def test_refuses(tmp_path, member, message):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.tar").write_bytes(tar([*FILES, (member, b"")]))
    with pytest.raises(CourseError, match=rf"x\.tar has .*{message}.*: do not use this archive"):
        archives.members(tmp_path / "in" / "x.tar")
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "x.tar"]


def test_refuses_too_many_and_too_much(tmp_path, monkeypatch):
    (tmp_path / "x.tar").write_bytes(tar([(f"{n}", b"") for n in range(11)]))
    monkeypatch.setattr(archives, "MOST_MEMBERS", 11)
    assert len(archives.members(tmp_path / "x.tar")) == 11
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    with pytest.raises(CourseError, match="has more than 10 members"):
        archives.members(tmp_path / "x.tar")
    (tmp_path / "x.tar.xz").write_bytes(tar([("zeros", bytes(10_000_000))], "xz"))
    assert (tmp_path / "x.tar.xz").stat().st_size < 10_000
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    with pytest.raises(CourseError, match="holds more than 1000000 bytes"):
        archives.members(tmp_path / "x.tar.xz")


@pytest.mark.parametrize(("compression", "lengths"), [
    ("", (0, 5, 700, 1024, 1200, 40_000)),  # the last after, within and before the second member's header, and later
    ("gz", (0, 5, 200, -9)),
    ("xz", (0, 5, 200, -9)),
])  # fmt: skip
def test_refuses_what_is_cut_off(tmp_path, compression, lengths):
    whole = tar(FILES, compression)
    for length in lengths:
        (tmp_path / "x.tar").write_bytes(whole[:length])
        with pytest.raises(CourseError, match=r"x\.tar is cut off, damaged or no tar archive .* fetch it again"):
            archives.members(tmp_path / "x.tar")


def test_refuses_a_damaged_header_in_the_middle(tmp_path):
    damaged = bytearray(tar(FILES))
    damaged[1024] ^= 1  # of the second name; tarfile alone would take this for the end
    (tmp_path / "x.tar").write_bytes(damaged)
    with pytest.raises(CourseError, match=r"cut off, damaged or no tar archive \(bad checksum\)"):
        archives.members(tmp_path / "x.tar")


def test_refuses_names_that_go_on_for_ever(tmp_path):
    header = special("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    header.size = 2
    one = header.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(512, b"\0")
    (tmp_path / "x.tar").write_bytes(one * 3000 + tar(FILES))
    with pytest.raises(CourseError, match="cut off, damaged or no tar archive"):
        archives.members(tmp_path / "x.tar")


@given(st.data())
def test_damage_never_ends_in_another_error(tmp_path_factory, data):
    compress = data.draw(st.sampled_from([bytes, gzip.compress, lzma.compress]))
    damaged = bytearray(tar(FILES[:2]) if data.draw(st.booleans()) else compress(tar(FILES[:2])))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, min(len(damaged), 2000) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.tar"
    path.write_bytes(compress(bytes(damaged)) if data.draw(st.booleans()) else bytes(damaged))
    with contextlib.suppress(CourseError):
        assert isinstance(archives.members(path), dict)


def test_the_manifest_is_sha256sums(tmp_path):
    for name, content in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    command = "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    try:
        said = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no sha256sum here")
    assert archives.manifest(dict(FILES)) == archives.manifest(dict(FILES[::-1])) == said.split()[0]
    assert archives.manifest({**dict(FILES), "c.bin": b""}) != said.split()[0]
