"""Entry point of a WSGI server: `gunicorn wsgi:app`."""

import sys

from placement.app import create_app
from placement.config import UnsafeSetting, from_environment

try:
    app = create_app(from_environment())
except UnsafeSetting as unsafe:
    sys.exit(str(unsafe))
