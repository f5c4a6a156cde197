"""pip's configuration told to uv."""

from ballotcast_cli.stack.environments import read_pip_configuration, uv_settings

LISTING = """\
:env:.index-url='https://env.example/simple'
:env:.disable-pip-version-check='1'
global.index-url='https://file.example/simple'
global.extra-index-url='\\nhttps://a.example/simple\\nhttps://b.example/simple'
install.trusted-host='a.example'
"""


def test_the_environment_wins_over_pips_files() -> None:
    assert read_pip_configuration(LISTING)["index-url"] == "https://env.example/simple"


def test_settings_of_several_lines_become_one() -> None:
    found = read_pip_configuration(LISTING)

    assert found["extra-index-url"] == "https://a.example/simple https://b.example/simple"
    assert found["trusted-host"] == "a.example"


def test_no_configuration() -> None:
    assert read_pip_configuration("") == {}


def test_uv_is_told_of_pips_indexes() -> None:
    settings = uv_settings(read_pip_configuration(LISTING), {"HOME": "/home/me"})

    assert settings["UV_DEFAULT_INDEX"] == "https://env.example/simple"
    assert settings["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert settings["UV_INSECURE_HOST"] == "a.example"
    assert settings["HOME"] == "/home/me"


def test_uvs_own_settings_stay() -> None:
    settings = uv_settings({"index-url": "https://pip.example"}, {"UV_DEFAULT_INDEX": "https://uv.example"})

    assert settings["UV_DEFAULT_INDEX"] == "https://uv.example"
