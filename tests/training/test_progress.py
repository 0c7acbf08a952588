"""The progress bar: where it is silent, and what it says at a terminal."""

from cnnlib import training
from cnnlib.training.progress import Progress
from tests.training.small_networks import network


def test_progress_is_silent_where_nobody_looks(data, capsys):
    training.fit(network(), data, epochs=1)
    assert capsys.readouterr() == ("", "")


def test_progress_at_a_terminal(data, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("cnnlib.training.progress.WAIT", 0)
    training.fit(network(), data, epochs=2, test=data)
    shown = capsys.readouterr().err.split("\r\x1b[K")
    assert " 50% loss " in shown[1] and shown[1].endswith(" left")
    assert shown[-1].startswith("2 epochs: training loss ") and "; test accuracy " in shown[-1]
    training.fit(network(), data, epochs=1, progress=False)
    assert capsys.readouterr().err == ""


def test_time_left(monkeypatch):
    now, lines = [0.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    bar = Progress(100)
    bar._draw = lambda share, words: lines.append((share, words))
    now[0] = 50.0
    bar.to(25, "loss 1")
    now[0] = 50.1
    bar.to(26, "loss 1")  # too soon to draw
    bar.end("done")
    assert lines == [(0.25, "loss 1, about 2 min 30 s left"), (None, "done")]
