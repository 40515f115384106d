"""Where the parts of an extract are worked through. Every engine calls the same pure functions."""
