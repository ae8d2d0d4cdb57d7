"""Static files on the wire: compressed, and kept by browsers for as long as their address stays the same."""

import gzip
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request
from werkzeug.wsgi import FileWrapper

from placement.web.rendering import content_digest

COMPRESSED_TYPES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, max-age=3600"


def init_assets(app: Flask) -> None:
    """Send the static files of `app` compressed and with their time to live."""
    app.after_request(serve_static_well)


def serve_static_well(response: Response) -> Response:
    """Set how long a static file may be kept; compress it where the browser takes that."""
    if request.endpoint != "static" or response.status_code not in {200, 304}:
        return response
    path = _static_path()
    response.headers["Cache-Control"] = FOR_GOOD if _address_is_of(path) else ASK_AGAIN
    if response.mimetype in COMPRESSED_TYPES:
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.accept_encodings.quality("gzip") > 0:
            _compress(response, path)
    return response


def _static_path() -> Path:
    name = (request.view_args or {})["filename"]
    return Path(str(current_app.static_folder)) / str(name)


def _address_is_of(path: Path) -> bool:
    """Whether the address names this very content: by its digest, or by a version in the file's name."""
    return request.args.get("v") == content_digest(path) or path.name.endswith(".min.js")


def _compress(response: Response, path: Path) -> None:
    """Put the compressed file in place of the open one, under a weak tag: it is not the same octets."""
    if isinstance(response.response, FileWrapper):
        response.response.close()
    response.direct_passthrough = False
    response.set_data(_gzipped(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)


@cache
def _gzipped(path: Path, _changed_at: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
