"""Redis: a server, and the numbered databases on it."""
