"""VGG against its paper, stage by stage."""

import pytest

from tests.models.counts_by_hand import conv, fc, meta, multiplications, parameters, sizes


@pytest.mark.parametrize(("name", "third"), [("vgg11", 2), ("vgg13", 2), ("vgg16", 3), ("vgg19", 4)])
def test_vgg_stage_by_stage(name, third):
    network = meta(name)
    first = 1 if name == "vgg11" else 2
    by_hand = fc(512 * 7 * 7, 4096) + fc(4096, 4096) + fc(4096, 1000)
    for C_in, C, count in ((3, 64, first), (64, 128, first), (128, 256, third), (256, 512, third), (512, 512, third)):
        by_hand += conv(3, C_in, C) + (count - 1) * conv(3, C, C)
    assert parameters(network) == by_hand
    pools = [f"features.pool{stage}" for stage in (1, 2, 3, 4, 5)]
    maps = [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]
    assert sizes(network, *pools, "average", input_size=(3, 224, 224)) == [*maps, (512, 7, 7)]


def test_vgg16_computes_as_much_as_the_lecture_recomputed():
    assert multiplications(meta("vgg16"), (3, 224, 224)) / 1e9 == pytest.approx(15.47, abs=0.005)
