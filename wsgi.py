"""Entry point of a WSGI server: `gunicorn wsgi:app`."""

import sys

from placement.app import create_app
from placement.config import from_environment
from placement.config_values import UnsafeSetting

try:
    app = create_app(from_environment())
except UnsafeSetting as unsafe:
    sys.exit(str(unsafe))
