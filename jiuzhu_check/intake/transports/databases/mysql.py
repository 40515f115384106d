"""MariaDB and MySQL: streamed, every value as the text that the server writes, so that zero dates come as they stand."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pymysql
from pymysql.constants import ER
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from jiuzhu_check.intake.transports.database import NotAdmitted, NotAnswered, Question, Unreachable
from jiuzhu_check.intake.transports.databases.answer import Answer, as_csv

_BATCH = 20_000
_CLIENT = range(2000, 3000)  # what the library itself met on the way
_REFUSED = (ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, 1698)
_GONE = (ER.CON_COUNT_ERROR, ER.SERVER_SHUTDOWN, ER.QUERY_INTERRUPTED, 1969, 3024)  # the last two: out of time


def read(question: Question) -> Answer:
    """The answer to a question; raises as it is taken: Unreachable, NotAdmitted, NotAnswered."""
    return Answer(_streamed(question))


def _streamed(question: Question) -> Generator[bytes, None, int]:
    safe = {"ssl_verify_cert": True, "ssl_verify_identity": True, "ssl_ca": question.ca_file or None}
    try:
        connection = pymysql.connect(
            host=question.host,
            port=question.port,
            database=question.database,
            user=question.user,
            password=question.password.encode(),  # as text it would be cut down to Latin-1
            charset="utf8mb4",
            conv=encoders,
            cursorclass=SSCursor,
            connect_timeout=min(30, question.left()),
            read_timeout=question.left(),
            ssl_disabled=not question.encrypted,
            **(safe if question.encrypted else {}),
        )
    except pymysql.MySQLError as problem:
        raise _meant(problem) from None
    cursor = connection.cursor()
    try:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        cursor.execute(_text(question), question.values or None)
        return (yield from as_csv([each[0] for each in cursor.description], _batches(cursor)))
    except pymysql.MySQLError as problem:
        raise _meant(problem) from None
    finally:
        _leave(connection, cursor)


def _text(question: Question) -> str:
    text = "%s".join(piece.replace("%", "%%") if question.values else piece for piece in question.pieces)
    return text if question.few is None else f"SELECT * FROM ({text}) AS few LIMIT {question.few}"  # noqa: S608 - the centre's own query


def _leave(connection: Any, cursor: Any) -> None:
    """Go, even in the middle of an answer: closing the library's cursor would first read all that is left of it."""
    if cursor._result is not None:
        cursor._result.unbuffered_active = False
        cursor._result.connection = None
    connection._force_close()


def _batches(cursor: Any) -> Iterator[Sequence[Sequence[Any]]]:
    while batch := cursor.fetchmany(_BATCH):
        yield batch


def _meant(problem: pymysql.MySQLError) -> Exception:
    code = problem.args[0] if problem.args and isinstance(problem.args[0], int) else 0
    if code in _REFUSED:
        return NotAdmitted()
    if code in _GONE or not code or code in _CLIENT:
        return Unreachable()
    return NotAnswered(str(code))
