"""REPORT: one file, one report. Frames of tables/ come in, text or bytes go out; no rule and no store is known here.

summary     three lines for the morning, and the small tables under them
worklist    the XLSX that townships work through
overview    one HTML file of counts, for whoever has two minutes
case_sheet  one household, for the terminal

The same frames give the same bytes. Identity numbers are masked unless `reveal`; every code is put into words by
wording.py, every foreign character made visible by plain.py.
"""
