"""What the demo's models say: a pure function of the conversation.

A model that was handed a tool's result reports it; one that is told to use a tool calls it; one that is shown a
picture names its colour; otherwise it says who it is and repeats the prompt. It never pretends to be more.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from provisioner.demo.arguments import arguments_for
from provisioner.demo.conversation import ANY_TOOL, Call, Reply, tokens
from provisioner.demo.picture import dominant_colour

if TYPE_CHECKING:
    from provisioner.demo.conversation import Conversation, OfferedTool

_QUOTED = 400  # characters of a prompt or result that are repeated
_TELLS = re.compile(r"\b(use|using|call|invoke|run)\b", re.IGNORECASE)
_DULL = frozenset({"get", "set", "the", "and", "for", "you", "with", "this", "that", "tool"})


def reply(conversation: Conversation) -> Reply:
    """The answer, cut at the conversation's limit as a real model's would be."""
    tool = _wanted_tool(conversation)
    thought = tokens(_thought(conversation, tool)) if conversation.thinks else ()
    if tool is None:
        said = tokens(_said(conversation))
        return _within(conversation.limit, Reply(thought, said, None, "stop"))
    arguments = arguments_for(tool.schema, conversation.prompt)
    call = Call(tool.name, arguments, tokens(json.dumps(arguments, ensure_ascii=False)))
    return _within(conversation.limit, Reply(thought, (), call, "tool"))


def _wanted_tool(conversation: Conversation) -> OfferedTool | None:
    """The tool that the prompt asks for, or that the request insists on."""
    named = next((tool for tool in conversation.tools if _names(conversation.prompt, tool.name)), None)
    if conversation.must_call == ANY_TOOL:
        return named or next(iter(conversation.tools), None)
    if conversation.must_call is not None:
        return next((tool for tool in conversation.tools if tool.name == conversation.must_call), None)
    if conversation.results:
        return None
    if named and _TELLS.search(conversation.prompt):
        return named
    if len(conversation.tools) == 1 and _is_about(conversation.prompt, conversation.tools[0].name):
        return conversation.tools[0]
    return None


def _names(prompt: str, name: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", prompt) is not None


def _is_about(prompt: str, name: str) -> bool:
    """A word of the tool's name stands in the prompt: "weather" for ``get_weather``."""
    words = set(re.findall(r"[^\W_]{3,}", name.lower())) - _DULL
    return not words.isdisjoint(re.findall(r"[^\W_]+", prompt.lower()))


def _thought(conversation: Conversation, tool: OfferedTool | None) -> str:
    if tool is not None:
        return f"The prompt calls for the tool {tool.name}, so I fill in its arguments."
    if conversation.results:
        return "The tool has answered, so I pass on what it said."
    if conversation.images:
        return "There is a picture, so I look for the colour that covers most of it."
    return f"The prompt has {len(conversation.prompt.split())} words. I greet its writer and repeat it."


def _said(conversation: Conversation) -> str:
    if conversation.results:
        return f"The tool answered: {_quote(' / '.join(conversation.results))}"
    if conversation.images:
        return " ".join(f"The picture is mostly {dominant_colour(png)}." for png in conversation.images)
    return (
        f"Hi! This is {conversation.model.name}, a small program on this machine and no language model. "
        f'You wrote: "{_quote(conversation.prompt)}"'
    )


def _quote(text: str) -> str:
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"


def _within(limit: int | None, answer: Reply) -> Reply:
    """The answer in at most ``limit`` tokens; a tool call that does not fit is not begun."""
    if limit is None or answer.output_tokens <= limit:
        return answer
    reasoning = answer.reasoning[:limit]
    return Reply(reasoning, answer.text[: limit - len(reasoning)], None, "length")
