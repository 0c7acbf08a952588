"""Serve the book's site, on this machine alone."""

import functools
import http.server
import threading
import webbrowser
from pathlib import Path

from cnnlib.authoring.site.build import HTML
from cnnlib.errors import CourseError


def serve(folder: Path = HTML, port: int = 8000, *, open_browser: bool = True) -> None:
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


def local_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """An HTTP server of ``folder``, on loopback only, not yet started."""
    handler = functools.partial(_QuietHandler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """No line per request."""
