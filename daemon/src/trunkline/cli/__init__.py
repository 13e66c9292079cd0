"""The command line: each command is thin, and prints what the views make of a pass."""
