"""python -m tests.worlds OUT: write a world."""

import argparse
import json
import sys
from pathlib import Path

from tests.worlds.files import STYLES
from tests.worlds.world import make


def main() -> None:
    """Read the command line, write the world, say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.worlds", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--persons", type=int, default=6000)
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--style", choices=list(STYLES), default="practice")
    told = parser.parse_args()
    facts = make(told.out, told.persons, told.records, told.seed, told.style)
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
