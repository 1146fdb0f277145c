#!/usr/bin/python3
"""Reads exports back with programs that are not ours, and compares them with each other and with
what `mingzhang show --json` says. Prints what it has checked, or what differs and exits with 1.

    exports_check.py workbook BOOK.xlsx CSV_FOLDER
    exports_check.py figures LEDGER BOOK.xlsx [--at TIME]
    exports_check.py jsonl LEDGER FILE
    exports_check.py grants FILE [CANARY ...]
"""
import csv
import datetime
import json
import pathlib
import re
import subprocess
import sys

MONEY, COUNT, DAY, TIME = "#,##0.00", "0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def fail(*what):
    print("DIFFERS:", *what)
    sys.exit(1)


def check(holds, *what):
    if not holds:
        fail(*what)


def sheets_of(book):
    import openpyxl

    return openpyxl.load_workbook(book)


def fen(value):
    return round(value * 100)


# What a cell of a workbook says, as the CSV has it.
def text_of(cell):
    if cell.value is None:
        return ""
    if cell.number_format == MONEY:
        check(cell.data_type == "n", cell.coordinate, "money is no number")
        amount = fen(cell.value)
        check(abs(cell.value * 100 - amount) < 0.001, cell.coordinate, cell.value)
        return "%s%d.%02d" % ("-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100)
    if cell.number_format in (DAY, TIME):
        check(isinstance(cell.value, datetime.datetime), cell.coordinate, "is no date")
        return cell.value.strftime("%Y-%m-%d" if cell.number_format == DAY else "%Y-%m-%d %H:%M:%S")
    if cell.number_format == COUNT:
        check(isinstance(cell.value, int), cell.coordinate, "is no count")
        return str(cell.value)
    check(cell.data_type == "s", cell.coordinate, "is no text but", cell.data_type)
    return cell.value


# A text that a spreadsheet would take for a formula has an apostrophe in CSV only.
def plain(text):
    return text[1:] if re.match("'[-=+@＝＋－＠]", text) else text


def workbook(book, folder):
    sheets = list(sheets_of(book))
    # sheets follow the tables' order; the files are found by their headings and rows
    files = {}
    for path in pathlib.Path(folder).glob("*.csv"):
        raw = path.read_bytes()
        check(raw.startswith(b"\xef\xbb\xbf"), path, "has no mark")
        check(raw.count(b"\n") == raw.count(b"\r\n"), path, "has a line not ended by CR LF")
        rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True)))
        files[tuple(rows[0])] = (path.name, rows)
    check(len(files) == len(sheets), len(files), "files", len(sheets), "sheets")
    cells = 0
    for sheet in sheets:
        head = tuple(cell.value for cell in sheet[1])
        check(head in files, sheet.title, head)
        name, rows = files.pop(head)
        check(sheet.freeze_panes == "A2", sheet.title, sheet.freeze_panes)
        check(sheet.auto_filter.ref == sheet.dimensions or sheet.max_row == 1, sheet.title,
              sheet.auto_filter.ref, sheet.dimensions)
        check(sheet.auto_filter.ref is not None, sheet.title, "has no filter")
        check(sheet.max_row == len(rows), sheet.title, sheet.max_row, name, len(rows))
        check(all(cell.font.b for cell in sheet[1]), sheet.title, "headings are not bold")
        for row, want in zip(sheet.iter_rows(), rows):
            got = [text_of(cell) for cell in row]
            check(got == [plain(text) for text in want], sheet.title, got, want)
            cells += len(got)
        check(all(sheet.column_dimensions[cell.column_letter].width >= 10 for cell in sheet[1]),
              sheet.title, "has a column too narrow to read")
    properties = sheets_of(book).properties
    check(not properties.creator and not properties.lastModifiedBy, "a person is named", properties)
    print("%d sheets, %d cells: as the CSV" % (len(sheets), cells))


def show(*arguments):
    answer = subprocess.run(["mingzhang", "show", *arguments, "--json"], stdout=subprocess.PIPE)
    return json.loads(answer.stdout)


def rows_of(sheet):
    head = [cell.value for cell in sheet[1]]
    return [dict(zip(head, [cell.value for cell in row])) for row in sheet.iter_rows(min_row=2)]


