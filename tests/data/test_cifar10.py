"""CIFAR-10 from small archives in the two official forms, and from the real one where a mirror has it."""

import hashlib
import io
import os
import threading

import numpy as np
import pytest
from PIL import Image

from cnnlib import data
from cnnlib.data import cifar10
from cnnlib.data.store import archives
from cnnlib.data.store.fetch import Remote
from cnnlib.errors import CourseError
from tests.data.store.tar_archives import tar

MIRROR = os.environ.get("CNNLIB_MIRROR")


def records(seed, count):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 3, 32, 32), np.uint8), rng.integers(0, 10, count)


def binary(images, labels):
    """In the binary form, written as its description says: per image a label, 1,024 red, green, blue bytes."""
    return b"".join(bytes([label]) + bytes(image.ravel()) for image, label in zip(images, labels, strict=True))


@pytest.fixture
def original(mirror, monkeypatch):
    """The binary archive in the mirror; gives the images and labels of its batches, the last for testing."""
    batches = [records(seed, 2) for seed in range(6)]
    names = [*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]
    files = [(f"cifar-10-batches-bin/{name}", binary(*batch)) for name, batch in zip(names, batches, strict=True)]
    content = tar([("cifar-10-batches-bin/readme.html", b"text"), *files[::-1]], "gz")
    (mirror / "cifar-10-binary.tar.gz").write_bytes(content)
    remote = Remote("cifar-10-binary.tar.gz", "http://127.0.0.1:9/", len(content), hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(cifar10, "ARCHIVE", remote)
    return batches


@pytest.fixture
def jpeg(mirror, monkeypatch):
    """Class folders of JPEG in the mirror, two images per class and part, each of one colour."""
    files = []
    for part in ("train", "test"):
        for label, name in enumerate(cifar10.CLASSES):
            for number in range(2):
                written = io.BytesIO()
                Image.new("RGB", (32, 32), (20 * label, 100 * number, 200)).save(written, "JPEG", quality=75)
                files.append((f"{part}/{name}/{number:04d}.jpg", written.getvalue()))
    (mirror / "cifar10-jpeg.tar.xz").write_bytes(tar(files, "xz"))
    monkeypatch.setattr(cifar10, "JPEG_MANIFEST", archives.manifest(dict(files)))


def same(dataset, other):
    pairs = zip((*dataset.train, *dataset.test), (*other.train, *other.test), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs) and dataset[2:] == other[2:]


def test_original(original, folder):
    dataset = data.load("cifar10")
    assert dataset.source == "original" and dataset.classes[3] == "cat"
    assert dataset.train.images.dtype == np.uint8 and dataset.train.labels.dtype == np.int64
    assert np.array_equal(dataset.train.images, np.concatenate([images for images, _ in original[:5]]))
    assert np.array_equal(dataset.train.labels, np.concatenate([labels for _, labels in original[:5]]))
    assert all(array.flags.writeable and array.flags.c_contiguous for pair in dataset[:2] for array in pair)
    assert np.array_equal(dataset.test.images, original[5][0]) and np.array_equal(dataset.test.labels, original[5][1])


def test_jpeg_copy(jpeg):
    dataset = data.load("cifar10")
    assert dataset.source == "JPEG copy" and dataset.train.images.shape == (20, 3, 32, 32)
    for images, labels in (dataset.train, dataset.test):
        assert images.dtype == np.uint8 and labels.dtype == np.int64 and labels.tolist() == [*range(10)] * 2
        colours = np.array([[20 * label, 100 * number, 200] for number in range(2) for label in range(10)])
        assert np.abs(images.mean(axis=(2, 3)) - colours).max() < 3  # JPEG is lossy


@pytest.mark.parametrize("copy", ["original", "jpeg"])
def test_it_is_kept_and_read_again(copy, request, folder, mirror, monkeypatch):
    request.getfixturevalue(copy)
    first = cifar10.load()
    monkeypatch.delenv("CNNLIB_MIRROR")
    assert same(cifar10.load(), first) and cifar10.whereabouts() == folder / f"cifar10-{copy}.npz"


def test_which_copy(original, jpeg, monkeypatch):
    assert cifar10.load("JPEG copy").source == "JPEG copy"
    assert cifar10.load().source == "JPEG copy"  # the one that was used before
    assert cifar10.load("original").source == "original"
    assert cifar10.load().source == "original"
    monkeypatch.delenv("CNNLIB_MIRROR")
    assert cifar10.load("JPEG copy").source == "JPEG copy"


def test_a_kept_file_that_is_damaged_is_made_again(original, folder):
    first = cifar10.load()
    path = folder / "cifar10-original.npz"
    kept = path.read_bytes()
    method = bytearray(kept)
    method[kept.index(b"PK\1\2") + 10] = 99  # a compression that nobody knows
    for damaged in (b"", b"nothing", kept[:-5000], kept.replace(b"\x93NUMPY", b"\x93numpy"), method):
        path.write_bytes(damaged)
        assert same(cifar10.load(), first)


def test_a_write_that_fails_leaves_nothing_half_done(original, folder, monkeypatch):
    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(CourseError, match=r"cifar10-original\.npz cannot be written \(No space left .*\)\. Make room"):
        cifar10.load()
    assert [path.name for path in folder.iterdir() if not path.name.endswith(".lock")] == []


def test_two_at_once(original):
    found = []
    threads = [threading.Thread(target=lambda: found.append(cifar10.load())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and same(found[0], found[1]) and same(found[1], found[2])


def test_other_pictures_are_refused(jpeg, folder, monkeypatch):
    monkeypatch.setattr(cifar10, "JPEG_MANIFEST", "0" * 64)
    message = r"jpeg\.tar\.xz does not hold .* expected SHA-256 0{64}, got [0-9a-f]{64}\. Replace it, or .*'original'"
    with pytest.raises(CourseError, match=message):
        cifar10.load()
    assert not list(folder.glob("*.npz"))


def test_the_jpeg_copy_is_not_downloaded():
    with pytest.raises(CourseError, match=r"cifar10-jpeg\.tar\.xz is not here, .* in CNNLIB_MIRROR; or take"):
        cifar10.load("JPEG copy")


@pytest.mark.skipif(not MIRROR, reason="CNNLIB_MIRROR is not set: there is no real CIFAR-10 to read")
def test_the_real_one(monkeypatch):
    monkeypatch.setenv("CNNLIB_MIRROR", MIRROR)
    if cifar10.whereabouts() is None:
        pytest.skip(f"there is no CIFAR-10 in {MIRROR}")
    dataset = cifar10.load()
    for (images, labels), count in ((dataset.train, 5000), (dataset.test, 1000)):
        assert images.shape == (10 * count, 3, 32, 32) and np.bincount(labels).tolist() == [count] * 10
    # The published means and deviations of the channels, to which JPEG does little.
    pixels = dataset.train.images / np.float32(255)
    assert np.allclose(pixels.mean(axis=(0, 2, 3)), [0.4914, 0.4822, 0.4465], atol=0.002)
    assert np.allclose(pixels.std(axis=(0, 2, 3)), [0.2470, 0.2435, 0.2616], atol=0.005)
