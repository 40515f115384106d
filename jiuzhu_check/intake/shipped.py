"""What ships with the program. Needs no frames: a shell asks for the names of sources at every tab."""

from pathlib import Path


def shipped_connectors() -> Path:
    """The folder of connectors that comes with the program: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "connectors"
    return inside if inside.is_dir() else package.parent / "connectors"
