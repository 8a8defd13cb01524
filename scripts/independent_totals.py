#!/usr/bin/env python3
"""Totals of the published files, counted by a reader that shares nothing with the Rust importer.

    independent_totals.py originals FOLDER   the publishers' files (CSV, JSON, XLSX)
    independent_totals.py shipped FOLDER     the compact tables in services/public-money/data

Prints one JSON object: for each file its rows, sum, spent, to members, internal and so on in pence,
and the funding table. Needs Python 3.11 and nothing else. File names, column names and sheet names
stand here again on purpose: a mistake in the importer's own settings must not be repeated here.
"""

import csv
import gzip
import json
import pathlib
import re
import sys
import tomllib
import xml.etree.ElementTree
import zipfile
from decimal import Decimal

SERVICE = pathlib.Path(__file__).resolve().parent.parent / "services" / "public-money"

# File, encoding, payer, and the columns of payee and amount.
SPENDING = {
    "leeds-city-council-spend 2020-06": (
        "leeds-city-council-spend-2020-06.csv", "cp1252", "GB-LAE-LDS", "Beneficiary Name", "Amount"),
    "cabinet-office-spend 2022-03": (
        "cabinet-office-spend-25k-2022-03.csv", "utf-8", "GB-GOR-D2", "Supplier", "Amount"),
    "hm-treasury-spend 2025-01": (
        "hmt-spend-25k-2025-01.json", "utf-8", "GB-GOR-D15", "supplier", "amount_gbp"),
    "hm-treasury-spend 2025-02": (
        "hmt-spend-25k-2025-02.json", "utf-8", "GB-GOR-D15", "supplier", "amount_gbp"),
    "hm-treasury-spend 2025-03": (
        "hmt-spend-25k-2025-03.json", "utf-8", "GB-GOR-D15", "supplier", "amount_gbp"),
}
FUNDING = ("hmt-pesa-2025-chapter1.xlsx", "Table_1_5", "G", 7)


def pence(text):
    amount = Decimal(text) * 100
    whole = amount.to_integral_value()
    if abs(amount - whole) > Decimal("0.0001"):
        raise SystemExit(f"{text} has a fraction of a penny")
    return int(whole)


def original_rows(path, encoding):
    if path.suffix == ".json":
        with open(path, encoding=encoding) as file:
            # Numbers as text, so that no binary fraction comes between.
            return json.load(file, parse_float=str, parse_int=str)["data"]
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def shipped_rows(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def members_by_payee():
    with open(SERVICE / "members.toml", "rb") as file:
        members = tomllib.load(file)["member"]
    return {name: m["id"] for m in members for name in m.get("payee_names", [])}


def totals(rows, payer, payee_column, amount_column, members):
    total = {key: 0 for key in (
        "rows", "total", "spent", "to_members", "internal", "listed_rows", "refund_rows", "largest", "smallest")}
    by_member = {}
    for row in rows:
        amount = pence(row[amount_column])
        name = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", row[payee_column]).strip()
        member = members.get(name)
        total["rows"] += 1
        total["total"] += amount
        total["listed_rows"] += amount == 0
        total["refund_rows"] += amount < 0 and member != payer
        total["largest"] = max(total["largest"], amount)
        total["smallest"] = amount if total["rows"] == 1 else min(total["smallest"], amount)
        if member is None:
            total["spent"] += amount
        elif member == payer:
            total["internal"] += amount
        else:
            total["to_members"] += amount
            by_member[member] = by_member.get(member, 0) + amount
    assert total["total"] == total["spent"] + total["to_members"] + total["internal"]
    total["by_member"] = dict(sorted(by_member.items()))
    return total


def original_funding(path):
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    _, wanted, column, first_row = FUNDING
    with zipfile.ZipFile(path) as archive:
        tree = lambda name: xml.etree.ElementTree.fromstring(archive.read(name))
        texts = ["".join(t.text or "" for t in item.iter(main + "t"))
                 for item in tree("xl/sharedStrings.xml").iter(main + "si")]
        sheet_id = next(s.get(relation) for s in tree("xl/workbook.xml").iter(main + "sheet")
                        if s.get("name") == wanted)
        target = next(r.get("Target") for r in tree("xl/_rels/workbook.xml.rels")
                      if r.get("Id") == sheet_id)
        cells = {}
        for cell in tree("xl/" + target).iter(main + "c"):
            value = cell.find(main + "v")
            if value is not None:
                cells[cell.get("r")] = texts[int(value.text)] if cell.get("t") == "s" else value.text
    lines, row = [], first_row
    while not cells[f"A{row}"].startswith("Total"):
        lines.append(int(cells[f"{column}{row}"]) * 100_000_000)
        row += 1
    return funding(lines, int(cells[f"{column}{row}"]) * 100_000_000)


def shipped_funding(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return funding([int(r["minor"]) for r in rows if r["name"] != "="],
                   next(int(r["minor"]) for r in rows if r["name"] == "="))


def funding(lines, published):
    return {
        "lines": sum(amount > 0 for amount in lines),
        "issued": sum(amount for amount in lines if amount > 0),
        "adjustments": [amount for amount in lines if amount < 0],
        "net": sum(lines),
        "published_total": published,
    }


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("originals", "shipped"):
        raise SystemExit(__doc__)
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    members = members_by_payee()
    files = {}
    for name, (file, encoding, payer, payee, amount) in SPENDING.items():
        if kind == "originals":
            rows = original_rows(folder / file, encoding)
        else:
            rows = shipped_rows(folder / (name.replace(" ", ".") + ".csv.gz"))
        files[name] = totals(rows, payer, payee, amount, members)
    if kind == "originals":
        table = original_funding(folder / FUNDING[0])
    else:
        table = shipped_funding(folder / "pesa-2025-table-1-5.csv")
    json.dump({"spending": files, "funding": {"pesa-2025-table-1-5": table}}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
