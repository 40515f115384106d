"""What an increment takes the place of: the records of the same key."""

from datetime import timedelta

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.intake import parting
from jiuzhu_check.intake.stored import read_records
from tests.checks.centres import DATA_DATE, VEHICLE, Member, Small, keyed, number

BEFORE, AFTER = Member("张建国", number(11)), Member("李秀英", number(22), "JZ2")


def test_a_key_of_several_columns_tells_a_record_also_where_one_of_them_is_empty(small: Small) -> None:
    """Sold, it is not the seller's any more, although the register has no VIN of it."""
    small.require({"vehicle": "required"})
    small.enrol([BEFORE, AFTER])
    keyed(small.centre, "vehicle", "plate_no", "vin")
    for changes, owner in ((False, BEFORE), (True, AFTER)):
        centre = Centre.open(small.centre.workspace.path)
        file = small.folder / f"{owner.household}.csv"
        nameless = "" if changes else f"\n02,,K33,,{owner.name},{owner.number},20100101,A"
        own = f"02,鲁Z00001,K33,,{owner.name},{owner.number},20100101,A"
        file.write_text(f"{VEHICLE}\n{own}{nameless}\n", encoding="utf-8")
        take(centre, "vehicle", file, "", DATA_DATE, changes=changes)
    now = centre.store.latest("records/vehicle/370000")
    assert now is not None
    parts = [name for name in now.part_names() if name.startswith(("n", "loose"))]
    records = pl.concat(read_records(now, name) for name in parts)
    assert set(records.select("plate_no", "owner_name").rows()) == {("鲁Z00001", AFTER.name), (None, BEFORE.name)}


@pytest.mark.parametrize("no", [BEFORE.number, "370199********0011"], ids=["valid", "covered, in parts of their own"])
def test_a_record_without_a_key_that_comes_again_the_same_takes_its_own_place(
    small: Small, no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that nothing tells apart stay two; what differs in anything is another record."""
    monkeypatch.setattr(parting, "LOOSE_ROWS", 1)
    keyed(small.centre, "vehicle", "plate_no", "vin")
    small.enrol([BEFORE])
    own = f"02,,K33,,{BEFORE.name},{no},20100101,A"
    other = f"02,,K33,,{BEFORE.name},{no},20110101,A"
    kept = []
    for day, rows in enumerate([[own, own], [own], [own, other], [other, own, own, own]]):
        centre = Centre.open(small.centre.workspace.path)
        file = small.folder / f"{day}.csv"
        file.write_text("\n".join([VEHICLE, *rows, ""]), encoding="utf-8")
        taken = take(centre, "vehicle", file, "", DATA_DATE + timedelta(days=day), changes=day > 0)
        assert (taken.accepted, taken.rejected) == (len(rows), 0)
        now = centre.store.latest("records/vehicle/370000")
        assert now is not None
        parts = [name for name in now.part_names() if name.startswith(("n", "loose"))]
        dates = pl.concat(read_records(now, name) for name in parts)["record_date"]
        kept.append(sorted(str(date) for date in dates))
    first, second = "2010-01-01", "2011-01-01"
    assert kept == [[first] * 2, [first] * 2, [first] * 2 + [second], [first] * 3 + [second]]
