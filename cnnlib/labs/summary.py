"""How visible checks are shown: in a notebook as HTML, anywhere else as text; with words, never by colour alone."""

import html
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

HIDDEN = "Hidden checks, on other inputs, run at grading."
PASSES, FAILS = "#009E73", "#D55E00"  # of plots.PALETTE; both can be seen on a light and on a dark ground


class Outcome(NamedTuple):
    """One check: ``message`` says what is wrong, and is empty where nothing is."""

    name: str
    message: str


class TaskSummary(NamedTuple):
    """One task and the outcomes of its checks."""

    number: int
    title: str
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> int:
        return sum(not outcome.message for outcome in self.outcomes)

    @property
    def heading(self) -> str:
        return f"Task {self.number} · {self.title}"

    @property
    def total(self) -> str:
        return f"{self.passed} of {len(self.outcomes)}"

    @property
    def verdict(self) -> str:
        return f"{self.total} visible checks pass. {HIDDEN}"

    def __repr__(self) -> str:
        lines = [f"  {_in_words(o)}" + (f": {o.message}" if o.message else "") for o in self.outcomes]
        return "\n".join([self.heading, *lines, self.verdict])

    def _repr_html_(self) -> str:
        items = [_item(not outcome.message, _in_words(outcome), outcome.message) for outcome in self.outcomes]
        return _group(self.heading, items, self.verdict)


class ProgressSummary:
    """All tasks that were run, and those that must have been left out, for a later one was run."""

    def __init__(self, tasks: Iterable[TaskSummary]):
        self.tasks = {task.number: task for task in tasks}
        self.passed = sum(task.passed for task in tasks)
        self.checks = sum(len(task.outcomes) for task in tasks)

    @property
    def verdict(self) -> str:
        if not self.tasks:
            return "No task's checks have been run yet."
        return f"{self.passed} of {self.checks} visible checks pass. {HIDDEN}"

    def _rows(self) -> Iterator[tuple[bool, str, str, str]]:
        """(whether all is well, the task, how far it is, the same as a bar) for each task."""
        for number in range(1, max(self.tasks, default=0) + 1):
            task = self.tasks.get(number)
            if task is None:
                yield False, f"Task {number}", "not run yet", ""
            else:
                missing = len(task.outcomes) - task.passed
                yield not missing, task.heading, task.total, "■" * task.passed + "□" * missing

    def __repr__(self) -> str:
        lines = [f"{heading}: {state}  {bar}".rstrip() for _, heading, state, bar in self._rows()]
        return "\n".join([*lines, self.verdict])

    def _repr_html_(self) -> str:
        items = [_item(good, f"{heading}: {state}", "", bar) for good, heading, state, bar in self._rows()]
        return _group("Progress", items, self.verdict)


def show(shown: TaskSummary | ProgressSummary) -> None:
    """Display ``shown``; where even that fails, the results remain for ``progress``."""
    try:
        from IPython.display import display
    except ImportError:
        display = print
    with suppress(Exception):  # a student may have closed or replaced what printing needs
        display(shown)


def _in_words(outcome):
    return f"✗ {outcome.name} (fails)" if outcome.message else f"✓ {outcome.name} (passes)"


def _item(good, text, message, bar=""):
    style = f"border-left: 0.3em solid {PASSES if good else FAILS}; padding: 0.1em 0.6em; margin: 0.2em 0"
    more = f"<br>{html.escape(message)}" if message else ""
    drawn = f' <span aria-hidden="true">{bar}</span>' if bar else ""
    return f'<li style="{style}">{html.escape(text)}{drawn}{more}</li>'


def _group(heading, items, verdict):
    """Colours of text and ground are the page's own, so that light and dark pages both can be read."""
    heading, verdict = html.escape(heading), html.escape(verdict)
    rows = "".join(items)
    return (
        f'<div role="group" aria-label="{heading}"><p><strong>{heading}</strong></p>'
        f'<ul role="list" style="list-style: none; padding: 0; margin: 0">{rows}</ul><p>{verdict}</p></div>'
    )
