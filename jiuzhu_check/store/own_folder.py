"""The folder of the user who runs the program: keys and credentials are there, outside every workspace."""

import os
from pathlib import Path


def own_folder() -> Path:
    """$XDG_CONFIG_HOME/jiuzhu-check, or ~/.config/jiuzhu-check."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    home = Path(configured) if configured and Path(configured).is_absolute() else Path.home() / ".config"
    return home / "jiuzhu-check"
