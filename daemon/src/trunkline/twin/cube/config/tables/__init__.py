"""The commands that the simulated CUBE understands, as tables: one row a command, in the order of print."""
