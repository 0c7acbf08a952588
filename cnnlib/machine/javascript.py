"""The course's JavaScript and CSS: their style, by Biome, and their unit tests, in Node.js.

``python -m cnnlib.machine.javascript`` checks the style. The tests run in ``tests/widgets/test_javascript.py``.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cnnlib.authoring.site import vendor
from cnnlib.checkout import ROOT

BIOME = Path("@biomejs", "biome", "bin", "biome")


def lint(*options: str) -> int:
    """Check what ``biome.json`` includes; returns Biome's exit code. With ``--write`` it mends what it can."""
    vendor.install()
    command = [node(), str(vendor.MODULES / BIOME), "check", "--error-on-warnings", *options]
    return subprocess.run(command, cwd=ROOT).returncode


def test(*, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run all ``tests/**/*.test.js`` with more environment variables; returns what Node's runner said."""
    files = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.test.js"))
    environment = {**os.environ, **variables}
    return subprocess.run(
        [node(), "--test", *files], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", errors="replace"
    )


def node() -> str:
    """The command that runs Node.js: the system's, else that of PyPI's package, which is installed on demand."""
    return shutil.which("node") or vendor.npm()[0]


if __name__ == "__main__":
    sys.exit(lint(*sys.argv[1:]))
