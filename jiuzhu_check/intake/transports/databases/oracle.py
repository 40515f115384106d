"""Oracle, in the driver's thin mode: no client to install."""

from collections.abc import Generator

import oracledb

from jiuzhu_check.intake.transports.database import NotAdmitted, NotAnswered, Question, Unreachable
from jiuzhu_check.intake.transports.databases.answer import Answer
from jiuzhu_check.intake.transports.databases.dbapi import streamed

_REFUSED = ("ORA-01017", "ORA-28000", "ORA-28001")
_GONE = ("DPY-", "ORA-12", "ORA-03113", "ORA-03114", "ORA-03135", "ORA-01013")


def read(question: Question) -> Answer:
    """The answer to a question; raises as it is taken: Unreachable, NotAdmitted, NotAnswered."""
    return Answer(_read(question))


def _read(question: Question) -> Generator[bytes, None, int]:
    try:
        oracledb.defaults.fetch_decimals = True
        connection = oracledb.connect(
            user=question.user,
            password=question.password,
            host=question.host,
            port=question.port,
            service_name=question.database,
            protocol="tcps" if question.encrypted else "tcp",
            tcp_connect_timeout=min(30, question.left()),
        )
        connection.call_timeout = question.left() * 1000
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        return (yield from streamed(connection, question))
    except oracledb.Error as problem:
        code = str(getattr(problem.args[0], "full_code", "")) if problem.args else ""
        if code.startswith(_REFUSED):
            raise NotAdmitted from None
        if not code or code.startswith(_GONE):
            raise Unreachable from None
        raise NotAnswered(code) from None
