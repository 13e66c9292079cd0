"""trunkline: GitOps reconciliation of TLS trunks between Cisco CUBE and Cisco CUCM."""
