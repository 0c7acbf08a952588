"""Images that several tasks draw."""


def picture(rng, size, stride, padding=0, rest=(0, 0)):
    """Two channels of numbers of both signs; ``rest`` rows and columns lie behind the last window that fits."""
    windows = rng.integers(3, 5, 2)
    return rng.normal(size=(2, *(size + stride * (windows - 1) + rest - 2 * padding)))
