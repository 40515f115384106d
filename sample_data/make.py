"""Makes the invented county 永和县: its roster, three departments' extracts and the truth about them.

    python sample_data/make.py [FOLDER]        (FOLDER: where to write; sample_data itself if left out)

The same bytes every time. Every person, number, plate, certificate, address and employer is invented.
"""

import sys
from pathlib import Path

from invented.county import County
from invented.damage_stories import tell_damage
from invented.files import write_county
from invented.roster_stories import fill_roster, tell_roster
from invented.rule_stories import tell_rules
from invented.strangers import fill_extracts, spoil_rows

SEED = 20181201


def make(folder: Path) -> None:
    """Write roster.csv, inbox/ and truth/ into that folder."""
    county = County(SEED)
    tell_rules(county)
    tell_damage(county)
    tell_roster(county)
    fill_roster(county, households=300)
    fill_extracts(county, vehicles=1800, homes=1600, accounts=1500)
    spoil_rows(county)
    write_county(county, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
