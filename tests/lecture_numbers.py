"""The numbers and claims on the lecture's slides, row by row: each must stand in a table of verdicts.

An entry is looked for in what the lines of its row are about and what they say the slide says. "a | b" are two ways to
write the same. Spaces, capitals, raised and lowered digits, and the signs for "times" make no difference; a number
is found only as a whole. Rows without numbers or claims have an empty list.
"""

import re
import unicodedata

SAID = {
    "A1": ["S(w·x + b)", "probability"],
    "A2": ["oriented"],
    "A3": ["1/8", "0 1 0; 1 4 1; 0 1 0"],
    "A4": ["(((a * b1) * b2) * b3)", "a * (b1 * b2 * b3)", "convolution"],
    "A5": ["matrix", "banded", "transpose", "deconvolution"],
    "A6": ["local", "invariant", "everywhere", "identical copies"],
    "A7": ["all input channels"],
    "A8": ["32×32×3", "5×5×3", "75", "28×28", "6×3×5×5", "bias", "6", "28×28×6"],
    "A9": ["depth", "stride", "padding"],
    "A10": ["K × K", "1 + L(K − 1)", "adds", "large images", "downsampling"],
    "A11": ["64", "32", "56×56", "64×1×1", "56×56×32", "MLP"],
    "A12": ["1-D", "2-D", "3-D", "Cout", "Cin", "input", "weights"],
    "A13": ["5×5×6", "24×24×10"],
    "A14": ["hierarch"],
    "A15": [
        "6 8; 3 4 | 6 8 / 3 4 | [[6, 8], [3, 4]] | [6 8; 3 4]",
        "2×2",
        "smaller",
        "independent | each map | every map | per channel | each channel | map by map",
        "average",
    ],
    "A16": ["whole input | entire input"],
    "B1": ["1980", "first", "sandwich", "simple", "complex", "backprop"],
    "B2": [
        "32×32",
        "6@28×28 | 6×28×28 | 28×28×6",
        "6@14×14 | 6×14×14 | 14×14×6",
        "16@10×10 | 16×10×10 | 10×10×16",
        "16@5×5 | 16×5×5 | 5×5×16",
        "120",
        "84",
        "10",
        "Gaussian",
    ],
    "B3": [],
    "C1": [
        *("227×227×3 | 3×227×227", "55×55×96 | 96×55×55", "27×27×96 | 96×27×27", "27×27×256 | 256×27×27"),
        *("13×13×256 | 256×13×13", "13×13×384 | 384×13×13", "6×6×256 | 256×6×6", "4096", "1000"),
        *("11×11", "stride 4 | /4", "5×5", "3×3", "pad 2 | padding 2", "norm"),
        *("ReLU", "augmentation", "0.5", "128", "0.9", "1e-2 | 0.01 | 10⁻²", "by 10 | /10 | ÷10 | factor of 10"),
        *("5e-4 | 0.0005 | 5·10⁻⁴", "7 CNN | 7 | seven", "18.2", "15.4", "first CNN | first convolutional"),
        "pre-training | pretraining | end-to-end | end to end",
        *("5 convolutional | five convolutional | convolutional layers", "3 fully | three fully | fully connected"),
        *("memory", "parameters", "operations | ops | FLOP | multiply-adds", "61"),
    ],
    "C2": [
        *("28.2", "25.8", "16.4", "11.7", "7.3", "6.7", "3.6", "3.0 | 3", "2.3", "5.1"),
        *("15.4", "11.2", "3.57", "2.99", "8", "16", "19", "22", "152", "ensemble | 6 models"),
        *("2010", "2011", "2012", "2013", "2014", "2015", "2016", "2017"),
    ],
    "C3": ["7×7", "stride 2 | /2", "11×11", "512", "1024", "384", "16.4", "11.7", "8", "denser"],
    "C4": [
        *("3×3", "2×2", "double | ×2 | twice", "stages"),
        *("conv-conv-pool", "conv-conv-conv-[conv]-pool | stages 4 and 5"),
        *("25C²", "25C²HW | 25HWC²", "18C²", "18C²HW | 18HWC²", "receptive field | see as much"),
        *("4HWC", "9C²", "36HWC² | 36C²HW", "2HWC", "36C²", "same amount | same compute | equal"),
        *("1.9", "48.6", "25× | 25 times | 25", "61", "138", "2.3", "0.7", "13.6", "19.4", "16", "19", "start"),
    ],
    "C5": [
        *("22", "5M | 5 million | 5", "12× | 12 times | 12", "2× | 2 times | twice | 2", "6.67", "16.4"),
        *("1×1", "skip connection", "gradients", "stem", "parallel | branches", "auxiliary"),
        "BatchNorm | batch normali | batch norm",
        "FC | fully connected",
    ],
    "C6": [
        *("20", "56", "training error", "test error", "identity", "two 3×3", "halves | half", "doubles | twice"),
        *(
            "9HWC² | 9C²HW",
            "18HWC² | 18C²HW",
            "4HWC² | 4C²HW",
            "17HWC² | 17C²HW",
            "less computation | less comput | cost",
        ),
        *("18", "34", "152", "harder to optimi | optimi", "underfit", "10+ | ten layers | 10 layers"),
    ],
    "C7": ["56", "ResNet-20 | 20"],
    "C8": [
        *("69.758", "73.314", "76.13", "77.374", "78.312", "3× | 3 times | three times", "5× | 5 times | five times"),
        *("101", "16", "about the same", "fewer feature channels | fewer channels", "152", "50"),
    ],
    "C9": ["ResNet + Inception | Inception + ResNet"],
    "C10": [
        *("1 FLOP | one FLOP | N FLOP", "2N | 2 FLOPs | two FLOPs", "MAC | MADD | MACC | multiply-add | FLOP"),
        *("highest memory | most memory", "most operations", "efficient", "low compute | little compute"),
        *("lots of parameters | many parameters", "moderate efficiency", "high accuracy"),
        "ReLU, pooling | ignore | conv layers | convolutions alone",
    ],
}


def plain(words):
    """Small letters, plain digits and signs, and no space but between two digits."""
    words = unicodedata.normalize("NFKC", words).casefold()
    words = words.translate(
        str.maketrans({"×": "x", "∗": "*", "⋆": "*", "·": "", "⋅": "", "−": "-", "–": "-", "⁄": "/"})
    )
    words = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", words)  # 4,096
    return re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", words)


def says(line, entry):
    """Whether ``line`` holds one of the ways to write ``entry``."""
    line = plain(line)
    for way in map(plain, entry.split(" | ")):
        before = r"(?<!\d)(?<!\d\.)" if way[0].isdigit() else ""
        after = r"(?!\d|\.\d)" if way[-1].isdigit() else ""
        if re.search(before + re.escape(way) + after, line):
            return True
    return False


def missing(row, numbers):
    """The entries of a row that no line holds; ``numbers`` are the data of all lines (``SlideNumber.as_data``)."""
    lines = [f"{data['topic']} : {data['slide']}" for data in numbers if data["row"] == row]
    return [entry for entry in SAID[row] if not any(says(line, entry) for line in lines)]
