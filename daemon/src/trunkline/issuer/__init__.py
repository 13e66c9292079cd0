"""Who signs certificates: a CA kept here, people, and servers that speak ACME, EST or CFSSL's API."""
