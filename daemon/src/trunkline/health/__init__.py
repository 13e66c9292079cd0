"""What shows that a TLS connection is well; nothing yet."""
