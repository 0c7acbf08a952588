"""The learning rate along a run, against its formulas."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlib.training.schedule import schedule


@given(st.floats(0, 10), st.floats(0, 9))
def test_schedules(time, warmup):
    ramp = min(1, time / warmup) if warmup else 1
    cosine = schedule("cosine", 10, warmup=warmup)
    assert cosine(time) == pytest.approx(ramp * math.cos(math.pi * time / 20) ** 2, abs=1e-9)
    step = schedule("step", 10, [5, 8], warmup)
    assert step(time) == pytest.approx(ramp * (1 if time < 5 else 0.1 if time < 8 else 0.01))
    assert schedule("constant", 10, warmup=warmup)(time) == ramp
