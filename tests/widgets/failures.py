"""That a call fails, and that its message says what is wrong."""

import re

import pytest


def assert_fails(make, words):
    """``make`` raises a ValueError whose message has each of ``words``."""
    with pytest.raises(ValueError, match=re.escape(words[0])) as error:
        make()
    for word in words[1:]:
        assert word in str(error.value)
