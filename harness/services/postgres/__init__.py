"""PostgreSQL, embedded or in a container."""
