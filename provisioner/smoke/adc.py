"""Google's application default credentials, through google-auth, which the extra ``[vertex]`` brings.

The one exception to the rule that nothing is read from the shell environment: application default credentials are
defined by it. Their token is sent to Google's own hosts and to loopback only.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from provisioner.kimi_code.auth import EffectiveCredential
from provisioner.kimi_code.finding import Unusable

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_TIMEOUT_S = 20
_LOGIN = "gcloud auth application-default login"


def credential(target: Target) -> EffectiveCredential:
    """A fresh bearer token for ``target``; blocks while it is fetched.

    Raises:
        Unusable: google-auth is not installed, there are no credentials, Google refuses them, or the endpoint
            is not one that may have the token.
    """
    host = urlsplit(target.base_url).hostname or ""
    if not _may_have_token(host):
        raise Unusable(
            f"Google's credentials are not sent to {host}, which is none of Google's hosts",
            f'api_key = "…" in [providers.{target.provider}]',
        )
    try:
        from google.auth import default
        from google.auth.exceptions import GoogleAuthError, TransportError
        from google.auth.transport.requests import Request
    except ImportError:
        raise Unusable(
            "Google's application default credentials need the package google-auth",
            "pip install 'kimi-provider[vertex]'",
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it advises about quota projects on stderr
            found: Any = default(scopes=[_SCOPE])[0]
            found.refresh(partial(Request(), timeout=_TIMEOUT_S))
    except TransportError as error:
        raise Unusable(
            f"Google's token server cannot be reached: {_first_line(error)}", _LOGIN, untestable=True
        ) from error
    except (GoogleAuthError, OSError, ValueError) as error:
        raise Unusable(f"no Google credentials could be used: {_first_line(error)}", _LOGIN) from error
    token, project = str(found.token), getattr(found, "quota_project_id", None)
    return EffectiveCredential("token", token, "Google's application default credentials", project)


def _may_have_token(host: str) -> bool:
    return host.endswith(".googleapis.com") or host in ("localhost", "127.0.0.1", "::1")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
