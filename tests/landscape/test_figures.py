"""Figures of surfaces show what the surfaces hold."""

import matplotlib.pyplot as plt
import numpy as np

from cnnlib import landscape
from cnnlib.landscape.plane import Surface


def test_as_many_lines_as_asked_for():
    grid = np.linspace(-1, 1, 5)
    bowl = Surface(grid, grid, np.hypot(grid[:, None], grid[None, :]) + 0.01)
    for lines in (1, 12):
        figure = landscape.contours({"bowl": bowl}, limits=(0.1, 10), lines=lines)
        levels = figure.axes[0].collections[1].levels
        np.testing.assert_allclose(levels, np.geomspace(0.1, 10, lines + 2)[1:-1])
        plt.close(figure)


def test_figures_show_every_surface_on_one_scale():
    grid = np.linspace(-1, 1, 5)
    bowl = np.hypot(grid[:, None], grid[None, :] * 2) + 0.01
    broken = bowl.copy()
    broken[0, :3] = np.inf, np.nan, 0  # a logarithm knows none of them
    surfaces = {"a": Surface(grid, grid, bowl), "b": Surface(grid, grid, broken)}
    figure = landscape.contours(surfaces)
    assert [axis.get_title() for axis in figure.axes[:2]] == ["a", "b"]
    meshes = [axis.collections[0] for axis in figure.axes[:2]]
    assert all(mesh.get_clim() == (bowl.min(), bowl.max()) for mesh in meshes)
    drawn = np.asarray(meshes[0].get_array()).reshape(5, 5)
    np.testing.assert_array_equal(drawn, bowl.T)  # rows along y, which is β
    drawn = np.asarray(meshes[1].get_array()).reshape(5, 5)
    assert drawn[:3, 0].tolist() == [bowl.max(), bowl.max(), bowl.min()]
    plt.close(figure)
    figure = landscape.relief(surfaces, limits=(0.1, 1))
    assert [axis.get_zlim() for axis in figure.axes] == [(-1, 0)] * 2
    plt.close(figure)
