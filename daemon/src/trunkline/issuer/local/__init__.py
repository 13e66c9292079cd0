"""A CA that trunkline keeps itself."""
