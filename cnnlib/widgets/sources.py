"""The files that a figure is made of, and the one script and one style sheet that a notebook carries of them.

A figure's folder holds ``<figure>.js``, which ends in ``export default { render };``, and, where it has rules of its
own, ``<figure>.css``. Scripts are ES modules; a notebook's widget carries a single one, so they are joined here, with
no Node.js. Two forms of line are understood, at the start of a line, over several lines where a list of names is long:

    import { a, b as c } from "./other.js";           "../shared/other.js", always with a relative path
    export function a(…)   export const a = …          a declaration, under its own name

Anything else that starts with ``import`` or ``export`` is refused, and so is a cycle.
"""

import re
from pathlib import Path

from cnnlib.errors import CourseError

SHARED_STYLE = Path(__file__).with_name("shared") / "widgets.css"

_IMPORT = re.compile(r'^import \{([^{}"]*)\} from "(\.\.?/[^"\n]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function|const) ([\w$]+))", re.MULTILINE)
_DEFAULT = "export default { render };"
_FORMS = 'import { name } from "./file.js"; export function name or export const name'
_OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)


def of(init_file: str) -> tuple[Path, ...]:
    """All files of the figure whose ``__init__.py`` this is: its scripts in the order of joining, then its styles."""
    folder = Path(init_file).resolve().parent
    style = folder / f"{folder.name}.css"
    return (*_scripts(folder / f"{folder.name}.js"), SHARED_STYLE, *([style] if style.is_file() else []))


def script(sources: tuple[Path, ...]) -> str:
    """The scripts among ``sources`` as one ES module.

    Each is a function of its own, called once, so that names of different files never meet; the last one, the figure's,
    stands as it is.
    """
    scripts = [path for path in sources if path.suffix == ".js"]
    number = {path: f"$module{index}" for index, path in enumerate(scripts)}
    pieces = []
    for path in scripts:
        text = _read(path)
        links = "".join(f"const {{ {names} }} = {number[other]};\n" for names, other in _links(path, text))
        body = links + _EXPORT.sub("", _IMPORT.sub("", text)).strip("\n")
        if path != scripts[-1]:
            exports = ", ".join(_EXPORT.findall(text))
            body = f"const {number[path]} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"
        pieces.append(f"// --- {path.parent.name}/{path.name}\n{body}\n")
    return "\n".join(pieces)


def style(sources: tuple[Path, ...]) -> str:
    """The style sheets among ``sources`` as one."""
    return "\n".join(_read(path) for path in sources if path.suffix == ".css")


def _scripts(entry):
    """``entry`` and what it imports, directly or not: each once, after all that it imports itself."""
    joined, exports = [], {}

    def visit(path, importers):
        if path in importers:
            cycle = " → ".join(each.name for each in (*importers[importers.index(path) :], path))
            raise CourseError(f"{path}: its imports run in a circle, {cycle}; move what they share into another file")
        if path in joined:
            return
        text = _read(path)
        _check(path, text, last=path == entry)
        for names, other in _links(path, text):
            if not other.is_file():
                raise CourseError(f"{path}: it imports from {other}, which is not there")
            visit(other, (*importers, path))
            for name in (pair.split(":")[0] for pair in names.split(", ")):
                if name not in exports[other]:
                    raise CourseError(f"{path}: it imports {name} from {other.name}, which exports no such name")
        exports[path] = _EXPORT.findall(text)
        joined.append(path)

    visit(entry, ())
    return joined


def _links(path, text):
    """What a script imports: pairs of names, as an object pattern has them ("a, b: c"), and the file they come from."""
    for names, other in _IMPORT.findall(text):
        listed = [name.strip().replace(" as ", ": ") for name in names.split(",") if name.strip()]
        yield ", ".join(listed), (path.parent / other).resolve()


def _check(path, text, *, last):
    """Fail at an import or export that is not of the two forms, or at the wrong number of default exports."""
    rest = _EXPORT.sub("", _IMPORT.sub("", text))
    if rest.count(_DEFAULT) != last:
        expected = f"the one line `{_DEFAULT}`" if last else "no default export: only a figure's own script has one"
        raise CourseError(f"{path}: expected {expected}")
    if found := _OTHER.search(rest.replace(_DEFAULT, "")):
        line = text[: text.index(found[0])].count("\n") + 1
        raise CourseError(f"{path}, line {line}: {found[0]!r} cannot be joined; only {_FORMS} can")


def _read(path):
    return path.read_text(encoding="utf-8")
