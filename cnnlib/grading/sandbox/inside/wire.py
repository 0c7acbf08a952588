"""Frames: plain data across the wall, and nothing else.

A frame is the length of its header (4 bytes, big-endian), the header (JSON in UTF-8), and raw bytes of the arrays that
the header announces, one after the other. The header is an object: ``message``, and ``arrays``, a list of [dtype,
shape]. A reader believes neither length nor shape: each is checked against a bound before anything is allocated.

In a message, numbers, truth values, text, None and lists stand for themselves; a dictionary, a tuple, an array and a
reference to something that stays on the other side are objects with one key each: dict, tuple, array, reference.
"""

import json
import math
import time

import numpy as np

MAX_HEADER = 1 << 20  # bytes
MAX_PAYLOAD = 64 << 20  # bytes, of all arrays together
MAX_ARRAYS = 1024  # the state of a network with a hundred layers
MAX_RANK = 8
MAX_DEPTH = 12  # lists within lists
MAX_INTEGER = 1 << 63
DTYPES = {t: np.dtype(t) for t in ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8")}


class ProtocolError(Exception):
    """The other side sent what no frame of ours looks like."""


class NotPlain(Exception):
    """A value that does not cross the wall; the message names its type, or is one of ``NOT_PLAIN``."""


TOO_DEEP, TOO_MUCH, TOO_LONG, ODD_ARRAY, ODD_TENSOR, ODD_KEY, FUNCTION = NOT_PLAIN = (
    "lists nested too deeply",
    "more data than a frame holds",
    "an integer beyond 64 bits",
    "an array of another type",
    "a tensor that no array can hold",
    "a dictionary with keys other than text and integers",
    "a function or a module",
)


class Reference:
    """Something that stays where it is, known to the other side by a number."""

    def __init__(self, number):
        self.number = number


def pack(message, reference_of=None):
    """Bytes of a frame. ``reference_of`` may turn a value that is not plain into a ``Reference``, else ``NotPlain``."""
    arrays = []
    header = {"message": _flatten(message, arrays, reference_of, 0)}
    header["arrays"] = [[array.dtype.str, array.shape] for array in arrays]
    text = json.dumps(header).encode()
    if len(text) > MAX_HEADER or len(arrays) > MAX_ARRAYS or sum(array.nbytes for array in arrays) > MAX_PAYLOAD:
        raise NotPlain(TOO_MUCH)
    return b"".join([len(text).to_bytes(4, "big"), text, *(array.tobytes() for array in arrays)])


def copy(value):
    """``value`` as the other side would get it, without references; ``NotPlain``."""
    arrays = []
    message = _flatten(value, arrays, None, 0)
    return _restore(message, {number: array.copy() for number, array in enumerate(arrays)}, 0)


def receive(connection, deadline=None):
    """The next message from a socket. ``deadline`` is a reading of ``time.monotonic``.

    Raises ``TimeoutError``, ``ConnectionError`` where the other side is gone, and ``ProtocolError``.
    """
    length = int.from_bytes(_read(connection, 4, deadline), "big")
    if length > MAX_HEADER:
        raise ProtocolError("a header that is too long")
    try:
        header = json.loads(_read(connection, length, deadline))
        message, announced = header["message"], header["arrays"]
        if len(header) != 2 or not isinstance(announced, list) or len(announced) > MAX_ARRAYS:
            raise ProtocolError("a header of another form")
        layouts = [_layout(entry) for entry in announced]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ProtocolError("a header of another form") from None
    if sum(nbytes for _, _, nbytes in layouts) > MAX_PAYLOAD:
        raise ProtocolError("too much data")
    arrays = [_array(_read(connection, nbytes, deadline), dtype, shape) for dtype, shape, nbytes in layouts]
    return _restore(message, dict(enumerate(arrays)), 0)


def send(connection, frame, deadline=None):
    """Send the bytes of a frame, or raise ``TimeoutError`` or ``ConnectionError``."""
    connection.settimeout(_left(deadline))
    connection.sendall(frame)


def _flatten(value, arrays, reference_of, depth):
    if depth > MAX_DEPTH:
        raise NotPlain(TOO_DEEP)
    inner = [arrays, reference_of, depth + 1]
    if value is None or isinstance(value, (bool, str)):
        return value if value is None or isinstance(value, bool) else str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int):
        if abs(value) >= MAX_INTEGER:
            raise NotPlain(TOO_LONG)
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, np.ndarray):
        if value.nbytes > MAX_PAYLOAD or len(arrays) == MAX_ARRAYS:  # before it is copied: its memory may be repeated
            raise NotPlain(TOO_MUCH)
        plain = np.ascontiguousarray(value, value.dtype.newbyteorder("<")).reshape(value.shape)
        if plain.dtype.str not in DTYPES or plain.ndim > MAX_RANK:
            raise NotPlain(ODD_ARRAY)
        arrays.append(plain)
        return {"array": len(arrays) - 1}
    if isinstance(value, list):
        return [_flatten(item, *inner) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_flatten(item, *inner) for item in value]}
    if isinstance(value, dict):
        if not all(isinstance(key, (str, int, np.integer)) and not isinstance(key, bool) for key in value):
            raise NotPlain(ODD_KEY)
        return {"dict": [[_flatten(key, *inner), _flatten(item, *inner)] for key, item in value.items()]}
    if isinstance(value, Reference):
        return {"reference": value.number}
    if reference_of is not None:
        return _flatten(reference_of(value), arrays, None, depth)
    raise NotPlain(FUNCTION if callable(value) else f"a {type(value).__name__}")