def figures(ledger, book, *options):
    sheets = {sheet.title: rows_of(sheet) for sheet in sheets_of(book)}
    funds = show("ledger", ledger, *options)["funds"]
    check([row["fund"] for row in sheets["Summary"]] == [fund["fund"] for fund in funds], "funds")
    for row, fund in zip(sheets["Summary"], funds):
        for name in ("balance", "reserved", "free"):
            check(fen(row[name]) == fund[name + "_fen"], row["fund"], name)
        own = [line for line in sheets["Spending"] if line["fund"] == row["fund"]]
        spent = sum(fen(line["spent (back: negative)"]) for line in own)
        income = sum(fen(line["amount"]) for line in sheets["Income"]
                     if line["fund"] == row["fund"] and line["state"] == "confirmed")
        check(income - spent + fen(row["moved in from funds"]) == fund["balance_fen"], row["fund"],
              income, spent)
    for row in sheets["Proposals"]:
        view = show("proposal", ledger, row["proposal"], *options)
        check(fen(row["paid, net"]) == view["paid_fen"], row["proposal"], "paid")
        check(fen(row["asked for"]) == view["amount_fen"], row["proposal"], "asked for")
        check(row["state"] == view["state"], row["proposal"], row["state"], view["state"])
        check(row["recused"] == len(view["recused"]), row["proposal"], "recused")
        standing = [line["voter"] for line in sheets["Ballots"]
                    if line["proposal"] == row["proposal"] and line["counts"] == "standing"]
        of_epoch = {ballot["actor"] for ballot in view["ballots"] if ballot["epoch"] == row["epoch"]}
        check(sorted(standing) == sorted(of_epoch),
              row["proposal"], standing, view["ballots"])
    print("%d funds, %d proposals: to the fen" % (len(funds), len(sheets["Proposals"])))


def jsonl(ledger, path):
    size = show("ledger", ledger)["size"]
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    check(len(lines) == size, len(lines), "lines", size, "entries")
    for index, line in enumerate(lines):
        entry = json.loads(line)
        check(entry["index"] == index, index, entry["index"])
        check(re.fullmatch("[0-9a-f]{64}", entry["leaf_hash"]), index, entry["leaf_hash"])
        for name in ("at_ms", "jti", "event", "actor", "body"):
            check(name in entry, index, "lacks", name)
    last = show("entry", ledger, str(size - 1))
    check(last["body"] == entry["body"] and last["jti"] == entry["jti"], "the last entry")
    print("%d lines, each an entry" % size)


# The fields of the 360Giving Data Standard that we fill: name -> (required, what it must be).
DATE = re.compile("[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])")


def is_text(value):
    return isinstance(value, str) and value != ""


def is_date(value):
    return is_text(value) and DATE.fullmatch(value) is not None


def is_amount(value):
    return isinstance(value, (int, float)) and value >= 0 and abs(value * 100 - fen(value)) < 0.001


def list_of(fields):
    return lambda value: isinstance(value, list) and len(value) > 0 and all(
        is_object(item, fields) for item in value)


def is_object(value, fields):
    return isinstance(value, dict) and set(value) <= set(fields) and all(
        fields[name][1](value[name]) if name in value else not fields[name][0] for name in fields)


ORGANISATION = {"id": (True, is_text), "name": (True, is_text), "department": (False, is_text)}
PERSON = {"id": (True, is_text), "name": (True, is_text)}
GRANT = {
    "id": (True, is_text),
    "title": (True, lambda value: is_text(value) and len(value) <= 140),
    "description": (True, is_text),
    "currency": (True, lambda value: value == "CNY"),
    "amountAwarded": (True, is_amount),
    "amountDisbursed": (False, is_amount),
    "awardDate": (True, is_date),
    "plannedDates": (False, list_of({"endDate": (False, is_date)})),
    "recipientOrganization": (False, list_of(ORGANISATION)),
    "recipientIndividual": (False, lambda value: is_object(value, PERSON)),
    "fundingOrganization": (True, list_of(ORGANISATION)),
    "grantProgramme": (False, list_of({"code": (True, is_text), "title": (True, is_text)})),
    "beneficiaryLocation": (False, list_of({"name": (True, is_text),
                                            "countryCode": (True, lambda value: value == "CN")})),
    "classifications": (False, list_of({"vocabulary": (True, is_text), "code": (True, is_text)})),
}
PACKAGE = {
    "title": (True, is_text),
    "issued": (True, is_date),
    "publisher": (True, lambda value: is_object(value, {"identifier": (True, is_text),
                                                        "name": (True, is_text)})),
    "grants": (True, lambda value: isinstance(value, list)),
}


def grants(path, *canaries):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    package = json.loads(text)
    check(is_object(package, PACKAGE), "the package", {k: package[k] for k in package if k != "grants"})
    for grant in package["grants"]:
        check(is_object(grant, GRANT), "a grant", grant)
        check(("recipientOrganization" in grant) != ("recipientIndividual" in grant), grant["id"])
        check(grant["amountDisbursed"] <= grant["amountAwarded"], grant["id"])
        funder = grant["fundingOrganization"][0]["id"]
        check(re.fullmatch("CN-USCI-[0-9A-Z]{18}", funder), funder)
        check(grant["id"].startswith(funder + "."), grant["id"])
    ids = [grant["id"] for grant in package["grants"]]
    check(len(ids) == len(set(ids)), "two grants of one id")
    for canary in canaries:
        check(canary not in text, canary, "is in it")
    print("%d grants, as the standard has them" % len(ids))


if __name__ == "__main__":
    {"workbook": workbook, "figures": figures, "jsonl": jsonl, "grants": grants}[sys.argv[1]](*sys.argv[2:])
