#!/usr/bin/env bash
# Starts Kafka to the contract of the official image; docker/README.md lists it, tests/services/kafka holds it.
# Each KAFKA_SOME_NAME of the environment is a line some.name=... of server.properties: a single underscore stands for a
# dot, two for an underscore, three for a hyphen. They are added to a mounted server.properties; where neither is given,
# the image's own counts. Arguments NAME=VALUE are taken as if they stood in the environment.
set -Eeuo pipefail

readonly HOME_FOLDER=/opt/kafka
readonly SETTINGS=$HOME_FOLDER/config/server.properties
readonly MOUNTED=/mnt/shared/config/server.properties
readonly DEFAULTS=/etc/kafka/docker/server.properties

# Options of the Java virtual machine and of the official image's scripts, not of the server.
readonly NO_SETTINGS=' KAFKA_VERSION KAFKA_HEAP_OPTS KAFKA_OPTS KAFKA_JMX_OPTS KAFKA_JMX_HOSTNAME KAFKA_GC_LOG_OPTS
    KAFKA_JVM_PERFORMANCE_OPTS KAFKA_LOG4J_OPTS KAFKA_LOG4J_ROOT_LOGLEVEL KAFKA_LOG4J_LOGGERS KAFKA_TOOLS_LOG4J_LOGLEVEL '

die() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

settings_of_the_environment() {
    local name key
    for name in $(compgen -e KAFKA_ | sort); do
        if [[ $NO_SETTINGS =~ [[:space:]]$name[[:space:]] ]]; then continue; fi
        key=${name#KAFKA_}
        key=${key,,}
        key=${key//___/-}
        # Two underscores are put aside while single ones become dots.
        key=${key//__/$'\001'}
        key=${key//_/.}
        key=${key//$'\001'/_}
        printf '%s=%s\n' "$key" "${!name}"
    done
}

write_settings() {
    # Whoever names only what clients are told listens on the same ports of all addresses.
    if [[ -z ${KAFKA_LISTENERS-} && -n ${KAFKA_ADVERTISED_LISTENERS-} ]]; then
        KAFKA_LISTENERS=$(sed 's|://[^:]*:|://0.0.0.0:|g' <<<"$KAFKA_ADVERTISED_LISTENERS")
        export KAFKA_LISTENERS
    fi
    local given
    given=$(settings_of_the_environment)
    rm -f "$SETTINGS"
    # Passwords stand in it.
    (
        umask 077
        if [[ -e $MOUNTED ]]; then
            cat "$MOUNTED" && printf '\n%s\n' "$given"
        elif [[ -n $given ]]; then
            printf '%s\n' "$given"
        else
            cat "$DEFAULTS"
        fi >"$SETTINGS"
    )
}

# Runs a class of Kafka's in the place of this shell. The class path is part of what an archive is made for.
run_java() {
    local archive=$1
    shift
    cd "$HOME_FOLDER/libs"
    # The options are several words each, as in the official image.
    # shellcheck disable=SC2086
    exec java ${KAFKA_HEAP_OPTS--Xms256m -Xmx1g} ${KAFKA_JVM_PERFORMANCE_OPTS-} ${KAFKA_OPTS-} "$archive" \
        -Dorg.slf4j.simpleLogger.showDateTime=true -Dorg.slf4j.simpleLogger.dateTimeFormat='[yyyy-MM-dd HH:mm:ss,SSS]' \
        -Dorg.slf4j.simpleLogger.showThreadName=false -cp "$(<class-path)" "$@"
}

format() {
    run_java "$1" kafka.tools.StorageTool format --ignore-formatted \
        --cluster-id="${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" --config "$SETTINGS"
}

# Formats, and starts and stops a server, for the archives of the classes that they load.
rehearse() {
    write_settings
    (format "-XX:ArchiveClassesAtExit=$HOME_FOLDER/format.jsa")
    local log=/tmp/rehearsal.log server
    (run_java "-XX:ArchiveClassesAtExit=$HOME_FOLDER/server.jsa" kafka.Kafka "$SETTINGS") >"$log" 2>&1 &
    server=$!
    for ((left = 600; left > 0; left--)); do
        if grep --quiet 'Transitioning from RECOVERY to RUNNING' "$log"; then break; fi
        if ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    grep --quiet 'Transitioning from RECOVERY to RUNNING' "$log" || { cat "$log" && die 'the rehearsal failed'; }
    kill "$server"
    wait "$server" || true
    [[ -s $HOME_FOLDER/server.jsa && -s $HOME_FOLDER/format.jsa ]] || { cat "$log" && die 'no archive was made'; }
    rm -rf "$log" "$SETTINGS" /tmp/kraft-combined-logs
}

main() {
    if [[ ${1-} == rehearse ]]; then
        rehearse
        return
    fi
    local argument
    for argument in "$@"; do
        [[ $argument == *=* ]] || die "'$argument' is no NAME=VALUE"
        export "${argument?}"
    done
    write_settings
    (format "-XX:SharedArchiveFile=$HOME_FOLDER/format.jsa")
    run_java "-XX:SharedArchiveFile=$HOME_FOLDER/server.jsa" kafka.Kafka "$SETTINGS"
}

main "$@"
