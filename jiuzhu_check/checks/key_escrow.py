"""密钥托管 escrow: the workspace's key handed to its custodians, and the yearly look whether what they have still opens it."""

from collections.abc import Sequence
from pathlib import Path

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.errors import CredentialError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import write_file
from jiuzhu_check.store.escrow import Escrow, is_of, open_escrow, seal_key
from jiuzhu_check.store.keys import read_key
from jiuzhu_check.store.settings import read_settings


def put_in_escrow(workspace: Path, output: Path, passphrases: Sequence[str]) -> str:
    """Write the workspace's key, sealed by the passphrases; the id of the key. Audited.

    raises: UsageError where the file would lie in the workspace, or in the place of anything but an escrow of the same key, or
            a passphrase is too weak; CredentialError
    """
    centre = Centre.open(workspace)
    if output.resolve().is_relative_to(workspace.resolve()):
        raise UsageError(
            say("托管文件 {path} 在工作区之内，备份会把它带走", path=output), hint=say("写到工作区以外，如移动介质。")
        )
    place = read_settings(workspace).key
    if output.exists() and not (output.is_file() and is_of(output.read_bytes(), centre.workspace.id, place.kek_id)):
        raise UsageError(
            say("{path} 已经有了，不是现在这把密钥的托管，没有覆盖", path=output),
            hint=say("写到别的文件；旧密钥的托管留到用它做的备份都更新或销毁。"),
        )
    with audited(centre.audit, "key_escrow", facts={"kek_id": place.kek_id, "custodians": len(passphrases)}):
        key = read_key(place.provider, place.location, workspace)
        write_file(output, seal_key(Escrow(centre.workspace.id, place.kek_id, key), passphrases))
    return place.kek_id


def verify_escrow(workspace: Path, data: bytes, passphrases: Sequence[str]) -> str:
    """The id of the key, where the passphrases open the file and it holds the workspace's present key. Audited.

    raises: CredentialError where they do not, or it is another workspace's, or an earlier key's
    """
    centre = Centre.open(workspace)
    kek_id = centre.workspace.keys.id
    with audited(centre.audit, "key_escrow_verify", facts={"kek_id": kek_id}):
        held = open_escrow(data, passphrases)
        if held.workspace != centre.workspace.id:
            raise CredentialError(say("这份托管是另一个工作区的密钥"), hint=say("取本工作区的托管文件。"))
        if held.kek_id != kek_id:
            raise CredentialError(
                say("这份托管是更换以前的密钥，打得开以前的备份，打不开现在的工作区"),
                hint=say("重新执行 jiuzhu-check key escrow；旧的留到以前的备份都销毁。"),
            )
    return kek_id
