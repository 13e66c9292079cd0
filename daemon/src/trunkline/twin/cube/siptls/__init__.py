"""SIP over TLS: listener, client, counters."""
