from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.actions import Actions

if TYPE_CHECKING:
    from provisioner.app import App
    from tests.cli.manager.conftest import Opens


def test_entries_are_grouped_by_source_and_logins_are_left_out(opened: Opens) -> None:
    assert [(p.group, p.id) for p in opened().contents.providers] == [
        ("models.dev catalog", "anthropic"),
        ("models.dev catalog", "openai"),
        ("Registry https://registry.example/api.json", "alpha"),
        ("Registry https://registry.example/api.json", "beta"),
        ("Registry https://registry.example/api.json", "gamma"),
        ("Registry https://zoo.example/api.json", "delta"),
        ("By hand", "ollama"),
    ]


def test_a_provider_stands_for_the_default_model_else_its_own_else_its_first(opened: Opens) -> None:
    contents = opened().contents
    assert contents.provider("beta").main == "beta/b2"  # type: ignore[union-attr]  # it is there
    assert contents.provider("openai").main == "openai/gpt"  # type: ignore[union-attr]  # it is there
    assert contents.provider("anthropic").main is None  # type: ignore[union-attr]  # it is there
    own = many_models('default_model = "p/m3"')
    assert opened(own).contents.providers[0].main == "p/m3"
    elsewhere = many_models('default_model = "other/m3"')
    assert opened(elsewhere).contents.providers[0].main == "p/m1"


def many_models(extra: str) -> str:
    models = "".join(
        f'[models."p/m{n}"]\nprovider = "p"\nmodel = "m{n}"\nmax_context_size = 1\n' for n in (1, 2, 3)
    )
    return f'[providers.p]\ntype = "openai"\n{extra}\n{models}'


def test_models_show_what_the_file_says_and_the_user_overrides(opened: Opens) -> None:
    contents = opened().contents
    beta = contents.provider("beta")
    assert beta
    first, second = contents.models(beta)
    assert (first.name, first.context, first.output, first.capabilities) == ("b1", 131072, None, ())
    # The user's override of the output limit wins.
    assert (second.name, second.title, second.output) == ("b2", "Beta Two", 8192)
    assert second.capabilities == ("thinking", "tool_use")


def test_no_key_and_no_part_of_one_is_in_what_can_be_shown(opened: Opens) -> None:
    text = """
[providers.p]
type = "openai"
base_url = "https://user:hunter2@host.example/v1?key=hunter2"
api_key = "hunter2hunter2"
source = { kind = "apiJson", url = "https://host.example/api.json?token=hunter2", apiKey = "hunter2" }
custom_headers = { X-Key = "hunter2" }
"""
    state = opened(text)
    assert "hunter2" not in repr(state)
    provider = state.contents.providers[0]
    assert "hunter2" not in provider.group + provider.endpoint + provider.credential
    assert provider.credential == "key in config.toml"


def test_control_and_joining_characters_never_reach_the_screen(opened: Opens) -> None:
    text = (
        '[providers."evil\\u001b[2J\\u202e"]\ntype = "open\\u0007ai"\n'
        '[models."evil\\u001b[2J\\u202e/a\\nb"]\nprovider = "evil\\u001b[2J\\u202e"\nmodel = "m"\n'
        'max_context_size = 1\ndisplay_name = "👨\\u200d👩\\u200d👧 ❤\\ufe0f"\ncapabilities = ["\\u009b31m"]\n'
    )
    contents = opened(text).contents
    provider = contents.providers[0]
    model = contents.models(provider)[0]
    for shown in (provider.name, provider.wire, model.name, model.title, *model.capabilities):
        assert shown.isprintable(), shown
    assert provider.id == "evil\x1b[2J\u202e"  # what is asked of the workflows is the id itself
    assert model.title == "👨👩👧 ❤"


def test_a_path_in_the_user_s_folder_is_shown_without_it(app: App, opened: Opens) -> None:
    assert opened().contents.path == str(app.config_path)
    home = str(app.config_path.parent.parent)
    assert Actions(app._replace(env={"HOME": home})).load().path == "~/.kimi-code/config.toml"
    assert Actions(app._replace(env={"HOME": home[:-1]})).load().path == str(app.config_path)


def test_odd_tables_are_shown_as_far_as_they_make_sense(opened: Opens) -> None:
    text = """
[providers.p]
type = 3
base_url = 4
source = "here"

[models."p/m"]
provider = "p"
model = 5
max_context_size = "large"
max_output_size = true
capabilities = "all"
overrides = 1
"""
    contents = opened(text).contents
    provider = contents.providers[0]
    model = contents.models(provider)[0]
    assert (provider.wire, provider.endpoint, provider.group) == ("3", "", "By hand")
    assert (model.context, model.output, model.capabilities) == (None, None, ())
