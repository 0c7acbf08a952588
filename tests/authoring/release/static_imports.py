"""What a notebook may import of ``cnnlib``, read from its code alone, whether it runs or not."""

import ast
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from cnnlib.checkout import ROOT


def modules_of(notebook, root=ROOT):
    """Names of all modules of ``cnnlib`` that the notebook imports, directly or not, even within functions."""
    to_python = TransformerManager().transform_cell  # magics and shell lines become calls
    cells = [to_python(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found, waiting = set(), [name for code in cells for name in _imports(code, root)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imports(_path(name, root).read_text(encoding="utf-8"), root)
    return found


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
            if parts[0] == "cnnlib":
                for length in range(1, len(parts) + 1):
                    name = ".".join(parts[:length])
                    if _path(name, root):
                        yield name


def _path(name, root):
    base = Path(root, *name.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)
