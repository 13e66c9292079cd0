"""Tables of names and reasons. Pure data."""
