"""What partners see, one file for each page."""
