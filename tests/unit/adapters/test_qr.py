"""QR codes: what they hold, and that a page may show them."""

import re

import segno

from placement.adapters.qr import qr_svg

ADDRESS = "https://placement.example/day/37"


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """The dark squares of the picture, by row and column, read from the lines that it draws."""
    found: set[tuple[int, int]] = set()
    (path,) = re.findall(r' d="([^"]*)"', svg)
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "h":
            found |= {(int(y), int(x) + step) for step in range(int(values[0]))}
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    return found


def test_the_picture_is_the_code_of_the_address_with_a_quiet_border() -> None:
    code = segno.make(ADDRESS, error="q", micro=False, boost_error=False)
    expected = {
        (row + 4, column + 4)
        for row, line in enumerate(code.matrix)
        for column, dark in enumerate(line)
        if dark
    }
    assert dark_modules(qr_svg(ADDRESS)) == expected


def test_the_picture_scales_and_needs_no_style() -> None:
    svg = qr_svg(ADDRESS)
    assert "viewBox=" in svg
    assert "style=" not in svg
