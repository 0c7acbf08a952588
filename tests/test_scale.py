"""The scale is what CNNLIB_SCALE says, else what the machine can do."""

import pytest

from cnnlib import scale


@pytest.mark.parametrize(("gpu", "asked", "expected"), [
    (False, None, "quick"), (True, None, "full"), (True, "quick", "quick"), (False, "full", "full"),
])  # fmt: skip
def test_scale(monkeypatch, gpu, asked, expected):
    monkeypatch.setattr("torch.cuda.is_available", lambda: gpu)
    monkeypatch.delenv("CNNLIB_SCALE", raising=False)
    if asked:
        monkeypatch.setenv("CNNLIB_SCALE", asked)
    assert scale.current() == expected
    assert scale.pick(quick="quick", full="full") == expected
    assert scale.device() == ("cuda" if gpu else "cpu")


def test_unknown_scale(monkeypatch):
    monkeypatch.setenv("CNNLIB_SCALE", "huge")
    with pytest.raises(ValueError, match="CNNLIB_SCALE must be one of 'quick', 'full'; got 'huge'"):
        scale.current()


def test_seed(monkeypatch):
    monkeypatch.delenv("CNNLIB_SEED", raising=False)
    assert scale.seed() == 0
    monkeypatch.setenv("CNNLIB_SEED", "")
    assert scale.seed() == 0
    monkeypatch.setenv("CNNLIB_SEED", "7")
    assert scale.seed() == 7
    monkeypatch.setenv("CNNLIB_SEED", "-1")
    with pytest.raises(ValueError, match="CNNLIB_SEED must be an integer of 0 or more; got '-1'"):
        scale.seed()
