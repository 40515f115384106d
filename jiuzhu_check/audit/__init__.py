"""Who looked at what, for which purpose, when: a chained log that is written before anything is read.

log         AuditLog: one record before, one after
record      one line of the log, sealed and chained to the line before it
files       the month files, their lock, and a torn last line
checkpoint  where the log ended, remembered beside it
purge       months whose period has passed, and where the log begins since
reason      free text that may stand in the log
verify      what an examiner learns from the folder and the key
"""
