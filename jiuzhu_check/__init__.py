"""居民家庭经济状况核对: four verbs, four rooms; the rooms meet only in tables.

PULL   connectors/<department> + intake/   an extract becomes records (and rejects)
MATCH  matching/                           whose record each one is: links, each with tier and reason
CHECK  rules/                              registered against declared and allowed: findings
REPORT reports/                            worklist, overview, morning summary

checks/ puts the rooms together into runs (recipients, entrants, case) and keeps coverage: every member x
every source is a hit, has no record, or was not checked. store/ keeps encrypted Parquet parts under a
manifest, audit/ the chained log, tables/ says what one row is, values/ what one cell is, parameters/ what
the law says and since when. Imports point one way:
cli → checks → intake | matching | rules | reports → store | audit → tables → values | parameters → errors.
"""

import os

# polars takes memory by jemalloc. What is given back, be it a large piece, is kept for the next step for a while, which saves
# a tenth of the time; two cores take from one arena, for what one arena holds free no other one can use.
_ARENAS = max(1, (os.cpu_count() or 1) // 2)
MEMORY = "_RJEM_MALLOC_CONF", f"narenas:{_ARENAS},dirty_decay_ms:5000,oversize_threshold:0"
os.environ.setdefault(*MEMORY)

__version__ = "0.1.0"
