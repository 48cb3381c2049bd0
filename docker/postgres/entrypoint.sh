#!/usr/bin/env bash
# Starts PostgreSQL to the contract of the official image; docker/README.md lists it, tests/services holds it.
# As root: gives the data directory to the user `postgres`, then runs itself again as that user.
# On an empty data directory: initialises it with a server that listens on a Unix socket only, so that no client
# can reach a half-made database by TCP, and only then starts the server that people see.
set -Eeuo pipefail

say() { printf 'entrypoint: %s\n' "$*" >&2; }

die() {
    printf 'Error: %s\n' "$1" >&2
    shift
    if (($#)); then printf '       %s\n' "$@" >&2; fi
    exit 1
}

# NAME, or the content of the file that NAME_FILE names (a mounted secret), or the default.
read_setting() {
    local name=$1 default=${2-} file_name="${1}_FILE"
    if [[ -n ${!name-} && -n ${!file_name-} ]]; then
        die "both $name and $file_name are set, and only one of them can count."
    fi
    if [[ -n ${!file_name-} ]]; then
        export "$name"="$(<"${!file_name}")"
    else
        export "$name"="${!name:-$default}"
    fi
    unset "$file_name"
}

read_settings() {
    read_setting POSTGRES_PASSWORD
    read_setting POSTGRES_USER postgres
    read_setting POSTGRES_DB "$POSTGRES_USER"
    read_setting POSTGRES_INITDB_ARGS
    : "${POSTGRES_HOST_AUTH_METHOD:=}"
}

require_password() {
    if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
        die 'the database is not initialised and no superuser password is given.' \
            'Give POSTGRES_PASSWORD a value that is not empty: "docker run -e POSTGRES_PASSWORD=...".' \
            'POSTGRES_HOST_AUTH_METHOD=trust lets everyone in without a password: never use it on a network.'
    fi
    if [[ $POSTGRES_HOST_AUTH_METHOD == trust ]]; then
        say 'WARNING: POSTGRES_HOST_AUTH_METHOD=trust: whoever reaches the port is let in without a password.'
    fi
}

give_directories_to_postgres() {
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA"
    # A tmpfs mounted over the volume's folder belongs to root and hides the mode set in the image.
    chmod 1777 "$(dirname "$PGDATA")" 2>/dev/null || true
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
}

initialise_data_directory() {
    # The arguments are words split by the shell, quotes and all, as the official image does.
    local arguments=()
    eval "arguments=($POSTGRES_INITDB_ARGS)"
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
}

allow_connections_from_outside() {
    local method=$POSTGRES_HOST_AUTH_METHOD
    # Without a wish, the method is the one the password was stored with: scram-sha-256 since PostgreSQL 14.
    [[ -n $method ]] || method=$(postgres -C password_encryption "$@")
    printf '\n# Written by the entrypoint.\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

start_unreachable_server() {
    # The caller's own flags count here too; listen_addresses comes last, because the last one wins.
    NOTIFY_SOCKET='' pg_ctl --pgdata="$PGDATA" --wait --silent \
        --options="$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")" start
}

stop_unreachable_server() {
    pg_ctl --pgdata="$PGDATA" --mode=fast --wait --silent stop
}

run_sql() {
    PGHOST='' PGHOSTADDR='' PGPASSWORD=$POSTGRES_PASSWORD psql --no-psqlrc --no-password --quiet \
        --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="${SQL_DATABASE:-$POSTGRES_DB}" "$@"
}

create_database() {
    local known
    known=$(SQL_DATABASE=postgres run_sql --tuples-only --no-align --set=name="$POSTGRES_DB" \
        <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")
    [[ -n $known ]] || SQL_DATABASE=postgres run_sql --set=name="$POSTGRES_DB" <<<'CREATE DATABASE :"name"'
}

run_initialisation_files() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh)
                say "running $file"
                # A script that is not executable is read into this shell, so that it may use run_sql.
                # shellcheck disable=SC1090
                if [[ -x $file ]]; then "$file"; else . "$file"; fi
                ;;
            *.sql) say "running $file" && run_sql --file="$file" ;;
            *.sql.gz) say "running $file" && gunzip --stdout "$file" | run_sql ;;
            '/docker-entrypoint-initdb.d/*') ;; # the folder is empty
            *) say "leaving out $file: only .sh, .sql and .sql.gz are run" ;;
        esac
    done
}

# True where postgres is only asked to print something, which needs no data.
only_asks() {
    local argument
    for argument in "$@"; do
        case $argument in -'?' | --help | --describe-config | -V | --version) return 0 ;; esac
    done
    return 1
}

main() {
    # `docker run image -c work_mem=8MB`: flags alone are the server's.
    if [[ ${1-} == -* ]]; then set -- postgres "$@"; fi

    if [[ ${1-} != postgres ]] || only_asks "${@:2}"; then exec "$@"; fi

    if [[ $(id -u) == 0 ]]; then
        give_directories_to_postgres
        export HOME=/var/lib/postgresql
        exec setpriv --reuid=postgres --regid=postgres --init-groups "${BASH_SOURCE[0]}" "$@"
    fi

    if [[ ! -s $PGDATA/PG_VERSION ]]; then
        read_settings
        require_password
        initialise_data_directory
        allow_connections_from_outside "${@:2}"
        start_unreachable_server "${@:2}"
        create_database
        run_initialisation_files
        stop_unreachable_server
        # The official image's own words: some tools wait for this line.
        say 'PostgreSQL init process complete; ready for start up.'
    fi
    # The server has no use for the passwords of its creation.
    unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE
    exec "$@"
}

main "$@"
