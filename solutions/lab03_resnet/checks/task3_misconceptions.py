"""Task 3, deeper, and yet the same: the mistakes that its checks recognise."""

import numpy as np

from .task3_deepen import deepen, of_a_block, opened


def with_block(state, after, kernel, gamma, beta, mean, variance):
    """The state with a block more after block ``after``."""
    parts = kernel, gamma, beta, mean, variance
    return {**opened(state, after), **dict(zip(of_a_block(after + 1), parts, strict=True))}


def identity(state, after):
    """The kernel (C, C, 3, 3) that hands each channel on, of the width of block ``after``."""
    C = len(state[f"norm{after}.weight"])
    kernel = np.zeros((C, C, 3, 3))
    kernel[range(C), range(C), 1, 1] = 1
    return kernel


def deviation(variance):
    """What a norm divides by."""
    return np.sqrt(variance + 0.001)


def leaving(state, after, x, training=True, rectified=True):
    """Mean and variance, (C,), over images and pixels of the maps that leave block ``after``; how many values there are
    in a channel."""
    state = {name: np.asarray(value, dtype=float) for name, value in state.items()}
    a = np.asarray(x, dtype=float)
    for number in range(after + 1):
        weight, gamma, beta, mean, variance = (state[name] for name in of_a_block(number))
        padded = np.pad(a, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        a = np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)
        if training:
            mean, variance = a.mean((0, 2, 3)), a.var((0, 2, 3))
        mean, divisor, gamma, beta = (v[:, None, None] for v in (mean, deviation(variance), gamma, beta))
        a = (a - mean) / divisor * gamma + beta
        if rectified or number < after:
            a = np.maximum(a, 0)
    return a.mean((0, 2, 3)), a.var((0, 2, 3)), a.size // a.shape[1]


@deepen.misconception(of="deepen")
def fresh_norm(state, after, x):
    """The new norm is as a fresh one: scale 1, shift 0, and statistics 0 and 1. In train mode it then normalises maps
    that were not normalised before."""
    kernel = identity(state, after)
    zeros, ones = np.zeros(len(kernel)), np.ones(len(kernel))
    return with_block(state, after, kernel, ones, zeros, zeros, ones)


@deepen.misconception(of="deepen")
def only_in_eval_mode(state, after, x):
    """The net is the same in eval mode only. In train mode a norm takes the statistics of the batch, which are not 0
    and 1; its scale and shift have to undo that."""
    kernel = identity(state, after)
    zeros, ones = np.zeros(len(kernel)), np.ones(len(kernel))
    return with_block(state, after, kernel, deviation(ones), zeros, zeros, ones)


@deepen.misconception(of="deepen")
def only_in_train_mode(state, after, x):
    """The running statistics are still those of a fresh norm. In eval mode they, not the batch's, are used."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, deviation(variance), mean, np.zeros_like(mean), np.ones_like(mean))


@deepen.misconception(of="deepen")
def one_step_of_statistics(state, after, x):
    """The running statistics have gone a tenth of the way only, as a norm's do in one step of training. In eval mode γ
    and β must meet the mean and variance that they were made for."""
    kernel, (mean, variance, n) = identity(state, after), leaving(state, after, x)
    moved = 0.9 + 0.1 * variance * n / (n - 1)
    return with_block(state, after, kernel, deviation(variance), mean, 0.1 * mean, moved)


@deepen.misconception(of="deepen")
def running_variance_unbiased(state, after, x):
    """The running variance is that of n − 1. In eval mode γ must meet the variance that it was made for."""
    kernel, (mean, variance, n) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance * n / (n - 1))


@deepen.misconception(of="deepen")
def eps_forgotten(state, after, x):
    """The scale undoes the division by the standard deviation, but not the small number that a norm adds under the
    root."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, np.sqrt(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def variance_for_deviation(state, after, x):
    """The scale is the variance. A norm divides by the square root of it."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, variance + 0.001, mean, mean, variance)


@deepen.misconception(of="deepen")
def unbiased(state, after, x):
    """The variance was divided by one less than the number of values. In train mode a norm divides by their number,
    though what it adds to its running variance is the other one."""
    kernel, (mean, variance, n) = identity(state, after), leaving(state, after, x)
    variance = variance * n / (n - 1)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def measured_in_eval_mode(state, after, x):
    """The statistics were measured in eval mode. In train mode other maps arrive at the new block, for the norms before
    it use the batch as well."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x, training=False)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def measured_before_the_relu(state, after, x):
    """The statistics were measured before the rectifier. The new block reads what comes after it."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x, rectified=False)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def shift_forgotten(state, after, x):
    """The shift is 0. A norm takes the mean away, and half of what is left is negative and falls to the rectifier; the
    shift has to bring the mean back."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, deviation(variance), np.zeros_like(mean), mean, variance)


@deepen.misconception(of="deepen")
def all_channels_summed(state, after, x):
    """Each new channel is the sum of all channels. The tap in the middle is 1 only where output and input channel are
    the same."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    kernel[:, :, 1, 1] = 1
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def tap_in_the_corner(state, after, x):
    """The 1 stands in the corner of the kernel. There it moves the map by one pixel; the pixel itself is under the tap
    in the middle."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, np.roll(kernel, (-1, -1), (2, 3)), deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def zero_scale(state, after, x):
    """The new norm's scale is 0. That makes the identity where a shortcut adds x; this net has none, so nothing of the
    maps comes through."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, np.zeros_like(mean), mean, mean, variance)


@deepen.misconception(of="deepen")
def block_before(state, after, x):
    """The new block stands one place too early. It reads what the block gives behind which it was to go."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after - 1, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def not_renumbered(state, after, x):
    """The new block took the place of another one. Those behind it move up by one number."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    parts = kernel, deviation(variance), mean, mean, variance
    return {**state, **dict(zip(of_a_block(after + 1), parts, strict=True))}
