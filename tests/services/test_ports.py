"""The ports of servers are such as nobody else is given by chance."""

import pytest

from harness.services import embedded


def test_nobody_who_wants_any_port_is_given_one_of_a_server():
    """A server that was killed finds its port free when it is started again, whoever began to listen meanwhile."""
    first, last = embedded.given_by_the_kernel()
    if first < embedded._PORTS.start + embedded._PORTS_LOOKED_AT:
        pytest.skip("this machine's kernel gives whoever wants one any port there is")
    ports = embedded.free_ports(50)
    assert len(set(ports)) == 50
    assert not [port for port in ports if first <= port <= last]
