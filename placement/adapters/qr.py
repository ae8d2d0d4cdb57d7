"""QR codes, as pictures that stand in a page."""

import segno


def qr_svg(address: str) -> str:
    """`address` as an SVG that needs neither style nor script; a fifth of it may be smudged."""
    code = segno.make(address, error="q", micro=False, boost_error=False)
    return str(code.svg_inline(border=4, svgclass="app-qr", lineclass=None, omitsize=True))
