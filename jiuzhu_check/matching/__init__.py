"""MATCH: whose record is it. Three pure functions, frame in and frame out:

profile.py     what spans an extract: numbers that a go-between used for others
candidates.py  the records of one part against the member index: candidates, each with its evidence
decide.py      the candidates of one record slot → links: accepted, for review, a lead, or vetoed

tiers.py is the list to read aloud, evidence/ has one file for each kind of evidence, engines/ says where parts run.
Two different valid numbers are two people; a repair is only ever towards a known member with an agreeing name.
"""
