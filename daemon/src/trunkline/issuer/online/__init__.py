"""CAs that answer over HTTP: EST (RFC 7030) and CFSSL."""
