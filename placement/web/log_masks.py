"""Keeps tokens that stand in addresses out of the logs: `/feed/…` is logged as `/feed/***`."""

import logging
import re

from flask import Flask

TOKEN = re.compile(r"(/feed/|/sign-in/link/|/answer/|/unsubscribe/|/still-true/|/seat/)[^/\s\"'?#]+")
LOGGERS = ("gunicorn.access", "gunicorn.error", "waitress", "werkzeug")
"""The loggers of the servers that name the addresses which were asked for."""


class TokenMask(logging.Filter):
    """Lets every record through, without tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put asterisks in the place of tokens."""
        said = record.getMessage()
        if TOKEN.search(said):
            record.msg, record.args = TOKEN.sub(r"\1***", said), None
        return True


MASK = TokenMask()


def init_log_masks(app: Flask) -> None:
    """Mask what `app` and the server around it write."""
    for logger in (app.logger, *map(logging.getLogger, LOGGERS)):
        logger.addFilter(MASK)
