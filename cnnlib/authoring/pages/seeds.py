"""The book's claims under other seeds than the one that its outputs come from."""

import statistics
from typing import NamedTuple

from cnnlib.authoring.pages import execute
from cnnlib.claims import KEY


class Margin(NamedTuple):
    """A claim of a page, and the values that it found, one per seed."""

    what: str
    side: str  # at_least or at_most
    threshold: float
    values: tuple

    @property
    def holds(self):
        return self.least >= 0

    @property
    def least(self):
        """The smallest distance of a value to the threshold, on the right side of it."""
        sign = 1 if self.side == "at_least" else -1
        return min(sign * (value - self.threshold) for value in self.values)

    @property
    def deviations(self):
        """The distance of the mean to the threshold, in standard deviations; infinite where all values are one."""
        spread = statistics.stdev(self.values) if len(self.values) > 1 else 0.0
        distance = abs(statistics.mean(self.values) - self.threshold)
        return distance / spread if spread else float("inf")


def margins(path, seeds, scale="quick"):
    """The ``Margin`` of every claim of a notebook, and a line for each cell that failed for another reason."""
    found, failures = {}, []
    for seed in seeds:
        notebook = execute.read(path)
        execute.run(notebook, path.parent, scale, seed=seed, on_errors="go on")
        records, errors = outcomes(notebook)
        failures += [f"{path.stem}, seed {seed}: {error}" for error in errors]
        for place, record in records:
            found.setdefault((place, record["what"], record["side"], record["threshold"]), []).append(record["value"])
    return [Margin(*key[1:], tuple(values)) for key, values in sorted(found.items())], failures


def outcomes(notebook):
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
