"""Every order of the steps of concurrent calls, run on the real server, and the shortest one that breaks a rule."""
