"""What an attack on the small lab may gain: nothing."""

WRONG = "def double(x):\n    return 0 * np.asarray(x)"
FULL = 7  # points of an honest submission


def gains_nothing(result):
    """The other task keeps its points, and this one has none."""
    scores = {task.name: task.score for task in result.tasks}
    return scores == {"double": 0, "counter": 3}
