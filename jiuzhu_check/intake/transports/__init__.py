"""TRANSPORT: one file = one way to reach a department. Each has SHAPE, REQUIRED and fetch(ask) → arrivals.

SHAPE:      the keys of its [transport] in source.toml; REQUIRED: those it cannot do without
check(name, settings): where there is one, raises UsageError for what SHAPE cannot say
fetch(ask): brings what is there, as whole files in the order of their data dates; imports its library only when called
"""
