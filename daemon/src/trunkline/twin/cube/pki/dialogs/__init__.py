"""The dialogs of `crypto pki` and `crypto key`, word for word."""
