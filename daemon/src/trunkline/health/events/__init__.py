"""What devices tell by syslog: reading it is pure, `receiver.py` is the door to the network."""
