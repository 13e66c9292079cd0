"""Cisco CUBE over its CLI."""
