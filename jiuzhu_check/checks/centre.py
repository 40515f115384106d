"""核对中心 centre: an opened workspace with everything that a run reads from it but data."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.checks.register import new_register, read_register
from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Sources
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.language import say
from jiuzhu_check.parameters.policy import Policy, load_policy
from jiuzhu_check.store.bucket import bucket, bucket_text
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.store.workspace import Workspace
from jiuzhu_check.tables.roster import ROSTER


def record_sources(*folders: Path) -> Sources:
    """The sources that departments send: every connector but the roster's."""
    return Sources(*folders, without=("roster",))


def create_centre(path: Path, region: str, provider: str, key_file: Path | None = None) -> Workspace:
    """A new workspace with its key and a first register of sources."""
    sources = record_sources(shipped_connectors())
    titles = {name: sources.outline(name).title for name in sources}
    return Workspace.create(path, region, provider, key_file=key_file, sources_toml=new_register(titles))


def among(numbers: pl.Series) -> Callable[[Collection[str]], set[str]]:
    """What tells which of some numbers are among these."""

    def told(asked: Collection[str]) -> set[str]:
        return set(numbers.filter(numbers.is_in(pl.Series(list(asked), dtype=pl.String).implode())))

    return told


@dataclass(frozen=True)
class Centre:
    """One workspace, opened."""

    workspace: Workspace

    @classmethod
    def open(cls, path: Path) -> "Centre":
        """The centre at a path; raises StoreError where there is none, CredentialError where the key does not fit."""
        return cls(Workspace.open(path))

    @property
    def region(self) -> str:
        """GB/T 2260 code of the centre's region."""
        return self.workspace.region

    @cached_property
    def store(self) -> Store:
        """The encrypted store."""
        return self.workspace.store

    @cached_property
    def audit(self) -> AuditLog:
        """The chained log."""
        return AuditLog(self.workspace.audit_dir, self.workspace.keys.audit)

    @cached_property
    def connectors(self) -> Sources:
        """Every source by name, shipped ones with the workspace's additions."""
        return Sources(shipped_connectors(), self.workspace.connectors_dir)

    @cached_property
    def sources(self) -> Sources:
        """The sources that departments send: all but the roster."""
        return record_sources(shipped_connectors(), self.workspace.connectors_dir)

    @cached_property
    def register(self) -> dict[str, dict[str, object]]:
        """Which sources are signed."""
        return read_register(self.workspace.sources_toml, self.sources)

    @cached_property
    def policy(self) -> Policy:
        """National defaults and the county's own values."""
        return load_policy(self.workspace.policy_dir)

    def placed(self, households: pl.DataFrame) -> pl.DataFrame:
        """The households, each with a region: the centre's where the roster says none."""
        return households.with_columns(pl.col("region").fill_null(self.region))

    def limits(self, placed: pl.DataFrame, on: date) -> pl.DataFrame:
        """What the policy says on a day, one row a region and programme of these households."""
        return self.policy.limits(placed.select("region", "programme").unique().rows(), on)

    def roster_snapshot(self) -> Snapshot:
        """The roster as it stands; raises UsageError where none was imported."""
        snapshot = self.store.latest(ROSTER_DATASET)
        if snapshot is None:
            raise UsageError(
                say("还没有导入名册。"), hint=say("先运行 jiuzhu-check -C 工作区 roster import 名册.csv。")
            )
        return snapshot

    def roster(self) -> pl.DataFrame:
        """All ROSTER rows."""
        return read_roster(self.roster_snapshot())

    def household(self, household_no: str, roster: Snapshot | None = None) -> pl.DataFrame:
        """One household's ROSTER rows, of an earlier roster where one is given; none where it is not there. Opens one part."""
        snapshot = roster or self.roster_snapshot()
        place = pl.select(bucket_text(pl.lit(household_no), int(snapshot.facts["parts"]), self.store.bucket_key)).item()
        return read_roster(snapshot, [f"h{place:03}"], where=pl.col("household_no") == household_no)

    def households_of(self, number: str | None, person_no: str | None) -> list[str]:
        """The households in which a person stands, by a valid number, or by the number as the roster has it, if any."""
        if number is None and person_no is None:
            return []
        if number is None:
            index = self.roster_snapshot().read("i-loose").filter(pl.col("person_no") == person_no)
        else:
            index = self._index([number])
        return index["household_no"].unique().sort().to_list()

    def on_roster(self, numbers: Collection[str]) -> set[str]:
        """Which of some valid numbers stand on the roster."""
        return set(self._index(list(numbers))["number"])

    def standing(self, numbers: pl.Series) -> pl.DataFrame:
        """The ROSTER rows of the people who stand on the roster under these valid numbers. Opens their parts alone."""
        homes = self._index(numbers.unique().to_list())["household_no"].unique()
        return self._households(homes).filter(pl.col("number").is_in(numbers.implode()))

    def beside(self, roster: pl.DataFrame) -> pl.DataFrame:
        """The ROSTER rows of the other households in which a number of these ROSTER rows stands too."""
        homes = self._index(roster["number"].drop_nulls().unique().to_list())["household_no"].unique()
        return self._households(homes.filter(~homes.is_in(roster["household_no"].unique().implode())))

    def _households(self, homes: pl.Series) -> pl.DataFrame:
        """The ROSTER rows of some households. Opens their parts alone."""
        snapshot = self.roster_snapshot()
        place = bucket_text(pl.col("household_no"), int(snapshot.facts["parts"]), self.store.bucket_key)
        places = homes.to_frame("household_no").select(place).to_series().unique().sort()
        found = read_roster(snapshot, [f"h{each:03}" for each in places]) if places.len() else ROSTER.empty()
        return found.filter(pl.col("household_no").is_in(homes.implode()))

    def _index(self, numbers: list[str]) -> pl.DataFrame:
        snapshot = self.roster_snapshot()
        wanted = pl.Series(numbers, dtype=pl.String)
        parts = int(snapshot.facts["parts"])
        places = wanted.to_frame("number").select(bucket(pl.col("number"), parts, self.store.bucket_key)).to_series()
        read = [snapshot.read(f"i{place:03}") for place in sorted(places.unique().drop_nulls())]
        if not read:
            return pl.DataFrame(schema={"number": pl.String, "person_no": pl.String, "household_no": pl.String})
        return pl.concat(read).filter(pl.col("number").is_in(wanted.implode()))
