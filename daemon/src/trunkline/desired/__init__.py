"""Desired documents: what git may say, what is wrong with it, and what it means."""
