"""The disability certificates of a world: the holder's number within each, and every way in which its own cell fails."""

import csv
from pathlib import Path
from random import Random

from tests.worlds.numbers import whole

SHARE = 0.3  # of the members, and as many namesakes born on the same day
WAYS = ("clean", "blank", "masked", "excel", "one_wrong", "swapped", "cut", "guardian", "both_wrong")


def deliver(world: Path, seed: int) -> Path:
    """Write world/inbox/disability.csv; returns the folder of its truth, people.csv and links.csv."""
    rng = Random(seed)
    truth = world / "truth_of_certificates"
    truth.mkdir()
    with (world / "truth/people.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    (truth / "people.csv").write_bytes((world / "truth/people.csv").read_bytes())
    rows = []
    for person in people:
        number, name = person["id"], person["name"]
        guardian = rng.choice(people)["id"]
        if rng.random() < SHARE:
            rows.append((*_written(rng, name, number, guardian), person["pid"]))
        if rng.random() < SHARE:
            sequence = f"{(int(number[14:17]) + 1 + rng.randrange(998)) % 1000:03}"
            body = number[:14] + sequence
            rows.append((*_written(rng, name, whole(body), guardian), ""))
    rng.shuffle(rows)
    with (world / "inbox/disability.csv").open("w", encoding="gb18030", newline="\n") as file:
        file.write("姓名,身份证号,残疾人证号\n")
        file.writelines(f"{name},{cell},{certificate}\n" for name, cell, certificate, _, _ in rows)
    with (truth / "links.csv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("source,row,pid,cls\n")
        file.writelines(f"disability,{at},{pid},{way}\n" for at, (*_, way, pid) in enumerate(rows, 2) if pid)
    return truth


def _written(rng: Random, name: str, number: str, guardian: str) -> tuple[str, str, str, str]:
    way = rng.choice(WAYS)
    ending = f"{rng.randint(1, 7)}{rng.randint(1, 4)}{rng.choice(('', '', 'B1'))}"
    place = rng.randrange(6, 16)
    wrong = number[:place] + str((int(number[place]) + rng.randint(1, 9)) % 10) + number[place + 1 :]
    cells = {
        "clean": number, "blank": rng.choice(("", "无")), "masked": f"{number[:6]}********{number[14:]}",
        "excel": f"{number[0]}.{number[1:6]}E+17", "one_wrong": wrong, "cut": number[:rng.randint(12, 16)],
        "swapped": number[:place] + number[place + 1] + number[place] + number[place + 2 :], "guardian": guardian,
        "both_wrong": wrong,
    }  # fmt: skip
    return name, cells[way], (wrong if way == "both_wrong" else number) + ending, way
