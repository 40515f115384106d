"""PULL: a delivery becomes records and rejects. Knows no department by name: a source.toml says all.

source.py reads and merges source.toml files, decode.py turns bytes into text, formats/ text or workbooks into grids
of text, heading.py finds the header row, cells.py types the cells, owners.py splits co-owners, pull.py does it all in
one pass and publishes the snapshot, roster.py does the same for the assistance platform's roster.
"""
