"""Git, read from its object database."""
