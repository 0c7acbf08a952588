"""Build the book's site from the notebooks' stored outputs, and serve it."""

import functools
import http.server
import shutil
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnlib.authoring.site import vendor
from cnnlib.checkout import BOOK, require_checkout
from cnnlib.errors import CourseError

HTML = BOOK / "_build" / "html"


def build(out=HTML):
    """Build the site into the folder ``out``, warnings being errors; returns the folder.

    Always from nothing, for Sphinx does not see every change of a notebook's neighbours, and it takes seconds. The
    old site stays until the new one is whole.
    """
    require_checkout()
    out = Path(out).resolve()
    if out.exists() and not out.is_dir():
        raise CourseError(f"{out} is a file; name an empty or a new folder.")
    if out.exists() and not (out / "searchindex.js").is_file() and any(out.iterdir()):
        raise CourseError(f"{out} holds something other than a site; name an empty or a new folder.")
    vendor.stage()
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix="building-") as scratch:
        command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
        command += ["build", str(BOOK), "--path-output", scratch, "-W", "--keep-going", "-n", "--quiet"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
        built = Path(scratch, "_build", "html")
        if done.returncode or not (built / "index.html").is_file():
            raise CourseError(f"The site was not built:\n{done.stdout}{done.stderr}")
        shutil.rmtree(out, ignore_errors=True)
        built.rename(out)
    return out


def serve(folder=HTML, port=8000, *, open_browser=True):
    """Serve ``folder`` on this machine alone until interrupted; takes a free port where ``port`` is in use."""
    if not (Path(folder) / "index.html").is_file():
        raise CourseError(f"There is no site at {folder} yet: make book")
    server = local_server(folder, port)
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()  # before the browser asks for the page; some browsers' commands return only when they are closed
    try:
        print(f"The book is at {url} (Ctrl-C ends this)", flush=True)
        if open_browser:
            webbrowser.open(url)
        while serving.is_alive():
            serving.join(1)  # Windows heeds Ctrl-C only between waits
    except KeyboardInterrupt:
        print()
    finally:
        server.shutdown()
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
