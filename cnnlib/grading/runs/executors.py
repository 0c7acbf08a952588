"""Where jobs are done. Each executor has the interface of ``concurrent.futures.Executor``; only ``submit`` is used.

So a cluster's would do in place of the one here, ``distributed.Client.get_executor()`` for instance: a job needs
nothing of this process.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from cnnlib.grading.runs import nets, warm

MakeExecutor = Callable[[int], Any]  # number of workers → an executor, as a context manager


class ForkedWorkers(ProcessPoolExecutor):
    """Workers of this machine, forked at the first job: they need not import what is imported here, nor warm sandboxes.

    As a context manager it waits for its jobs, but not where an error or an interrupt ends the block.
    """

    def __init__(self, workers: int):
        warm.await_ready()
        super().__init__(workers, multiprocessing.get_context("fork"), nets.begin)

    def submit(self, function: Callable, /, *args: Any, **options: Any) -> Future:
        return super().submit(nets.call, function, *args, **options)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.shutdown(wait=kind is None, cancel_futures=True)
        if kind is not None:
            for process in multiprocessing.active_children():
                process.terminate()
