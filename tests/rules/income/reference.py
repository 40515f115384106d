"""The income account of one household, written a second time: plain Python, exact fractions, nothing from the rules.

`account(home, terms, as_of)` gives its lines as (member, class, cents, counted, estimated) and its sums. `home` holds lists of
plain rows by table; `terms` is what the policy says of the household.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

Row = dict[str, Any]
PROPERTY = {"property", "interest", "dividend", "rent", "land_transfer", "collective_dividend"}
TRANSFER = {
    "unknown_pension",
    "after_death",
    "unemployment_benefit",
    "severance",
    "compensation",
    "inheritance",
    "gift",
    "support",
}
BRANCHES = ["pension", "medical", "unemployment", "injury", "maternity"]


def account(home: dict[str, list[Row]], terms: Row, as_of: date) -> Row:
    lines: list[tuple[Any, str, int | None, bool, bool]] = []
    members = [each for each in home["member"] if each["role"] != "supporter"]
    shown: dict[Any, list[Row]] = {}
    for person in home["member"]:
        shown[person["member_no"]] = sources(person["member_no"], home, terms, as_of)
    unknown, estimated, changed = [], 0, False
    for person in members:
        no = person["member_no"]
        lines += [(no, each["class"], each["cents"], each["counted"], False) for each in shown[no]]
        own, guess = declared_part(person, home, shown[no], imputed(person, home, shown[no], terms, as_of))
        lines += [(no, *each) for each in own]
        unknown += [no] if guess else []
        day = declared_on(no, home)
        changed |= any(each["counted"] and each.get("since") and day and each["since"] > day for each in shown[no])
    supporters = [each for each in home["member"] if each["role"] == "supporter"]
    for person in supporters:
        lines.append(supporter(person, home, supporters, shown[person["member_no"]], terms, as_of))
    gross = sum(each[2] or 0 for each in lines if each[3] and each[1] != "deduction")
    for person in members:
        lines += [(person["member_no"], *each) for each in burdens(person, home, gross, terms, as_of)]
    less = sum(each[2] or 0 for each in lines if each[3] and each[1] == "deduction")
    estimated = sum(each[2] for each in lines if each[3] and each[4])
    net, certain, size = max(gross - less, 0), max(gross - less - estimated, 0), len(members)
    standard, below = standard_of(home["household"][0], terms)
    head, sure = (None, None) if unknown else (half_up(Fraction(net, size)), half_up(Fraction(certain, size)))
    gap = None
    if standard is not None and not unknown:
        gap = max(ceil(Fraction(standard * size - net, 1200)), 0) * 100
    told = [declared(each["member_no"], home) for each in members]
    return {
        "lines": lines,
        "members": size,
        "unknown": len(unknown),
        "known": net,
        "estimated": estimated,
        "head": head,
        "certain_head": sure,
        "declared_head": None if None in told else half_up(Fraction(sum(cents(each) * 12 for each in told), size)),
        "standard": standard,
        "over": is_over(head, standard, below),
        "certainly_over": is_over(sure, standard, below),
        "gap": gap,
        "changed": changed,
    }


def is_over(head: int | None, standard: int | None, below: bool) -> bool | None:
    if head is None or standard is None:
        return None
    return head > standard or (below and head == standard)


def cents(yuan: Decimal) -> int:
    return int(yuan * 100)


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


def window(as_of: date) -> tuple[int, int]:
    return month(as_of) - 12, month(as_of) - 1


def of(home: dict[str, list[Row]], table: str, no: str) -> list[Row]:
    return [each for each in home.get(table, []) if each["member_no"] == no]


def declared(no: str, home: dict[str, list[Row]], item: str = "income_month") -> Decimal | None:
    told = [each for each in of(home, "declaration", no) if each["item"] == item]
    return told[0]["declared"] if told else None


def declared_on(no: str, home: dict[str, list[Row]]) -> date | None:
    told = [each for each in of(home, "declaration", no) if each["item"] == "income_month"]
    return told[0]["declared_on"] if told else None


# ---- what sources show


def sources(no: str, home: dict[str, list[Row]], terms: Row, as_of: date) -> list[Row]:
    paid = received(no, home, as_of)
    return [*wage_lines(no, home, paid, terms, as_of), *other_lines(paid, terms)]


def received(no: str, home: dict[str, list[Row]], as_of: date) -> dict[Any, Row]:
    """By kind: cents, tax, the set of months named, first day, latest month alone."""
    rows = [{**each, "kind": kind_of(each)} for each in of(home, "income", no)]
    for each in of(home, "public_payroll", no):
        if each["role"] == "payroll":
            rows.append(
                payment(
                    "public_payroll", each["employer"], each["month"], each["month"], each["gross"], each.get("status")
                )
            )
    for each in of(home, "assistance", no):
        rows.append(
            payment(
                "assistance", each["office"], each["month_from"], each["month_to"], each["amount"], each.get("status")
            )
        )
    for each in of(home, "hardship", no):
        if each["kind"] == "veteran" and each["amount"] is not None:
            rows.append(
                payment("honour", each["category"], each["month"], each["month"], each["amount"], each.get("status"))
            )
    seen, single = set(), []
    for row in rows:
        key = tuple(
            row[name] for name in ("kind", "payer", "month_from", "month_to", "amount", "cumulative", "monthly")
        )
        if key not in seen:
            seen.add(key)
            single.append(row)
    first, last = window(as_of)
    kinds: dict[Any, Row] = defaultdict(
        lambda: {
            "cents": None,
            "tax": 0,
            "months": set(),
            "since": None,
            "alone": {},
            "rate": None,
            "central": 0,
            "unplaced": 0,
        }
    )
    dead = died_in(no, home, as_of)
    for row, begin, end, amount, tax, basic in parted_by_death(amounts(single, first, last), dead):
        if amount is None or begin is None or end is None or begin > end:
            kinds[row["kind"]]["unplaced"] += 1
            if is_rate(row):
                kinds[row["kind"]]["rate"] = (kinds[row["kind"]]["rate"] or 0) + cents(row["monthly"])
            continue
        months = set(range(max(begin, first), min(end, last) + 1))
        if not months:
            continue
        kind = kinds[row["kind"]]
        share = Fraction(len(months), end - begin + 1)
        kind["cents"] = (kind["cents"] or 0) + half_up(amount * share)
        kind["tax"] += half_up(tax * share)
        known = kind["central"] is not None and basic is not None
        kind["central"] = kind["central"] + half_up(basic * share) if known else None
        kind["months"] |= months
        if is_rate(row):
            kind["rate"] = (kind["rate"] or 0) + cents(row["monthly"])
        elif begin == end and row["status"] not in ("suspended", "ended"):
            kind["alone"][begin] = kind["alone"].get(begin, 0) + amount
    for kind in kinds.values():
        if dead is not None:
            kind["rate"], kind["alone"] = None, {}
        if kind["months"]:
            start = min(kind["months"])
            kind["since"] = date(start // 12, start % 12 + 1, 1)
    return dict(kinds)


def died_in(no: str, home: dict[str, list[Row]], as_of: date) -> int | None:
    told = [each for each in of(home, "civil_status", no) if each["event"] == "deceased" or each.get("died_on")]
    days = [day for each in told if (day := each.get("died_on") or each.get("ended_on")) and day <= as_of]
    return month(max(days)) if days else None


def parted_by_death(told: Iterable[Any], dead: int | None) -> Iterable[Any]:
    """A pension that goes on after the month of its owner's death: up to it, and after it."""
    for row, begin, end, amount, tax, basic in told:
        goes_on = dead is not None and begin is not None and end is not None and begin <= end and end > dead
        if not goes_on or row["kind"] not in ("pension", "resident_pension", "unknown_pension"):
            yield row, begin, end, amount, tax, basic
            continue
        share = Fraction(max(dead - begin + 1, 0), end - begin + 1)
        before = [None if each is None else half_up(each * share) for each in (amount, tax, basic)]
        if begin <= dead:
            yield row, begin, dead, *before
        later = [None if each is None else each - part for each, part in zip((amount, tax, basic), before, strict=True)]
        yield {**row, "kind": "after_death"}, max(begin, dead + 1), end, *later


