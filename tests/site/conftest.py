"""The site, built by the README's own command, served on loopback, and a Chromium to open it with."""

import functools
import os
import subprocess
import threading

import pytest
from filelock import FileLock
from playwright.sync_api import sync_playwright

from cnnlib.authoring.site.build import HTML
from cnnlib.authoring.site.serve import local_server
from cnnlib.checkout import ROOT
from cnnlib.machine import browser as browsers
from tests.site import page_visit
from tests.site.widget_page import Widget

# A browser of its own asks its maker's servers for updates and the like; only the pages are under test.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Folder of the site, as `make book` builds it where nobody is at a terminal; once for all of xdist's workers."""
    shared = tmp_path_factory.getbasetemp().parent
    report = shared / "make-book.txt"
    with FileLock(shared / "make-book.lock"):
        if not report.is_file() or "PYTEST_XDIST_WORKER" not in os.environ:
            done = subprocess.run(["make", "book"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            report.write_text("" if done.returncode == 0 else done.stdout + done.stderr, encoding="utf-8")
    assert report.read_text(encoding="utf-8") == ""
    return HTML


@pytest.fixture(scope="session")
def site_url(site):
    """Address of the site on this machine, without a slash at its end."""
    server = local_server(site, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    path = browsers.find()
    if path is None:  # `cnnlab test` then fails, and says how to install one
        pytest.skip("there is no browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(chromium):
    """A new page in a context of its own, at the width of a desktop."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def visit_once(chromium, site_url):
    """A function (name of a page) that gives its ``Visit``: made when first asked for, and kept."""
    return functools.cache(lambda name: page_visit.visit(chromium, site_url, name))


@pytest.fixture
def visit(request, visit_once):
    """The visit of the page that the test is about; tests get it by ``book_pages.for_each``."""
    return visit_once(request.param)


@pytest.fixture
def widget_on(page, site_url):
    """A function (page of the site, kind, name) that opens the page and gives its ``Widget``; no script may fail."""
    opened = []

    def open_widget(path, kind, name):
        opened.append(Widget(page, f"{site_url}/{path}", kind, name))
        return opened[-1]

    yield open_widget
    assert not any(widget.errors for widget in opened)
