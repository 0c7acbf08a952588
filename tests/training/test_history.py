"""What a run leaves behind, and the step at which it was lost."""

import pytest
from torch import nn

from cnnlib import training
from tests.training.small_networks import network


def test_the_step_in_which_the_loss_is_lost(data):
    class Breaks(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.calls = network(), 0

        def forward(self, x):
            self.calls += self.training
            return self.inner(x) * (float("nan") if self.calls == 30 else 1)

    with pytest.raises(training.Diverged, match=r"became nan in step 29 \(epoch 3\)") as caught:
        training.fit(Breaks(), data, epochs=9, batch_size=20)
    assert caught.value.step == 29


def test_a_summary_names_all_metrics():
    history = training.History()
    history.add(0.5, {"accuracy": 0.5, "error": 0.25}, {}, 1.0)
    assert history.summary == "1 epoch: training loss 0.5, accuracy 50.0%, error 0.25"
    history.add(0.1234, {"accuracy": 0.912, "error": 0.125}, {"accuracy": 0.9, "error": 0.2}, 1.0)
    assert history.summary == (
        "2 epochs: training loss 0.123, accuracy 91.2%, error 0.125; test accuracy 90.0%, error 0.2"
    )
    assert history.accuracy == [0.5, 0.912] and history.test_accuracy == [0.9] and history.seconds == [1.0, 1.0]


def test_no_metrics_no_words():
    history = training.History()
    history.add(0.5, {}, {}, 1.0)
    assert history.summary == "1 epoch: training loss 0.5" and history.accuracy == history.test_accuracy == []