def payment(kind: str, payer: Any, begin: Any, end: Any, amount: Any, status: Any) -> Row:
    return {
        "kind": kind, "payer": payer, "month_from": begin, "month_to": end, "amount": amount, "cumulative": None,
        "tax": None, "status": status, "monthly": None, "central_part": None,
    }  # fmt: skip


def kind_of(row: Row) -> Any:
    if row["kind"] != "pension":
        return row["kind"]
    return {"employee": "pension", "resident": "resident_pension"}.get(row["scheme"], "unknown_pension")


def is_rate(row: Row) -> bool:
    nothing_else = row["amount"] is None and row["cumulative"] is None
    return nothing_else and row["status"] == "paying" and row["monthly"] is not None


def amounts(rows: list[Row], first: int, last: int) -> Iterable[tuple[Row, Any, Any, int | None, int, int | None]]:
    for row in rows:
        central = None if row["central_part"] is None else cents(row["central_part"])
        if is_rate(row):
            end = last if row["until"] is None else min(month(row["until"]), last)
            begin = None if row["record_date"] is None else max(month(row["record_date"]), first)
            if begin is not None and begin > end:
                continue
            months = 1 if begin is None else end - begin + 1
            yield (
                row,
                begin,
                end,
                cents(row["monthly"]) * months,
                cents(row["tax"] or Decimal(0)),
                (None if central is None else central * months),
            )
            continue
        begin = row["month_from"] or row["month_to"]
        end = row["month_to"] or row["month_from"]
        if row["amount"] is not None or row["cumulative"] is None or end is None:
            amount = None if row["amount"] is None else cents(row["amount"])
            yield row, begin and month(begin), end and month(end), amount, cents(row["tax"] or Decimal(0)), central
    running: dict[Any, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        end = row["month_to"] or row["month_from"]
        if row["cumulative"] is None or end is None:
            continue
        of_year = running[row["kind"], row["payer"], end.year]
        at = month(end)
        if at not in of_year or of_year[at]["cumulative"] < row["cumulative"]:
            of_year[at] = row
    for (_, _, year), of_year in running.items():
        before, since = Decimal(0), year * 12
        for at in sorted(of_year):
            row = of_year[at]
            if row["amount"] is None:
                yield (
                    row,
                    since,
                    at,
                    cents(row["cumulative"] - before),
                    0,
                    (None if row["central_part"] is None else cents(row["central_part"])),
                )
            before, since = row["cumulative"], at + 1


def net(kind: Row, terms: Row) -> int | None:
    if kind["cents"] is None:
        return None
    return int(kind["cents"]) - (kind["tax"] if terms["income_tax_deducted"] else 0)


def line(name: str, amount: int | None, counted: bool, **more: Any) -> Row:
    return {"class": name, "cents": amount, "counted": counted, "livelihood": False, "wage": False, **more}


def other_lines(paid: dict[Any, Row], terms: Row) -> list[Row]:
    counts, never = terms["income_counted"] or [], terms["income_not_counted"] or []
    lines = []
    for name, kind in paid.items():
        amount, known = net(kind, terms), kind["cents"] is not None
        if name in ("wage", "bonus", "public_payroll"):
            continue
        if name == "business":
            rate = terms["business_cost_rate"]
            if known and rate is not None:
                gross = kind["cents"] - half_up(kind["cents"] * Fraction(min(rate, Decimal(1))))
                amount = gross - (kind["tax"] if terms["income_tax_deducted"] else 0)
            counted = known and rate is not None and "business" in counts
            lines.append(line("business", amount, counted, livelihood=True, since=kind["since"]))
        elif name in ("pension", "resident_pension"):
            lines.append(pension_line(name, kind, terms, "pension" in counts))
        elif name in never:
            lines.append(line("excluded", amount, False))
        else:
            group = (
                "wage" if name in ("labour", "royalty")
                else "property" if name in PROPERTY
                else "transfer" if name in TRANSFER
                else "other"
            )  # fmt: skip
            lines.append(
                line(
                    group,
                    amount,
                    known and name in counts,
                    livelihood=name in ("unemployment_benefit", "after_death"),
                    since=kind["since"],
                )
            )
    return lines


def pension_line(name: str, kind: Row, terms: Row, listed: bool) -> Row:
    amount, tax, months = kind["cents"], kind["tax"], len(kind["months"])
    central = kind["central"]
    latest = kind["rate"]
    if latest is None and kind["alone"]:
        latest = kind["alone"][max(kind["alone"])]
    if terms["pension_latest_month"] and latest is not None:
        amount, tax = latest * 12, 0
        central = half_up(Fraction(central * 12, months)) if central is not None and months else None
        months = 12
    counted = listed and amount is not None
    if name == "resident_pension":
        rule, month_basic = terms["pension_resident"], terms["pension_basic_month"]
        by_policy = None if month_basic is None else cents(month_basic) * months
        basic = by_policy if central is None else central
        if rule == "above_basic" and basic is not None:
            amount = None if amount is None else max(amount - basic, 0)
        elif rule != "whole":
            counted = False
    if amount is not None and terms["income_tax_deducted"]:
        amount -= tax
    return line("transfer", amount, counted, livelihood=name == "pension", since=kind["since"])


def wage_lines(no: str, home: dict[str, list[Row]], paid: dict[Any, Row], terms: Row, as_of: date) -> list[Row]:
    found: dict[str, tuple[int, int, Any]] = {}  # source → cents, months, since
    taxed = [paid[kind] for kind in ("wage", "bonus") if kind in paid and paid[kind]["cents"] is not None]
    if taxed:
        amount = sum(each["cents"] for each in taxed)
        amount -= sum(each["tax"] for each in taxed) if terms["income_tax_deducted"] else 0
        found["tax"] = amount, max(len(each["months"]) for each in taxed), min(each["since"] for each in taxed)
    if "public_payroll" in paid and paid["public_payroll"]["cents"] is not None:
        salary = paid["public_payroll"]
        found["public_payroll"] = salary["cents"], len(salary["months"]), salary["since"]
    if insured := contributions(of(home, "contribution", no), as_of):
        found["contribution"] = insured
    if (fund := fund_wage(of(home, "provident_fund", no), terms, as_of)) is not None:
        found["provident_fund"] = cents(fund["base"]) * 12, 12, fund["record_date"]
    untold = [
        line("wage", None, False, livelihood=True)
        for kind in ("wage", "bonus", "public_payroll")
        if kind in paid and paid[kind]["unplaced"]
    ]
    if not found:
        return untold
    order = terms["wage_order"]
    usable = [each for each in found if order is None or each in order]
    usable.sort(key=lambda each: (order.index(each) if order else 0, found[each][0], each))
    winner = usable[0] if usable else None
    first = winner and order and "declared" in order and order.index("declared") < order.index(winner)
    if first and declared(no, home) is not None:
        winner = None
    lines = [
        line("wage", found[each][0], each == winner, livelihood=True, wage=True, since=found[each][2]) for each in found
    ]
    if winner:
        wage, months, _ = found[winner]
        rate, fixed = terms["wage_cost_rate"], terms["wage_cost_month"]
        wage_only = max(wage, 0)
        if rate is not None:
            lines.append(line("deduction", min(wage_only, half_up(wage_only * Fraction(rate))), True))
        elif fixed is not None:
            lines.append(line("deduction", min(wage_only, cents(fixed) * months), True))
    return [*lines, *untold]


def contributions(rows: list[Row], as_of: date) -> tuple[int, int, date] | None:
    first, last = window(as_of)
    usable: dict[str, dict[Any, tuple[int, int, date]]] = defaultdict(dict)
    for row in rows:
        paying = row["status"] == "paying"
        if row["person_type"] != "employed" or not row["base"] or row["branch"] not in BRANCHES:
            continue
        if row["month_from"] is None or (row["month_to"] is None and not paying):
            continue
        end = last if row["month_to"] is None else min(month(row["month_to"]), last)
        months = end - max(month(row["month_from"]), first) + 1
        key = row["employer"], row["base"], row["month_from"], row["month_to"]
        if months > 0 and key not in usable[row["branch"]]:
            usable[row["branch"]][key] = cents(row["base"]), months, row["month_from"]
    for branch in BRANCHES:
        if usable[branch]:
            each = list(usable[branch].values())
            total = sum(base * months for base, months, _ in each)
            return total, min(sum(months for _, months, _ in each), 12), min(since for _, _, since in each)
    return None


def fund_wage(rows: list[Row], terms: Row, as_of: date) -> Row | None:
    """The account that shows a wage: a state and a last month as the policy says; the one paid latest."""
    states, silent = terms["provident_fund_wage_states"], terms["provident_fund_no_wage_states"] or []
    recency = terms["provident_fund_recency"]
    if states is None or recency is None:
        return None
    showing = [
        row
        for row in rows
        if row["status"] in states
        and row["status"] not in silent
        and row["status"] not in ("03", "04", "05")
        and row["paid_until"] is not None
        and month(as_of) - month(row["paid_until"]) <= recency
        and row["base"]
        and row["base"] > 0
    ]
    return max(showing, key=lambda row: (row["paid_until"], row["base"], row["account_no"])) if showing else None


# ---- what was declared, and what is imputed


def declared_part(
    person: Row, home: dict[str, list[Row]], shown: list[Row], guess: int | None
) -> tuple[list[tuple[str, int | None, bool, bool]], bool]:
    said = declared(person["member_no"], home)
    counted = [each for each in shown if each["counted"] and each["class"] != "deduction"]
    waged = any(each["livelihood"] and each["class"] == "wage" for each in counted)
    lines: list[tuple[str, int | None, bool, bool]] = []
    unknown = False
    total = sum(each["cents"] for each in counted)
    mine = total
    if said is not None and waged:
        lines.append(("other", cents(said) * 12, False, False))
    elif said is not None:
        rest = max(cents(said) * 12 - max(total, 0), 0)
        outside = sum(each["cents"] or 0 for each in shown if each["class"] == "excluded")
        maybe = max(min(rest, outside), 0)
        lines.append(("other", rest - maybe, True, False))
        if maybe:
            lines.append(("other", maybe, True, True))
        mine += rest
    elif not any(each["livelihood"] for each in counted) and guess is None:
        lines.append(("other", None, True, False))
        unknown = True
    if guess is not None and guess - mine > 0:
        lines.append(("wage", guess - mine, True, True))
    return lines, unknown


def imputed(person: Row, home: dict[str, list[Row]], shown: list[Row], terms: Row, as_of: date) -> int | None:
    no = person["member_no"]
    if person["labour_capacity"] != "able" or any(each["livelihood"] for each in shown):
        return None
    bands, own_rate = terms["imputed_wage_bands"], terms["imputed_wage_self_employed_rate"]
    if bands is None and own_rate is None:
        return None
    burden = of(home, "hardship", no)
    school = [each["until"] for each in burden if each["kind"] == "education"]
    disabled = any(each["kind"] == "disability" for each in burden)
    reasons = {
        "student": person["student"] or any(until is None or until >= as_of for until in school),
        "pregnant": person["pregnant"],
        "carer": person["carer"],
        "disabled": disabled,
    }
    listed = terms["imputed_wage_exempt"]
    if any(reasons[each] for each in (reasons if listed is None else listed)):
        return None
    ends, grace = [until for until in school if until], terms["imputed_wage_graduate_months"]
    if ends and grace is not None and month(as_of) - month(max(ends)) < grace:
        return None
    wage = terms["minimum_wage_month"]
    trade = any(each["role"] == "proprietor" and each["state"] == "active" for each in of(home, "market_entity", no))
    if trade and own_rate is not None:
        return None if wage is None else half_up(cents(wage) * 12 * Fraction(own_rate))
    base = wage
    if terms["imputed_wage_base"] == "contribution_base":
        insured = [each for each in of(home, "contribution", no) if each["base"]]
        insured.sort(key=lambda each: (each["month_from"] or date.min, each["base"]))
        base = insured[-1]["base"] if insured else wage
    years = age(person, as_of)
    rate = None
    for band in bands or []:
        fits = band["sex"] is None or band["sex"] == person["sex"]
        if fits and years is not None and band["age_from"] <= years <= (band["age_to"] or 999):
            rate = band["rate"]
    if disabled and terms["imputed_wage_disabled_rate"] is not None:
        rate = terms["imputed_wage_disabled_rate"]
    return None if rate is None or base is None else half_up(cents(base) * 12 * Fraction(rate))


def age(person: Row, as_of: date) -> int | None:
    born = person["birth_date"]
    if born is None:
        return None
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


# ---- supporters


def supporter(
    person: Row, home: dict[str, list[Row]], everybody: list[Row], shown: list[Row], terms: Row, as_of: date
) -> tuple[Any, str, int | None, bool, bool]:
    no = person["member_no"]
    said = {
        item: declared(no, home, f"support_{item}")
        for item in ("judged", "paid", "income", "household", "persons", "children")
    }
    dibao, disposable = dibao_of(home["household"][0], terms), disposable_of(home["household"][0], terms)
    income = None if said["income"] is None else cents(said["income"]) * 12
    heads = None if said["household"] is None else int(said["household"])
    fee, estimated = None, False
    if said["judged"] is not None:
        fee = cents(said["judged"]) * 12
    elif without_ability(person, home, income, heads, disposable, terms, as_of):
        fee = 0
    else:
        fee = child_support(said["children"], own_income(no, home, shown), terms)
        if fee is None:
            fee = by_form(income, heads, said["persons"], len(everybody), dibao, terms)
        if fee is None:
            fee = guess_of(disposable, terms)
            estimated = fee is not None
    paid = None if said["paid"] is None else cents(said["paid"]) * 12
    if paid is not None and (fee is None or (terms["support_actual_if_higher"] and paid > fee)):
        fee, estimated = paid, False
    return no, "supporter", fee, fee is not None, estimated


def own_income(no: str, home: dict[str, list[Row]], shown: list[Row]) -> int | None:
    counted = [each["cents"] for each in shown if each["counted"] and each["class"] != "deduction"]
    said = declared(no, home)
    return sum(counted) if counted else None if said is None else cents(said) * 12


def child_support(children: Decimal | None, own: int | None, terms: Row) -> int | None:
    every = terms["support_child_share"]
    if not children or every is None or own is None:
        return None
    share = Fraction(every) * int(children)
    cap = terms["support_children_cap"]
    return half_up(own * (share if cap is None else min(share, Fraction(cap))))


def by_form(
    income: int | None, heads: int | None, persons: Decimal | None, siblings: int, dibao: int | None, terms: Row
) -> int | None:
    if terms["support_form"] is None or income is None or not heads:
        return None
    limit = terms["support_threshold_multiple"]
    if limit is not None and dibao is not None and income <= dibao * Fraction(limit) * heads:
        return 0
    if terms["support_line_year"] is not None:
        line = Fraction(cents(terms["support_line_year"]))
    elif dibao is not None and terms["support_line_multiple"] is not None:
        line = dibao * Fraction(terms["support_line_multiple"])
    else:
        return None
    many = terms["support_many_children"] is not None and siblings >= terms["support_many_children"]
    rate = (terms["support_many_rate"] if many else None) or terms["support_rate"]
    among = {"supported_persons": persons, "supporters": siblings, "none": 1}.get(terms["support_divisor"])
    if rate is None or not among:
        return None
    excess = max(income - line * heads, Fraction(0)) / (heads if terms["support_form"] == "head_excess" else 1)
    return half_up(excess * Fraction(rate) / int(among))


def guess_of(disposable: int | None, terms: Row) -> int | None:
    base, rate = terms["support_estimate_base"], terms["support_estimate_rate"]
    if base is None or rate is None:
        return None
    wage = terms["minimum_wage_month"]
    amount = (None if wage is None else cents(wage) * 12) if base == "minimum_wage" else disposable
    return None if amount is None else half_up(amount * Fraction(rate))


def without_ability(
    person: Row, home: dict[str, list[Row]], income: int | None, heads: int | None, disposable: int | None, terms: Row,
    as_of: date,
) -> bool:  # fmt: skip
    no, years = person["member_no"], age(person, as_of)
    members = {each["member_no"] for each in home["member"] if each["role"] != "supporter"}
    poor = income is not None and heads is not None and disposable is not None and income < disposable * heads
    programme = person["support_programme"] or ""
    old = years is not None and years >= 60
    of_kind = {
        "tekun": "特困" in programme,
        "dibao_60": programme in ("城市低保", "农村低保") and old,
        "low_income_70": years is not None and years >= 70 and poor,
        "low_income_disabled": severe(no, home) and poor,
        "imprisoned": any(
            each["event"] == "imprisoned" and each["ended_on"] is None for each in of(home, "civil_status", no)
        ),
        "kin_of_disabled": any(severe(each, home) for each in members)
        and (old or any(sign in (person["relation"] or "") for sign in "兄弟姐妹")),
    }
    return any(of_kind[each] for each in terms["support_without_ability"] or [])


def severe(no: str, home: dict[str, list[Row]]) -> bool:
    return any(
        each["kind"] == "disability"
        and (each["grade"] in ("1", "2") or (each["grade"] == "3" and each["category"] in ("intellectual", "mental")))
        for each in of(home, "hardship", no)
    )


# ---- necessary spending


def burdens(
    person: Row, home: dict[str, list[Row]], gross: int, terms: Row, as_of: date
) -> list[tuple[str, int | None, bool, bool]]:
    no, lines = person["member_no"], []
    names = {"medical_expense": "medical", "education": "education", "rehabilitation": "rehabilitation"}
    for kind, name in names.items():
        spent, seen = spending(of(home, "hardship", no), kind, as_of)
        if not seen:
            continue
        rate, cap = terms[f"deduction_{name}_rate"], terms.get(f"deduction_{name}_cap")
        multiple = terms["deduction_education_multiple"] if kind == "education" else None
        if spent is None or (rate is None and multiple is None):
            lines.append(("deduction", spent, False, False))
            continue
        if multiple is not None:
            part = max(spent - gross, 0) if spent > gross * Fraction(multiple) else 0
        else:
            part = max(half_up(spent * Fraction(rate)), 0)
        lines.append(("deduction", part if cap is None else min(part, cents(cap)), True, False))
    if severe(no, home) and terms["deduction_disability_month"] is not None:
        lines.append(("deduction", cents(terms["deduction_disability_month"]) * 12, True, False))
    return lines


def spending(rows: list[Row], kind: str, as_of: date) -> tuple[int | None, bool]:
    first, last = window(as_of)
    total, seen, bills = None, False, set()
    for row in rows:
        if row["kind"] != kind:
            continue
        key = tuple(
            row[name]
            for name in ("certificate_no", "place", "record_date", "month", "amount", "fund_payment", "own_payment")
        )
        if key in bills:
            continue
        bills.add(key)
        own = row["own_payment"]
        if own is None and row["amount"] is not None and (row["fund_payment"] is not None or kind == "education"):
            own = row["amount"] - (row["fund_payment"] or 0)
        day = row["record_date"] or row["month"]
        if own is None or day is None:
            seen = True
            continue
        at = month(day)
        if kind == "education" and at < first:
            if row["until"] is None:
                seen = True
                continue
            at = first if row["until"] >= as_of else at
        if first <= at <= last:
            total, seen = (total or 0) + cents(own), True
    return total, seen


# ---- standards


def is_urban(household: Row) -> bool | None:
    programme = household["programme"]
    if programme.startswith(("城市", "农村")):
        return bool(programme.startswith("城市"))
    return None if household["area"] is None else bool(household["area"] == "urban")


def dibao_of(household: Row, terms: Row) -> int | None:
    urban = is_urban(household)
    if urban is None:
        return None
    value = terms["dibao_standard_urban" if urban else "dibao_standard_rural"]
    return None if value is None else cents(value) * (12 if urban else 1)


def disposable_of(household: Row, terms: Row) -> int | None:
    urban = is_urban(household)
    value = None if urban is None else terms["disposable_income_urban" if urban else "disposable_income_rural"]
    return None if value is None else cents(value)


def standard_of(household: Row, terms: Row) -> tuple[int | None, bool]:
    programme = household["programme"]
    if programme not in (terms["income_programmes"] or []):
        return None, False
    if programme in ("支出型困难", "刚性支出困难"):
        return disposable_of(household, terms), True
    dibao = dibao_of(household, terms)
    if programme != "低保边缘":
        return dibao, False
    if dibao is None or terms["marginal_multiple"] is None:
        return None, False
    limit = half_up(dibao * Fraction(terms["marginal_multiple"]))
    if not terms["marginal_below_minimum_wage"]:
        return limit, True
    wage = terms["minimum_wage_month"]
    if wage is None:
        return None, False
    return min(limit, cents(wage) * 12), limit <= cents(wage) * 12
