"""Nets under a worker, should a submission make the grader's own work endless: a worker caught in one is replaced."""

import ctypes
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
MEMORY = 4 << 30  # bytes, over what was imported
CPU_SECONDS = 120  # for one submission, its sandbox not counted


def begin() -> None:
    """Begin a worker, which ends when its parent does and leaves interrupts to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _limit(resource.RLIMIT_AS, mapped + MEMORY)
    if torch := sys.modules.get("torch"):  # a lab's solution uses it: as many threads as there are workers are enough
        torch.set_num_threads(1)


def call(function: Callable, *args: Any, **options: Any) -> Any:
    """What ``function`` returns, within the processor time of one submission."""
    _limit(resource.RLIMIT_CPU, int(time.process_time()) + CPU_SECONDS)
    return function(*args, **options)


def _limit(which: int, soft: int) -> None:
    """Lower or raise a limit of this process for itself."""
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
