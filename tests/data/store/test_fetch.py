"""Downloads from a server on this machine that breaks off, lies and falls silent; and the mirror before it."""

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cnnlib.data.store import fetch as fetching
from cnnlib.data.store import folders
from cnnlib.data.store.fetch import Remote, fetch
from cnnlib.errors import CourseError

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Sends ``content``; ``cuts`` are how many bytes of the first answers are sent before the connection breaks."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.cuts, self.asked, self.ranges, self.status = CONTENT, [], [], True, 200

    def handle_error(self, *_):
        pass  # a client that had enough

    def remote(self, **changes):
        fields = {"file": "a.bin", "url": f"http://127.0.0.1:{self.server_address[1]}/a.bin"}
        return Remote(**{**fields, "size": len(CONTENT), "sha256": SHA256, **changes})


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.asked.append(asked)
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and server.ranges else 0
        if server.status != 200 or start >= len(server.content):
            return self.send_error(416 if server.status == 200 else server.status)
        self.send_response(206 if asked and server.ranges else 200)
        if asked and server.ranges:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        self.send_header("Content-Length", str(len(server.content) - start))
        self.end_headers()
        end = start + server.cuts.pop(0) if server.cuts else None
        self.wfile.write(server.content[start:end])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(fetching, "PAUSE", 0)
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_a_download_lands_whole_and_once(server, folder, capsys):
    assert fetch(server.remote()) == folder / "a.bin" == fetch(server.remote())
    assert (folder / "a.bin").read_bytes() == CONTENT and visible(folder) == ["a.bin"]
    assert server.asked == [None]


def test_the_connection_breaks_and_the_download_goes_on(server, folder):
    server.cuts = [1000, 300_000]
    assert fetch(server.remote()).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=1000-", "bytes=301000-"] and visible(folder) == ["a.bin"]


def test_it_breaks_too_often_and_a_later_run_goes_on(server, folder):
    server.cuts = [1000] * fetching.ATTEMPTS
    message = r"stopped after 0\.0 of 1\.0 MB \(the server closed .*\)\. Run this again to go on from there, or put"
    with pytest.raises(CourseError, match=message):
        fetch(server.remote())
    assert visible(folder) == ["a.bin.part"]
    assert fetch(server.remote()).read_bytes() == CONTENT
    assert server.asked[-1] == "bytes=3000-" and visible(folder) == ["a.bin"]


def test_a_server_that_cannot_go_on_sends_all_again(server, folder):
    server.cuts, server.ranges = [1000], False
    assert fetch(server.remote()).read_bytes() == CONTENT
    assert len(server.asked) == 2


@pytest.mark.parametrize("left", [b"of another file", CONTENT[:-1] + b"!", CONTENT * 2])
def test_a_part_that_belongs_to_something_else_is_given_up(server, folder, left):
    folder.mkdir()
    (folder / "a.bin.part").write_bytes(left)
    assert fetch(server.remote()).read_bytes() == CONTENT and visible(folder) == ["a.bin"]


def test_a_part_that_the_server_has_nothing_after(server, folder):
    folder.mkdir()
    server.content = CONTENT[:100]
    (folder / "a.bin.part").write_bytes(server.content)
    remote = server.remote(size=200)
    with pytest.raises(CourseError, match=r"stopped after"):
        fetch(remote)
    assert server.asked[:2] == ["bytes=100-", None]


@pytest.mark.parametrize(("content", "fault"), [
    (b"?" + CONTENT[1:], f"expected SHA-256 {SHA256}, got [0-9a-f]{{64}}"),
    (CONTENT + b"?", f"expected {len(CONTENT)} bytes, got more"),
    (CONTENT * 100, f"expected {len(CONTENT)} bytes, got more"),
])  # fmt: skip
def test_another_file_is_refused(server, folder, content, fault):
    server.content = content
    with pytest.raises(CourseError, match=rf"http://127\S+/a\.bin is not .*: {fault}\. Try later, or put a good copy"):
        fetch(server.remote())
    assert visible(folder) == []


def test_a_file_that_went_bad_is_replaced_only_by_a_good_one(server, folder):
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"old")
    server.status = 503
    with pytest.raises(CourseError, match=r"a\.bin answers 503 .*\. Try later, or put a good copy"):
        fetch(server.remote())
    assert (folder / "a.bin").read_bytes() == b"old"
    server.status = 200
    assert fetch(server.remote()).read_bytes() == CONTENT


def test_no_network(folder, monkeypatch):
    monkeypatch.setattr(fetching, "PAUSE", 0)
    remote = Remote("a.bin", "http://127.0.0.1:9/a.bin", 10, SHA256)  # a port where nobody listens
    with pytest.raises(CourseError, match=r"stopped after 0\.0 of 0\.0 MB \(.*refused.*\)"):
        fetch(remote)


def test_a_full_disk(server, folder, monkeypatch):
    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, chunk):
            self.file.write(chunk[: len(chunk) // 2])
            raise OSError(28, "No space left on device")

    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode="r": Full(opened(path, mode)))
    with pytest.raises(
        CourseError, match=r"a\.bin\.part cannot be written \(No space left on device\)\. Make room, or"
    ):
        fetch(server.remote())
    monkeypatch.undo()
    monkeypatch.setenv("CNNLIB_DATA", str(folder))
    assert visible(folder) == ["a.bin.part"]
    assert fetch(server.remote()).read_bytes() == CONTENT and server.asked[-1].startswith("bytes=")


def test_a_folder_that_cannot_be(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNNLIB_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(CourseError, match=r"cannot be written .* name another folder: export CNNLIB_DATA="):
        fetch(server.remote())


def test_two_at_once_download_once(server, folder):
    threads = [threading.Thread(target=fetch, args=(server.remote(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.asked == [None] and (folder / "a.bin").read_bytes() == CONTENT


def test_the_mirror_comes_first(server, folder, mirror):
    (mirror / "a.bin").write_bytes(CONTENT)
    assert fetch(server.remote()) == mirror / "a.bin" and server.asked == [] and not folder.exists()


@pytest.mark.parametrize(("content", "fault"), [
    (b"?" + CONTENT[1:], f"expected SHA-256 {SHA256}, got "),
    (CONTENT[:-1], f"expected {len(CONTENT)} bytes, got {len(CONTENT) - 1}"),
])  # fmt: skip
def test_a_mirror_that_is_wrong_says_so(server, mirror, content, fault):
    (mirror / "a.bin").write_bytes(content)
    with pytest.raises(CourseError, match=rf"mirror.a\.bin is not .*: {fault}.*\. Replace it, or unset CNNLIB_MIRROR"):
        fetch(server.remote())


def test_a_mirror_that_is_not_there(server, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLIB_MIRROR", str(tmp_path / "none"))
    with pytest.raises(CourseError, match=r"CNNLIB_MIRROR names .*none, and there is no such folder: correct it"):
        fetch(server.remote())


@pytest.mark.parametrize(("system", "variable"), [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")])
def test_data_folder_is_in_the_users_cache(monkeypatch, tmp_path, system, variable):
    monkeypatch.delenv("CNNLIB_DATA", raising=False)
    monkeypatch.setattr(folders.sys, "platform", system)
    monkeypatch.setenv(variable, str(tmp_path))
    assert folders.data_folder() == tmp_path / "cnnlib"
    monkeypatch.setattr(folders.sys, "platform", "darwin")
    assert folders.data_folder() == Path.home() / "Library" / "Caches" / "cnnlib"
