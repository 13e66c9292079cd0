"""From text to entries: which lines mean something, and which handshake they belong to."""
