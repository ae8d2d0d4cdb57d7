"""Read-only questions, each answered with frozen values for one page or export."""
