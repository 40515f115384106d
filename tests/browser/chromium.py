"""A headless Chromium that does what it is told over a pipe (Chrome DevTools Protocol), without any package between."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One page in it."""

    def __init__(self, told: int, heard: int) -> None:
        self._told, self._heard, self._rest, self._number = told, heard, b"", 0
        self._session: str | None = None
        self.asked: list[str] = []  # addresses that it has requested
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.tell("Page.enable")
        self.tell("Network.enable")

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Do this; what came of it."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": params}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._told, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._next()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return heard["result"]

    def open(self, file: Path, width: int, height: int = 900) -> None:
        """Show a file at that width; returns when it has been loaded."""
        self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self._loaded = False
        self.tell("Page.navigate", url=file.as_uri())
        while not self._loaded:
            self._next()

    def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to on the page."""
        return self.tell("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def press(self, key: str) -> None:
        """One key: Tab, Enter."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for what in ("keyDown", "keyUp"):
            self.tell("Input.dispatchKeyEvent", type=what, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._heard, 1 << 20)
            assert more, "chromium has gone"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(message)
        if said.get("method") == "Page.loadEventFired":
            self._loaded = True
        if said.get("method") == "Network.requestWillBeSent":
            self.asked.append(said["params"]["request"]["url"])
        return said


@contextlib.contextmanager
def a_page(folder: Path) -> Iterator[Page]:
    """A page in a Chromium of its own, whose profile lies in the folder."""
    assert PROGRAM
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()

    def its_ends() -> None:  # it listens on 3 and speaks on 4
        held = [os.dup(theirs_in), os.dup(theirs_out)]
        os.dup2(held[0], 3)
        os.dup2(held[1], 4)

    command = [
        PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank",
    ]  # fmt: skip
    quiet = subprocess.DEVNULL
    program = subprocess.Popen(
        command, preexec_fn=its_ends, close_fds=False, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Page(ours_out, ours_in)
    finally:
        os.close(ours_out)  # then it ends by itself
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(10)
        program.kill()
        program.wait()
        os.close(ours_in)
