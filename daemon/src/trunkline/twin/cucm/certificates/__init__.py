"""The certificates of one node: its own, and those it trusts."""
