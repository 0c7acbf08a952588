"""A progress bar with the time that is left: in a notebook, or at a terminal. Elsewhere nothing is shown."""

import sys
import time
from html import escape

WAIT = 0.2  # seconds between two drawings


class Progress:
    """A bar of ``steps`` steps. In a notebook, one line of words stays in its place at the end."""

    def __init__(self, steps: int, *, shown: bool = True) -> None:
        self.steps, self.began, self.last = steps, time.monotonic(), 0.0
        self._draw = _choose_place() if shown else None

    def to(self, step: int, words: str) -> None:
        """``step`` steps are done; ``words`` say how it goes."""
        now = time.monotonic()
        if self._draw and (now - self.last >= WAIT):
            self.last = now
            left = (now - self.began) / step * (self.steps - step)
            self._draw(step / self.steps, f"{words}, about {_describe(left)} left")

    def end(self, words: str) -> None:
        """It is over: ``words`` sum it up."""
        if self._draw:
            self._draw(None, words)


def _choose_place():
    """A function of (share done or None at the end, words) that draws; None where nobody would see it."""
    if "IPython" in sys.modules:
        from IPython import get_ipython

        shell = get_ipython()
        if shell is not None and getattr(shell, "kernel", None) is not None:
            return _draw_in_notebook()
    return _draw_at_terminal if sys.stderr.isatty() else None


def _draw_in_notebook():
    from IPython.display import HTML, display

    handle = display(HTML(""), display_id=True)

    def draw(share, words):
        bar = "" if share is None else f'<progress value="{share:.3f}" max="1"></progress> '
        handle.update(HTML(bar + escape(words)))

    return draw


def _draw_at_terminal(share, words):
    line = words if share is None else f"{share:4.0%} {words}"
    sys.stderr.write(f"\r\x1b[K{line}" + ("\n" if share is None else ""))
    sys.stderr.flush()


def _describe(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
