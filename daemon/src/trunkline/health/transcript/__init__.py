"""What a transcript of TLS handshakes says: `debug ssl openssl`, OpenSSL's -msg and -trace, the CUBE's syslog. Pure."""
