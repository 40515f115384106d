"""What an increment takes the place of: the records of the same key."""

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
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
