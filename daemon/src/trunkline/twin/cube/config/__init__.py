"""The running configuration: its grammar, its tree, and how IOS prints it."""
