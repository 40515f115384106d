"""Pieces that are made ahead: in order, and no trouble where nobody wants the rest."""

from collections.abc import Iterator
from threading import Event, Thread

from jiuzhu_check.intake.ahead import ahead


def test_the_pieces_come_in_their_order() -> None:
    assert list(ahead(range(5))) == [0, 1, 2, 3, 4]


def test_who_takes_no_more_pieces_waits_for_none() -> None:
    goes_on = Event()

    def pieces() -> Iterator[int]:
        yield 1
        goes_on.wait()
        yield 2

    taken = ahead(pieces())
    assert next(taken) == 1
    ending = Thread(target=taken.close)  # type: ignore[attr-defined]
    ending.start()
    ending.join(5)
    waits = ending.is_alive()
    goes_on.set()
    ending.join()
    assert not waits
