"""make demo: pull → match → check → report on the invented county, with the program as staff run it."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "demo"
PROGRAM = Path(sys.executable).with_name("jiuzhu-check")
WORKSPACE = DEMO / "workspace"
AS_OF = "2018-12-01"
DATA_DATE = "2018-11-30"


def main() -> int:
    """Walk through the whole job; the exit code of the first command that fails, else 0."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(mode=0o700)
    inside = ["-C", str(WORKSPACE)]
    key = str(DEMO / "workspace.key")
    steps = [
        ("建立工作区", ["init", str(WORKSPACE), "--region", "370000", "--key-provider", "file", "--key-file", key]),
        ("导入名册", [*inside, "roster", "import", str(HERE / "roster.csv"), "--format", "table"]),
    ]
    for source, file in (
        ("vehicle", "vehicle.csv"),
        ("housing", "housing.xlsx"),
        ("provident_fund", "provident_fund.txt"),
    ):
        pull = [
            *inside,
            "pull",
            source,
            "--file",
            str(HERE / "inbox" / file),
            "--data-date",
            DATA_DATE,
            "--format",
            "table",
        ]
        steps.append((f"取数 {source}", pull))
    steps += [
        ("核对 在保家庭", [*inside, "check", "recipients", "--as-of", AS_OF, "--format", "table"]),
        ("报告 在保家庭", [*inside, "report", "worklist", "-o", str(DEMO / "核对清单-在保.xlsx")]),
        ("", [*inside, "report", "overview", "-o", str(DEMO / "总览-在保.html")]),
        ("核对 申请家庭", [*inside, "check", "entrants", "--as-of", AS_OF, "--format", "table"]),
        ("报告 申请家庭", [*inside, "report", "worklist", "-o", str(DEMO / "核对清单-申请.xlsx")]),
        ("", [*inside, "report", "overview", "-o", str(DEMO / "总览-申请.html")]),
        ("审计", [*inside, "audit", "verify", "--format", "table"]),
    ]
    for title, arguments in steps:
        if title:
            print(f"\n── {title} ──", flush=True)
        shown = " ".join(argument.replace(str(HERE.parent) + "/", "") for argument in arguments)
        print(f"$ jiuzhu-check {shown}", flush=True)
        code = subprocess.run([PROGRAM, *arguments], check=False).returncode  # noqa: S603
        if code:
            return code
        if arguments[0] == "init":
            shutil.copytree(HERE / "policy", WORKSPACE / "policy", dirs_exist_ok=True)
            print("县政策（虚构）已放入工作区的 policy/")
    print(f"\n报告在 {DEMO.relative_to(HERE.parent)}/：核对清单（XLSX）、总览（HTML）。全部人物均为虚构。")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
