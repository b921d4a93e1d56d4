"""Credentials for Vertex AI that need nobody: a service account that signs its own access tokens.

LiteLLM refreshes whatever credentials it is given before it uses them. Google's library asks a server for the token,
except for an account of another universe than Google's own: for such a one it signs the token itself. So nothing
leaves this process.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

PROJECT = "thinking"


@cache
def arguments() -> dict[str, str]:
    """What LiteLLM takes to call Vertex AI; the account's key is made for this process."""
    _stand_in_for_vertexai()
    return {"vertex_project": PROJECT, "vertex_credentials": _account()}


def _stand_in_for_vertexai() -> None:
    """Older releases import `vertexai` before they call Claude, and use nothing of it but that it has a `preview`.

    The package that has it is larger than the suite and all else it needs.
    """
    if not find_spec("vertexai"):
        sys.modules["vertexai"] = module_from_spec(ModuleSpec("vertexai", None))
        sys.modules["vertexai"].preview = None  # type: ignore[attr-defined]


def _account() -> str:
    # Nobody checks what it signs, and LiteLLM reads it again for each call: a short one is read ten times as fast.
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "1",
        "private_key": pem.decode(),
        "client_email": f"suite@{PROJECT}.iam.gserviceaccount.invalid",
        "client_id": "1",
        "token_uri": "https://oauth2.invalid/token",
        "universe_domain": "universe.invalid",
    }
    return json.dumps(account)
