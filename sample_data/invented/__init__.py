"""A made-up county: its people, its stories and the files that its departments send.

numbers   identity numbers and credit codes that pass their checksum and belong to nobody
names     names of every generation
people    persons, families and the roster's households
damage    what happens to a number on its way through spreadsheets and keyboards
county    everything invented so far: households, records, and the truth about both
rule_stories, damage_stories, roster_stories   what is planted, one function a story
strangers the other people in the extracts, namesakes among them
department_files   what the sample files of the departments share
exports   a FoxPro table and the XML of a service
files     the roster, the three extracts and the truth, written byte for byte the same every time

Nothing here imports the program: it cannot share the program's mistakes.
"""
