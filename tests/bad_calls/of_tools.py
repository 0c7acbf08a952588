"""Bad calls of what pages and labs are made with: data, figures, the lecture's numbers, claims, visible checks."""

import numpy as np
from matplotlib.figure import Figure

from cnnlib import claims, data, labs, lecture, plots
from cnnlib.data import cifar10, digits, photos, shapes
from cnnlib.data.store import registry
from cnnlib.lecture import SlideNumber

PHOTO, FIGURE = np.zeros((8, 8)), Figure()
DIGIT = np.zeros((1, 1, 8, 8), np.uint8)
CHECK = labs.task(1, "Bad calls")

# function, its arguments, and what the message must say: argument, value, expectation
OF_TOOLS = [
    (data.load, ("digit",), {}, r"name must be a data set's name \(did you mean 'digits'\?\); got 'digit'"),
    (data.load, (None,), {}, r"name must be a data set's name \(there are 'photos', 'digits'.*\); got None"),
    (data.load, ("digits",), {"size": 8}, r"size must be left out: digits has no options; got 8"),
    (data.load, ("photos",), {"zoom": 8}, r"zoom must be left out: photos has 'size' and 'grey'; got 8"),
    (data.entry, ("imagenet",), {}, r"name must be a data set's name \(there are 'photos', .*\); got 'imagenet'"),
    (registry.whereabouts, ("digit",), {}, r"name must be a data set's name \(did you mean 'digits'\?\); got 'digit'"),
    (registry.module, ("digit",), {}, r"name must be a data set's name \(did you mean 'digits'\?\); got 'digit'"),
    (photos.load, ("dog",), {}, r"name must be one of 'astronaut', .*; got 'dog'"),
    (photos.load, ("cat", 0), {}, r"size must be an integer of 1 or more; got 0"),
    (photos.load, (None, 0), {}, r"size must be an integer of 1 or more; got 0"),
    (photos.load, ("cat", 10**6), {}, r"size must be at most 4096 pixels; got 1000000"),
    (shapes.load, (0,), {}, r"train must be an integer of 1 or more; got 0"),
    (shapes.load, (5, 5), {"seed": -1}, r"seed must be an integer of 0 or more; got -1"),
    (shapes.generate, (2.5,), {}, r"number must be an integer of 1 or more; got 2\.5"),
    (shapes.generate, (2, 15), {}, r"size must be an integer of 16 or more; got 15"),
    (shapes.generate, (2, 513), {}, r"size must be at most 512 pixels; got 513"),
    (shapes.generate, (2, 32, 0), {}, r"objects must be an integer of 1 or more, or a pair of them; got 0"),
    (shapes.generate, (2, 32, (3, 2)), {}, r"objects must be 1 to 6, or a pair of them, the smaller first; got \(3, 2"),
    (shapes.generate, (2, 32, 7), {}, r"objects must be 1 to 6, or a pair of them, .*; got 7"),
    (cifar10.load, ("jpeg",), {}, r"source must be one of 'original', 'JPEG copy'; got 'jpeg'"),
    (digits.on_canvas, (DIGIT[0],), {}, r"images\.shape must be \(N, C, H, W\), no axis empty; got \(1, 8, 8\)"),
    (digits.on_canvas, (DIGIT / 255,), {}, r"images\.dtype must be uint8, for numbers .*; got 'float64'"),
    (digits.on_canvas, (DIGIT.astype("uint16"),), {}, r"images\.dtype must be uint8, .*; got 'uint16'"),
    (digits.on_canvas, (DIGIT, 23), {}, r"size must be at least 8 · 3 = 24, to hold .* enlarged 3 times; got 23"),
    (digits.on_canvas, (DIGIT, 32, 0), {}, r"zoom must be an integer of 1 or more; got 0"),
    (digits.on_canvas, (DIGIT,), {"shifts": [[0, 5]]}, r"shifts\[0\] must be within .* over the edge; got \[0, 5\]"),
    (digits.on_canvas, (DIGIT,), {"shifts": [[0, 0]] * 2}, r"shifts\.shape must be two .*, \(1, 2\); got \(2, 2\)"),
    (digits.on_canvas, (DIGIT,), {"shifts": [[0, 0.5]]}, r"shifts\.dtype must be of integers: whole .*; got 'float64'"),
    (plots.show, (None, "x", "x"), {}, r"figure must be a matplotlib Figure; got None"),
    (plots.show, (FIGURE, "", "x"), {}, r"caption must be a sentence; got ''"),
    (plots.show, (FIGURE, "x", None), {}, r"alt must be a sentence; got None"),
    (
        plots.image_row,
        ([PHOTO], ["a", "b"]),
        {},
        r"titles must be one per image, of which there are 1; got \['a', 'b'\]",
    ),
    (plots.image_row, (5, ["a"]), {}, r"images must be a list of images; got 5"),
    (plots.image_row, ([PHOTO * 1j], ["a"]), {}, r"images\[0\] must be an image of real numbers"),
    (plots.heat_grid, ([[np.nan]],), {}, r"matrix must be finite numbers; got \[\[nan\]\]"),
    (plots.image_row, ([PHOTO[0]], ["a"]), {}, r"images\[0\]\.shape must be \(H, W\) or \(H, W, 3\); got \(8,\)"),
    (plots.image_row, ([PHOTO], ["a"]), {"limits": [(0, 1)] * 2}, r"limits must be one for all images .* 1; got"),
    (plots.image_row, ([PHOTO], ["a"]), {"colours": ["gray"] * 2}, r"colours must be one for all .* 1; got"),
    (plots.heat_grid, (np.zeros((30, 30)),), {}, r"matrix\.shape must be at most 400 cells.*; got \(30, 30\)"),
    (lecture.verdicts, ([None],), {}, r"numbers must be a list of SlideNumber; got None"),
    (lecture.verdicts, ([SlideNumber("A8", "count", 5, 5)] * 2,), {}, r"numbers must be of different topics.*'count'"),
    (SlideNumber, ("A17", "count", 5, 5), {}, r"row must be one of 'A1', .*; got 'A17'"),
    (SlideNumber, ("A8", 5, 5, 5), {}, r"topic must be words; got 5"),
    (SlideNumber, ("A8", "count", 5), {}, r"computed must be what the page computes for 'count', unless .*; got None"),
    (SlideNumber, ("A8", "count", 5, 7), {}, r"why must be the reason why 'count' is 7 and not 5; got ''"),
    (SlideNumber, ("A8", "count", 5, 5, "because"), {}, r"why must be empty, for 'count' agrees.*; got 'because'"),
    (
        SlideNumber,
        ("A8", "count", 5, 5),
        {"source": "the paper"},
        r"computed and why must be left out, .*; got 5",
    ),
    (claims.claim, ("", 1), {"at_least": 0}, r"what must be a few words; got ''"),
    (claims.claim, ("a", 1), {}, r"at_least, at_most must be one of them, the threshold; got \{\}"),
    (claims.claim, ("a", np.nan), {"at_least": 0}, r"value must be a finite number; got nan"),
    (labs.task, (0, "Double"), {}, r"number must be an integer of 1 or more; got 0"),
    (labs.task, (1, ""), {}, r"title must be a few words; got ''"),
    (CHECK.equal, ("", int, 0), {}, r"name must be a few words; got ''"),
    (CHECK.equal, ("it", 5, 5), {}, r"call must be a function without arguments, such as lambda: …; got 5"),
    (CHECK.equal, ("it", int, 0), {"rtol": -1}, r"rtol must be 0 or more; got -1"),
    (CHECK.equal, ("it", int, 0), {"atol": "small"}, r"atol must be a finite number; got 'small'"),
    (CHECK.true, ("it", int, None), {}, r"otherwise must be a few words; got None"),
]
