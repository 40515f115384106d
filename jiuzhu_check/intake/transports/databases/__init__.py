"""One file = one way to put a question to a database. Each has read(question) → an Answer, which is iterated once."""
