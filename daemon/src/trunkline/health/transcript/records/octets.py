"""Reading numbers and lists from bytes of which the end may be missing."""

from collections.abc import Iterator


class Octets:
    """A place in some bytes. Beyond their end there is nothing: numbers are None, pieces are shorter than asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def data(self) -> bytes:
        """What was not read yet."""
        return self._data[self._at :]

    @property
    def left_bytes(self) -> int:
        return max(0, len(self._data) - self._at)

    def number(self, size_bytes: int) -> int | None:
        """The next number; None where its bytes are not all there (and then nothing follows either)."""
        piece = self._take(size_bytes)
        return int.from_bytes(piece, "big") if len(piece) == size_bytes else None

    def piece(self, size_bytes: int) -> "Octets":
        return Octets(self._take(size_bytes))

    def vector(self, size_bytes: int) -> "Octets":
        """A piece that begins with its own length."""
        length = self.number(size_bytes)
        return self.piece(length) if length is not None else Octets(b"")

    def numbers(self, size_bytes: int) -> Iterator[int]:
        while (found := self.number(size_bytes)) is not None:
            yield found

    def _take(self, size_bytes: int) -> bytes:
        piece = self._data[self._at : self._at + size_bytes]
        self._at += size_bytes
        return piece
