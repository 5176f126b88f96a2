"""Whether parts of a document satisfy their schemas; which part does not, :mod:`catalog.schema` finds out.

Made by ``python -m catalog.sound_build`` from ``schemas/``; not to be changed by hand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_1 = 9007199254740991
_2 = 256
_3 = re.compile("^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]*$")
_4 = re.compile("^https?://[^\\s/]")


def _catalog_provider(value: Any) -> bool:
    return (
        (isinstance(value, dict))
        and ("id" in value and "models" in value)
        and ("id" not in value or (_catalog_id(value["id"])))
        and ("name" not in value or (isinstance(value["name"], str)))
        and ("npm" not in value or (isinstance(value["npm"], str)))
        and ("type" not in value or (isinstance(value["type"], str)))
        and ("api" not in value or (isinstance(value["api"], str)))
        and (
            "env" not in value
            or ((isinstance(value["env"], list)) and (all((isinstance(item, str)) for item in value["env"])))
        )
        and ("doc" not in value or (isinstance(value["doc"], str)))
        and (
            "models" not in value
            or (
                (isinstance(value["models"], dict))
                and (all((_catalog_model(item)) for item in value["models"].values()))
            )
        )
    )


def _catalog_model(value: Any) -> bool:
    return (
        (isinstance(value, dict))
        and ("id" in value and "limit" in value)
        and ("id" not in value or (_catalog_id(value["id"])))
        and ("name" not in value or (isinstance(value["name"], str)))
        and ("family" not in value or (isinstance(value["family"], str)))
        and ("reasoning" not in value or (isinstance(value["reasoning"], bool)))
        and (
            "reasoning_options" not in value
            or (
                (isinstance(value["reasoning_options"], list))
                and (all((_catalog_reasoning_option(item)) for item in value["reasoning_options"]))
            )
        )
        and ("tool_call" not in value or (isinstance(value["tool_call"], bool)))
        and (
            "interleaved" not in value
            or (
                (isinstance(value["interleaved"], bool))
                or (
                    (isinstance(value["interleaved"], dict))
                    and (
                        "field" not in value["interleaved"]
                        or (isinstance(value["interleaved"]["field"], str))
                    )
                )
            )
        )
        and ("dynamically_loaded_tools" not in value or (isinstance(value["dynamically_loaded_tools"], bool)))
        and (
            "modalities" not in value
            or (
                (isinstance(value["modalities"], dict))
                and (
                    "input" not in value["modalities"]
                    or (
                        (isinstance(value["modalities"]["input"], list))
                        and (all((isinstance(item, str)) for item in value["modalities"]["input"]))
                    )
                )
                and (
                    "output" not in value["modalities"]
                    or (
                        (isinstance(value["modalities"]["output"], list))
                        and (all((isinstance(item, str)) for item in value["modalities"]["output"]))
                    )
                )
            )
        )
        and (
            "limit" not in value
            or (
                (isinstance(value["limit"], dict))
                and (
                    "context" not in value["limit"]
                    or (
                        (_whole(value["limit"]["context"]))
                        and (value["limit"]["context"] >= 0)
                        and (value["limit"]["context"] <= _1)
                    )
                )
                and (
                    "input" not in value["limit"]
                    or (
                        (_whole(value["limit"]["input"]))
                        and (value["limit"]["input"] >= 0)
                        and (value["limit"]["input"] <= _1)
                    )
                )
                and (
                    "output" not in value["limit"]
                    or (
                        (_whole(value["limit"]["output"]))
                        and (value["limit"]["output"] >= 0)
                        and (value["limit"]["output"] <= _1)
                    )
                )
            )
        )
        and (
            "cost" not in value
            or (
                (isinstance(value["cost"], dict))
                and (
                    "input" not in value["cost"]
                    or ((_number(value["cost"]["input"])) and (value["cost"]["input"] >= 0))
                )
                and (
                    "output" not in value["cost"]
                    or ((_number(value["cost"]["output"])) and (value["cost"]["output"] >= 0))
                )
                and (
                    "cache_read" not in value["cost"]
                    or ((_number(value["cost"]["cache_read"])) and (value["cost"]["cache_read"] >= 0))
                )
            )
        )
        and ("status" not in value or (isinstance(value["status"], str)))
        and ("provider" not in value or (_catalog_override(value["provider"])))
    )


def _catalog_override(value: Any) -> bool:
    return (
        (isinstance(value, dict))
        and ("npm" not in value or (isinstance(value["npm"], str)))
        and ("api" not in value or (isinstance(value["api"], str)))
    )


def _catalog_reasoning_option(value: Any) -> bool:
    return (
        (isinstance(value, dict))
        and ("type" not in value or (isinstance(value["type"], str)))
        and (
            "values" not in value
            or (
                (isinstance(value["values"], list))
                and (all((isinstance(item, str) or item is None) for item in value["values"]))
            )
        )
    )


def _catalog_id(value: Any) -> bool:
    return (
        (isinstance(value, str))
        and (len(value) >= 1)
        and (len(value) <= _2)
        and (_3.search(value) is not None)
    )


def _registry_provider(value: Any) -> bool:
    return (
        (isinstance(value, dict))
        and ("id" in value and "name" in value and "api" in value and "type" in value and "models" in value)
        and (
            "id" not in value
            or (
                (_registry_id(value["id"]))
                and (
                    (
                        value["id"]
                        in (
                            "managed:kimi-code",
                            "kimi-code",
                            "moonshot-cn",
                            "moonshot-ai",
                            "__kimi_env__",
                            "__kimi_env_model__",
                            "__secondary__",
                        )
                    )
                    is False
                )
            )
        )
        and ("name" not in value or ((isinstance(value["name"], str)) and (len(value["name"]) >= 1)))
        and (
            "api" not in value or ((isinstance(value["api"], str)) and (_4.search(value["api"]) is not None))
        )
        and (
            "type" not in value
            or (
                value["type"]
                in (
                    "openai",
                    "openai_responses",
                    "anthropic",
                    "kimi",
                )
            )
        )
        and (
            "env" not in value
            or ((isinstance(value["env"], list)) and (all((isinstance(item, str)) for item in value["env"])))
        )
        and (
            "models" not in value
            or (
                (isinstance(value["models"], dict))
                and (all((_registry_model(item)) for item in value["models"].values()))
                and (len(value["models"]) >= 1)
            )
        )
    )


def _registry_model(value: Any) -> bool:
    return (
        (isinstance(value, dict))
        and ("id" in value)
        and ("id" not in value or (_registry_id(value["id"])))
        and ("name" not in value or ((isinstance(value["name"], str)) and (len(value["name"]) >= 1)))
        and (
            "limit" not in value
            or (
                (isinstance(value["limit"], dict))
                and ("context" not in value["limit"] or (_registry_tokens(value["limit"]["context"])))
                and ("output" not in value["limit"] or (_registry_tokens(value["limit"]["output"])))
            )
        )
        and ("tool_call" not in value or (isinstance(value["tool_call"], bool)))
        and ("reasoning" not in value or (isinstance(value["reasoning"], bool)))
        and (
            "modalities" not in value
            or (
                (isinstance(value["modalities"], dict))
                and ("input" not in value["modalities"] or (_registry_words(value["modalities"]["input"])))
                and ("output" not in value["modalities"] or (_registry_words(value["modalities"]["output"])))
            )
        )
        and ("support_efforts" not in value or (_registry_words(value["support_efforts"])))
        and (
            "default_effort" not in value
            or ((isinstance(value["default_effort"], str)) and (len(value["default_effort"]) >= 1))
        )
    )


def _registry_id(value: Any) -> bool:
    return (
        (isinstance(value, str))
        and (len(value) >= 1)
        and (len(value) <= _2)
        and (_3.search(value) is not None)
    )


def _registry_tokens(value: Any) -> bool:
    return (_number(value)) and (value >= 1) and (value <= _1)


def _registry_words(value: Any) -> bool:
    return (isinstance(value, list)) and (all((isinstance(item, str)) for item in value))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return _number(value) and value == value // 1


CHECKS: Mapping[tuple[str, str], Callable[[Any], bool]] = {
    ("catalog", "provider"): _catalog_provider,
    ("catalog", "model"): _catalog_model,
    ("registry", "provider"): _registry_provider,
    ("registry", "model"): _registry_model,
}
