"""The serviceability services of every node: SOAP on port 8443, with so many requests a minute."""
