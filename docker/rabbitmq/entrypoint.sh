#!/bin/sh
# Starts RabbitMQ to the contract of the official image; docker/README.md lists it, tests/services holds it.
# As root: gives the data folder to the user `rabbitmq`, then runs the server as that user.
set -eu

case "${1-}" in
    rabbitmq*)
        if [ "$(id -u)" = 0 ]; then
            if [ "$1" = rabbitmq-server ]; then
                find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq '{}' +
            fi
            exec setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups "$0" "$@"
        fi
        ;;
esac

# The server reads RABBITMQ_DEFAULT_USER, _PASS and _VHOST itself, but files only in its configuration: whoever names
# one here would get the guest with its well-known password.
for name in RABBITMQ_DEFAULT_USER_FILE RABBITMQ_DEFAULT_PASS_FILE; do
    eval "value=\${$name-}"
    if [ -n "$value" ]; then
        echo "error: $name is set, and no longer used: put default_user and default_pass into /etc/rabbitmq/conf.d" >&2
        exit 1
    fi
done

# A node is named after its host; a host with a dot in its name needs long names.
if [ -z "${RABBITMQ_USE_LONGNAME-}" ] && [ "$(hostname)" != "$(hostname -s)" ]; then
    export RABBITMQ_USE_LONGNAME=true
fi

exec "$@"
