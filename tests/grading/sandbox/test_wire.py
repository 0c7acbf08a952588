"""Frames: what is sent arrives, and nothing that is malformed gets past the reader or makes it allocate."""

import contextlib
import json
import math
import socket
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnlib.grading.sandbox.inside import wire

numbers = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False) | st.text()
arrays = hnp.arrays(st.sampled_from(list(wire.DTYPES.values())), hnp.array_shapes(min_dims=0, max_dims=4, max_side=4))
messages = st.recursive(
    numbers | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=12,
)


def passed(*frames):
    """What ``receive`` makes of these bytes, the sender hanging up after them."""
    here, there = socket.socketpair()
    with here, there:
        sender = threading.Thread(target=lambda: (there.sendall(b"".join(frames)), there.shutdown(socket.SHUT_WR)))
        sender.start()
        try:
            return wire.receive(here, time.monotonic() + 5)
        finally:
            here.close()
            sender.join()


def same(a, b):
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, str):
        return a.encode("utf-8", "replace").decode() == b
    return type(a) is type(b) and a == b


@given(messages)
def test_what_is_sent_arrives(message):
    assert same(message, passed(wire.pack(message)))


def test_numbers_of_numpy_become_plain():
    assert passed(wire.pack([np.float32(0.5), np.int8(3), np.bool_(True), math.inf])) == [0.5, 3, True, math.inf]
    assert math.isnan(passed(wire.pack(np.float64("nan"))))


def test_arrays_in_any_order_and_of_any_byte_order():
    x = np.arange(12.0).reshape(3, 4)
    for array in (x.T, x[::-1, ::2], np.asfortranarray(x), x.astype(">f4"), np.array(2.5)):
        received = passed(wire.pack(array))
        assert np.array_equal(received, array) and received.flags.writeable and received.dtype.byteorder in "=|<"


@pytest.mark.parametrize("value", [
    object(), {1, 2}, 1j, b"bytes", np.array(["text"]), np.array([1j]), np.array([object()]), 2**63, np.zeros((1,) * 9),
    np.ma.ones(2).dtype, lambda: 0, np.zeros(wire.MAX_PAYLOAD + 1, np.uint8), [0] * wire.MAX_HEADER,
])  # fmt: skip
def test_what_is_not_plain_is_not_sent(value):
    with pytest.raises(wire.NotPlain):
        wire.pack({"value": value})


def test_lists_within_lists_end_somewhere():
    value = []
    value.append(value)
    with pytest.raises(wire.NotPlain, match="nested too deeply"):
        wire.pack(value)


def test_references_are_numbers():
    frame = wire.pack({"f": len}, lambda value: wire.Reference(7))
    assert passed(frame)["f"].number == 7


def header(text, payload=b"", length=None):
    data = text if isinstance(text, bytes) else json.dumps(text).encode()
    return (len(data) if length is None else length).to_bytes(4, "big") + data + payload


ARRAY = {"array": 0}


@pytest.mark.parametrize("frame", [
    header(b"", length=2**32 - 1),
    header(b"no json"),
    header(b"\xff\xfe"),
    header([]),
    header({}),
    header({"message": 1}),
    header({"message": 1, "arrays": [], "more": 1}),
    header({"message": 1, "arrays": 3}),
    header({"message": 1, "arrays": [["<f8", [1]]] * (wire.MAX_ARRAYS + 1)}),
    header({"message": ARRAY, "arrays": [["<f8", [2**40]]]}),
    header({"message": ARRAY, "arrays": [["<f8", [2**32, 2**32, 0]]]}),
    header({"message": ARRAY, "arrays": [["<f8", [4096, 4096]]]}),
    header({"message": ARRAY, "arrays": [["<f8", [2**22]]] * 3}),
    header({"message": ARRAY, "arrays": [["<f8", [-1]]]}),
    header({"message": ARRAY, "arrays": [["<f8", [True]]]}),
    header({"message": ARRAY, "arrays": [["<f8", [1.0]]]}),
    header({"message": ARRAY, "arrays": [["<f8", "12"]]}),
    header({"message": ARRAY, "arrays": [["O", [1]]]}, bytes(8)),
    header({"message": ARRAY, "arrays": [[["<f8"], [1]]]}, bytes(8)),
    header({"message": ARRAY, "arrays": [["<f8", [1] * 9]]}, bytes(8)),
    header({"message": ARRAY, "arrays": [["<f8"]]}),
    header({"message": ARRAY, "arrays": []}),
    header({"message": {"array": -1}, "arrays": [["|b1", [1]]]}, b"\1"),
    header({"message": {"array": True}, "arrays": [["|b1", [1]]]}, b"\1"),
    header({"message": {"pickle": "gASVBAAAAAAAAABLAS4="}, "arrays": []}),
    header({"message": {"reference": "0"}, "arrays": []}),
    header({"message": {"tuple": "ab"}, "arrays": []}),
    header({"message": {"dict": [["a"]]}, "arrays": []}),
    header({"message": {"dict": [[[], 1]]}, "arrays": []}),
    header({"message": {"tuple": [], "dict": []}, "arrays": []}),
    header({"message": 10**30, "arrays": []}),
    header(b'{"message": ' + b"9" * 5000 + b', "arrays": []}'),
    header(b'{"message": ' + b"[" * 30 + b"]" * 30 + b', "arrays": []}'),
    header(b'{"message": ' + b"[" * 200_000 + b"]" * 200_000 + b', "arrays": []}'),
])  # fmt: skip
def test_a_malformed_frame_is_refused_before_anything_is_allocated(frame):
    tracemalloc.start()
    try:
        with pytest.raises(wire.ProtocolError):
            passed(frame)
        assert tracemalloc.get_traced_memory()[1] < 8 * len(frame) + (4 << 20)
    finally:
        tracemalloc.stop()


CUT_SHORT = header({"message": ARRAY, "arrays": [["<f8", [2]]]}, bytes(15))


@pytest.mark.parametrize("frame", [b"", b"\0\0", header(b"", length=9), CUT_SHORT])
def test_a_truncated_frame_is_a_lost_connection(frame):
    with pytest.raises(ConnectionError):
        passed(frame)


def test_a_slow_sender_does_not_hold_the_reader():
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"\0")
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            wire.receive(here, began + 0.2)
        assert time.monotonic() - began < 2


def test_any_byte_makes_a_truth_value_and_any_text_can_be_written():
    truths = passed(header({"message": ARRAY, "arrays": [["|b1", [3]]]}, b"\0\1\7"))
    assert truths.tolist() == [False, True, True] and truths.view(np.uint8).max() == 1
    text = passed(header(b'{"message": "a\\ud800b", "arrays": []}'))
    assert text.encode() == b"a?b"


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read_and_never_more(noise):
    with contextlib.suppress(wire.ProtocolError, ConnectionError):
        passed(noise)
