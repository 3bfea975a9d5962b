"""Serves the shop on a port that the system chooses, and says which on its first line of output."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

from django.core.wsgi import get_wsgi_application


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request: a browser asks for many files at a time."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Only what goes wrong is written down."""

    def log_request(self, *_args: object) -> None:
        pass


with make_server("localhost", 0, get_wsgi_application(), Server, Quiet) as server:
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
