"""Build the book's site from the notebooks' stored outputs, and serve it."""

import functools
import http.server
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path

from cnnlib.authoring import vendor
from cnnlib.authoring.checkout import BOOK, CourseError, require_checkout

HTML = BOOK / "_build" / "html"


def build(out=None):
    """Build the site, warnings being errors; returns the folder of its pages.

    Always from nothing, for Sphinx does not see every change of a notebook's neighbours, and it takes seconds.
    ``out`` is a folder for the build other than ``book/_build``.
    """
    require_checkout()
    vendor.stage()
    target = Path(out).resolve() / "_build" if out else BOOK / "_build"
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    # Jupyter Book puts _build into the folder that it is told.
    command += ["build", str(BOOK), "--path-output", str(target.parent), "-W", "--keep-going", "-n", "--quiet"]
    target.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode or not (target / "html" / "index.html").is_file():
        raise CourseError(f"The site was not built:\n{done.stdout}{done.stderr}")
    return target / "html"


def serve(folder=HTML, port=8000, *, open_browser=True):
    """Serve ``folder`` on this machine alone until interrupted; takes a free port where ``port`` is in use."""
    if not (Path(folder) / "index.html").is_file():
        raise CourseError(f"There is no site at {folder} yet: make book")
    server = local_server(folder, port)
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    print(f"The book is at {url} (Ctrl-C ends this)", flush=True)
    if open_browser:
        webbrowser.open(url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()


def local_server(folder, port):
    """An HTTP server of ``folder``, on loopback only, not yet started."""
    handler = functools.partial(_QuietHandler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """No line per request."""
