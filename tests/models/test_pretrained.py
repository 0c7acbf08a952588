"""Weights from a file: read without running what it holds, converted, and refused with words that help."""

import os
import pickle

import pytest
import safetensors.torch
import torch
import torchvision
from torch import nn

from cnnlib import models

IMAGES = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def theirs():
    """torchvision's ResNet-18, with BatchNorm statistics that it has seen images for."""
    torch.manual_seed(0)
    network = torchvision.models.resnet18()
    with torch.no_grad():
        network(IMAGES)
    return network.eval()


@pytest.fixture
def saved(tmp_path):
    """Write things to a file, and get its path."""

    def save(things, name="weights.pth"):
        if name.endswith(".safetensors"):
            safetensors.torch.save_file(things, tmp_path / name)
        else:
            torch.save(things, tmp_path / name)
        return tmp_path / name

    return save


def check_same(network, theirs):
    assert not network.training
    with torch.inference_mode():
        torch.testing.assert_close(network(IMAGES), theirs(IMAGES), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_torchvisions_file(name, saved, theirs):
    path = saved(theirs.state_dict(), name)
    check_same(models.load_pretrained("resnet18", path), theirs)
    check_same(models.load_pretrained("resnet18", str(path)), theirs)


def test_what_scripts_put_around_weights_is_taken_off(saved, theirs):
    state = theirs.state_dict()
    check_same(models.load_pretrained("resnet18", saved({"state_dict": state, "epoch": 3})), theirs)
    parallel = {f"module.{key}": value for key, value in state.items()}
    check_same(models.load_pretrained("resnet18", saved({"model": parallel})), theirs)


def test_a_file_from_before_batchnorm_counted(saved, theirs):
    state = {key: value for key, value in theirs.state_dict().items() if not key.endswith("num_batches_tracked")}
    check_same(models.load_pretrained("resnet18", saved(state)), theirs)


def test_half_precision_becomes_single(saved, theirs):
    state = {key: value.half() if value.is_floating_point() else value for key, value in theirs.state_dict().items()}
    network = models.load_pretrained("resnet18", saved(state))
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


@pytest.mark.parametrize("name", ["resnet20", "nin", "lenet5"])
def test_our_own_file(name, saved):
    network = models.build(name, 7).eval()
    state = models.load_pretrained(name, saved(network.state_dict()), 7).state_dict()
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())


def test_other_weights_are_refused_with_what_differs_and_the_call_that_fits(saved, theirs):
    path = saved(theirs.state_dict())
    message = (
        r"in it, conv2_x\.0\.conv1\.weight has shape \(64, 64, 3, 3\) in place of \(64, 64, 1, 1\); "
        r"conv2_x\.0\.conv3\.weight is missing; .* and \d+ more\. It fits load_pretrained\('resnet18', path\); got"
    )
    with pytest.raises(ValueError, match=message):
        models.load_pretrained("resnet50", path)
    with pytest.raises(ValueError, match=r"; layer9\.weight is too much|: in it, layer9\.weight is too much\. No netw"):
        models.load_pretrained("resnet18", saved(theirs.state_dict() | {"layer9.weight": torch.zeros(2)}))


def test_another_number_of_classes_is_named(saved):
    path = saved(torchvision.models.resnet18(num_classes=10).state_dict())
    message = r"fc\.weight has shape \(10, 512\) in .* It fits load_pretrained\('resnet18', path, num_classes=10\)"
    with pytest.raises(ValueError, match=message):
        models.load_pretrained("resnet18", path)
    assert models.load_pretrained("resnet18", path, 10).fc.out_features == 10


@pytest.mark.parametrize("state", [{"a": torch.zeros(3, 3)}, {"a": torch.zeros(())}, {"a": torch.zeros(0)}])
def test_weights_of_nothing_here(state, saved):
    with pytest.raises(ValueError, match=r"conv1\.weight is missing.* No network here fits it; see names\(\)"):
        models.load_pretrained("resnet20", saved(state))


class Runs:
    """Pickled, it runs a command when it is loaded."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("write", [torch.save, lambda thing, path: path.write_bytes(pickle.dumps(thing, protocol=2))])
def test_a_file_that_would_run_code_runs_none(write, tmp_path):
    path, marker = tmp_path / "weights.pth", tmp_path / "ran"
    write({"conv1.weight": Runs(marker)}, path)
    with pytest.raises(ValueError, match="other things could run code when they are loaded; save one by"):
        models.load_pretrained("resnet20", path)
    assert not marker.exists()


def test_a_whole_module_is_refused(saved):
    with pytest.raises(ValueError, match=r"save one by torch\.save\(model\.state_dict\(\), path\)"):
        models.load_pretrained("resnet20", saved(models.build("resnet20")))


def test_broken_files(saved, tmp_path, theirs):
    cut = saved(theirs.state_dict())
    cut.write_bytes(cut.read_bytes()[:100_000])
    empty, noise, text = tmp_path / "empty.pth", tmp_path / "noise.safetensors", tmp_path / "text.pth"
    empty.touch()
    noise.write_bytes(bytes(range(256)) * 9)
    text.write_text("<html>not found</html>")
    for path in (cut, empty, noise, text):
        with pytest.raises(ValueError, match="a file that holds tensors and nothing else"):
            models.load_pretrained("resnet18", path)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_compiled_program_is_refused(tmp_path):
    torch.jit.script(nn.Linear(2, 2)).save(tmp_path / "weights.pt")
    with pytest.raises(ValueError, match="holds tensors and nothing else"):
        models.load_pretrained("resnet20", tmp_path / "weights.pt")


@pytest.mark.filterwarnings("ignore:Validating sparse tensor invariants:UserWarning")
@pytest.mark.parametrize(
    "things",
    [
        [torch.zeros(2)],
        torch.zeros(2),
        {"conv1.weight": 5},
        {},
        {5: torch.zeros(2)},
        {"conv1.weight": torch.eye(3).to_sparse()},
        {"conv1.weight": torch.zeros(2, device="meta")},
        {"conv1.weight": torch.zeros(2, dtype=torch.complex64)},
    ],
)
def test_what_is_no_state_dict(things, saved):
    with pytest.raises(ValueError, match="path must be the file of a state_dict: tensors by name"):
        models.load_pretrained("resnet20", saved(things))
