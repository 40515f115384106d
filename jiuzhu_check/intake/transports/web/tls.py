"""加密连接 tls: whom we trust, and the certificate by which we say who we are."""

import asyncio
import os
import ssl
from collections.abc import Callable

from jiuzhu_check.errors import CredentialError, UsageError
from jiuzhu_check.intake.shape import wrong
from jiuzhu_check.language import say

_A_WORD = 3.0  # seconds in which a server that refuses us says so


def context(source: str, ca_file: str, certificate: bytes | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, host names checked.

    ca_file:     trust these authorities only; empty: the system's
    certificate: ours and its private key, PEM; null: none
    raises:      UsageError, CredentialError where one of them cannot be read
    """
    try:
        made = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError):
        raise _no_authority(source) from None
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        try:
            _in_memory(certificate, lambda path: made.load_cert_chain(path, password=lambda: b"-"))
        except (OSError, ssl.SSLError):
            raise CredentialError(
                say("凭据里的客户端证书读不出来。"), hint=say("要 PEM 格式，证书和没有口令的私钥放在一起。")
            ) from None
    return made


def _no_authority(source: str) -> UsageError:
    return wrong(source, "transport.ca_file", say("读不到证书文件，或不是 PEM 格式"))


def _in_memory(secret: bytes, load: Callable[[str], None]) -> None:
    """The library takes a certificate only from a file: one in memory, which no folder ever shows."""
    descriptor = os.memfd_create("certificate")
    try:
        os.write(descriptor, secret)
        load(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def is_other(problem: BaseException) -> bool:
    """Whether a call failed because the server is not who it should be."""
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(problem))


def is_refused(problem: BaseException) -> bool:
    """Whether a call failed because the two sides do not agree on TLS, or the server wants a certificate of ours."""
    passing = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, ssl.SSLWantReadError)
    return any(isinstance(each, ssl.SSLError) and not isinstance(each, passing) for each in _causes(problem))


async def turns_away(host: str, port: int, trust: ssl.SSLContext) -> bool:
    """Whether a server refuses us as soon as we have met, though TLS agreed.

    With TLS 1.3 it says only after our side is done that it wants a certificate (RFC 8446 §4.4.2.4), and
    whoever is speaking by then may find the line cut and its word lost. Here nothing is said but the greeting.

    trust: as context(); false too where nothing comes within three seconds
    """
    try:
        async with asyncio.timeout(_A_WORD):
            hears, speaks = await asyncio.open_connection(host, port, ssl=trust)
            try:
                await hears.read(1)
            finally:
                speaks.close()
    except OSError as problem:
        return is_refused(problem)
    return False


def _causes(problem: BaseException | None) -> list[BaseException]:
    causes: list[BaseException] = []
    while problem is not None and problem not in causes:
        causes.append(problem)
        problem = problem.__cause__ or problem.__context__
    return causes
