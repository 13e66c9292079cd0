"""A CA that people ask: requests are written down, certificates come back as files."""
