"""A server is given the plugins that it needs, and no other: RabbitMQ looks into each one at every start."""

import pytest

from harness.services.rabbitmq import plugins

NEEDS = {
    "rabbit": "kernel,stdlib,ra",
    "ra": "stdlib,aten",
    "aten": "stdlib",
    "rabbitmq_management": "rabbit, cowboy,\n  ranch",
    "cowboy": "ranch",
    "ranch": "",
    "rabbitmq_mqtt": "rabbit",
}


@pytest.fixture
def folder(tmp_path):
    """The plugins of a RabbitMQ, as Erlang describes them."""
    for name, needs in NEEDS.items():
        place = tmp_path / f"{name}-4.0.5" / "ebin"
        place.mkdir(parents=True)
        (place / f"{name}.app").write_text(f'{{application,{name},[{{vsn,"1"}},{{applications,[{needs}]}}]}}.')
    return tmp_path


def test_what_is_needed_is_followed_to_its_end(folder):
    """The server, the management plugin, and what these need in turn; what is Erlang's own lies elsewhere."""
    names = [path.name for path in plugins.needed(folder)]
    assert names == [f"{name}-4.0.5" for name in sorted(NEEDS) if name != "rabbitmq_mqtt"]


def test_packed_plugins_are_all_needed(folder):
    """Where a description can't be read, nothing is left out."""
    (folder / "ra-4.0.5" / "ebin" / "ra.app").unlink()
    assert len(plugins.needed(folder)) == len(NEEDS)
