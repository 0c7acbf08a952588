"""Which code a notebook's stored outputs belong to.

A notebook's metadata carries, under ``cnnlib``, the run that made its outputs: scale, device, seconds, a hash of its
code cells, and a hash of each module of ``cnnlib`` that it imports, directly or not. Those alone: an edit elsewhere
makes nothing stale.
"""

import ast
import hashlib
from pathlib import Path

from cnnlib.checkout import ROOT

PACKAGE = "cnnlib"
COLAB = "colab"  # the tag of the cell that fetches the course on Colab; no output depends on it


def code_hash(notebook):
    """Hash of a notebook's code cells, in order."""
    sources = [
        cell["source"]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and COLAB not in cell["metadata"].get("tags", [])
    ]
    return _digest("\0".join(sources).encode())


def module_hashes(notebook, root=ROOT):
    """Module name → hash, for every module of ``cnnlib`` that the notebook imports, directly or not."""
    from IPython.core.inputtransformer2 import TransformerManager  # not in the environment that builds the site

    to_python = TransformerManager().transform_cell  # magics and shell lines become calls
    cells = [to_python(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found, waiting = {}, [name for code in cells for name in _imports(code, root)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            path = _module_path(name, root)
            found[name] = _module_hash(path)
            waiting += _imports(path.read_text(encoding="utf-8"), root)
    return dict(sorted(found.items()))


def differences(notebook, root=ROOT):
    """Why the stored outputs do not belong to the code as it stands: a list of reasons, empty where they do."""
    run = notebook["metadata"].get("cnnlib")
    if run is None:
        return ["it was never run by `cnnlab execute`"]
    reasons = [] if run.get("code") == code_hash(notebook) else ["its code cells changed"]
    before, now = run.get("modules", {}), module_hashes(notebook, root)
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            reasons.append(f"{name} changed")
    return reasons


def _imports(code, root):
    """The modules of ``cnnlib`` that a piece of code imports, and the packages that hold them."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            candidates = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            # "from cnnlib.data import photos" may name a module or something in one.
            candidates = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for candidate in candidates:
            parts = candidate.split(".")
            if parts[0] == PACKAGE:
                for length in range(1, len(parts) + 1):
                    name = ".".join(parts[:length])
                    if _module_path(name, root):
                        yield name


def _module_path(name, root):
    base = Path(root, *name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def _module_hash(path):
    """Hash of a module, and of the scripts and styles beside it that it carries into outputs."""
    content = path.read_bytes()
    if path.parents[1].name == "widgets":
        shared = path.parents[1] / "shared"
        for part in (path.parent / f"{path.parent.name}.js", shared / "shared.js", shared / "widgets.css"):
            content += part.read_bytes() if part.is_file() else b""
    return _digest(content)


def _digest(content):
    return hashlib.sha256(content).hexdigest()[:16]
