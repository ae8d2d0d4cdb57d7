"""What the coordinator sends: one module for each page with a form."""
