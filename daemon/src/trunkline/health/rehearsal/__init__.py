"""Handshakes rehearsed in memory: real TLS between stand-ins of the certificates, whose keys nobody else has."""
