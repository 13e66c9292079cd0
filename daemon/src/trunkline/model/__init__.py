"""The nouns: frozen values that every other room speaks of. Nothing in here acts, waits or remembers."""
