"""The order of training: every example once, in batches, drawn from the seed alone."""

import torch

from cnnlib.training.shuffle import Shuffle


def epochs(batch_size=4, seed=0, augment=(), number=2):
    inputs, targets = torch.arange(10.0).view(10, 1), {"number": torch.arange(10)}
    order = Shuffle(inputs, targets, batch_size, augment, seed, torch.float32)
    return [list(order) for _ in range(number)], order


def test_an_epoch_is_every_example_once_less_the_rest_that_fills_no_batch():
    (first, second), order = epochs()
    assert len(order) == 2
    for epoch in (first, second):
        assert [len(x) for x, _ in epoch] == [4, 4]
        numbers = torch.cat([y["number"] for _, y in epoch])
        assert len(numbers.unique()) == 8 and torch.equal(torch.cat([x for x, _ in epoch])[:, 0], numbers.float())
    assert not torch.equal(first[0][0], second[0][0])
    assert len(epochs(batch_size=99)[1]) == 1


def test_the_seed_decides_and_augmentation_does_not_change_the_order():
    def noise(x, generator):
        return x + 100 * torch.rand(x.shape, generator=generator).round()

    plain, same, augmented, other = (
        torch.cat([x for x, _ in epochs(**options)[0][1]]) for options in ({}, {}, {"augment": [noise]}, {"seed": 1})
    )
    assert torch.equal(plain, same) and torch.equal(plain, augmented % 100)
    assert not torch.equal(plain, augmented) and not torch.equal(plain, other)
