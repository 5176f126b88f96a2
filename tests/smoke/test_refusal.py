from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.smoke.refusal import classify, read_body

if TYPE_CHECKING:
    from provisioner.smoke.problem import Problem

NOW = 1_700_000_000.0


def problem(status: int, body: Any = b"", **headers: str) -> Problem:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return classify(status, sent, data, url="https://h.example/v1/x", now=NOW)


def error(message: str = "no", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


def google(code: int, status: str, message: str = "no", *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


REASON = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "27.5s"}
DAILY = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "RequestsPerDayPerProject"}],
}
BILLING = "You exceeded your current quota, please check your plan and billing details."


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("Incorrect API key", code="invalid_api_key"), "auth"),
        (401, b"", "auth"),
        (401, b"<html>", "auth"),
        (
            400,
            google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", REASON),
            "auth",
        ),
        (400, google(400, "INVALID_ARGUMENT", "x", REASON), "auth"),
        (400, [google(400, "INVALID_ARGUMENT", "API key not valid.", REASON)], "auth"),
        (400, error("No connected db.", type="no_db_connection", code="400"), "auth"),
        (402, error("Insufficient Balance"), "quota"),
        (403, error("Country not supported"), "forbidden"),
        (403, error("Invalid API key provided"), "auth"),
        (
            404,
            error("The API deployment for this resource does not exist.", code="DeploymentNotFound"),
            "model_not_found",
        ),
        (
            403,
            google(403, "PERMISSION_DENIED", "Generative Language API has not been used in project 1"),
            "forbidden",
        ),
        (403, error("Your account has insufficient balance"), "quota"),
        (
            404,
            error("The model `x` does not exist or you do not have access to it.", code="model_not_found"),
            "model_not_found",
        ),
        (
            404,
            {"type": "error", "error": {"type": "not_found_error", "message": "model: claude-x"}},
            "model_not_found",
        ),
        (404, google(404, "NOT_FOUND", "models/x is not found for API version v1beta"), "model_not_found"),
        (404, error('model "x" not found, try pulling it first'), "model_not_found"),
        (
            404,
            error("Not found the model x or Permission denied", type="resource_not_found_error"),
            "model_not_found",
        ),
        (400, error("Model Not Exist"), "model_not_found"),
        (400, error("x is not a valid model ID", code="invalid_model"), "model_not_found"),
        (404, error("No endpoints found that support tool use"), "bad_request"),
        (404, error("No endpoints found for x"), "model_not_found"),
        (429, error("您的账户余额不足或无可用资源包", code="1113"), "quota"),
        (500, error("x", code=1113), "quota"),
        (400, error("Access denied, please make sure your account is in good standing."), "quota"),
        (401, error("Insufficient balance"), "quota"),
        (503, error("当前分组 default 下对于模型 x 无可用渠道"), "server"),
        (401, error("无效的令牌"), "auth"),
        (403, error("该令牌额度已用尽"), "quota"),
        (404, error("模型不存在"), "model_not_found"),
        (500, error("tool calling requires --jinja flag"), "bad_request"),
        (
            429,
            error("Rate limit reached on tokens per minute. Upgrade at https://x.example/billing"),
            "rate_limit",
        ),
        (
            413,
            error("Request too large: tokens per minute (TPM): Limit 6000, Requested 20000"),
            "bad_request",
        ),
        (
            404,
            error("Invalid URL (POST /v1/v1/chat/completions)", type="invalid_request_error"),
            "not_found_url",
        ),
        (404, {"detail": "Not Found"}, "not_found_url"),
        (404, b"<html><title>404 Not Found</title></html>", "not_found_url"),
        (404, b"", "not_found_url"),
        (404, b"Cannot POST /chat/completions", "not_found_url"),
        (405, {"detail": "Method Not Allowed"}, "not_found_url"),
        (400, error("max_tokens is too large"), "bad_request"),
        (
            400,
            {
                "type": "error",
                "error": {"type": "invalid_request_error", "message": "Your credit balance is too low"},
            },
            "quota",
        ),
        (422, {"detail": [{"loc": ["body", "messages"], "msg": "field required"}]}, "bad_request"),
        (413, b"", "bad_request"),
        (407, b"", "proxy"),
        (408, b"", "timeout"),
        (429, error("Rate limit reached", code="rate_limit_exceeded"), "rate_limit"),
        (429, b"", "rate_limit"),
        (429, error(BILLING, type="insufficient_quota", code="insufficient_quota"), "quota"),
        (429, error("x", type="exceeded_current_quota_error"), "quota"),
        (429, google(429, "RESOURCE_EXHAUSTED", BILLING, RETRY), "rate_limit"),
        (429, google(429, "RESOURCE_EXHAUSTED", BILLING, RETRY, DAILY), "quota"),
        (429, google(429, "RESOURCE_EXHAUSTED", BILLING), "quota"),
        (500, error("boom"), "server"),
        (502, b"<html><title>Bad Gateway</title></html>", "server"),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "server"),
        (501, b"", "server"),
    ],
)
def test_the_kind(status: int, body: Any, kind: str) -> None:
    found = problem(status, body)
    assert (found.kind, found.status) == (kind, status)
    assert str(status) in found.message or kind == "redirect"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry_after": "12"}, b"", 12.0),
        ({"retry_after": "1.5"}, b"", 1.5),
        ({"retry_after_ms": "250", "retry_after": "9"}, b"", 0.25),
        ({"retry_after": "Tue, 14 Nov 2023 22:13:50 GMT"}, b"", 30.0),
        ({"retry_after": "Mon, 01 Jan 2001 00:00:00 GMT"}, b"", 0.0),
        ({"retry_after": "soon"}, b"", None),
        ({"retry_after": "-4"}, b"", None),
        ({"retry_after": "9" * 400}, b"", None),
        ({}, google(429, "RESOURCE_EXHAUSTED", "x", RETRY), 27.5),
        ({"retry_after": "3"}, google(429, "RESOURCE_EXHAUSTED", "x", RETRY), 3.0),
        ({}, b"", None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], body: Any, seconds: float | None) -> None:
    assert problem(429, body, **headers).retry_after_s == seconds


