#!/bin/sh
# Starts Redis to the contract of the official image; docker/README.md lists it, tests/services holds it.
# As root: gives the data folder to the user `redis`, then runs the server as that user.
set -eu

# `docker run IMAGE --appendonly yes` and `docker run IMAGE my.conf`: what is no command is the server's.
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
    set -- redis-server "$@"
fi

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi

# What the server writes is nobody else's, unless somebody has chosen another mask.
if [ "$(umask)" = 0022 ]; then umask 0077; fi

# Debian builds it with protected mode on, and then nobody outside the container gets in without a password. The
# official image has it off: who publishes the port decides who gets in.
if [ "$1" = redis-server ]; then
    case " $* " in
        *' --protected-mode '* | *' - '* | *.conf' '*) ;;
        *) set -- "$@" --protected-mode no ;;
    esac
fi
exec "$@"
