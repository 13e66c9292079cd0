"""A simulated CUCM cluster: AXL, the certificate REST API and SIP over TLS."""
