"""The book's claims under other seeds than the one that its outputs come from."""

import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from cnnlib.authoring.pages import execute
from cnnlib.claims import KEY


class Margin(NamedTuple):
    """A claim of a page, and the values that it found, one per seed."""

    what: str
    side: str  # at_least or at_most
    threshold: float
    values: tuple[float, ...]

    @property
    def holds(self) -> bool:
        return self.least >= 0

    @property
    def least(self) -> float:
        """The smallest distance of a value to the threshold, on the right side of it."""
        sign = 1 if self.side == "at_least" else -1
        return min(sign * (value - self.threshold) for value in self.values)

    @property
    def deviations(self) -> float:
        """The distance of the mean to the threshold, in standard deviations; infinite where all values are one."""
        spread = statistics.stdev(self.values) if len(self.values) > 1 else 0.0
        distance = abs(statistics.mean(self.values) - self.threshold)
        return distance / spread if spread else float("inf")


def margins(path: Path, seeds: Iterable[int], scale: str = "quick") -> tuple[list[Margin], list[str]]:
    """The ``Margin`` of every claim of a notebook, and a line for each cell that failed for another reason."""
    found: dict[tuple, list[float]] = {}
    failures: list[str] = []
    for seed in seeds:
        notebook = execute.read(path)
        execute.run(notebook, path.parent, scale, seed=seed, on_errors="go on")
        records, errors = claims_and_errors(notebook)
        failures += [f"{path.stem}, seed {seed}: {error}" for error in errors]
        for place, record in records:
            found.setdefault((place, record["what"], record["side"], record["threshold"]), []).append(record["value"])
    return [
        Margin(what, side, threshold, tuple(values)) for (_, what, side, threshold), values in sorted(found.items())
    ], failures


def claims_and_errors(notebook: dict[str, Any]) -> tuple[list[tuple[tuple[int, int], dict[str, Any]]], list[str]]:
    """The claims that a notebook's outputs record, and the errors of its cells that no claim explains.

    Each claim comes with its place, (cell, number within it): one that fails keeps those after it in its cell unmade.
    """
    records, errors = [], []
    for number, cell in enumerate(notebook["cells"]):
        outputs = cell.get("outputs", [])
        claims = [output["metadata"]["cnnlib"][KEY] for output in outputs if _is_claim(output)]
        records += [((number, position), claim) for position, claim in enumerate(claims)]
        if all(claim["holds"] for claim in claims):
            errors += [
                f"cell {cell['id']}: {output['ename']}: {output['evalue']}"
                for output in outputs
                if output["output_type"] == "error"
            ]
    return records, errors


def _is_claim(output):
    return KEY in output.get("metadata", {}).get("cnnlib", {})
