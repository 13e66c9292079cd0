"""Keys, trustpoints and their dialogs."""