@pytest.mark.parametrize(
    ("status", "location", "shown"),
    [
        (307, "/v2/x?key=secret", "https://h.example/v2/x"),
        (302, "http://other.example/login", "http://other.example/login"),
        (308, "", "nowhere"),
    ],
)
def test_a_redirect_names_its_target_without_its_query(status: int, location: str, shown: str) -> None:
    found = problem(status, b"", location=location)
    assert found.kind == "redirect"
    assert f"redirects to {shown};" in found.message


@pytest.mark.parametrize(
    ("body", "message", "kind", "code", "style"),
    [
        ({"error": {"message": "m", "type": "t", "param": None, "code": "c"}}, "m", "t", "c", "openai"),
        ({"error": {"message": "m", "type": "t", "param": "p", "code": 5}}, "m", "t", 5, "openai"),
        ({"type": "error", "error": {"type": "t", "message": "m"}}, "m", "t", None, "anthropic"),
        (
            {"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT"}},
            "m",
            "INVALID_ARGUMENT",
            400,
            "google-genai",
        ),
        ([{"error": {"code": 400, "message": "m", "status": "X"}}], "m", "X", 400, "google-genai"),
        ({"error": "m"}, "m", "m", None, None),
        ({"error": "t", "message": "m", "code": 7}, "m", "t", 7, None),
        ({"object": "error", "message": "m", "code": 404}, "m", None, 404, None),
        ({"detail": "m"}, "m", None, None, None),
        ({"detail": [{"msg": "a"}]}, '[{"msg": "a"}]', None, None, None),
        ({"errors": [{"message": "m", "code": 1}]}, "m", None, 1, None),
        ({"msg": "m", "code": True}, "m", None, None, None),
        ({"error": {"message": "one\n\n two "}}, "one two", None, None, None),
        ([], "{}", None, None, None),
        (7, "7", None, None, None),
    ],
)
def test_error_bodies_of_all_forms(
    body: Any, message: str, kind: str | None, code: Any, style: str | None
) -> None:
    found = read_body(json.dumps(body).encode())
    assert (found.type, found.code, found.style) == (kind, code, style)
    assert found.message == message or body == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><TITLE> Oops </TITLE>", "a web page titled 'Oops'"),
        (b"<p>", "a web page"),
        (b"plain", "plain"),
        (b"\xff\xfe", "��"),
    ],
)
def test_what_is_no_json(body: bytes, message: str) -> None:
    assert read_body(body).message == message


def test_an_error_may_come_as_an_event() -> None:
    assert read_body(b'data: {"error": {"message": "m"}}\n\ndata: [DONE]\n\n').message == "m"
