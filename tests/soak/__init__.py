"""`make soak`: many random deaths of the daemon while a trunk's certificate is renewed."""
