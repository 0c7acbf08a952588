"""CIFAR-10: 60,000 photographs of 32×32 pixels in ten classes (Krizhevsky 2009), from either of two archives."""

import io
import zipfile
from pathlib import Path

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib.data.store import archives
from cnnlib.data.store.dataset import Dataset, Pair
from cnnlib.data.store.entry import Entry
from cnnlib.data.store.fetch import Remote, fetch
from cnnlib.data.store.folders import cannot_write, data_folder, find_in_mirror, lock
from cnnlib.errors import CourseError

__all__ = ["load", "whereabouts"]

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ORIGINAL, JPEG = "original", "JPEG copy"
ARCHIVE = Remote(
    "cifar-10-binary.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    170_052_171,
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)
ENTRY = Entry(
    title="CIFAR-10: 60,000 photographs of 32 × 32 pixels in ten classes",
    licence="none stated; cite the report",
    size=ARCHIVE.size,
    source="www.cs.toronto.edu/~kriz",
    scale="full",
    citation="krizhevsky2009learning",
)
JPEG_FILE = "cifar10-jpeg.tar.xz"
JPEG_MANIFEST = "f10d4c9e536a564f17fa5e8d68ba087d1235e60cd1f21700e11ff43f0647bbb0"  # archives.manifest of its files
RECORD = 1 + 3 * 32 * 32  # bytes: a label, then the red, green and blue plane


def load(source: str | None = None) -> Dataset:
    """CIFAR-10: a ``Dataset`` of 50,000 images for training and 10,000 for testing, (N, 3, 32, 32).

    ``source`` is "original", the authors' binary archive, which is downloaded (170 MB) where it is not here; or
    "JPEG copy", the same images after lossy compression, a tenth of the size, from ``cifar10-jpeg.tar.xz`` in the
    folder that ``CNNLIB_MIRROR`` names. Without it, the copy that was used before; else the one that the mirror has;
    else the original. What was read once is kept in the data folder, to be quick the next time. The two
    copies have their images in different orders; the JPEG copy's classes take turns.
    """
    if source is not None:
        arguments.choice("source", source, (ORIGINAL, JPEG))
    for copy in (ORIGINAL, JPEG) if source is None else (source,):
        if (dataset := _read(copy)) is not None:
            return dataset
    if source is None:
        source = JPEG if find_in_mirror(JPEG_FILE) and not find_in_mirror(ARCHIVE.file) else ORIGINAL
    with lock(_cache(source)):
        dataset = _read(source)  # another process may have been quicker
        if dataset is None:
            dataset = _from_original() if source == ORIGINAL else _from_jpeg()
            _write(dataset)
    return dataset


def whereabouts() -> Path | None:
    """The path of its file; None where it would have to be downloaded."""
    paths = [
        _cache(ORIGINAL),
        _cache(JPEG),
        find_in_mirror(ARCHIVE.file),
        find_in_mirror(JPEG_FILE),
        data_folder() / ARCHIVE.file,
    ]
    return next((path for path in paths if path and path.is_file()), None)


def _from_original() -> Dataset:
    path = fetch(ARCHIVE)
    files = {name.rpartition("/")[2]: content for name, content in archives.members(path).items()}
    train = b"".join(files[f"data_batch_{number}.bin"] for number in range(1, 6))
    return Dataset(_records(train), _records(files["test_batch.bin"]), CLASSES, ORIGINAL)


def _records(data: bytes) -> Pair:
    records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
    return Pair(records[:, 1:].copy().reshape(-1, 3, 32, 32), records[:, 0].astype(np.int64))


def _from_jpeg() -> Dataset:
    path = find_in_mirror(JPEG_FILE)
    if path is None:
        raise CourseError(
            f"{JPEG_FILE} is not here, and the course does not download it: put it into a folder, and name that "
            f"folder in CNNLIB_MIRROR; or take the other copy, load({ORIGINAL!r})."
        )
    files = archives.members(path)
    found = archives.manifest(files)
    if found != JPEG_MANIFEST:
        raise CourseError(
            f"{path} does not hold the files that it should: of their names and contents, expected SHA-256 "
            f"{JPEG_MANIFEST}, got {found}. Replace it, or take the other copy, load({ORIGINAL!r})."
        )
    return Dataset(_pictures(files, "train"), _pictures(files, "test"), CLASSES, JPEG)


def _pictures(files: dict[str, bytes], part: str) -> Pair:
    """The images ``part``/class/number.jpg in the order of their numbers, so that any first few hold all classes."""
    from PIL import Image

    names = [name.split("/") for name in files if name.startswith(f"{part}/")]
    names.sort(key=lambda parts: (parts[2], parts[1]))
    images: np.ndarray = np.empty((len(names), 3, 32, 32), np.uint8)
    for image, parts in zip(images, names, strict=True):
        image[:] = np.asarray(Image.open(io.BytesIO(files["/".join(parts)]))).transpose(2, 0, 1)
    return Pair(images, np.array([CLASSES.index(parts[1]) for parts in names], np.int64))


def _cache(source: str) -> Path:
    return data_folder() / ("cifar10-original.npz" if source == ORIGINAL else "cifar10-jpeg.npz")


def _read(source: str) -> Dataset | None:
    """What was read before; None where there is nothing, or nothing whole."""
    try:
        with np.load(_cache(source)) as kept:
            train = Pair(kept["train_images"], kept["train_labels"])
            return Dataset(train, Pair(kept["test_images"], kept["test_labels"]), CLASSES, source)
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile):  # the last two are zipfile's
        return None


def _write(dataset: Dataset) -> None:
    path = _cache(dataset.source)
    partial = path.with_name(f".{path.name}.new")
    arrays = {
        f"{part}_{kind}": getattr(getattr(dataset, part), kind) for part in ("train", "test") for kind in Pair._fields
    }
    try:
        with cannot_write(path):
            with partial.open("wb") as file:
                np.savez(file, **arrays)
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
