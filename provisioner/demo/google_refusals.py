"""How Google's two APIs say no: the Gemini API and Vertex AI, which share a form and differ in their words."""

from __future__ import annotations

from typing import Any

from provisioner.demo.refusals import RETRY_AFTER_S, Refused

_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class GeminiErrors:
    """generativelanguage.googleapis.com: a bad key is HTTP 400, a missing one 403."""

    service = "generativelanguage.googleapis.com"

    def no_key(self) -> Refused:
        """403."""
        return self.refused(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key "
            "or other form of API consumer identity to call this API.",
        )

    def wrong_key(self, key: str) -> Refused:
        """400 with ``API_KEY_INVALID`` among the details."""
        message = "API key not valid. Please pass a valid API key."
        info = {
            "@type": _INFO,
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": self.service},
        }
        local = {
            "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
            "locale": "en-US",
            "message": message,
        }
        return self.refused(400, "INVALID_ARGUMENT", message, [info, local])

    def no_model(self, name: str) -> Refused:
        """404."""
        return self.refused(
            404,
            "NOT_FOUND",
            f"models/{name} is not found for API version v1beta, or is not supported for generateContent. Call "
            "ListModels to see the list of available models and their supported methods.",
        )

    def no_path(self, method: str, path: str) -> Refused:
        """404, a web page and no JSON."""
        page = (
            "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)!!1</title>\n"
            "  <p><b>404.</b> <ins>That&#8217;s an error.</ins>\n  <p>The requested URL was not found on this server. "
            "<ins>That&#8217;s all we know.</ins>\n"
        )
        return Refused(404, page, {"content-type": "text/html; charset=UTF-8"})

    def bad_json(self) -> Refused:
        """400."""
        return self.refused(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unexpected token.")

    def invalid(self, param: str, message: str, code: str | None = None) -> Refused:
        """400; a violation of a named field comes with details."""
        detail = {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": param, "description": message}] if param else [],
        }
        return self.refused(400, "INVALID_ARGUMENT", message, [detail] if param else [])

    def rate_limited(self) -> Refused:
        """429 with the delay among the details and in no header."""
        retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{RETRY_AFTER_S}s"}
        return self.refused(
            429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", [retry]
        )

    def out_of_quota(self) -> Refused:
        """429 with the quota among the details."""
        failure = {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [
                {
                    "quotaMetric": f"{self.service}/generate_content_free_tier_requests",
                    "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
                }
            ],
        }
        return self.refused(
            429,
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota, please check your plan and billing details.",
            [failure],
        )

    def failing(self) -> Refused:
        """503."""
        return self.refused(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")

    def refused(
        self, code: int, status: str, message: str, details: list[dict[str, Any]] | None = None
    ) -> Refused:
        """An error in Google's form; ``details`` are left out when there are none."""
        error: dict[str, Any] = {"code": code, "message": message, "status": status}
        if details:
            error["details"] = details
        return Refused(code, {"error": error})


class VertexErrors(GeminiErrors):
    """aiplatform.googleapis.com: OAuth tokens below a project, API keys (express mode) without one."""

    service = "aiplatform.googleapis.com"

    def no_key(self) -> Refused:
        """401."""
        return self.refused(
            401,
            "UNAUTHENTICATED",
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie "
            "or other valid authentication credential. See "
            "https://developers.google.com/identity/sign-in/web/devconsole-project.",
            [{"@type": _INFO, "reason": "CREDENTIALS_MISSING", "domain": "googleapis.com"}],
        )

    def wrong_token(self) -> Refused:
        """401: a bearer token that is not known, or an API key where a token is needed."""
        return self.refused(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
            "valid authentication credential. See "
            "https://developers.google.com/identity/sign-in/web/devconsole-project.",
            [{"@type": _INFO, "reason": "ACCESS_TOKEN_TYPE_UNSUPPORTED", "domain": "googleapis.com"}],
        )

    def no_model(self, name: str) -> Refused:
        """404."""
        return self.refused(
            404,
            "NOT_FOUND",
            f"Publisher Model `publishers/google/models/{name}` was not found or your project does not have access "
            "to it. Please ensure you are using a valid model version. For more information, see: "
            "https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions",
        )
