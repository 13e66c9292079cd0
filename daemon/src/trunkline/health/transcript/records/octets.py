"""Reading numbers and lists from bytes of which the end may be missing."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Octets:
    """A place in some bytes. Beyond their end there is nothing: numbers are None, pieces are shorter than asked for."""

    data: bytes

    def number(self, size_bytes: int) -> int | None:
        """The next number; None where its bytes are not all there (and then nothing follows either)."""
        piece, self.data = self.data[:size_bytes], self.data[size_bytes:]
        return int.from_bytes(piece, "big") if len(piece) == size_bytes else None

    def piece(self, size_bytes: int) -> "Octets":
        piece, self.data = self.data[:size_bytes], self.data[size_bytes:]
        return Octets(piece)

    def vector(self, size_bytes: int) -> "Octets":
        """A piece that begins with its own length."""
        length = self.number(size_bytes)
        return self.piece(length) if length is not None else Octets(b"")

    def numbers(self, size_bytes: int) -> Iterator[int]:
        while (found := self.number(size_bytes)) is not None:
            yield found
