"""The rules: each a small function from evidence to the findings of one cause or of a few that exclude each other. Pure."""
