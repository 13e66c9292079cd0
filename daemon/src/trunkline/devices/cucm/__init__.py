"""Cisco CUCM over AXL and the certificate REST API."""
