"""Protocol Buffers' wire format, read without a schema: the fields of a message by their number.

Source: protobuf.dev/programming-guides/encoding. The `onnx` package would read the same, but
builds an object for everything before anything can be checked: a 20 MB file of empty nodes takes
1.6 GB there (measured with onnx 1.23). Here a message is a view of the file's bytes, opened when
it is asked for, and the fields of all messages together are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from gru_debugger.numerals import grouped

MOST_FIELDS = 200_000
_LONGEST_LIST = 16 << 20  # bytes of one packed list of integers


class Budget:
    """How many more fields may be read."""

    def __init__(self, fields: int = MOST_FIELDS) -> None:
        self.left = fields

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it has too many parts")


class Message:
    """Fields by number. Raises ValueError where the bytes are no message."""

    def __init__(self, data: memoryview, budget: Budget) -> None:
        self._budget = budget
        self._fields: dict[int, list[int | memoryview]] = {}
        for number, value in _fields(data):
            budget.spend()
            self._fields.setdefault(number, []).append(value)

    @property
    def numbers(self) -> set[int]:
        """Those of the fields that are there."""
        return set(self._fields)

    def __contains__(self, number: int) -> bool:
        return number in self._fields

    def integer(self, number: int, default: int = 0) -> int:
        value = self._fields.get(number, [default])[-1]
        if not isinstance(value, int):
            raise ValueError("a number is of another type")
        return _signed(value)

    def integers(self, number: int) -> Iterator[int]:
        """Of a repeated field, packed or not."""
        for value in self._fields.get(number, ()):
            if isinstance(value, int):
                yield _signed(value)
            else:
                yield from _packed(value)

    def chunks(self, number: int) -> list[memoryview]:
        """The bytes of a repeated field: strings, messages, packed or single floats."""
        values = self._fields.get(number, [])
        found = [value for value in values if isinstance(value, memoryview)]
        if len(found) != len(values):
            raise ValueError("a string is of another type")
        return found

    def texts(self, number: int) -> list[str]:
        return [bytes(chunk).decode("utf-8") for chunk in self.chunks(number)]

    def text(self, number: int, default: str = "") -> str:
        return (self.texts(number) or [default])[-1]

    def messages(self, number: int) -> Iterator[Message]:
        for chunk in self.chunks(number):
            yield Message(chunk, self._budget)

    def message(self, number: int) -> Message | None:
        return next(self.messages(number), None)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _packed(data: memoryview) -> Iterator[int]:
    if len(data) > _LONGEST_LIST:
        raise ValueError("a list of integers is too long")
    at = 0
    while at < len(data):
        value, at = varint(data, at)
        yield _signed(value)


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first; the last byte has no eighth."""
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("it ends inside a number")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (1 << 64) - 1, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("a field has no number")
        if wire == 0:
            value, at = varint(data, at)
            yield number, value
            continue
        size = {1: 8, 5: 4}.get(wire)
        if wire == 2:
            size, at = varint(data, at)
        if size is None:
            raise ValueError("a field is of no known type")
        if size > len(data) - at:
            raise ValueError(f"it ends {grouped(size - len(data) + at)} bytes early")
        yield number, data[at : at + size]
        at += size


def field(number: int, value: bytes) -> bytes:
    """A field of bytes: of a string or a message."""
    return _as_varint(number << 3 | 2) + _as_varint(len(value)) + value


def _as_varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
