"""The lecture's numbers beside the computed ones: agree, differ and why, or cited and from where."""

import html
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from IPython.display import HTML, display

from cnnlib import _arguments as arguments

__all__ = ["ROWS", "SlideNumber", "verdicts"]

# What the lecture treats, in its order: A, the building blocks; B, a bit of history; C, architectures; D, deep
# features and transfer; E, a label for every pixel; F, other tasks; G, text and audio; H, before and after.
ROWS = {
    "A1": "Perceptron",
    "A2": "Oriented cells",
    "A3": "Spatial filtering",
    "A4": "Filter algebra",
    "A5": "Convolution as a matrix",
    "A6": "Convolutional networks in a nutshell",
    "A7": "Data are 3-D tensors, filters span all channels",
    "A8": "The layer's arithmetic",
    "A9": "Spatial arrangement",
    "A10": "Receptive field",
    "A11": "1×1 convolution",
    "A12": "1-D, 2-D and 3-D convolution",
    "A13": "Stacking convolutions",
    "A14": "Feature hierarchy",
    "A15": "Pooling",
    "A16": "Fully connected layer",
    "B1": "Neocognitron",
    "B2": "LeNet-5",
    "B3": "Training in the page",
    "C1": "AlexNet",
    "C2": "The ImageNet challenge, year by year",
    "C3": "ZFNet",
    "C4": "VGG",
    "C5": "GoogLeNet",
    "C6": "ResNet",
    "C7": "Loss landscapes",
    "C8": "How deep is enough",
    "C9": "Inception-v4",
    "C10": "Measures of complexity",
    "C11": "Grouped convolution",
    "C12": "Depthwise convolution",
    "C13": "ResNeXt",
    "C14": "Squeeze and excitation",
    "C15": "MobileNet and Xception",
    "C16": "MobileNetV2",
    "C17": "ShuffleNet",
    "C18": "Architecture search",
    "C19": "Design guidelines",
    "C20": "Summary of architectures",
    "D1": "Deep features",
    "D2": "t-SNE of features",
    "D3": "Features and logistic regression",
    "D4": "Fine-tuning",
    "D5": "Transferability",
    "D6": "Weak supervision",
    "E1": "Label every pixel",
    "E2": "Fully connected layer as a large filter",
    "E3": "Downsampling and upsampling",
    "E4": "Deconvolution",
    "E5": "U-architectures",
    "F1": "One backbone, many heads",
    "F2": "Localization",
    "F3": "Captioning",
    "F4": "Reinforcement learning",
    "F5": "Autoencoders",
    "G1": "Convolution over a sentence",
    "G2": "Two paradigms for text",
    "G3": "Time-delay network",
    "G4": "Audio",
    "H1": "Before and after this lecture",
}


@dataclass(frozen=True)
class SlideNumber:
    """One number or claim on the slides: what it is about, what the slide says, what the code finds.

    ``row`` is a key of ``ROWS``. A number that cannot be computed here has a ``source`` in place of ``computed``:
    paper and table.
    """

    row: str
    topic: str
    slide: Any
    computed: Any = None
    why: str = ""  # where they differ: the reason
    note: str = ""  # what else there is to say
    source: str = ""  # where it was published, for a number that is cited

    def __post_init__(self) -> None:
        arguments.choice("row", self.row, ROWS)
        for name in ("topic", "why", "note", "source"):
            if not isinstance(getattr(self, name), str):
                arguments.fail(name, getattr(self, name), "words")
        if self.source:
            if self.computed is not None or self.why:
                given = self.why or self.computed
                arguments.fail("computed and why", given, f"left out, for {self.topic!r} is cited")
        elif self.computed is None:
            arguments.fail("computed", None, f"what the page computes for {self.topic!r}, unless a source is given")
        elif self.agrees and self.why:
            arguments.fail("why", self.why, f"empty, for {self.topic!r} agrees with the slide")
        elif not self.agrees and not self.why:
            arguments.fail("why", "", f"the reason why {self.topic!r} is {self.computed!r} and not {self.slide!r}")

    @property
    def agrees(self) -> bool:
        same = self.slide == self.computed  # NumPy takes a list for a tuple, and not lists within lists of two lengths
        return same is True or bool(np.array_equal(self.slide, self.computed))

    @property
    def verdict(self) -> str:
        """Found by comparing, never given: "agrees", "differs", or "cited" where there is nothing to compare with."""
        if self.source:
            return "cited"
        return "agrees" if self.agrees else "differs"

    @property
    def anchor(self) -> str:
        """The HTML id of its line on the page, the same in every run."""
        said = f"{self.topic}\0{_words(self.slide)}"
        return f"lecture-{self.row.lower()}-{zlib.crc32(said.encode()):08x}"

    def as_data(self) -> dict[str, str]:
        """Strings alone: what the stored output keeps for the appendix of all numbers."""
        return {
            "row": self.row,
            "topic": self.topic,
            "slide": _words(self.slide),
            "computed": "" if self.source else _words(self.computed),
            "verdict": self.verdict,
            "why": self.why,
            "note": self.note,
            "source": self.source,
            "anchor": self.anchor,
        }


def verdicts(numbers: Iterable[SlideNumber]) -> None:
    """Display ``numbers`` (``SlideNumber``) as a table with a verdict each, and keep them in the output's metadata."""
    kept = []
    for number in arguments.sequence("numbers", numbers, "a list of SlideNumber"):
        if not isinstance(number, SlideNumber):
            arguments.fail("numbers", number, "a list of SlideNumber")
        kept.append(number.as_data())
        if kept[-1]["anchor"] in {earlier["anchor"] for earlier in kept[:-1]}:
            arguments.fail("numbers", number.topic, "of different topics, or of different slides")
    head = "".join(f'<th scope="col">{title}</th>' for title in ("about", "the slide says", "computed here", "verdict"))
    body = "".join(_line(data) for data in kept)
    table = f'<table class="cnn-verdicts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    display(HTML(table), metadata={"cnnlib": {"slide_numbers": kept}})


def _line(data: dict[str, str]) -> str:
    topic, slide, computed, why, note, source = (
        html.escape(data[key]) for key in ("topic", "slide", "computed", "why", "note", "source")
    )
    verdict = {"agrees": "agrees", "differs": f"<b>differs</b>: {why}", "cited": f"cited: {source}"}[data["verdict"]]
    verdict += f"; {note}" if note else ""
    cells = "".join(f"<td>{cell}</td>" for cell in (topic, slide, computed, verdict))
    return f'<tr id="{data["anchor"]}">{cells}</tr>'


def _words(value: object) -> str:
    """A claim is shown as one, not as Python's True or False, and a list without Python's brackets."""
    if isinstance(value, bool | np.bool_):
        return "holds" if value else "does not hold"
    if isinstance(value, list | tuple) and not any(isinstance(one, list | tuple) for one in value):
        return ", ".join(map(_words, value))
    return str(value)
