"""What the coordinator's pages say of figures, runs and mails."""
