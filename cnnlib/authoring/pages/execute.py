"""Run the book's notebooks in place and store their outputs, with the run they come from."""

import ast
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from cnnlib import scale
from cnnlib.authoring.pages import provenance
from cnnlib.authoring.pages.tidy import tidy
from cnnlib.errors import CourseError

THREADS = 2  # the laptop that the book's times are for
TIMEOUT = 1200  # seconds for one cell


def execute(path: Path, asked_scale: str | None = None, *, force: bool = False) -> str:
    """Run one notebook and store its outputs; returns one line that says what was done.

    ``asked_scale`` is "quick", "full" or None for the machine's own. Outputs of full scale are kept from a quick
    run unless their code changed, or ``force``. Where a cell fails, the file stays as it was and ``CourseError`` says
    which cell and why.
    """
    notebook = read(path)
    try:
        asked_scale = asked_scale or scale.current()
    except ValueError as error:  # of the variable CNNLIB_SCALE
        raise CourseError(str(error)) from None
    stored = notebook.metadata.get("cnnlib", {})
    if stored.get("scale") == "full" and asked_scale == "quick" and not provenance.differences(notebook) and not force:
        return "kept: its outputs are of full scale, and its code has not changed"
    began = time.perf_counter()
    try:
        loaded = run(notebook, path.parent, asked_scale)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise CourseError(f"{path.name} failed, and was left as it was.\n{error}") from None
    seconds = round(time.perf_counter() - began, 1)
    quiet = nbformat.from_dict(tidy(notebook))
    quiet.metadata["cnnlib"] = {
        "scale": asked_scale,
        "device": _device(),
        "seconds": seconds,
        **provenance.record(quiet, loaded),
    }
    for key in ("version", "codemirror_mode"):  # of the Python that ran it: noise in diffs
        quiet.metadata.get("language_info", {}).pop(key, None)
    partial = path.with_suffix(".ipynb.new")
    nbformat.write(quiet, partial)
    partial.replace(path)
    return f"ran at {asked_scale} scale in {seconds:.0f} s"


def run(
    notebook: nbformat.NotebookNode, folder: Path, asked_scale: str, *, seed: int = 0, on_errors: str = "stop"
) -> dict[str, Any]:
    """Run the cells of ``notebook`` in ``folder``; their outputs are put into it. Returns what it loaded of ``cnnlib``.

    With ``on_errors="go on"``, a cell that fails does not keep those after it from running. What was loaded is as
    ``provenance.record`` takes it.
    """
    threads = {name: str(THREADS) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    settings = {"CNNLIB_SCALE": asked_scale, "CNNLIB_SEED": str(seed), "PYTHONHASHSEED": "0"}
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        allow_errors=on_errors == "go on",
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only, not its advice on encryption
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel(env={**os.environ, **threads, **settings}):
        client.execute(cleanup_kc=False)
        return _ask(client, provenance.LOADED)


def _ask(client: NotebookClient, expression: str) -> dict[str, Any]:
    """The value of an expression that gives JSON, in the client's kernel, where no name of the page touches it."""
    assert client.kc is not None
    asked = client.kc.execute("", silent=True, user_expressions={"answer": f"eval({expression!r}, {{}})"})
    reply = client.wait_for_reply(asked)
    if reply is None:
        raise DeadKernelError("Kernel died")
    return json.loads(ast.literal_eval(reply["content"]["user_expressions"]["answer"]["data"]["text/plain"]))


def read(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file; ``CourseError`` where it holds none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        # nbformat reads before it validates, and stumbles in many ways over JSON that is no notebook.
        reason, *_ = str(error).split("\n")
        raise CourseError(f"{path.name} is no notebook: {reason}") from None
    return notebook


def _device() -> str:
    """What the notebook ran on, in words."""
    if scale.device() == "cuda":
        import torch

        return torch.cuda.get_device_name()
    return f"{THREADS} CPU threads ({platform.machine()})"
