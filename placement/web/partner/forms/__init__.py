"""What partners are asked, one file for each page."""
