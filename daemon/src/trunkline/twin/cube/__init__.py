"""A simulated CUBE: IOS and IOS-XE over SSH, with real keys, certificates and TLS connections."""
