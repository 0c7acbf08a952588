"""From a plan to pixels: shapes with their shadows on the ground, under a slanting light, with a little noise."""

import numpy as np

from cnnlib.data.shapes.forms import FORMS
from cnnlib.data.shapes.plan import Plan
from cnnlib.data.shapes.textures import TEXTURES


def paint(plan: Plan, S: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The images (n, 3, S, S) and instances (n, S, S), uint8, of a plan of n pictures."""
    n, K = plan["form"].shape
    centres = (np.arange(S) + 0.5) / S
    y, x = centres[None, :, None], centres[None, None, :]
    picture = _colours(plan, 0, x, y, S)
    instances = np.zeros((n, S, S), np.uint8)
    for k in range(K):
        shadow = _distance(plan, k, x - 0.02, y - 0.035)
        dark = plan["present"][:, k, None, None] * (0.5 - shadow * 12).clip(0, 1)
        picture *= 1 - 0.38 * dark[:, None]
        distance = _distance(plan, k, x, y)
        cover = (plan["present"][:, k, None, None] * (0.5 - distance * S).clip(0, 1))[:, None]
        picture += cover * (_colours(plan, k + 1, x, y, S) - picture)
        instances[plan["present"][:, k, None, None] & (distance <= 0)] = k + 1
    slope = plan["light"][:, :, None, None]
    light = 1 + slope[:, 0] * (2 * x - 1) + slope[:, 1] * (2 * y - 1)
    noise = 0.05 * (rng.random((n, S, S)) - 0.5)
    picture = picture * light[:, None] + noise[:, None]
    return np.floor(picture.clip(0, 1) * 255 + 0.5).astype(np.uint8), instances


def _distance(plan: Plan, k: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """From every pixel to the edge of shape ``k`` of each picture, in sides of the picture: (n, S, S)."""
    radius, turn, place = (plan[key][:, k, None, None] for key in ("radius", "turn", "place"))
    right, down = (x - place[..., 0]) / radius, (y - place[..., 1]) / radius
    u, v = turn[..., 0] * right + turn[..., 1] * down, turn[..., 0] * down - turn[..., 1] * right
    distance = np.empty(u.shape)
    for kind, form in enumerate(FORMS.values()):
        those = plan["form"][:, k] == kind
        distance[those] = form(u[those], v[those])
    return distance * radius


def _colours(plan: Plan, k: int, x: np.ndarray, y: np.ndarray, S: int) -> np.ndarray:
    """The ground (``k`` = 0) or the colours of shape ``k`` − 1 of each picture, all over: (n, 3, S, S)."""
    grain, phase, period = (plan[key][:, k, None, None] for key in ("grain", "phase", "period"))
    across = (grain[..., 0] * x + grain[..., 1] * y) / period + phase[..., 0]
    along = (grain[..., 0] * y - grain[..., 1] * x) / period + phase[..., 1]
    pattern = np.empty(across.shape)
    for kind, texture in enumerate(TEXTURES.values()):
        those = plan["texture"][:, k] == kind
        pattern[those] = texture(across[those], along[those], period[those] * S)
    first, second = plan["rgb"][:, k, :, None, None], plan["tone"][:, k, :, None, None]
    return first + (second - first) * pattern[:, None]
