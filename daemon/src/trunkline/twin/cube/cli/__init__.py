"""The session: SSH, line editing, modes, paging."""
