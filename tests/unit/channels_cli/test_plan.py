"""Plans, carried out against a registry that keeps the API's rules."""

from dataclasses import replace as altered

from hypothesis import given
from hypothesis import strategies as st

from ballotcast_cli.channels.plan import Change, Channel, Create, Existing, Plan, Remove, plan

NAMES, PORTS = st.sampled_from("abcd"), st.integers(1, 5)
SCHEMAS = st.sampled_from([{"name": "s"}, {"name": "t"}])
CONFIGS = st.dictionaries(st.sampled_from(["decimation", "algorithm"]), st.integers(1, 2))
DEFAULTS = {"decimation": 1, "algorithm": 1}


def unique(channels: list[Channel]) -> list[Channel]:
    """The first of each name and of each port: what a registry, or a baseline that was checked, can hold."""
    by_name = {channel.name: channel for channel in reversed(channels)}
    return list({channel.port: channel for channel in reversed(list(by_name.values()))}.values())


CHANNELS = st.builds(Channel, NAMES, PORTS, SCHEMAS, CONFIGS)
EXISTING = st.builds(Existing, NAMES, PORTS, SCHEMAS, CONFIGS.map(lambda c: DEFAULTS | c), st.booleans(), st.booleans())
DECLARED = st.lists(CHANNELS).map(unique)
REGISTRY = st.lists(EXISTING).map(unique)


def carry_out(made: Plan, registry: list[Existing]) -> list[Existing]:
    held = {channel.name: channel for channel in registry}
    for step in made.steps:
        match step:
            case Remove(name):
                assert held.pop(name).mine
            case Change(channel):
                before = held[channel.name]
                assert before.mine
                assert before.lasting
                held[channel.name] = altered(before, config={**before.config, **channel.config})
            case Create(channel):
                assert channel.name not in held
                assert channel.port not in {other.port for other in held.values()}, "ports are free when they are asked"
                held[channel.name] = Existing(
                    channel.name, channel.port, channel.schema, {**DEFAULTS, **channel.config}
                )
    return list(held.values())


@given(DECLARED, REGISTRY, st.booleans(), st.booleans())
def test_carried_out_it_is_as_declared_and_leaves_nothing_to_plan(
    declared: list[Channel], registry: list[Existing], prune: bool, replace: bool
) -> None:
    made = plan(declared, registry, prune=prune, replace=replace)
    if made.blocked:
        return
    after = carry_out(made, registry)
    again = plan(declared, after, prune=prune, replace=False)
    assert again == Plan((), tuple(channel.name for channel in declared), ())
    undeclared = {channel.name for channel in registry} - {channel.name for channel in declared}
    left = {channel.name for channel in after} & undeclared
    assert left == {channel.name for channel in registry if channel.name in undeclared and not (prune and channel.mine)}


@given(DECLARED, REGISTRY)
def test_without_being_told_nothing_is_removed(declared: list[Channel], registry: list[Existing]) -> None:
    made = plan(declared, registry, prune=False, replace=False)
    assert not any(isinstance(step, Remove) for step in made.steps)


@given(DECLARED, REGISTRY)
def test_only_what_differs_is_touched(declared: list[Channel], registry: list[Existing]) -> None:
    held = {channel.name: channel for channel in registry}
    made = plan(declared, registry, prune=True, replace=True)
    for channel in declared:
        same = channel.name in held and altered(
            held[channel.name], config={**held[channel.name].config, **channel.config}
        ) == altered(held[channel.name], port=channel.port, schema=channel.schema, lasting=True)
        assert (channel.name in made.unchanged) == same


def existing(name: str, port: int, **others: bool) -> Existing:
    return Existing(name, port, {}, DEFAULTS, **others)


def declared(name: str, port: int, **config: int) -> Channel:
    return Channel(name, port, {}, config)


def test_two_channels_swap_their_ports() -> None:
    made = plan([declared("a", 2), declared("b", 1)], [existing("a", 1), existing("b", 2)], prune=False, replace=True)
    assert [type(step) for step in made.steps] == [Remove, Remove, Create, Create]
    assert made.steps[0] == Remove("a", ("port 1 → 2",))
    assert not made.blocked


def test_a_port_that_another_keeps_blocks() -> None:
    made = plan([declared("a", 1)], [existing("b", 1)], prune=False, replace=True)
    assert made.blocked == ("a needs port 1, which b has",)
    assert plan([declared("a", 1)], [existing("b", 1)], prune=True, replace=False).blocked == ()


def test_losing_records_must_be_allowed() -> None:
    made = plan([declared("a", 2)], [existing("a", 1)], prune=True, replace=False)
    assert made.blocked == ("a would lose its records: port 1 → 2; --replace allows it",)
    made = plan([declared("a", 1)], [existing("a", 1, lasting=False)], prune=True, replace=False)
    assert made.blocked == ("a would lose its records: failed or stopping; --replace allows it",)


def test_what_belongs_to_another_is_left_alone() -> None:
    made = plan([declared("a", 1, decimation=2)], [existing("a", 1, mine=False)], prune=True, replace=True)
    assert made.blocked == ("a belongs to another publisher (decimation 1 → 2)",)
    assert plan([], [existing("a", 1, mine=False)], prune=True, replace=True) == Plan((), (), ())
    assert plan([declared("a", 1)], [existing("a", 1, mine=False)], prune=True, replace=True).unchanged == ("a",)
