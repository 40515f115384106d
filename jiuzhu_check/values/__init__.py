"""What one cell is: one file, one kind of value. Raw text in, the value or null out; nothing is guessed."""
