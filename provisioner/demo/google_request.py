"""Reads a generateContent request as the Gemini API and Vertex AI do, and refuses what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo import models
from provisioner.demo.conversation import ANY_TOOL, Conversation, OfferedTool, Said, latest, weigh
from provisioner.demo.wire import compact, image_in, obj, objects, since_model, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.google_refusals import GeminiErrors
    from provisioner.demo.models import DemoModel

_FIELDS = (
    "contents",
    "tools",
    "toolConfig",
    "safetySettings",
    "systemInstruction",
    "generationConfig",
    "cachedContent",
    "labels",
    "model",
)


def read_conversation(body: dict[str, Any], name: str, errors: GeminiErrors, *, stream: bool) -> Conversation:
    """The conversation with the model of that name.

    Raises:
        Refused: in that API's words, for what the real servers refuse.
    """
    body = _camel(body)
    for field in body:
        if field not in _FIELDS:
            unknown = f'Invalid JSON payload received. Unknown name "{field}": Cannot find field.'
            raise errors.invalid("", unknown)
    model = models.find(name)
    if model is None:
        raise errors.no_model(name)
    contents = body.get("contents")
    turns = [contents] if isinstance(contents, dict) else objects(contents)
    if not turns:
        raise errors.invalid("contents", "* GenerateContentRequest.contents: contents is not specified\n")
    for at, turn in enumerate(turns):
        if not _parts(turn):
            empty = f"* GenerateContentRequest.contents[{at}].parts: contents.parts must not be empty.\n"
            raise errors.invalid(f"contents[{at}].parts", empty)
    settings = obj(body.get("generationConfig"))
    thinking = _camel(obj(settings.get("thinkingConfig")))
    thinks = _thinks(thinking, model, errors)
    _check_turns(turns, model, errors)
    prompt, results = latest(_said(turns))
    parts = [part for turn in since_model(turns, "model") for part in _parts(turn)]
    return Conversation(
        model=model,
        prompt=prompt,
        images=tuple(_images(parts, model, errors)),
        results=results,
        tools=() if _mode(body) == "NONE" else tuple(_tools(body, errors)),
        must_call=_must_call(body),
        input_tokens=sum(weigh(body.get(part)) for part in ("contents", "systemInstruction", "tools")),
        limit=_limit(settings, model, errors),
        thinks=thinks,
        shows_thoughts=thinking.get("includeThoughts") is True,
        stream=stream,
    )


def _camel(given: dict[str, Any]) -> dict[str, Any]:
    """Google takes the names of fields in camel and in snake case."""
    return {_camel_name(name): value for name, value in given.items()}


def _camel_name(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _parts(turn: dict[str, Any]) -> list[dict[str, Any]]:
    return [_camel(part) for part in objects(turn.get("parts"))]


def _responses(turn: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in _parts(turn) if "functionResponse" in part]


def _said(turns: list[dict[str, Any]]) -> Iterator[Said]:
    for turn in turns:
        if turn.get("role") == "model":
            yield Said("model")
            continue
        for part in _parts(turn):
            if "functionResponse" in part:
                yield Said("tool", compact(obj(part["functionResponse"]).get("response")))
            else:
                yield Said("user", text(part.get("text")))


def _limit(settings: dict[str, Any], model: DemoModel, errors: GeminiErrors) -> int | None:
    limit = _camel(settings).get("maxOutputTokens")
    if limit is None:
        return None
    if not isinstance(limit, int) or isinstance(limit, bool):
        unfit = f"Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), {compact(limit)}"
        raise errors.invalid("generation_config.max_output_tokens", unfit)
    if not 1 <= limit <= model.output:
        raise errors.invalid(
            "",
            f"Unable to submit request because it has a maxOutputTokens value of {limit} but the supported range "
            f"is from 1 (inclusive) to {model.output + 1} (exclusive). Update the value and try again.",
        )
    return limit


def _thinks(thinking: dict[str, Any], model: DemoModel, errors: GeminiErrors) -> bool:
    """A thinking model thinks unless it is given no budget or the least level."""
    off = thinking.get("thinkingBudget") == 0 or text(thinking.get("thinkingLevel")).lower() == "minimal"
    if not model.reasoning and thinking and not off:
        raise errors.invalid(
            "",
            "Unable to submit request because thinking is not supported by this model. Learn more: "
            "https://cloud.google.com/vertex-ai/generative-ai/docs/thinking",
        )
    return model.reasoning and not off


def _images(parts: list[dict[str, Any]], model: DemoModel, errors: GeminiErrors) -> Iterator[bytes]:
    for part in parts:
        if "inlineData" not in part:
            continue
        if not model.images:
            raise errors.invalid("", f"Image input modality is not enabled for models/{model.id}")
        picture = image_in(text(obj(part["inlineData"]).get("data")))
        if picture is None:
            raise errors.invalid("", "Unable to process input image. Please retry or report the problem.")
        yield picture


def _tools(body: dict[str, Any], errors: GeminiErrors) -> Iterator[OfferedTool]:
    for tool in objects(body.get("tools")):
        for function in objects(_camel(tool).get("functionDeclarations")):
            if not text(function.get("name")):
                raise errors.invalid(
                    "tools",
                    "* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name.",
                )
            schema = _camel(function)
            yield OfferedTool(
                function["name"], obj(schema.get("parametersJsonSchema") or schema.get("parameters"))
            )


def _calling(body: dict[str, Any]) -> dict[str, Any]:
    return _camel(obj(_camel(obj(body.get("toolConfig"))).get("functionCallingConfig")))


def _mode(body: dict[str, Any]) -> str:
    return text(_calling(body).get("mode"))


def _must_call(body: dict[str, Any]) -> str | None:
    if _mode(body) != "ANY":
        return None
    allowed = _calling(body).get("allowedFunctionNames")
    return text(allowed[0]) if isinstance(allowed, list) and allowed else ANY_TOOL


def _check_turns(turns: list[dict[str, Any]], model: DemoModel, errors: GeminiErrors) -> None:
    """As many responses follow as there were calls, and a thinking model's calls come back signed."""
    calls: list[dict[str, Any]] = []
    for at, turn in enumerate([*turns, {}]):
        if len(_responses(turn)) != len(calls):
            raise errors.invalid(
                "",
                "Please ensure that the number of function response parts is equal to the number of function call "
                "parts of the function call turn.",
            )
        calls = [part for part in _parts(turn) if "functionCall" in part]
        if calls and model.reasoning and not calls[0].get("thoughtSignature"):
            name = text(obj(calls[0]["functionCall"]).get("name"))
            raise errors.invalid(
                "",
                "Function call is missing a thought_signature in functionCall parts. This is required for tools to "
                f"work correctly. Additional data, function call `{name}`, position {at + 1}.",
            )
