"""Interactive figures that compute in the browser, so that they work on a static page, with no kernel.

Each is a folder: a class, an ``anywidget.AnyWidget`` that checks its arguments and holds the state, and beside it the
JavaScript that draws it and answers to the reader. With a kernel, edits come back into the traits, and traits that
Python sets are drawn at once.

``from cnnlib.widgets import ConvStep`` imports the one folder whose ``__all__`` has that name, and no other figure.
"""

import ast
from importlib import import_module
from pathlib import Path


def _public_names() -> dict[str, str]:
    """Each public name of the figures, and the folder that defines it; read from their files, which are not run."""
    names: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("*/__init__.py")):
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
                names |= dict.fromkeys(ast.literal_eval(statement.value), path.parent.name)
    return names


_FOLDERS = _public_names()
__all__ = sorted(_FOLDERS)


def __getattr__(name: str) -> type:
    if name not in _FOLDERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; the figures' names: {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_FOLDERS[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
