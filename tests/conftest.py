"""Settings for every test: the same draws each time, and one thread per worker on a machine with few cores."""

import hypothesis
import pytest

hypothesis.settings.register_profile("course", deadline=None, derandomize=True, max_examples=100, print_blob=True)
hypothesis.settings.load_profile("course")


@pytest.fixture(autouse=True, scope="session")
def _one_thread_each():
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
