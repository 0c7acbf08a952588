"""Claims: asserted, shown in a line, recorded."""

import pytest

from cnnlib.claims import claim


@pytest.fixture
def shown(monkeypatch):
    """What claims display: (line, record) each."""
    lines = []
    monkeypatch.setattr("cnnlib.claims.display", lambda line, metadata: lines.append((repr(line), metadata)))
    return lines


def test_a_claim_that_holds(shown):
    claim("accuracy", 0.98765, at_least=0.98)
    claim("error", 0, at_most=0)
    (one, metadata), (other, _) = shown
    assert one == "✓ accuracy: 0.9877 ≥ 0.98" and other == "✓ error: 0 ≤ 0"
    expected = {"what": "accuracy", "value": 0.98765, "threshold": 0.98, "side": "at_least", "holds": True}
    assert metadata == {"cnnlib": {"claim": expected}}


def test_a_claim_that_does_not(shown):
    with pytest.raises(AssertionError, match=r"does not hold: error: 0\.2 ≤ 0\.1"):
        claim("error", 0.2, at_most=0.1)
    [(line, metadata)] = shown
    assert line.startswith("✗") and metadata["cnnlib"]["claim"]["holds"] is False
