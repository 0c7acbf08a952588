"""What is in a picture of ``shapes``, in words."""

import numpy as np

from cnnlib.data.shapes.forms import FORMS
from cnnlib.data.shapes.plan import COLOURS, Plan
from cnnlib.data.shapes.textures import TEXTURES


def describe(plan: Plan) -> str:
    """The caption of one picture: ``plan`` is its row of each array."""
    shapes = []
    for k in map(int, np.flatnonzero(plan["present"])):
        size = "small" if plan["share"][k] < 1 / 3 else "large" if plan["share"][k] > 2 / 3 else ""
        words = f"{size} {_colour_and_texture(plan, k + 1)} {list(FORMS)[plan['form'][k]]}"
        shapes.append(f"{_with_article(words)} {_where(*plan['place'][k])}")
    listed = " and ".join([", ".join(shapes[:-1]), shapes[-1]] if len(shapes) > 1 else shapes)
    return f"{listed} on {_with_article(_colour_and_texture(plan, 0) + ' ground')}"


def _colour_and_texture(plan: Plan, k: int) -> str:
    texture = list(TEXTURES)[plan["texture"][k]]
    return f"{list(COLOURS)[plan['colour'][k]]} {'' if texture == 'plain' else texture}"


def _with_article(words: str) -> str:
    words = " ".join(words.split())
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _where(x: float, y: float) -> str:
    down, across = (names[int(3 * value)] for names, value in ((("top", "", "bottom"), y), (("left", "", "right"), x)))
    return f"at the {down} {across}".replace("  ", " ").rstrip() if down or across else "in the middle"
