"""Make an executed notebook quiet in diffs: the same run gives the same bytes."""

import json
import re
from typing import Any

ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]+")  # as in "<object at 0x7f…>"; other hexadecimal numbers are results
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def tidy(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return ``notebook`` (a dict in nbformat 4) without what changes from run to run though nothing changed.

    Widget models are renumbered in the order in which they appear, the addresses of objects in text outputs are
    masked, and text that a cell printed is one output, in however many pieces it arrived.
    """
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)  # when each cell ran
        if "outputs" in cell:
            cell["outputs"] = _join_streams(cell["outputs"])
            for output in cell["outputs"]:
                _mask_addresses(output)
    return _renumber_widgets(notebook)


def _join_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    joined: list[dict[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def _mask_addresses(output):
    if "text" in output:
        output["text"] = ADDRESS.sub("0x…", output["text"])
    data = output.get("data", {})
    for kind in {"text/plain", "text/html"} & data.keys():
        data[kind] = ADDRESS.sub("0x…", data[kind])


def _renumber_widgets(notebook):
    widgets = notebook["metadata"].get("widgets", {}).get(WIDGET_STATE, {})
    old_ids = widgets.get("state", {})
    if not old_ids:
        return notebook
    # Views first, in the order of the page; then what they refer to, in the order of the state.
    text = json.dumps(notebook["cells"]) + json.dumps(widgets)
    in_order = sorted(old_ids, key=text.index)
    new_ids = {old: f"{number:032x}" for number, old in enumerate(in_order, start=1)}
    pattern = re.compile("|".join(map(re.escape, in_order)))
    renumbered = json.loads(pattern.sub(lambda match: new_ids[match.group()], json.dumps(notebook)))
    widgets = renumbered["metadata"]["widgets"][WIDGET_STATE]
    widgets["state"] = dict(sorted(widgets["state"].items()))
    return renumbered
