"""The wire between a customer's page and the collector, without any I/O.

``messages`` says what may be sent, ``codec`` turns messages into bytes and back (``framing`` several of them
into one HTTP body), ``connection`` is the collector's half of a conversation (bytes in; events and bytes
out), ``limits`` holds every bound, and ``typescript`` writes the same definitions out for the browser.
"""
