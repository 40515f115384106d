"""Worlds: invented people, their roster, what three departments deliver of them, and the truth about both.

    python -m tests.worlds OUT --persons 6000 --records 60000 --seed 7 --style practice

rates.toml  how often each kind of damage happens, and how many strangers come near a member
numbers     identity numbers and other numbers of nobody
names       names at the rates at which people bear them, and what a name may be confused with
people      families on the roster: twins, shared generation characters, former names, consents
damage      what happens to a number and a name on their way into an extract: one function a kind
records     whose record each special row is: members', go-betweens', those of strangers who come near a member
strangers   everybody else, by the column
files       the roster, the extracts and the truth

Nothing here imports the program: it cannot share the program's mistakes.
"""
