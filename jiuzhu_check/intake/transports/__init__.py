"""How a delivery reaches us. A file handed over on the command line is read by pull.py itself."""
