"""PostgreSQL, and KingbaseES, which speaks its protocol: the whole answer by COPY, in one consistent state."""

from collections.abc import Generator, Iterable, Iterator

import psycopg
from psycopg import sql

from jiuzhu_check.intake.transports.database import NotAdmitted, NotAnswered, Question, Unreachable
from jiuzhu_check.intake.transports.databases.answer import Answer

_ROWS = 10_000  # that are handed on together
_GONE = ("08", "53", "57", "58")  # connection, resources, operator intervention (a timeout too), system


def read(question: Question) -> Answer:
    """The answer to a question; raises as it is taken: Unreachable, NotAdmitted, NotAnswered."""
    return Answer(_copied(question))


def _copied(question: Question) -> Generator[bytes, None, int]:
    pieces = [sql.SQL(each) for each in question.pieces]
    values = [sql.Literal(each) for each in question.values]
    query = sql.Composed([part for pair in zip(pieces, [*values, sql.SQL("")], strict=True) for part in pair])
    if question.few is not None:
        query = sql.SQL("SELECT * FROM ({}) AS few LIMIT {}").format(query, sql.Literal(question.few))
    copy = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER, ENCODING 'UTF8')").format(query)
    safe = {"sslmode": "verify-full", "sslrootcert": question.ca_file or "system"} if question.encrypted else {}
    admitted = False
    try:
        with psycopg.connect(
            host=question.host,
            port=question.port,
            dbname=question.database,
            user=question.user,
            password=question.password,
            connect_timeout=min(30, question.left()),
            client_encoding="UTF8",
            application_name="jiuzhu-check",
            options=f"-c default_transaction_read_only=on -c statement_timeout={question.left()}s",
            **safe,  # type: ignore[arg-type]
        ) as connection:
            admitted = True
            with connection.cursor() as cursor:
                with cursor.copy(copy) as answer:
                    yield from _blocks(answer)
                return cursor.rowcount
    except psycopg.Error as problem:
        raise _meant(problem, admitted=admitted) from None


def _blocks(rows: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """The rows, which the library hands over one by one, many at a time."""
    held: list[bytes | bytearray | memoryview] = []
    for row in rows:
        held.append(row)
        if len(held) == _ROWS:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def _meant(problem: psycopg.Error, *, admitted: bool) -> Exception:
    code = problem.sqlstate or ""
    if code.startswith("28") or (not admitted and "password" in str(problem)):
        return NotAdmitted()
    if not code or code.startswith(_GONE):
        return Unreachable()
    return NotAnswered(code)
