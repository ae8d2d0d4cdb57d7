"""Pages on the wire: compressed, for phones on slow networks, and so that their length tells nothing.

What is in a compressed page can be guessed from its length by somebody who makes a browser ask for it again
and again with words of their own in it (BREACH, Gluck, Harris and Prado 2013). Three things stand against
that. Sessions' cookies are not sent with what other sites ask for (`SameSite`). The token in forms is signed
anew each second. And each answer is longer by a random number of octets, which hide the one octet that a
guess saves (Heal the BREACH, Palacios et al. 2022). Pages whose address holds a token stay as they are.
"""

import gzip
import io
import secrets
import string

from flask import Flask, Response, request

from placement.web.headers import on_token_page

COMPRESSED_TYPES = frozenset({"text/html", "text/csv"})
SHORTEST = 500  # octets below which compressing gains nothing
LONGEST_PADDING = 100  # octets
LEVEL = 6


def init_compression(app: Flask) -> None:
    """Send the pages of `app` compressed to browsers that take it."""
    app.after_request(compress_page)


def compress_page(response: Response) -> Response:
    """Compress a page or a list, unless its address holds a token."""
    if response.mimetype not in COMPRESSED_TYPES or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or on_token_page() or request.method == "HEAD":
        return response
    if request.accept_encodings.quality("gzip") > 0 and len(page := response.get_data()) >= SHORTEST:
        response.set_data(padded_gzip(page))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
    return response


def padded_gzip(octets: bytes) -> bytes:
    """`octets` compressed, with a name of random length in the header, which nobody reads (RFC 1952 §2.3)."""
    name = "".join(
        secrets.choice(string.ascii_letters) for _ in range(1 + secrets.randbelow(LONGEST_PADDING))
    )
    written = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=written, mtime=0) as file:
        file.write(octets)
    return written.getvalue()
