"""A session key comes to who holds the token, while the run lasts, and to nobody else."""

import socket
import threading
from dataclasses import replace

import pytest

from jiuzhu_check.store.place import Place
from jiuzhu_check.store.session_key import Desk, SessionKey, hand_out

HERE = "127.0.0.1"


def test_whoever_holds_the_token_is_given_the_key_and_opens_what_it_sealed() -> None:
    place = Place("records/vehicle/370199", "2018-11-30", "n003")
    with hand_out(HERE) as (session, desk):
        given = desk.ask()
    assert given.open(session.seal(b"errand", "errand 3"), "errand 3") == b"errand"
    assert given.keys.unwrap(session.keys.wrap(b"k" * 32, place, "ab"), place, "ab") == b"k" * 32


def test_without_the_token_nobody_answers() -> None:
    with hand_out(HERE) as (_, desk), pytest.raises(OSError, match="gone"):
        replace(desk, token=bytes(32)).ask()


def test_who_does_not_hold_the_token_cannot_pass_a_key_off_as_the_sessions() -> None:
    with hand_out(HERE) as (_, false), socket.create_server((HERE, 0)) as server:

        def pretend() -> None:
            line, _ = server.accept()
            with line:
                line.recv(64)
                line.sendall(bytes(range(9, 41)) + bytes(60))

        threading.Thread(target=pretend, daemon=True).start()
        with pytest.raises(OSError, match="not sealed"):
            Desk(HERE, server.getsockname()[1], false.token).ask()


def test_after_the_run_the_token_is_worth_nothing() -> None:
    with hand_out(HERE) as (_, desk):
        pass
    with pytest.raises(ConnectionRefusedError):
        desk.ask()


def test_what_was_said_over_the_network_and_the_token_do_not_give_the_key() -> None:
    with hand_out(HERE) as (session, desk):
        overheard = _overhear(desk)
    secret = session.seal(b"errand", "x")
    for start in range(len(overheard) - 31):
        for key in (overheard[start : start + 32], desk.token):
            with pytest.raises(ValueError, match="not sealed"):
                SessionKey(key).open(secret, "x")


def test_what_is_about_one_part_does_not_pass_for_another() -> None:
    session = SessionKey(bytes(32))
    with pytest.raises(ValueError, match="not sealed"):
        session.open(session.seal(b"errand", "errand 3"), "errand 4")


def test_neither_the_key_nor_the_desk_tells_its_secret_when_printed() -> None:
    with hand_out(HERE) as (session, desk):
        shown = f"{session!r} {desk!r}"
    assert desk.token.hex() not in shown
    assert str(desk.token) not in shown
    assert "object at" not in shown


def _overhear(desk: Desk) -> bytes:
    """All bytes of one conversation, both ways."""
    heard = bytearray()
    with socket.create_server((HERE, 0)) as between:

        def pass_on() -> None:
            line, _ = between.accept()
            with line, socket.create_connection((desk.host, desk.port)) as other:
                asked = line.recv(64, socket.MSG_WAITALL)
                other.sendall(asked)
                answer = other.recv(92, socket.MSG_WAITALL)
                line.sendall(answer)
                heard.extend(asked + answer)

        thread = threading.Thread(target=pass_on)
        thread.start()
        Desk(HERE, between.getsockname()[1], desk.token).ask()
        thread.join()
    return bytes(heard)
