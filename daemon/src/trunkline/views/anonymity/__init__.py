"""Text with consistent pseudonyms in place of names, addresses and numbers. Pure."""
