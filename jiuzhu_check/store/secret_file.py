"""A file that holds a secret: the current user's own, readable by nobody else, and no link to another."""

import os
import stat
from pathlib import Path

from jiuzhu_check.errors import CredentialError
from jiuzhu_check.language import say

LONGEST = 64 * 1024


def read_secret_file(path: Path, what: str, hint: str) -> bytes:
    """The file's bytes.

    what:   what it is to the user, with its path; hint: what to do where it cannot be opened
    raises: CredentialError where it is missing, not the user's own plain file, or others may read it
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise CredentialError(
            say("{what} 打不开：{why}", what=what, why=os.strerror(error.errno or 0)), hint=hint
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise CredentialError(say("{what} 不是当前用户的普通文件", what=what), hint=say("请用 chown 改正所有者。"))
        if status.st_mode & 0o077:
            raise CredentialError(
                say("{what} 可被其他用户读取", what=what), hint=say("请执行 chmod 400 {path}。", path=path)
            )
        return file.read(LONGEST + 1)
