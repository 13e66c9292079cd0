"""AXL: the session on the cluster's own schema, and the objects that it reads."""
