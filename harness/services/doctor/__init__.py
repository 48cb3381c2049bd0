"""What this machine can run the labs on, and the command that mends what it can't."""
