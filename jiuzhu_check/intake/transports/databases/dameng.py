"""达梦 Dameng, by its own driver."""

from collections.abc import Generator

import dmPython

from jiuzhu_check.intake.transports.database import NotAdmitted, NotAnswered, Question, Unreachable
from jiuzhu_check.intake.transports.databases.answer import Answer
from jiuzhu_check.intake.transports.databases.dbapi import streamed

_REFUSED = ("-2501", "-2502", "-2503")
_GONE = ("-6001", "-6002", "-6007", "-6010", "-70019", "-70028")


def read(question: Question) -> Answer:
    """The answer to a question; raises as it is taken: Unreachable, NotAdmitted, NotAnswered."""
    return Answer(_read(question))


def _read(question: Question) -> Generator[bytes, None, int]:
    try:
        connection = dmPython.connect(
            user=question.user,
            password=question.password,
            server=question.host,
            port=question.port,
            schema=question.database,
            autoCommit=False,
            access_mode=dmPython.DSQL_MODE_READ_ONLY,
            login_timeout=min(30, question.left()),
            connection_timeout=question.left(),
        )
        return (yield from streamed(connection, question))
    except dmPython.Error as problem:
        code = str(getattr(problem.args[0], "code", "")) if problem.args else ""
        if code.startswith(_REFUSED):
            raise NotAdmitted from None
        if not code or code.startswith(_GONE):
            raise Unreachable from None
        raise NotAnswered(code) from None
