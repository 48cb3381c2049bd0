"""The contract of the Postgres images: ours behaves as the official one does (docker/README.md lists it).

Every fact is checked on our image and, where it is here, on the official one: what both keep is the contract,
and what only ours kept would be an invention. Nothing is pulled or built here.
"""

import contextlib
import io
import os
import tarfile
import time

import psycopg
import pytest

from harness.services import docker_engine
from harness.services.images import Images

PINNED = Images.of("postgres")
PASSWORD = "correct horse"  # noqa: S105 -- of containers that live for seconds, on a loopback port
ON_MEMORY = {"tmpfs": {"/var/lib/postgresql": "size=512m"}}
READY_WITHIN = 60.0


def engine_and_images():
    """Find the engine and those of the images that are here; without ours the whole file is skipped.

    Done once, while the file is collected, so that a machine without Docker says so in one line and not in twenty.
    """
    if why_not := docker_engine.probe().why_not:
        leave_out(why_not)
    from docker.errors import ImageNotFound  # late: 0.2 s

    engine = docker_engine.client()
    here = []
    for name in (PINNED.ours, PINNED.official):
        with contextlib.suppress(ImageNotFound):
            engine.images.get(name)
            here.append(name)
    if PINNED.ours not in here:
        leave_out(f"{PINNED.ours} is not here: python docker/build.py postgres")
    return engine, here


