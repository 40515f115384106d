"""What the server tests cannot try on every machine, and what it takes: said in the last lines of a run."""

import os

# driver → the variable that gives an address: host:port/database/user/password, of a user who may make and drop a table
ELSEWHERE = {"oracle": "JIUZHU_TEST_ORACLE", "dameng": "JIUZHU_TEST_DAMENG", "kingbase": "JIUZHU_TEST_KINGBASE"}
GIVEN = [driver for driver, variable in ELSEWHERE.items() if os.environ.get(variable)]


def left_out() -> list[str]:
    """One line for each part that did not run."""
    untried = [driver for driver in ELSEWHERE if driver not in GIVEN]
    lines = [f"没有试 {driver}：没有给地址（{ELSEWHERE[driver]}=主机:端口/库/用户/口令）" for driver in untried]
    return lines if os.geteuid() == 0 else [*lines, "没有试 SFTP 口令登录：要 root 建一个临时账户"]
