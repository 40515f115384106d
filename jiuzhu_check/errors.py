"""What a user can meet and mend: each error says what, where and what to do next, and has an exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends; a script reads it, so a number never changes its meaning."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    NOT_FOUND = 4
    REFUSED = 5
    STORE = 10
    LOCKED = 11
    CREDENTIAL = 12
    CONTRACT = 13
    POLICY = 14
    INTEGRITY = 15
    BUG = 70
    TRY_LATER = 75
    INTERRUPTED = 130
    TERMINATED = 143


class JiuzhuError(Exception):
    """The run cannot go on. The message says what and where, the hint what to do; neither holds personal data."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(JiuzhuError):
    """The command or the configuration does not fit."""


class NotFound(JiuzhuError):
    """No such household, run or source."""

    exit_code = ExitCode.NOT_FOUND


class Refused(JiuzhuError):
    """Refused by rule: no purpose, no reason, or a person who is not on the roster."""

    exit_code = ExitCode.REFUSED


class StoreError(JiuzhuError):
    """The workspace is missing, not initialised, or newer than the program."""

    exit_code = ExitCode.STORE


class Locked(JiuzhuError):
    """Another run holds the workspace."""

    exit_code = ExitCode.LOCKED


class CredentialError(JiuzhuError):
    """A key is missing, not allowed, or does not open the store."""

    exit_code = ExitCode.CREDENTIAL


class ExtractChanged(JiuzhuError):
    """A delivery breaks its contract and is refused; the last good snapshot stays."""

    exit_code = ExitCode.CONTRACT


class PolicyError(JiuzhuError):
    """A policy file is not valid."""

    exit_code = ExitCode.POLICY


class IntegrityError(JiuzhuError):
    """A stored file is not what was written, or cannot be read back."""

    exit_code = ExitCode.INTEGRITY


class TryLater(JiuzhuError):
    """No space or no network just now; the same command may go through later."""

    exit_code = ExitCode.TRY_LATER


class Stopped(JiuzhuError):
    """A run stopped between two pieces of work, at its deadline or because somebody asked; the next start goes on."""

    def __init__(self, message: str, exit_code: ExitCode, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code
