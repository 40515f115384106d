"""出具的报告 issued_report: each version of a household's report or slip that was given out, and each time it was printed."""

from jiuzhu_check.tables.schema import DATE, TEXT, WHOLE, Table

PAPERS = {"report": "核对报告", "slip": "告知单"}

ISSUED_REPORT = Table(
    "issued_report",
    "one version of one paper, in the order in which they were given out; none is ever changed or removed",
    {
        "number": TEXT,  # 编号 370000-000001: one of a household's report, one of its slip, one of each supporter's slip
        "version": WHOLE,  # 1, 2 ...: a version is new where the paper says anything else than those before
        "paper": TEXT,  # PAPERS
        "household_no": TEXT,
        "member_no": TEXT,  # whose slip, of a supporter; null: the household's
        "run": TEXT,
        "issued_on": DATE,
        "content": TEXT,  # SHA-256 of what the paper says
        "code": TEXT,  # 校验码: leads to the audit record that holds that SHA-256
        "snapshot": TEXT,  # where what it says is kept
    },
)
PRINTED_REPORT = Table(
    "printed_report",
    "one time that one version was printed",
    {
        "number": TEXT,
        "version": WHOLE,
        "copy": WHOLE,  # 1, 2 ...: the how many-th print of this version
        "format": TEXT,  # pdf | docx
        "printed_at": TEXT,  # ISO 8601, with the offset of the centre's clock
    },
)
REPORT_CONTENT = Table(
    "report_content",
    "what one version says",
    {"number": TEXT, "version": WHOLE, "says": TEXT},  # JSON of reports/paper.py
)
