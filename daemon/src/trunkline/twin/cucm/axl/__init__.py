"""AXL: the genuine schema, the database behind it, and what it answers."""
