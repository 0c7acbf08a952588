"""What the tests of every lab are about: the lab in whose folder they are collected."""

from pathlib import Path

import pytest

from tests.labs.bank import load_lab, styles

pytest.register_assert_rewrite("tests.labs.every_lab")


def pytest_generate_tests(metafunc):
    """Parametrise the tests of ``tests.labs.every_lab`` over the tasks, mistakes and styles of the folder's lab."""
    if not metafunc.function.__module__.startswith("tests.labs.every_lab."):
        return
    lab = load_lab(Path(metafunc.module.__file__).parent.name)
    tasks = list(lab.tasks.values())
    metafunc.parametrize("lab", [lab], ids=[lab.name])
    if "mistake" in metafunc.fixturenames:
        mistakes = [(task, mistake) for task in tasks for mistake in task.misconceptions]
        metafunc.parametrize(("task", "mistake"), mistakes, ids=[f"{task.name}-{m.name}" for task, m in mistakes])
    elif "task" in metafunc.fixturenames:
        metafunc.parametrize("task", tasks, ids=[task.name for task in tasks])
    if "style" in metafunc.fixturenames:
        metafunc.parametrize("style", styles(lab), ids=lambda path: path.stem)
