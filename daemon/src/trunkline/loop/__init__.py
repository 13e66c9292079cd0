"""The verbs: pure functions from values to values, and the one page that calls them in order."""