def _restore(value, arrays, depth):
    if depth > MAX_DEPTH + 1:
        raise ProtocolError("lists nested too deeply")
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half of a surrogate pair could not be written to a file
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        raise ProtocolError("an integer beyond 64 bits")
    if isinstance(value, list):
        return [_restore(item, arrays, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    try:
        [(kind, content)] = value.items()
        if kind == "array":
            return arrays.pop(_natural(content))  # each once, or a short message could stand for any amount of data
        if kind == "reference":
            return Reference(_natural(content))
        if kind == "tuple" and isinstance(content, list):
            return tuple(_restore(item, arrays, depth + 1) for item in content)
        if kind == "dict" and isinstance(content, list):
            return {_key(key): _restore(item, arrays, depth + 1) for key, item in content}
    except (ValueError, TypeError, KeyError):
        pass
    raise ProtocolError("a value of another form")


def _key(key):
    """A dictionary's key: text or an integer. Others could be made to collide, at great cost."""
    if type(key) not in (str, int):
        raise TypeError(key)
    return _restore(key, {}, 0)


def _natural(value):
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _layout(entry):
    """(dtype, shape, bytes) of an announced array."""
    name, shape = entry
    if name not in DTYPES or not isinstance(shape, list) or len(shape) > MAX_RANK:
        raise ProtocolError("an array of another form")
    count = math.prod(_natural(n) for n in shape)
    # An empty array is no larger than another one would be that has 1 in place of 0.
    if math.prod(max(n, 1) for n in shape) * DTYPES[name].itemsize > MAX_PAYLOAD:
        raise ProtocolError("too much data")
    return DTYPES[name], tuple(shape), count * DTYPES[name].itemsize


def _array(data, dtype, shape):
    if dtype.kind == "b":  # any byte may come; only 0 and 1 are truth values
        return (np.frombuffer(data, np.uint8) != 0).reshape(shape)
    return np.frombuffer(data, dtype).reshape(shape)  # of a bytearray: may be written into


def _read(connection, count, deadline):
    data = bytearray(count)
    view, done = memoryview(data), 0
    while done < count:
        connection.settimeout(_left(deadline))
        got = connection.recv_into(view[done:])
        if not got:
            raise ConnectionError("the other side is gone")
        done += got
    return data


def _left(deadline):
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
