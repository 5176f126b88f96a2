"""How each company's API says no: status, headers and body, in the words of the real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_AFTER_S = 1


class Refused(Exception):
    """A request that is answered with an error; ``body`` is its JSON."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


class ErrorStyle(Protocol):
    """The errors that every API has words for."""

    def no_key(self) -> Refused:
        """The request carries no credential."""

    def wrong_key(self, key: str) -> Refused:
        """The credential is not known."""

    def no_model(self, name: str) -> Refused:
        """There is no such model."""

    def no_path(self, method: str, path: str) -> Refused:
        """There is no such endpoint."""

    def bad_json(self) -> Refused:
        """The body is no JSON object."""

    def invalid(self, param: str, message: str, code: str | None = None) -> Refused:
        """A member of the body is missing or wrong."""

    def rate_limited(self) -> Refused:
        """Too many requests."""

    def out_of_quota(self) -> Refused:
        """Nothing left to spend."""

    def failing(self) -> Refused:
        """The server broke."""


class OpenAIErrors:
    """api.openai.com."""

    def no_key(self) -> Refused:
        """401."""
        return self._refused(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using "
            "Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from "
            "https://platform.openai.com/account/api-keys.",
        )

    def wrong_key(self, key: str) -> Refused:
        """401; the real server echoes a part of the key, too."""
        shown = f"{key[:4]}{'*' * max(len(key) - 8, 0)}{key[-4:]}"
        return self._refused(
            401,
            f"Incorrect API key provided: {shown}. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
            code="invalid_api_key",
        )

    def no_model(self, name: str) -> Refused:
        """404."""
        return self._refused(
            404,
            f"The model `{name}` does not exist or you do not have access to it.",
            code="model_not_found",
        )

    def no_path(self, method: str, path: str) -> Refused:
        """404."""
        return self._refused(404, f"Invalid URL ({method} {path})")

    def bad_json(self) -> Refused:
        """400."""
        return self._refused(
            400,
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your "
            "HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
        )

    def invalid(self, param: str, message: str, code: str | None = None) -> Refused:
        """400."""
        return self._refused(400, message, param=param, code=code)

    def rate_limited(self) -> Refused:
        """429 with retry-after."""
        return self._refused(
            429,
            "Rate limit reached for demo on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try "
            f"again in {RETRY_AFTER_S}s.",
            kind="requests",
            code="rate_limit_exceeded",
            headers={"retry-after": str(RETRY_AFTER_S), "retry-after-ms": str(RETRY_AFTER_S * 1000)},
        )

    def out_of_quota(self) -> Refused:
        """429 without retry-after."""
        return self._refused(
            429,
            "You exceeded your current quota, please check your plan and billing details. For more information "
            "on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
            kind="insufficient_quota",
            code="insufficient_quota",
        )

    def failing(self) -> Refused:
        """500."""
        return self._refused(
            500,
            "The server had an error while processing your request. Sorry about that!",
            kind="server_error",
        )

    def _refused(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Refused:
        return Refused(
            status, {"error": {"message": message, "type": kind, "param": param, "code": code}}, headers
        )


class MoonshotErrors:
    """api.moonshot.ai."""

    def no_key(self) -> Refused:
        """401."""
        return self._refused(
            401, "Invalid Authentication: missing Authorization header", "invalid_authentication_error"
        )

    def wrong_key(self, key: str) -> Refused:
        """401."""
        return self._refused(401, "Invalid Authentication", "invalid_authentication_error")

    def no_model(self, name: str) -> Refused:
        """404."""
        return self._refused(
            404, f"Not found the model {name} or Permission denied", "resource_not_found_error"
        )

    def no_path(self, method: str, path: str) -> Refused:
        """404, in a form of its own: ``error`` is a string."""
        return Refused(
            404, {"code": 5, "error": "url.not_found", "message": "没找到对象", "method": method, "url": path}
        )

    def bad_json(self) -> Refused:
        """400."""
        return self._refused(
            400, "Invalid request: the request body is not valid JSON", "invalid_request_error"
        )

    def invalid(self, param: str, message: str, code: str | None = None) -> Refused:
        """400."""
        return self._refused(400, f"Invalid request: {message}", "invalid_request_error")

    def rate_limited(self) -> Refused:
        """429."""
        return self._refused(
            429,
            f"Your account demo request reached max RPM: 3, please try again after {RETRY_AFTER_S} seconds",
            "rate_limit_reached_error",
            {"retry-after": str(RETRY_AFTER_S)},
        )

    def out_of_quota(self) -> Refused:
        """429."""
        return self._refused(
            429,
            "Your account demo is suspended due to insufficient balance, please recharge your account or check "
            "your plan and billing details",
            "exceeded_current_quota_error",
        )

    def failing(self) -> Refused:
        """500."""
        return self._refused(500, "Internal server error", "server_error")

    def _refused(
        self, status: int, message: str, kind: str, headers: Mapping[str, str] | None = None
    ) -> Refused:
        return Refused(status, {"error": {"message": message, "type": kind}}, headers)


class AnthropicErrors:
    """api.anthropic.com."""

    def no_key(self) -> Refused:
        """401."""
        return self._refused(401, "x-api-key header is required", "authentication_error")

    def wrong_key(self, key: str) -> Refused:
        """401."""
        return self._refused(401, "invalid x-api-key", "authentication_error")

    def no_model(self, name: str) -> Refused:
        """404."""
        return self._refused(404, f"model: {name}", "not_found_error")

    def no_path(self, method: str, path: str) -> Refused:
        """404."""
        return self._refused(404, "Not Found", "not_found_error")

    def bad_json(self) -> Refused:
        """400."""
        return self._refused(
            400, "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)"
        )

    def invalid(self, param: str, message: str, code: str | None = None) -> Refused:
        """400."""
        return self._refused(400, f"{param}: {message}" if param else message)

    def rate_limited(self) -> Refused:
        """429 with retry-after."""
        return self._refused(
            429,
            "This request would exceed the rate limit for your organization of 3 requests per minute.",
            "rate_limit_error",
            {"retry-after": str(RETRY_AFTER_S)},
        )

    def out_of_quota(self) -> Refused:
        """400, and not 429."""
        return self._refused(
            400,
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to "
            "upgrade or purchase credits.",
        )

    def failing(self) -> Refused:
        """529 is its way to say that it is overloaded."""
        return self._refused(529, "Overloaded", "overloaded_error")

    def _refused(
        self,
        status: int,
        message: str,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
    ) -> Refused:
        return Refused(status, {"type": "error", "error": {"type": kind, "message": message}}, headers)
