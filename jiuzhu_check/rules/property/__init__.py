"""Property: vehicles, ships and machines, homes and other premises, money and policies, market entities.

registered_*.py, homes.py and money_held.py say what a household has by the sources, each thing once; the files with @rule
compare it with what was declared and with what the policy says.
"""
