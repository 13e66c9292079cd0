"""What a CUBE is told to do: one module for each kind of act. Every one leaves the session at the exec prompt, or closed."""
