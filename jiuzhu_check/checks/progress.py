"""进度 progress: who is told how far a check has got."""

from collections.abc import Callable

# Is told of what, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]


def silent(_title: str, _done: int, _of: int) -> None:
    """No progress shown."""
