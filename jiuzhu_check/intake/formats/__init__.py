"""One file, one format: each gives a Grid of text and the rows that could not be read as such."""
