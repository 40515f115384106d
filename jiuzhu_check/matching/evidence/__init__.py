"""One file, one kind of evidence. Null is no evidence: it never agrees and never contradicts."""
