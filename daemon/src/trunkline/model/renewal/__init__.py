"""How certificates live: what is wished, when it is renewed, what is remembered of it, and where each one stands."""
