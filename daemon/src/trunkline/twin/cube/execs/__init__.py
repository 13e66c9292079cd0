"""Exec commands that are neither PKI nor SIP."""
