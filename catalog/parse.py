"""From the bytes of a document to its published objects, or one line that names what came instead.

A catalog is cut at its top level while it is parsed: each provider's own text is kept, so that a cache can hand
back one provider without parsing the others, and as published.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from catalog.errors import DocumentInvalid
from catalog.json_size import too_many

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK = " \t\r\n"
_NAMED, _LISTED = 80, 5  # characters of an id, and ids, in warnings


class IndexEntry(NamedTuple):
    """One provider without its models: what a list of providers shows.

    Attributes:
        entry: the published provider object without ``models``.
        model_count: how many models it had.
    """

    entry: Mapping[str, Any]
    model_count: int


class Sliced:
    """A catalog cut into providers.

    Attributes:
        index: provider id → what a list shows.
        slices: provider id → the provider's JSON text as published.
        warnings: what was left out, and why.
    """

    def __init__(
        self, index: Mapping[str, IndexEntry], slices: Mapping[str, bytes], warnings: tuple[str, ...]
    ) -> None:
        self.index = index
        self.slices = slices
        self.warnings = warnings


class InvalidJson(DocumentInvalid):
    """The document is text but no JSON; ``offset`` is where in ``text`` that shows."""

    def __init__(self, message: str, text: str, offset: int, *, where: str) -> None:
        super().__init__(message, hint=_HINT, where=where)
        self.text = text
        self.offset = offset


def parse_object(body: bytes, where: str) -> dict[str, Any]:
    """The JSON object that ``body`` is.

    Raises:
        DocumentInvalid: it is something else; the message says what.
    """
    text, document = parse_any(body, where)
    if not isinstance(document, dict):
        from catalog.recognise import recognised

        foreign = recognised(document, where)
        if foreign is not None:
            raise DocumentInvalid(foreign.message, hint=foreign.hint, where=where)
        raise DocumentInvalid(_what(text, None), hint=_HINT, where=where)
    return document


class Members(Mapping[str, Any]):
    """The members of a JSON object, each parsed when it is asked for: together they become many times their text.

    Attributes:
        objects: how many of the values are objects.
    """

    def __init__(self, text: str) -> None:
        """Raises ValueError or RecursionError where ``text`` is no JSON object."""
        self._text = text
        self._starts = {key: start for key, _, start, _ in _members(text)}
        self.objects = sum(text.startswith("{", start) for start in self._starts.values())

    def __getitem__(self, key: str) -> Any:
        return _DECODER.raw_decode(self._text, self._starts[key])[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)


def parse_members(body: bytes, where: str) -> Members:
    """The JSON object that ``body`` is, read through once and parsed member by member.

    Raises:
        DocumentInvalid: it is something else; the message says what, as :func:`parse_object` does.
    """
    try:
        return Members(_text(body, where))
    except (ValueError, RecursionError):
        parse_object(body, where)
        raise


def parse_any(body: bytes, where: str) -> tuple[str, Any]:
    """The text that ``body`` is, and the JSON value that the text is.

    Raises:
        DocumentInvalid: it is no text.
        InvalidJson: it is no JSON; the message says what, and where.
    """
    text = _text(body, where)
    try:
        return text, _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        offset = error.pos if isinstance(error, json.JSONDecodeError) else 0
        raise InvalidJson(_what(text, error), text, offset, where=where) from None


def parse_slice(text: bytes) -> dict[str, Any]:
    """One provider out of :attr:`Sliced.slices`.

    Raises:
        ValueError: it is no JSON object, so it is not what was stored.
    """
    value = _DECODER.decode(text.decode())
    if not isinstance(value, dict):
        message = "not an object"
        raise ValueError(message)  # noqa: TRY004  one error for all that can be wrong with the text
    return value


def slice_catalog(body: bytes, where: str) -> Sliced:
    """The catalog that ``body`` is, cut into providers.

    Values that are no objects are left out with a warning; what an object holds is not looked into, but at least
    one must have ``models``.

    Raises:
        DocumentInvalid: it is no catalog; the message says what it is.
    """
    text = _text(body, where)
    try:
        cut = _cut(text)
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid(_what(text, error), hint=_HINT, where=where) from None
    index = {id_: entry for id_, (entry, _, _) in cut.items() if entry is not None}
    if not any(has_models for _, has_models, _ in cut.values()):
        message = "a JSON object, but not a catalog: no value of it has `models`"
        raise DocumentInvalid(message, hint=_HINT, where=where)
    left_out = [id_ for id_ in cut if id_ not in index]
    warnings = [f"{id_[:_NAMED]!a} was left out: it is not an object" for id_ in left_out[:_LISTED]]
    if len(left_out) > _LISTED:
        warnings.append(f"{len(left_out) - _LISTED} more values were left out: they are not objects")
    slices = {id_: cut[id_][2] for id_ in index}
    return Sliced(index, slices, tuple(warnings))


class _Piece(NamedTuple):
    """A value of a catalog: what a list shows of it (None where it is no object), whether it has models, its text."""

    entry: IndexEntry | None
    has_models: bool
    text: bytes


def _cut(text: str) -> dict[str, _Piece]:
    """The values by key; of a repeated key the last one, as in json.loads.

    msgspec looks through the text without making objects of the models, which are nearly all of it: that took a fourth of
    a first ``catalog list``. What it refuses Python's reader may take (half of a surrogate pair), and names otherwise.

    Raises:
        ValueError, RecursionError: it is no JSON object.
    """
    import msgspec

    try:
        return {key: _piece(value) for key, value in _raw(text).items()}
    except (msgspec.DecodeError, RecursionError):
        return {
            key: _Piece(_entry(value), _has_models(value), text[start:end].encode())
            for key, value, start, end in _members(text)
        }


def _raw(text: str | bytes) -> dict[str, bytes]:
    """The members of a JSON object, none of them parsed."""
    import msgspec

    return {
        key: bytes(value) for key, value in msgspec.json.decode(text, type=dict[str, msgspec.Raw]).items()
    }


def _piece(text: bytes) -> _Piece:
    if not text.startswith(b"{"):
        _DECODER.decode(text.decode())
        return _Piece(None, has_models=False, text=text)
    fields = _raw(text)
    models = fields.pop("models", b"")
    entry = {name: _DECODER.decode(value.decode()) for name, value in fields.items()}
    has_models = models.startswith(b"{")
    return _Piece(IndexEntry(entry, len(_raw(models)) if has_models else 0), has_models, text)


def _has_models(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("models"), dict)


def _entry(provider: Any) -> IndexEntry | None:
    """What a list shows of a provider; None where it is no object."""
    if not isinstance(provider, dict):
        return None
    models = provider.get("models")
    entry = {key: value for key, value in provider.items() if key != "models"}
    return IndexEntry(entry, len(models) if isinstance(models, dict) else 0)


_HINT = "check the address: it should lead to a JSON document in the form of models.dev's api.json"


def _text(body: bytes, where: str) -> str:
    try:
        text = body.decode(json.detect_encoding(body)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise DocumentInvalid("the document is not text", hint=_HINT, where=where) from None
    if much := too_many(text):
        raise DocumentInvalid(f"the document holds {much}", hint=_HINT, where=where)
    return text


def _number(text: str) -> float | None:
    """A number beyond what a double holds counts as absent, as it does for readers in other languages."""
    value = float(text)
    return value if math.isfinite(value) else None


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_no_constant)


def _members(text: str) -> Iterator[tuple[str, Any, int, int]]:
    """Each member of the object that ``text`` is: its key, its value, and where the value begins and ends."""
    at = _skip(text, 0)
    _expect(text, at, "{")
    at = _skip(text, at + 1)
    if text.startswith("}", at):
        _end(text, at + 1)
        return
    while True:
        _expect(text, at, '"')
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        _expect(text, at, ":")
        start = _skip(text, at + 1)
        value, end = _DECODER.raw_decode(text, start)
        yield key, value, start, end
        at = _skip(text, end)
        if text.startswith("}", at):
            _end(text, at + 1)
            return
        _expect(text, at, ",")
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in _BLANK and at < len(text):
        at += 1
    return at


def _expect(text: str, at: int, token: str) -> None:
    if not text.startswith(token, at):
        raise json.JSONDecodeError(f"expecting {token!r}", text, at)


def _end(text: str, at: int) -> None:
    at = _skip(text, at)
    if at != len(text):
        raise json.JSONDecodeError("extra data", text, at)


def _what(text: str, error: Exception | None) -> str:
    """Names what came in place of a JSON object."""
    start = text.lstrip()[:200].lower()
    if not start:
        return "the document is empty"
    if start.startswith(("<!doctype html", "<html")):
        return "a web page (HTML) came instead of a JSON document"
    if start.startswith("<"):
        return "markup (XML or HTML) came instead of a JSON document"
    if start.startswith("["):
        return "a JSON array came instead of an object keyed by provider"
    if isinstance(error, json.JSONDecodeError) and start.startswith("{"):
        return f"the document is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}"
    if isinstance(error, RecursionError):
        return "the document is nested too deeply"
    if start.startswith("{"):
        return "the document is not valid JSON: it holds a number that cannot be read"
    if error is None:
        return "a single JSON value came instead of an object keyed by provider"
    return "the document is not JSON"
