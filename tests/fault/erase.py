#!/usr/bin/python3
"""Somebody registers, is written to, and asks to be erased: all by the pages of a real server.
When her week is over no byte of her name, phone or mail is left in its directory, its log or a new
copy; an older copy with the newest keys brings nobody back. Prints TAP.
The twins: before it is done the search finds her, and the older copy brings her back.
"""
import html
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pg"))
from lab import KOMPIS, Place, Server, Tap  # noqa: E402

GIVEN, PHONE, MAIL = "Zenobiaplanted", "+46701740611", "zenobia@planted.example"
PATIENCE = 60
ANSWERS = [{"given": GIVEN}, {"birth_year": "1990"}, {"gender": "woman"}, {"municipality": "2580"}, {"level": "A1"},
           {"life": "single"}, {"interests": ["fika", "film"]}, {"phone": PHONE, "email": MAIL}]


class Visitor:
    """A browser without script: its cookies, and the forms of the page it is on."""

    def __init__(self, server):
        self.server, self.cookies, self.path, self.page = server, {}, "", ""

    def ask(self, method, path, body=None):
        head = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Encoding": "identity"}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        status, headers, self.page = self.server.request(method, path, body, head)
        for line in headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        self.path = path
        if status == 303:
            return self.ask("GET", headers["Location"])
        return status

    def send(self, action, **values):
        form = next(f for f in re.findall(r"<form.*?</form>", self.page, re.S) if f'action="{action}"' in f)
        all_ = [(n, html.unescape(v)) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)]
        for name, value in values.items():
            all_ += [(name, v) for v in (value if isinstance(value, list) else [value])]
        return self.ask("POST", action, urllib.parse.urlencode(all_))


def register(server):
    v = Visitor(server)
    v.ask("GET", "/sv/")
    v.send("/sv/register", side="newcomer")
    for answer in ANSWERS:
        v.send(v.path, **answer)
    v.send("/sv/register/check", match="yes", messages="yes")
    assert v.path == "/sv/register/done", v.page
    return v


def wait(place, question, want):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if place.ask(question) == want:
            return True
        time.sleep(0.2)
    return False


def traces(*roots):
    """Files that have a byte of her."""
    found = []
    for root in roots:
        for where, _, names in os.walk(root):
            for name in names:
                with open(os.path.join(where, name), "rb") as f:
                    bytes_ = f.read()
                if any(t.encode() in bytes_ for t in (GIVEN, PHONE, MAIL, MAIL.split("@")[1])):
                    found.append(name)
    return found


def kompis(*words):
    done = subprocess.run([KOMPIS, *words, "--lang", "en"], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def people_in(home, copy, key):
    """How many there are when the copy is put back."""
    back = os.path.join(home, "back")
    code, said = kompis("restore", copy, back, "--key", key)
    assert code == 0, said
    with sqlite3.connect(os.path.join(back, "kompis.db")) as db:
        n = db.execute("SELECT COUNT(*) FROM person").fetchone()[0]
    shutil.rmtree(back)
    return n


def hurry(place):
    """Her week is over, and the job's hour has come."""
    with sqlite3.connect(os.path.join(place.data, "kompis.db"), timeout=PATIENCE) as db:
        db.execute("UPDATE erasure SET due = 1")
        db.execute("UPDATE job SET due = 1 WHERE name = 'erase'")


def main():
    home = tempfile.mkdtemp()
    tap, place = Tap(), Place(os.path.join(home, "data"))
    log = os.path.join(home, "log")
    os.makedirs(log)
    copies, key = (os.path.join(home, n) for n in ("copies", "key"))
    os.makedirs(copies)
    with open(os.path.join(log, "server"), "wb") as to:
        server = Server(place, log=to)
        v = register(server)
        tap.verdict(wait(place, "SELECT COUNT(*) FROM message WHERE state = 'sent'", [["1"]]), "she registers, and is written to")
        found = traces(place.data, log)
        tap.verdict(len(found) == 1 and found[0].endswith((".eml", ".sms")), f"her address stands in the letter, and nowhere else: {found}")
        shutil.copy(os.path.join(place.data, "master.key"), key)
        code, said = kompis("backup", os.path.join(copies, "old.backup"), "--data", place.data)
        tap.verdict(code == 0, "a copy is made while she is there")
        tap.verdict(people_in(home, os.path.join(copies, "old.backup"), key) == 1, "twin: it brings her back")
        v.ask("GET", "/sv/me/erase")
        v.send("/sv/me/erase")
        tap.verdict('action="/sv/me/keep"' in v.page, "she asks to be erased, and may change her mind")
        hurry(place)
        tap.verdict(wait(place, "SELECT COUNT(*) FROM person", [["0"]]), "when her week is over she is gone")
        v.ask("GET", "/sv/me")
        tap.verdict(v.path == "/sv/login", "and her session with her")
        code, said = kompis("backup", os.path.join(copies, "new.backup"), "--data", place.data)
        tap.verdict(wait(place, "SELECT COUNT(*) FROM message", [["0"]]) and code == 0, "a new copy is made")
        found = traces(place.data, log, copies)
        tap.verdict(not found, f"no byte of her is left {found}")
        tap.verdict(int(place.ask("SELECT COUNT(*) FROM fact")[0][0]) > 0, "what happened to her is still counted")
        tap.verdict(people_in(home, os.path.join(copies, "old.backup"), key) == 0, "the older copy, with the newest keys, brings nobody back")
        tap.verdict(server.end() == 0, "the server ends in peace")
    tap.verdict(not traces(place.data, log), "and leaves nothing when it has ended")
    shutil.rmtree(home)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
