"""签名 signing: how a request says who asks. Each attempt is signed anew, with a fresh time and a fresh once-used word.

gjgxjhpt is the scheme of the national data-sharing platform: requester, service, time in milliseconds, and
Base64(HMAC-SHA256(secret, service + requester + time)). The secret comes from a refresh service, sealed by the app key,
and expires. How it is sealed stands in no public document; clients that are public open it as aes-sha1prng does: 未核实.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

_ALGORITHMS = {"sha256": hashes.SHA256, "sm3": hashes.SM3}
_CHINA = timezone(timedelta(hours=8))
_EARLY = 30  # seconds before its end a secret is no longer used
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Signed:
    """What a signature is about: one request as it goes out. path and query are as they stand in its first line."""

    method: str
    path: str
    query: str
    body: bytes


@dataclass
class Signer:
    """Signs requests by the [transport.auth] of a source.

    secret: the credential; of gjgxjhpt the app key that opens the platform's secret
    """

    auth: Mapping[str, Any]
    secret: bytes = field(repr=False)
    _opened: bytes = field(default=b"", repr=False)
    _until: float = 0.0

    def headers(self, request: Signed) -> dict[str, str]:
        """The headers of one attempt.

        raises: ValueError where the credential cannot stand in a header
        """
        kind = self.auth.get("kind", "")
        if kind == "bearer":
            return {"Authorization": f"Bearer {_word(self.secret)}"}
        if kind == "basic":
            pair = f"{self.auth['user']}:".encode() + self.secret
            return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        if kind == "header":
            return {str(self.auth["header"]): _word(self.secret)}
        if kind == "hmac":
            return self._hmac(request)
        return {} if self.in_body else self.parameters()

    @property
    def in_body(self) -> bool:
        """Whether parameters() go into the body."""
        return self.auth.get("in") == "body"

    def parameters(self) -> dict[str, str]:
        """The four parameters of the national platform at this moment; none of any other kind."""
        if self.auth.get("kind") != "gjgxjhpt":
            return {}
        return self._platform(self._opened if self.auth.get("refresh_url") else self.secret)

    def wants_renewal(self) -> bool:
        """Whether the platform's secret is not there yet, or over."""
        return bool(self.auth.get("refresh_url")) and time.time() >= self._until

    def asking(self) -> dict[str, str]:
        """The parameters that ask for a new secret."""
        return self._platform(self.secret)

    def renew(self, answer: Any) -> None:
        """Take the refresh service's answer.

        raises: ValueError, LookupError or TypeError where there is no secret in it that the app key opens
        """
        if str(answer["code"]) != "0":
            raise ValueError
        told = answer["data"]
        cipher = str(self.auth.get("secret_cipher", "aes-sha1prng"))
        self._opened = opened(str(told["secret"]), self.secret, cipher)
        self._until = max(ends(told.get("secretEndTime")) - _EARLY, time.time() + 1)

    def forget(self) -> None:
        """The platform said that its secret is over: the next attempt gets a new one."""
        self._until = 0.0

    def _platform(self, secret: bytes) -> dict[str, str]:
        rid, sid, rtime = str(self.auth["rid"]), str(self.auth["sid"]), str(int(time.time() * 1000))
        sign = hmac.new(secret, f"{sid}{rid}{rtime}".encode(), hashlib.sha256).digest()
        return {
            "gjgxjhpt_rid": rid,
            "gjgxjhpt_sid": sid,
            "gjgxjhpt_rtime": rtime,
            "gjgxjhpt_sign": base64.b64encode(sign).decode(),
        }

    def _hmac(self, request: Signed) -> dict[str, str]:
        algorithm = self.auth.get("algorithm", "sha256")
        now = time.time()
        said = {
            "app": str(self.auth.get("app", "")),
            "timestamp": str(int(now * 1000)),
            "seconds": str(int(now)),
            "nonce": secrets.token_hex(16),
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "sorted_query": sorted_query(request.query),
            "body": request.body.decode(),
            "body_hash": _digest(algorithm, request.body).hex(),
        }
        text = str(self.auth.get("joiner", "\n")).join(said[part] for part in self.auth["canonical"])
        signature = _mac(algorithm, self.secret, text.encode())
        in_hex = self.auth.get("encoding", "base64") == "hex"
        said["signature"] = signature.hex() if in_hex else base64.b64encode(signature).decode()
        wanted = self.auth["headers"].items()
        return {name: _PLACE.sub(lambda place: said[place[1]], str(value)) for name, value in wanted}


def sorted_query(query: str) -> str:
    """The query's parameters in the order of their names, not encoded.

    >>> sorted_query("b=2&a=%E8%B5%B5&c=")
    'a=赵&b=2&c='
    """
    return "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(query, keep_blank_values=True)))


def opened(sealed: str, key: bytes, cipher: str) -> bytes:
    """The platform's secret as the app key opens it.

    cipher: aes-sha1prng: AES-128 in ECB by the key that Java's SHA1PRNG makes of the app key, as public clients do;
            aes-ecb: by the app key itself; none: it is not sealed
    raises: ValueError where it does not open
    """
    if cipher == "none":
        return _word(sealed.encode()).encode()
    key = hashlib.sha1(hashlib.sha1(key).digest()).digest()[:16] if cipher == "aes-sha1prng" else key  # noqa: S324 - Java's
    raw = base64.b64decode("".join(sealed.split()), validate=True)
    reader = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 - the platform's, not ours
    remover = padding.PKCS7(128).unpadder()
    secret = remover.update(reader.update(raw) + reader.finalize()) + remover.finalize()
    return _word(secret).encode()


def ends(told: object) -> float:
    """When a secret ends, in seconds since 1970; 0 where the platform does not say, so that it is asked often.

    >>> ends("1543629600000") == ends(1543629600) == ends("2018-12-01 10:00:00") == 1543629600
    True
    """
    text = str(told or "")
    if text.isdigit():
        return int(text) / (1000 if len(text) > 11 else 1)
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA).timestamp()
    except ValueError:
        return 0.0


def written(value: Any) -> bytes:
    """A request's body, as it is signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _word(secret: bytes) -> str:
    text = secret.decode("ascii")
    if not text or not text.isprintable():
        raise ValueError
    return text


def _digest(algorithm: str, data: bytes) -> bytes:
    digest = hashes.Hash(_ALGORITHMS[algorithm]())
    digest.update(data)
    return digest.finalize()


def _mac(algorithm: str, key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, _ALGORITHMS[algorithm]())
    mac.update(data)
    return mac.finalize()
