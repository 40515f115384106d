"""Pieces are worked on in threads; whoever takes the answers does not notice."""

import threading
import weakref

import pytest

from jiuzhu_check.tables.side_by_side import side_by_side


@pytest.mark.parametrize(("threads", "ahead"), [(1, 0), (1, 2), (2, 1), (3, 2)])
@pytest.mark.parametrize("pieces", range(5))
def test_the_answers_come_in_the_order_of_the_pieces(pieces: int, threads: int, ahead: int) -> None:
    assert list(side_by_side(lambda piece: piece * 10, iter(range(pieces)), threads, ahead)) == [
        piece * 10 for piece in range(pieces)
    ]


def test_behind_a_piece_that_fails_no_other_is_begun() -> None:
    begun, go_on = list[int](), threading.Event()

    def of(piece: int) -> int:
        begun.append(piece)
        if piece == 0:
            raise ValueError
        go_on.wait(0.2)
        return piece

    with pytest.raises(ValueError):  # noqa: PT011 - it says nothing
        list(side_by_side(of, range(10), threads=1, ahead=5))
    assert len(begun) <= 2  # one may have been begun before the failure was seen


def test_a_piece_is_let_go_when_it_has_been_worked_on() -> None:
    class Piece:
        pass

    seen = list[weakref.ref[Piece]]()

    def piece() -> Piece:
        one = Piece()
        seen.append(weakref.ref(one))
        return one

    answers = side_by_side(lambda _piece: None, (piece() for _ in range(8)), threads=1, ahead=0)
    for _ in range(6):
        next(answers)
    assert sum(each() is not None for each in seen) <= 2
    answers.close()
