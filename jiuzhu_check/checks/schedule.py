"""定时 schedule: a systemd service and timer, and a line for cron, that pull and check every night.

The service may write the workspace and nothing else. Exit code 3 (a required source is not there) ends it well, with a warning
in the journal; a pull that fails in part does not keep the check from what is there.
"""

import pwd
import shlex
from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.credential import credential_files
from jiuzhu_check.store.durable import make_dir, write_file
from jiuzhu_check.store.settings import read_settings

NAME = "jiuzhu-check-night"
_PULL, _CHECK = "pull --all", "check recipients --lock-wait 3600"
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_GRANTED = "/etc/credstore.encrypted"
# What systemd takes from the service: https://www.freedesktop.org/software/systemd/man/systemd.exec.html
_HARDENED = """\
ProtectSystem=strict
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
AmbientCapabilities=
RemoveIPC=yes
LimitCORE=0
UMask=0077"""


def night_units(workspace: Path, program: Path, at: time, user: str = "") -> dict[str, str]:
    """File name → text of the service, the timer and the line for cron.

    user:   the account that it runs as; by default the workspace's owner
    raises: StoreError where there is no workspace, UsageError for an account that is not here, or a key in a key ring
    """
    path = workspace.absolute()
    kept = read_settings(path).key
    if kept.provider == "keyring":
        raise UsageError(
            say("密钥在系统密钥环里，没有人登录时打不开，不能定时运行。"),
            hint=say("服务器上的工作区用 --key-provider file 或 systemd。"),
        )
    account = _account(path, user)
    key = Path(kept.location) if kept.provider == "file" else None
    return {
        f"{NAME}.service": _service(path, program, account, key, kept.location),
        f"{NAME}.timer": _timer(at),
        f"{NAME}.cron": _cron(path, program, at, account),
    }


def write_units(units: Mapping[str, str], folder: Path) -> None:
    """Put each into a folder of its own name; raises StoreError, TryLater."""
    make_dir(folder)
    for name, text in units.items():
        write_file(folder / name, text.encode())


def _account(path: Path, user: str) -> str:
    try:
        return pwd.getpwnam(user).pw_name if user else pwd.getpwuid(path.stat().st_uid).pw_name
    except KeyError:
        raise UsageError(
            say("本机没有这个账户。"), hint=say("用 --user 写运行核对的系统账户，它要能读写工作区。")
        ) from None


def _service(path: Path, program: Path, account: str, key: Path | None, location: str) -> str:
    granted = credential_files()
    at_home = any(each and each.is_relative_to(home) for each in (path, program, key) for home in _HOMES)
    lines = [
        "[Unit]",
        f"Description={say('居民家庭经济状况核对：每夜取数、核对在保家庭')}",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        f"User={account}",
        f"Environment={_quoted(f'JIUZHU_WORKSPACE={path}')}",
        *_loaded(location if key is None else "", granted),
        f"# {say('取数有一项不成，不妨碍核对已有的；哪一项不成，看日志')}",
        f"ExecStart=-{_quoted(str(program))} --quiet {_PULL}",
        f"ExecStart={_quoted(str(program))} --quiet {_CHECK}",
        f"# {say('3：核对完成，必需来源不全。日志里是一条警告（journalctl -p warning），不算失败')}",
        "SuccessExitStatus=3",
        f"# {say('停止时做完手上的分片；下次接着做')}",
        "TimeoutStopSec=10min",
        f"ReadWritePaths={_quoted(str(path))}",
        f"ProtectHome={'read-only' if at_home else 'yes'}",
        _HARDENED,
    ]
    return "\n".join(lines) + "\n"


def _loaded(key: str, granted: Mapping[str, Path]) -> Iterator[str]:
    """The key, where systemd has it, and what departments admit us by."""
    if key:
        yield f"# {say('密钥：用 systemd-creds encrypt --name={name} 密钥文件 {folder}/{name} 生成', name=key, folder=_GRANTED)}"
        yield f"LoadCredentialEncrypted={key}:{_GRANTED}/{key}"
    for name, file in granted.items():
        yield f"LoadCredential={name}:{_percent(str(file))}"


def _timer(at: time) -> str:
    return f"""\
[Unit]
Description={say("每夜 {at} 取数、核对", at=f"{at:%H:%M}")}

[Timer]
OnCalendar=*-*-* {at:%H:%M}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def _cron(path: Path, program: Path, at: time, account: str) -> str:
    command = f"{shlex.quote(str(program))} -C {shlex.quote(str(path))} --quiet"
    line = f"{command} {_PULL}; {command} {_CHECK} || test $? -eq 3"
    told = say("账户 {account} 的 crontab；与 systemd 的定时器二者用一", account=account)
    escaped = line.replace("%", "\\%")
    return f"# {told}\n{at.minute} {at.hour} * * *  {escaped}\n"


def _quoted(text: str) -> str:
    """As systemd reads it: % begins a specifier, and a space parts words."""
    escaped = _percent(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if escaped != text or " " in text else text


def _percent(text: str) -> str:
    return text.replace("%", "%%")
