"""RabbitMQ for labs: one node with the management plugin, a random password, and a vhost for each test."""
