"""临时密钥 session key: a random key for one run on many machines, and how their processes come by it without a disk.

What such a run sends about, a list of parts with the keys of their files, and what was found in them, is sealed by the
session key first, so that whatever carries it (a Java heap, a queue, a spill file, a log) holds nothing that can be read.
The session key itself stands in memory only. A process asks the service of the process that leads (hand_out) for it:

    it sends     its X25519 key of the moment, and a MAC of it by the token
    and is sent  the leader's X25519 key of the moment, and the session key sealed by what both keys and the token give

The token comes with the work, and so may come to lie on a disk. Whoever reads it there later, and even recorded what went
over the network, has nothing: the X25519 keys were never written, and nobody answers any more. Whoever holds the token
while the run lasts and can reach the service is given the key: the carrier has to keep strangers out (Spark:
spark.authenticate, spark.network.crypto). Memory that is swapped or dumped is as safe as the machine makes it.
"""

import hmac
import os
import secrets
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jiuzhu_check.store.keys import Keys

_KEY, _NONCE, _MAC = 32, 12, 32  # bytes
_ANSWER = _KEY + _NONCE + _KEY + 16
_PATIENCE = 30  # seconds that one side waits for the other


class SessionKey:
    """What the session key opens: keys wraps the keys of files, seal and open whatever is sent."""

    def __init__(self, key: bytes) -> None:
        self.keys = Keys(key, "session")
        self._seal = AESGCM(_derived(key, b"", b"seal"))

    def __repr__(self) -> str:
        return f"SessionKey({self.keys.id})"

    def seal(self, told: bytes, about: str) -> bytes:
        """The bytes, sealed; about: what they are, which is not told but has to be said again to open them."""
        nonce = os.urandom(_NONCE)
        return nonce + self._seal.encrypt(nonce, told, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """The bytes again; raises ValueError where this key did not seal them, or they are about something else."""
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except InvalidTag:
            raise ValueError("not sealed by this session") from None


@dataclass(frozen=True)
class Desk:
    """Where the key is to be had: goes along with the work. Its token is worth nothing once the run is over."""

    host: str
    port: int
    token: bytes

    def __repr__(self) -> str:
        return f"Desk({self.host}:{self.port})"

    def ask(self) -> SessionKey:
        """The session key; raises OSError where nobody answers, or whoever does has not the token."""
        own = X25519PrivateKey.generate()
        public = own.public_key().public_bytes_raw()
        with socket.create_connection((self.host, self.port), timeout=_PATIENCE) as line:
            line.sendall(public + _mac(self.token, public))
            answer = _received(line, _ANSWER)
        other, sealed = answer[:_KEY], answer[_KEY:]
        between = _between(own, other, self.token, public + other)
        try:
            return SessionKey(between.decrypt(sealed[:_NONCE], sealed[_NONCE:], b"session key"))
        except InvalidTag:
            raise OSError("the session key was not sealed by who holds the token") from None


@contextmanager
def hand_out(host: str, port: int = 0) -> Iterator[tuple[SessionKey, Desk]]:
    """A new session key, and the desk where it is handed out while the block runs.

    host, port: where to listen, so that every process of the run can reach it; 0: any port
    raises:     OSError where that is not possible
    """
    key, token = secrets.token_bytes(_KEY), secrets.token_bytes(_KEY)

    class Answer(socketserver.BaseRequestHandler):
        """Hands the key to who shows the token, and says nothing to anybody else."""

        def handle(self) -> None:
            self.request.settimeout(_PATIENCE)
            try:
                asked = _received(self.request, _KEY + _MAC)
                public, mac = asked[:_KEY], asked[_KEY:]
                if hmac.compare_digest(mac, _mac(token, public)):
                    self.request.sendall(_sealed(key, public, token))
            except (OSError, ValueError):
                return

    with _Service((host, port), Answer) as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield SessionKey(key), Desk(host, int(service.server_address[1]), token)
        finally:
            service.shutdown()
            thread.join()


class _Service(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128  # a large cluster asks all at once

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever cannot hold a conversation is left alone: a traceback would go to standard error."""


def _sealed(key: bytes, public: bytes, token: bytes) -> bytes:
    own = X25519PrivateKey.generate()
    ours, nonce = own.public_key().public_bytes_raw(), os.urandom(_NONCE)
    return ours + nonce + _between(own, public, token, public + ours).encrypt(nonce, key, b"session key")


def _between(own: X25519PrivateKey, other: bytes, token: bytes, both: bytes) -> AESGCM:
    """What only these two can seal and open, and only with the token."""
    return AESGCM(_derived(own.exchange(X25519PublicKey.from_public_bytes(other)), token, both))


def _derived(secret: bytes, salt: bytes, label: bytes) -> bytes:
    info = b"jiuzhu-check/session/" + label
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=info).derive(secret)


def _mac(token: bytes, public: bytes) -> bytes:
    return hmac.digest(token, b"jiuzhu-check/session/ask/" + public, "sha256")


def _received(line: socket.socket, size: int) -> bytes:
    told = b""
    while len(told) < size:
        piece = line.recv(size - len(told))
        if not piece:
            raise OSError("the other side has gone")
        told += piece
    return told
