"""A bundle for a support case: gathered, packed, searched for secrets, written."""
