"""What need not run at every change: all seeds, many draws of the labs' banks, whole zoos. Parts that can be resumed.

A part that passed leaves a stamp of the tree that it passed on; on this very tree it is not run again.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Collection, Iterator

from cnnlib.checkout import BOOK, ROOT, notebooks
from cnnlib.errors import CourseError
from cnnlib.machine.suite import BY_PAGE, PYTEST, Part, Result, run_parts

STAMPS = ROOT / ".thorough"
MARKED = ["-m", "thorough"]


def parts() -> list[Part]:
    """All parts: tests marked ``thorough``, those of each lab apart; and every chapter under other seeds."""
    labs = sorted(path.parent.name for path in (ROOT / "tests" / "labs").glob("lab*/test_bank.py"))
    return [
        Part("units", [[*PYTEST, "tests", "--ignore=tests/labs", "--ignore=tests/site", *MARKED]]),
        *(Part(lab, [[*PYTEST, f"tests/labs/{lab}", *MARKED]]) for lab in labs),
        Part("site", [[*BY_PAGE, "tests/site", *MARKED]]),
        *_seeds(),
    ]


def _seeds() -> Iterator[Part]:
    """The claims of each of the book's folders under three other seeds."""
    pages = notebooks()
    for folder in sorted({page.parent for page in pages}):
        name = "seeds-" + ("book" if folder == BOOK else folder.name)
        yield Part(name, [["cnnlib.cli", "seeds", *(str(page) for page in pages if page.parent == folder)]])


def run(names: Collection[str] = (), *, again: bool = False) -> tuple[dict[str, Result], list[str]]:
    """Run the parts called ``names``, or all: their results, and the names of those that had passed already.

    With ``again``, those run too. Parts run one after the other: alone, they have the processors to themselves.
    """
    wanted = [part for part in parts() if not names or part.name in names]
    tree = tree_digest()
    passed = [] if again else [part.name for part in wanted if _stamp(part).is_file() and _says(part, tree)]

    def stamp(part: Part, result: Result) -> None:
        _stamp(part).unlink(missing_ok=True)
        if result.passed and tree_digest() == tree:  # an edit meanwhile: nobody knows which tree it passed on
            STAMPS.mkdir(exist_ok=True)
            _stamp(part).write_text(_passed_on(part, tree), encoding="utf-8")

    return run_parts([part for part in wanted if part.name not in passed], at_once=1, done=stamp), passed


def tree_digest() -> str:
    """A digest of all files of the repository that Git does not ignore, committed or not.

    Raises ``CourseError`` where there is no Git.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise CourseError(f"This needs Git, in a clone of the repository: {error}") from None
    digest = hashlib.sha256()
    for name in sorted(set(listed.split(b"\0")) - {b""}):
        path = ROOT / os.fsdecode(name)
        content = path.read_bytes() if path.is_file() else b""  # empty too where it was removed, not yet from the index
        digest.update(name + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _stamp(part: Part):
    return STAMPS / f"{part.name}.json"


def _passed_on(part: Part, tree: str) -> str:
    return json.dumps({"tree": tree, "commands": part.commands, "environment": dict(part.environment)}, indent=1)


def _says(part: Part, tree: str) -> bool:
    return _stamp(part).read_text(encoding="utf-8") == _passed_on(part, tree)
