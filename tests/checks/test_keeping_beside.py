"""A run is kept while its tables are read: neither waits for the other for ever."""

import subprocess
import sys

BOTH = """
from threading import Thread
import polars as pl
from jiuzhu_check.checks.keeping import _told

frame = pl.DataFrame({"hint": ["请核对" * 40] * 1000})
keeping = Thread(target=lambda: [_told(frame) for _ in range(50)])
keeping.start()
while keeping.is_alive():
    frame.lazy()
"""


def test_what_is_kept_of_a_run_can_be_read_meanwhile() -> None:
    done = subprocess.run([sys.executable, "-c", BOTH], timeout=300)  # both waited for each other before
    assert done.returncode == 0
