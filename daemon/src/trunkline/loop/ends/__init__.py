"""The two ends of a link as handshakes see them: what each presents, trusts and allows, and how one reaches the other."""
