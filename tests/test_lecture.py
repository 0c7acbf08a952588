"""Verdicts are found, not given."""

from cnnlib import lecture


def test_verdicts(monkeypatch):
    shown = []
    monkeypatch.setattr(lecture, "display", lambda html: shown.append(html.data))
    lecture.verdicts([
        lecture.SlideNumber("size", "28×28", "28×28"),
        lecture.SlideNumber("count", 5, 7, "the slide leaves out <two>"),
        lecture.SlideNumber("linear", True, False, "not with a bias"),
        lecture.SlideNumber("width", 225, 225, note="on paper"),
    ])  # fmt: skip
    assert "<td>size</td><td>28×28</td><td>28×28</td><td>agrees</td>" in shown[0]
    assert "<td>linear</td><td>holds</td><td>does not hold</td><td><b>differs</b>" in shown[0]
    assert "<td>width</td><td>225</td><td>225</td><td>agrees; on paper</td>" in shown[0]
    assert "<td>count</td><td>5</td><td>7</td><td><b>differs</b>: the slide leaves out &lt;two&gt;</td>" in shown[0]
