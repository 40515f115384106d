"""签名 signing: how a request says who asks. Each attempt is signed anew, with a fresh time and a fresh once-used word.

gjgxjhpt is the header scheme of the national data-sharing platform: request id, service id, time in milliseconds and
Base64(HMAC-SHA256(secret, service id + request id + time)); the secret comes from a refresh service and expires. How that
service encrypts the secret is not published in full: AES in ECB with PKCS7 padding, as Java's plain "AES", is 未核实.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from jiuzhu_check.intake.shape import Shape

KINDS = ("bearer", "basic", "header", "hmac", "gjgxjhpt", "mtls")
SHAPE: Shape = {
    "kind": str, "user": str, "header": str, "app": str, "algorithm": str, "canonical": list, "joiner": str,
    "encoding": str, "headers": dict, "rid": str, "sid": str, "refresh_url": str, "secret_cipher": str,
}  # fmt: skip
NEEDED = {
    "basic": ("user",), "header": ("header",), "hmac": ("canonical", "headers"), "gjgxjhpt": ("rid", "sid"),
}  # fmt: skip
PARTS = ("app", "timestamp", "nonce", "method", "path", "query", "body_hash")
ALGORITHMS = {"sha256": hashes.SHA256, "sm3": hashes.SM3}
ENCODINGS = ("base64", "hex")
CIPHERS = ("aes-ecb", "none")
_CHINA = timezone(timedelta(hours=8))
_EARLY = 30  # seconds before its end a secret is no longer used


@dataclass
class Signer:
    """Signs requests by the [transport.auth] of a source.

    secret: the credential; of gjgxjhpt the app key that opens the platform's secret
    fetch:  of gjgxjhpt: asks the refresh service with these headers and gives its reply's text
    """

    auth: Mapping[str, Any]
    secret: bytes
    fetch: Callable[[str, Mapping[str, str]], str] | None = None
    _current: bytes = field(default=b"", repr=False)
    _until: float = 0.0

    def headers(self, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        """The headers of one attempt."""
        kind = self.auth.get("kind", "")
        if kind == "bearer":
            return {"Authorization": f"Bearer {self.secret.decode()}"}
        if kind == "basic":
            pair = f"{self.auth['user']}:".encode() + self.secret
            return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        if kind == "header":
            return {str(self.auth["header"]): self.secret.decode()}
        if kind == "hmac":
            return self._hmac(method, path, query, body)
        if kind == "gjgxjhpt":
            return platform_headers(str(self.auth["rid"]), str(self.auth["sid"]), self._platform_secret())
        return {}

    def forget(self) -> None:
        """The platform said that its secret is over: the next attempt gets a new one."""
        self._until = 0.0

    def _hmac(self, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        algorithm, encoding = self.auth.get("algorithm", "sha256"), self.auth.get("encoding", "base64")
        said = {
            "app": str(self.auth.get("app", "")),
            "timestamp": str(int(time.time() * 1000)),
            "nonce": secrets.token_hex(16),
            "method": method,
            "path": path,
            "query": query,
            "body_hash": _digest(algorithm, body).hex(),
        }
        text = str(self.auth.get("joiner", "\n")).join(said[part] for part in self.auth["canonical"])
        signature = _mac(algorithm, self.secret, text.encode())
        said["signature"] = signature.hex() if encoding == "hex" else base64.b64encode(signature).decode()
        return {name: str(value).format(**said) for name, value in self.auth["headers"].items()}

    def _platform_secret(self) -> bytes:
        if not self.auth.get("refresh_url") or self.fetch is None:
            return self.secret
        if time.time() >= self._until:
            asking = platform_headers(str(self.auth["rid"]), str(self.auth["sid"]), self.secret)
            told = json.loads(self.fetch(str(self.auth["refresh_url"]), asking))["data"]
            self._current = opened(str(told["secret"]), self.secret, str(self.auth.get("secret_cipher", "aes-ecb")))
            self._until = ends(told.get("secretEndTime")) - _EARLY
        return self._current


def platform_headers(rid: str, sid: str, secret: bytes) -> dict[str, str]:
    """The national platform's four headers at this moment."""
    rtime = str(int(time.time() * 1000))
    sign = hmac.new(secret, f"{sid}{rid}{rtime}".encode(), hashlib.sha256).digest()
    return {
        "gjgxjhpt_rid": rid,
        "gjgxjhpt_sid": sid,
        "gjgxjhpt_rtime": rtime,
        "gjgxjhpt_sign": base64.b64encode(sign).decode(),
    }


def opened(sealed: str, key: bytes, cipher: str) -> bytes:
    """The platform's secret as the app key opens it; raises ValueError where it does not."""
    if cipher == "none":
        return sealed.encode()
    raw = base64.b64decode(sealed, validate=True)
    reader = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 - the platform's, not ours
    padded = reader.update(raw) + reader.finalize()
    remover = padding.PKCS7(128).unpadder()
    return remover.update(padded) + remover.finalize()


def ends(told: object) -> float:
    """When a secret ends, as seconds since 1970; now where the platform does not say, so that it is asked each time."""
    text = str(told or "")
    if text.isdigit():
        return int(text) / (1000 if len(text) > 11 else 1)
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA).timestamp()
    except ValueError:
        return 0.0


def _digest(algorithm: str, data: bytes) -> bytes:
    digest = hashes.Hash(ALGORITHMS[algorithm]())
    digest.update(data)
    return digest.finalize()


def _mac(algorithm: str, key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, ALGORITHMS[algorithm]())
    mac.update(data)
    return mac.finalize()
