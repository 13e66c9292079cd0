"""A pass as text, JSON and metric samples: pure."""
