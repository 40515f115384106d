"""The runs that put the rooms together: recipients (在保必核), entrants (凡进必核), one case.

register.py says which sources are signed, sources.py which snapshots a run reads, consent.py whose records may be read,
linking.py takes records to links, coverage.py says of every member and source what was looked at, run.py does a run
from roster to findings, results.py keeps and finds runs, exports.py gives their tables out.
"""
