"""Who signs certificates; nobody yet."""
