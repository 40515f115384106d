"""这台机器 machine: what the program needs of it: letters that are shown rightly, fonts, room, libraries."""

import importlib.util
import locale
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.typesetting import Typesetter
from jiuzhu_check.store.own_folder import own_folder

LITTLE, TIGHT = 1 << 30, 5 << 30  # bytes: below the first work breaks off, below the second it soon will
# What an extra of the package installs: its library, by the extra's name.
EXTRAS = {
    "sftp": "paramiko", "http": "httpx2", "postgresql": "psycopg", "mysql": "pymysql", "oracle": "oracledb",
    "dameng": "dmPython",
}  # fmt: skip
STATES = {"ok": "正常", "note": "留意", "problem": "要处理", "unseen": "没有看"}
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")
_CHINESE_FONT = re.compile(
    "(?i)noto.*cjk|source ?han|wqy|simsun|simhei|msyh|yahei|fangsong|kaiti|pingfang|droidsansfallback|uming|ukai"
)


@dataclass(frozen=True)
class Seen:
    """One thing that was looked at. state: one of STATES; todo: what to do about it, empty where nothing is to be done."""

    what: str
    state: str
    said: str
    todo: str = ""


def machine() -> Iterator[Seen]:
    """What can be told without a workspace."""
    yield _letters()
    yield _fonts()
    yield _papers()
    yield _room_to_work()
    yield _own_folder()
    yield _extras()


def room(what: str, folder: Path, beside: int = 0) -> Seen:
    """Room on the disk of a folder. beside: bytes that it should hold once more, such as a copy of the store."""
    usage, files = shutil.disk_usage(folder), os.statvfs(folder)
    free = say("{path} 剩 {free}，共 {total}", path=folder, free=_size(usage.free), total=_size(usage.total))
    if usage.free < LITTLE or (files.f_files and files.f_favail * 100 < files.f_files):
        return Seen(what, "problem", free, say("腾出空间（文件数也不要用尽），再做核对。"))
    if usage.free < max(TIGHT, beside):
        return Seen(what, "note", free, say("快满了：请及早腾出空间。"))
    return Seen(what, "ok", free)


def _letters() -> Seen:
    what, encoding = say("终端编码"), locale.getencoding()
    if encoding.lower().replace("-", "") == "utf8":
        return Seen(what, "ok", encoding)
    said = say("系统用 {encoding}，本程序写 UTF-8：汉字可能显示成乱码", encoding=encoding)
    return Seen(what, "note", said, say("运行 export LANG=C.UTF-8（或 zh_CN.UTF-8），终端也设为 UTF-8。"))


def _fonts() -> Seen:
    what, found = say("中文字体"), _chinese_font()
    if found:
        return Seen(what, "ok", found)
    return Seen(
        what,
        "note",
        say("没有找到；本机上看的网页里汉字会缺"),
        say("安装一种，如 apt-get install fonts-noto-cjk。"),
    )


def _papers() -> Seen:
    """Whether a PDF can be set: that takes one of a few fonts, or a folder of others."""
    press = Typesetter("paper.typ", "docx", os.environ.get("JIUZHU_FONT_DIR") or None)
    try:
        return Seen(say("PDF 排版"), "ok", press.ready())
    except UsageError as problem:
        return Seen(say("PDF 排版"), "note", problem.message, problem.hint)


def _chinese_font() -> str:
    lister = shutil.which("fc-list")
    if lister:
        done = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603
        if families := sorted(done.stdout.split("\n")):
            return next((family.split(",")[0] for family in families if family.strip()), "")
    folders = (Path(folder).expanduser() for folder in _FONT_FOLDERS)
    files = (file for folder in folders if folder.is_dir() for file in sorted(folder.rglob("*.[to]t[cf]")))
    return next((file.name for file in files if _CHINESE_FONT.search(file.name)), "")


def _room_to_work() -> Seen:
    """Where tables are written while they are made: in clear, readable by the user alone, and gone afterwards."""
    what, wanted = say("临时目录"), os.environ.get("TMPDIR", "")
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Seen(what, "problem", say("没有一个写得进去的"), say("用 TMPDIR 指定一个可写的目录。"))
    if wanted and Path(wanted).absolute() != folder.absolute():
        said = say("TMPDIR 指的 {path} 写不进去，改用了 {folder}", path=wanted, folder=folder)
        return Seen(what, "note", said, say("用 TMPDIR 指定一个可写的目录。"))
    return room(what, folder)


def _own_folder() -> Seen:
    what, folder = say("用户配置目录"), own_folder()
    if not folder.exists():
        return Seen(what, "ok", say("{path} 还没有，用到时建立", path=folder))
    return private(what, folder) or Seen(what, "ok", str(folder))


def private(what: str, path: Path) -> Seen | None:
    """What is wrong with whose a folder is and who may open it; null where nothing is."""
    status = path.stat()
    if status.st_uid != os.geteuid():
        return Seen(
            what, "problem", say("{path} 不是当前用户的", path=path), say("用建立它的账户运行，或用 chown 改正。")
        )
    if status.st_mode & 0o077:
        mode = f"{status.st_mode & 0o777:o}"
        said = say("{path} 的权限是 {mode}，别的用户也能打开", path=path, mode=mode)
        return Seen(what, "problem", said, say("运行 chmod 700 {path}。", path=path))
    return None


def installed(extra: str) -> bool:
    """Whether what an extra brings is here."""
    return importlib.util.find_spec(EXTRAS[extra]) is not None


def _extras() -> Seen:
    there = [extra for extra in EXTRAS if installed(extra)]
    lacking = [extra for extra in EXTRAS if extra not in there]
    said = say("已装 {there}", there="、".join(there) or say("无"))
    said += say("；没有装 {lacking}", lacking="、".join(lacking)) if lacking else ""
    return Seen(say("取数用的库"), "ok", said)


def _size(count: int) -> str:
    return f"{count / (1 << 30):,.1f} GB"
