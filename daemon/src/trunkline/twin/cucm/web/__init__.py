"""HTTPS of one node: AXL and its plugins on one port, the certificate API on another."""
