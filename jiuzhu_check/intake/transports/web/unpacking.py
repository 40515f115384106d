"""解压 unpacking: gzip as it arrives, never past a limit, and not taken where its end is missing."""

import zlib

_GZIP = 31  # zlib's word for a gzip envelope


class TooMuch(Exception):
    """More came than was agreed."""


class Unpacking:
    """The pieces of one body, unpacked where the service packed them.

    room: bytes that it may have, packed and unpacked
    """

    def __init__(self, encoding: str, room: int) -> None:
        self._packed = encoding == "gzip"
        self._unpacker = zlib.decompressobj(_GZIP)
        self._room = self._raw_room = room
        self.pieces: list[bytes] = []

    def take(self, piece: bytes) -> None:
        """Add what came; raises TooMuch, or zlib.error where it is no gzip."""
        self._raw_room -= len(piece)
        if self._raw_room < 0:
            raise TooMuch
        if not self._packed:
            self.pieces.append(piece)
        while self._packed and piece:
            if self._unpacker.eof:
                self._unpacker = zlib.decompressobj(_GZIP)
            self.pieces.append(self._unpacker.decompress(piece, self._room + 1))
            self._room -= len(self.pieces[-1])
            if self._room < 0:
                raise TooMuch
            piece = self._unpacker.unconsumed_tail or self._unpacker.unused_data

    def whole(self) -> bool:
        """Whether the packed body has come to its end."""
        return not self._packed or self._unpacker.eof
