"""What the leader sends: one module for each page with a form."""
