"""What a CUBE prints, as values: one module per subject. Pure.

A reader that meets a layout it does not know returns a problem with the line, never a guess. Each reader takes the text as it
came or as somebody captured it: with or without echo, carriage returns, pages, syslog lines and `exec prompt timestamp`.
"""
