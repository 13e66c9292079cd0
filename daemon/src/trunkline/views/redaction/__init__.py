"""Text and data without secrets. Pure."""
