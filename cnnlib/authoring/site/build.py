"""Build the book's site from the notebooks' stored outputs."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnlib.authoring.site import vendor
from cnnlib.checkout import BOOK, require_checkout
from cnnlib.errors import CourseError

HTML = BOOK / "_build" / "html"


def build(out: Path = HTML) -> Path:
    """Build the site into the folder ``out``, warnings being errors; returns the folder.

    Always from nothing, because Sphinx does not see every change of a notebook's neighbours; it takes seconds. The
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
