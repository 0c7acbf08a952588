"""Lab 1: its bank of right and wrong answers, and its notebook, by the tests of every lab."""

from tests.labs.every_lab.in_process import *  # noqa: F403
from tests.labs.every_lab.in_sandbox import *  # noqa: F403
from tests.labs.every_lab.notebook import *  # noqa: F403
