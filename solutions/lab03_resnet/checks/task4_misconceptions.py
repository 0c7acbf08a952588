"""Task 4, what is wrong with this run: the mistakes that its checks recognise."""

import numpy as np

from .task4_diagnose import diagnose


def verdict(
    log,
    *,
    too_high=lambda log: not log["loss"][-1] <= log["loss"][0],
    vanishing=lambda log: np.nanmedian(log["first"]) < np.nanmedian(log["last"]) / 300,
    slow=lambda log: log["loss"][-1] > 0.55 * log["loss"][0],
    stale=lambda log: log["accuracy"][-1] - log["again"][-1] > 0.15,
    gap=lambda log: log["accuracy"][-1] - log["test"][-1] > 0.08,
    chance=lambda log: log["test"][-1] < 1 / log["classes"] + 0.05,
    slow_is="rate too low",
):
    """A diagnosis by six signs, which is right unless one is replaced."""
    if too_high(log):
        return "rate too high"
    if vanishing(log):
        return "vanishing gradient"
    if slow(log):
        return slow_is
    if stale(log):
        return "stale statistics"
    if gap(log):
        return "wrong labels" if chance(log) else "overfitting"
    return "healthy"


def never(log):
    return False


def one_bad_epoch(log):
    return not all(loss <= 1.05 * log["loss"][0] for loss in log["loss"])


def ever_above(log):
    return not all(loss <= log["loss"][0] for loss in log["loss"])


def ends_above(log):
    return log["loss"][-1] > log["loss"][0]


def small_at_first(log):
    return np.nanmedian(log["first"]) < 0.02


def smaller_at_first(log):
    return np.nanmedian(log["first"]) < np.nanmedian(log["last"])


def few_right(log):
    return log["accuracy"][-1] < 0.55


def late_start(log):
    third = len(log["loss"]) // 3
    return log["loss"][third] > 0.75 * log["loss"][0]


def any_difference(log):
    return abs(log["accuracy"][-1] - log["again"][-1]) > 0.15


def hundredths(log):
    return log["again"][-1] - log["test"][-1] > 0.02


def always(log):
    return True


def one_in_ten(log):
    return log["test"][-1] < 0.15


@diagnose.misconception(of="diagnose")
def nan_unseen(log):
    """A run that ended in NaN was not noticed. Every comparison with NaN is false, so a test that the loss is large
    lets it pass."""
    return verdict(log, too_high=ends_above)


@diagnose.misconception(of="diagnose")
def spike_is_divergence(log):
    """One bad epoch was taken for a lost run; look at the end. If the loss comes down again, the run has got over
    it."""
    return verdict(log, too_high=one_bad_epoch)


@diagnose.misconception(of="diagnose")
def largest_loss(log):
    """The largest loss was compared with the first, not the last one. A run gets over one bad epoch, and a loss that
    hardly moves is now and then a little above its start."""
    return verdict(log, too_high=ever_above)


@diagnose.misconception(of="diagnose")
def accuracies_first(log):
    """The accuracies were asked before the loss. A lost run is lost, whatever its accuracies look like."""
    during, again, test = (log[name][-1] for name in ("accuracy", "again", "test"))
    if during - again > 0.15:
        return "stale statistics"
    if again - test > 0.15 and test < 1 / log["classes"] + 0.05:
        return "wrong labels"
    return verdict(log)


@diagnose.misconception(of="diagnose")
def gradient_in_absolute_terms(log):
    """The first layer's gradient was judged by its size alone. All gradients shrink as a run succeeds, and their scale
    is the loss's; compare it with the last layer's."""
    return verdict(log, vanishing=small_at_first)


@diagnose.misconception(of="diagnose")
def any_smaller_gradient(log):
    """A gradient was said to vanish because it is smaller in the first layer than in the last. Within a factor of a
    hundred that is quite usual."""
    return verdict(log, vanishing=smaller_at_first)


@diagnose.misconception(of="diagnose")
def gradients_unread(log):
    """A run that hardly learns was put down to its rate, without a look at the gradients: does anything arrive at the
    first layer?"""
    return verdict(log, vanishing=never)


@diagnose.misconception(of="diagnose")
def slow_means_vanishing(log):
    """Every run that hardly learns was put down to vanishing gradients. If the first layer's is within a factor of a
    hundred of the last layer's, it arrives."""
    return verdict(log, slow_is="vanishing gradient")


@diagnose.misconception(of="diagnose")
def slow_by_accuracy(log):
    """A low accuracy was taken for a rate that is too low. A hard task with many classes ends low as well; look at how
    far the loss has come, compared with its start."""
    return verdict(log, slow=few_right)


@diagnose.misconception(of="diagnose")
def slow_at_the_start(log):
    """A late start was taken for a rate that is too low. What counts is where the loss has come to at the end."""
    return verdict(log, slow=late_start)


@diagnose.misconception(of="diagnose")
def again_unread(log):
    """The two measurements on the training images were not compared. Where train and eval mode differ on the very same
    images, it is the mode and not the images."""
    return verdict(log, stale=never)


@diagnose.misconception(of="diagnose")
def gap_of_either_sign(log):
    """Train mode was worse than eval mode, and that was called stale statistics. Augmentation and dropout make training
    harder than the test, which is healthy."""
    return verdict(log, stale=any_difference)


@diagnose.misconception(of="diagnose")
def gap_is_overfitting(log):
    """Every gap between training and test was called overfitting. An overfitted network still recognises something; if
    it does no better than chance, there was nothing to learn."""
    return verdict(log, chance=never)


@diagnose.misconception(of="diagnose")
def chance_is_a_tenth(log):
    """Chance was taken to be 10 %. It is one over the number of classes."""
    return verdict(log, chance=one_in_ten)


@diagnose.misconception(of="diagnose")
def gap_is_wrong_labels(log):
    """Every gap between training and test was put down to wrong labels. If test images are recognised better than by
    chance, there was something to learn."""
    return verdict(log, chance=always)


@diagnose.misconception(of="diagnose")
def small_gap_is_overfitting(log):
    """A gap of a few hundredths was taken for overfitting. Healthy runs have gaps up to 0.06."""
    return verdict(log, gap=hundredths)


@diagnose.misconception(of="diagnose")
def capital_letters(log):
    """An answer is none of the seven texts. They are compared letter by letter: all are small, with blanks
    between words."""
    return verdict(log).capitalize()