def leave_out(reason):
    """Skip the whole file, or fail where nothing may be left out (see noxfile.py)."""
    if os.environ.get("LABS_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)


ENGINE, IMAGES_HERE = engine_and_images()


@pytest.fixture(scope="session", params=IMAGES_HERE)
def image(request):
    """Give the name of an image that is here."""
    return request.param


class Container:
    """One container of an image, and how to speak with its server."""

    def __init__(self, docker_container):
        """Take a container of the Docker client, started or not."""
        self.docker = docker_container

    def log(self):
        """Everything the container has printed so far."""
        return self.docker.logs().decode()

    def run(self, command, user="postgres"):
        """Run a command inside; return its exit status and output."""
        done = self.docker.exec_run(command, user=user)
        return done.exit_code, done.output.decode().strip()

    def connect(self, user="postgres", password=PASSWORD, database=None, **options):
        """Open a connection through the port published on loopback."""
        self.docker.reload()
        binding = self.docker.ports["5432/tcp"][0]
        return psycopg.connect(
            host=binding["HostIp"],
            port=binding["HostPort"],
            user=user,
            password=password,
            dbname=database or user,
            connect_timeout=5,
            autocommit=True,
            **options,
        )

    def ask(self, question, **who):
        """Answer with the only value of a query's only row."""
        with self.connect(**who) as connection:
            return connection.execute(question).fetchone()[0]

    def wait_for_first_connection(self, **who):
        """Try to connect until it works; the container must live all the while."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                return self.connect(**who).close()
            except (psycopg.OperationalError, KeyError, IndexError):
                self.docker.reload()
                if self.docker.status in ("exited", "dead") or time.monotonic() > deadline:
                    pytest.fail(f"the server never became ready ({self.docker.status}):\n{self.log()}")
                time.sleep(0.02)

    def wait_for_line(self, text):
        """Wait until the container has printed a line with this text."""
        for line in self.docker.logs(stream=True, follow=True):
            if text in line.decode():
                return
        pytest.fail(f"the container ended without printing {text!r}:\n{self.log()}")


@contextlib.contextmanager
def container_of(image, *, environment, files=None, wait=True, **options):
    """Give a container with `files` in the folder of initialisation scripts, started; nothing of it stays."""
    made = ENGINE.containers.create(image, environment=environment, ports={"5432/tcp": ("127.0.0.1", None)}, **options)
    try:
        if files:
            made.put_archive("/docker-entrypoint-initdb.d", packed(files))
        made.start()
        container = Container(made)
        if wait:
            user = environment.get("POSTGRES_USER", "postgres")
            container.wait_for_first_connection(user=user, database=environment.get("POSTGRES_DB", user))
        yield container
    finally:
        made.remove(force=True, v=True)


def packed(files):
    """Pack files, name -> text, as a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def server(image):
    """Give a server with a user, a database and a flag of its own; for facts that are only looked at."""
    environment = {"POSTGRES_USER": "ada", "POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "shop"}
    with container_of(image, command=["-c", "work_mem=9MB"], environment=environment, **ON_MEMORY) as container:
        yield container


def test_the_environment_names_the_user_and_the_database(server):
    """POSTGRES_USER is the superuser and POSTGRES_DB is a database of theirs."""
    with server.connect("ada", database="shop") as connection:
        row = connection.execute(
            "SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == ("ada", "shop", True)


def test_a_wrong_password_is_refused(server):
    """A wrong password is refused, though the user and the database exist."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        server.connect("ada", password="wrong", database="shop")  # noqa: S106 -- that is the point


def test_passwords_are_stored_and_checked_with_scram(server):
    """The password is stored as a SCRAM-SHA-256 verifier, and the network's rule asks for that method."""
    stored = server.ask(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'ada'",
        user="ada",
        password=PASSWORD,
        database="shop",
    )
    rule = server.ask(
        "SELECT auth_method FROM pg_hba_file_rules ORDER BY rule_number DESC LIMIT 1",
        user="ada",
        database="shop",
    )
    assert stored.startswith("SCRAM-SHA-256$")
    assert rule == "scram-sha-256"


def test_flags_reach_the_server(server):
    """What follows the image's name on the command line is passed to postgres."""
    assert server.ask("SHOW work_mem", user="ada", database="shop") == "9MB"


def test_the_version_is_of_the_pinned_release(server):
    """The server is of the release (18) that the official image's tag names."""
    release = PINNED.official.split(":")[1].split(".")[0]
    assert server.ask("SHOW server_version", user="ada", database="shop").split(".")[0] == release


def test_text_is_utf_8_and_sorted_as_in_english(server):
    """The default encoding is UTF8 and the default locale en_US.utf8."""
    encoding_and_locale = server.ask(
        "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname = 'shop'",
        user="ada",
        database="shop",
    )
    assert encoding_and_locale == "UTF8 en_US.utf8"


def test_the_data_directory_is_the_official_one(server):
    """The data is in /var/lib/postgresql/18/docker, so a volume may go from one image to the other."""
    assert server.ask("SHOW data_directory", user="ada", database="shop") == "/var/lib/postgresql/18/docker"


def test_the_server_is_not_root(server):
    """The first process is the server itself, run by the user postgres (999); root was only the beginning."""
    assert server.run("stat --format=%u /proc/1")[1] == "999"
    assert server.run("cat /proc/1/comm")[1] == "postgres"


def test_the_server_has_forgotten_the_password_of_its_creation(server, image):
    """The server's own environment no longer holds the password in our image; the official one keeps it."""
    if image != PINNED.ours:
        pytest.skip("the official image makes no such promise")
    assert PASSWORD not in server.run("cat /proc/1/environ")[1]


def test_without_a_password_it_refuses_to_start(image):
    """Without POSTGRES_PASSWORD the container ends at once, with a failure that names the variable."""
    with container_of(image, environment={}, wait=False) as container:
        status = container.docker.wait(timeout=120)["StatusCode"]
        assert status == 1
        assert "POSTGRES_PASSWORD" in container.log()


def test_trust_lets_in_without_a_password(image):
    """POSTGRES_HOST_AUTH_METHOD=trust starts without a password and lets everyone in, with a warning."""
    environment = {"POSTGRES_HOST_AUTH_METHOD": "trust"}
    with container_of(image, environment=environment, **ON_MEMORY) as container:
        assert container.ask("SELECT 1", password="") == 1
        assert "WARNING" in container.log()


def test_initdb_arguments_are_obeyed(image):
    """POSTGRES_INITDB_ARGS reaches initdb, several arguments included."""
    environment = {
        "POSTGRES_PASSWORD": PASSWORD,
        "POSTGRES_INITDB_ARGS": "--locale=C --encoding=UTF8 --no-data-checksums --no-sync",
    }
    with container_of(image, environment=environment, **ON_MEMORY) as container:
        assert container.ask("SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C"
        assert container.ask("SHOW data_checksums") == "off"


def test_a_password_may_come_from_a_file(image):
    """POSTGRES_PASSWORD_FILE names a file (a mounted secret) that holds the password."""
    environment = {"POSTGRES_PASSWORD_FILE": "/docker-entrypoint-initdb.d/password.txt"}
    files = {"password.txt": PASSWORD + "\n"}
    with container_of(image, environment=environment, files=files, **ON_MEMORY) as container:
        assert container.ask("SELECT 1") == 1


def test_initialisation_files_run_in_the_order_of_their_names(image):
    """Each .sql and .sh file runs once, by name, as POSTGRES_USER in POSTGRES_DB, before clients get in."""
    files = {
        "2_second.sql": "INSERT INTO step VALUES (2, current_user, current_database());",
        "1_first.sql": "CREATE TABLE step (number int, who name, place name);"
        "INSERT INTO step VALUES (1, current_user, current_database());",
        "3_third.sh": 'psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --command '
        "'INSERT INTO step VALUES (3, current_user, current_database())'",
    }
    environment = {"POSTGRES_USER": "ada", "POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "shop"}
    with (
        container_of(image, environment=environment, files=files, **ON_MEMORY) as container,
        container.connect("ada", database="shop") as connection,
    ):
        steps = connection.execute("SELECT * FROM step").fetchall()
    assert steps == [(1, "ada", "shop"), (2, "ada", "shop"), (3, "ada", "shop")]


def test_a_failing_initialisation_file_ends_the_container(image):
    """An error in an initialisation file ends the container, and its log has the error."""
    files = {"1_broken.sql": "SELECT * FROM no_such_table;"}
    with container_of(
        image, environment={"POSTGRES_PASSWORD": PASSWORD}, files=files, wait=False, **ON_MEMORY
    ) as container:
        assert container.docker.wait(timeout=120)["StatusCode"] != 0
        assert 'relation "no_such_table" does not exist' in container.log()


def test_nothing_is_reachable_before_it_is_initialised(image):
    """While the initialisation is held up, no client gets in by TCP; from the first that does, all do."""
    # Opening the pipe for reading blocks until the test opens it for writing.
    files = {"1_hold.sh": "mkfifo /tmp/hold; echo held; cat /tmp/hold", "2_last.sql": "CREATE TABLE done ()"}
    with container_of(
        image, environment={"POSTGRES_PASSWORD": PASSWORD}, files=files, wait=False, **ON_MEMORY
    ) as container:
        container.wait_for_line("held")
        assert container.run("pg_isready --quiet")[0] == 0, "the server of the initialisation runs"
        assert container.run("pg_isready --quiet --host=127.0.0.1")[0] == 2, "it listens on no TCP address"
        with pytest.raises(psycopg.OperationalError):
            container.connect()

        container.run(["sh", "-c", "echo go > /tmp/hold"])

        container.wait_for_first_connection()
        assert [container.ask("SELECT count(*) FROM done") for _ in range(20)] == [0] * 20


def test_a_stop_is_clean(image):
    """`docker stop` shuts the server down fast and cleanly, a session left open included: exit status 0."""
    with container_of(image, environment={"POSTGRES_PASSWORD": PASSWORD}, **ON_MEMORY) as container:
        left_open = container.connect()
        left_open.execute("BEGIN")
        container.docker.stop(timeout=60)
        container.docker.reload()
        left_open.close()
        assert container.docker.attrs["State"]["ExitCode"] == 0
        assert "database system is shut down" in container.log().splitlines()[-1]


def test_the_data_survives_a_restart(image):
    """A stopped and started container has its data, is not initialised twice, and needs no recovery."""
    with container_of(image, environment={"POSTGRES_PASSWORD": PASSWORD}) as container:
        with container.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
        container.docker.restart(timeout=60)
        container.wait_for_first_connection()
        assert container.ask("SELECT value FROM kept") == 42
        assert "not properly shut down" not in container.log()


def test_a_container_with_the_same_socket_takes_a_base_backup(image):
    """Over a volume that both have, as root, by a role that may replicate, with no entry of ours in pg_hba.conf."""
    environment = {"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_INITDB_ARGS": "--auth=scram-sha-256"}
    sockets = "/var/run/postgresql"
    with container_of(image, environment=environment, volumes=[sockets]) as primary:
        with primary.connect() as connection:
            connection.execute(f"CREATE ROLE replicator LOGIN REPLICATION PASSWORD '{PASSWORD}'")
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry for replication connection"):
            primary.connect(user="replicator", replication="true")
        backup = ["pg_basebackup", "--pgdata=/tmp/backup", f"--host={sockets}", "--username=replicator", "--verbose"]
        with container_of(
            image,
            command=backup,
            environment={"PGPASSWORD": PASSWORD},
            wait=False,
            volumes_from=[primary.docker.name],
        ) as second:
            assert second.docker.wait(timeout=120)["StatusCode"] == 0, second.log()
            assert "base backup completed" in second.log()


def test_a_question_needs_no_data(image):
    """`docker run image --version` answers without a password and without a data directory."""
    with container_of(image, command=["--version"], environment={}, wait=False) as container:
        assert container.docker.wait(timeout=120)["StatusCode"] == 0
        assert "(PostgreSQL) 18." in container.log()
