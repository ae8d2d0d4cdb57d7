"""Work that nobody waits for at a page: sending mail and solving runs."""
