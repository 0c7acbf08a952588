"""The site is served on this machine alone."""

from urllib.request import urlopen

import pytest

from cnnlib.authoring.site import serve as site
from cnnlib.errors import CourseError


def test_serve_needs_a_site(tmp_path):
    with pytest.raises(CourseError, match=r"There is no site at .* yet: make book"):
        site.serve(tmp_path)


def test_serve_is_local_and_takes_a_free_port(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("the book")
    taken = site.local_server(tmp_path, 0)
    port = taken.server_address[1]
    opened = []

    def visit(url):
        with urlopen(url) as answer:  # it is being served by the time the browser opens
            opened.append((url, answer.read()))
        raise KeyboardInterrupt

    monkeypatch.setattr(site.webbrowser, "open", visit)
    site.serve(tmp_path, port)
    taken.server_close()
    [(url, page)] = opened
    assert url.startswith("http://127.0.0.1:") and f":{port}/" not in url and page == b"the book"
