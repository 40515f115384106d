"""A signature covers what goes out, and what the platform sealed opens for the right key only."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.intake.transports.web.signing import Signed, Signer, opened, sorted_query

steady = settings(deadline=None, derandomize=True, max_examples=100)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def sealed(secret: bytes, key: bytes) -> str:
    padder = padding.PKCS7(128).padder()
    block = padder.update(secret) + padder.finalize()
    sealer = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return base64.b64encode(sealer.update(block) + sealer.finalize()).decode()


@steady
@given(words, st.binary(min_size=16, max_size=16), st.binary(min_size=1, max_size=64))
def test_what_is_sealed_opens_for_its_key(secret: str, key: bytes, app_key: bytes) -> None:
    java = hashlib.sha1(hashlib.sha1(app_key).digest()).digest()[:16]
    assert opened(sealed(secret.encode(), key), key, "aes-ecb") == secret.encode()
    assert opened(sealed(secret.encode(), java), app_key, "aes-sha1prng") == secret.encode()
    assert opened(secret, b"", "none") == secret.encode()


@pytest.mark.parametrize("spoilt", ["", "not base64 !", "AAAA", base64.b64encode(b"0" * 32).decode()])
def test_what_does_not_open_is_no_secret(spoilt: str) -> None:
    for cipher in ("aes-sha1prng", "aes-ecb"):
        with pytest.raises(ValueError):  # noqa: PT011 - the caller tells it as its own error
            opened(spoilt, b"0123456789abcdef", cipher)


@steady
@given(st.binary(max_size=60), words, st.sampled_from(["sha256", "sm3"]), st.sampled_from(["hex", "base64"]))
def test_a_signature_is_the_one_that_anybody_with_the_secret_works_out(
    secret: bytes, body: str, algorithm: str, encoding: str
) -> None:
    auth = {
        "kind": "hmac", "app": "jz", "canonical": ["app", "method", "path", "query", "body", "body_hash"],
        "joiner": "|", "algorithm": algorithm, "encoding": encoding, "headers": {"X-Sign": "{app}:{signature}"},
    }  # fmt: skip
    request = Signed("POST", "/a/b", "c=%E8%B5%B5", body.encode())
    text = f"jz|POST|/a/b|c=%E8%B5%B5|{body}|{hashlib.new(algorithm, body.encode()).hexdigest()}"
    right = hmac.digest(secret, text.encode(), algorithm)
    shown = right.hex() if encoding == "hex" else base64.b64encode(right).decode()
    assert Signer(auth, secret).headers(request) == {"X-Sign": f"jz:{shown}"}


@steady
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "2", ""])), max_size=6), st.randoms())
def test_the_order_of_the_parameters_does_not_change_what_is_signed(
    pairs: list[tuple[str, str]], order: object
) -> None:
    shuffled = list(pairs)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = ("&".join(f"{name}={value}" for name, value in each) for each in (pairs, shuffled))
    assert sorted_query(one) == sorted_query(other)


def test_a_secret_does_not_show_itself() -> None:
    assert "word" not in repr(Signer({"kind": "bearer"}, b"secret word"))
