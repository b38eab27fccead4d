#!/usr/bin/env python3
"""SMS through a stand-in for a gateway: reports, refusals, an answer that never comes, limits and
their alarm.
"""
from servers import MINUTE, Gateway, House, end, ok

NUMBER = "+46701234567"
gate = Gateway()
how = {"sms": gate.url, "sms_user": "kompis", "sms_password": "s3cret", "sms_from": "Hej"}


def fresh(n=1, lang="sv"):
    h = House()
    h.add(NUMBER, n, "sms", lang)
    return h


# ---- it goes --------------------------------------------------------------------------------------
h = fresh(1, "ar")
h.drain(**how)
path, user, form = gate.asked[0]
ok(path == "/a1/sms" and user == "kompis:s3cret", "asked at the right place, as the right user", gate.asked)
ok(form["from"] == "Hej" and form["to"] == NUMBER and form["message"] == "رمزك: 123456\nhttps://kompis.example.org/l/0123456789abcdef", "from, to and message", form)
ok(form["whendelivered"].startswith("https://kompis.example.org/report/") and len(form["whendelivered"]) >= 34 + 26,
   "with an address for the report that nobody guesses", form)
ok(h.list()[0][1:5] == ("sent", 1, 0, False), "sent, and not yet delivered", h.list())
secret = form["whendelivered"].rsplit("/", 1)[1]
ok(secret.encode() not in h.bytes_of_files() and NUMBER.encode() not in h.bytes_of_files(), "neither secret nor number is to be read in the files")
ok(h.run("report", "0" * 26, "delivered", check=False).returncode == 4 and not h.list()[0][4], "a guessed report is none")
h.run("report", secret, "delivered")
ok(h.list()[0][1:5] == ("sent", 1, 0, True), "delivered when the report says so")
h.remove()
h = fresh()
h.drain(**how)
h.run("report", gate.asked[-1][2]["whendelivered"].rsplit("/", 1)[1], "failed")
ok(h.list()[0][1] == "failed" and "unreachable sms" in h.tasks(), "or not, and then the office hears of it", (h.list(), h.tasks()))
h.remove()

# ---- refusals -----------------------------------------------------------------------------------------
for way, state, again, unreachable in (
        ("bad number", "failed", False, True), ("bad sender", "failed", False, False),
        ("no money", "queued", True, False), ("no such user", "queued", True, False),
        ("too many", "queued", True, False), ("away", "queued", True, False),
        ("broken", "unsure", False, False), ("another site", "unsure", False, False),
        ("cut", "unsure", False, False), ("silent", "unsure", False, False)):
    h = fresh()
    gate.way = way
    h.drain(**how, seconds=1)
    row = h.list()[0]
    ok(row[1] == state, f"{way}: {state}", row)
    ok(("unreachable sms" in h.tasks()) == unreachable, f"{way}: {'a' if unreachable else 'no'} task for the office")
    gate.way = ""
    n = len(gate.asked)
    h.now += MINUTE
    h.drain(**how)
    ok(len(gate.asked) - n == again, f"{way}: {'again' if again else 'not again'} after a minute")
    if state == "unsure":
        h.run("report", gate.asked[n - 1][2]["whendelivered"].rsplit("/", 1)[1], "delivered")
        ok(h.list()[0][1] == "sent" and h.list()[0][4], f"{way}: a report settles it")
    h.remove()
h = fresh()
gone = Gateway()
gone.stop()
h.drain(**{**how, "sms": gone.url})
ok(h.list()[0][1:4] == ("queued", 1, 0), "nobody there: nothing was said, so it is tried again", h.list())
h.remove()

# ---- limits --------------------------------------------------------------------------------------------------
n = len(gate.asked)
h = fresh(5)
h.drain(**how, per_number=3)
states = sorted(r[1] for r in h.list())
ok(len(gate.asked) - n == 3 and states == ["sent"] * 3 + ["suppressed"] * 2, "one number gets so many a day and no more", states)
ok(all(r[5] == "s.mail_error.number" for r in h.list() if r[1] == "suppressed"), "and it says why")
h.remove()
h = House()
h.run("admin")
for i in range(6):
    h.add(f"+4670123456{i}", 1, "sms")
n = len(gate.asked)
h.drain(**how, per_day=4, dir=h.data + "/outbox")
sms = [r for r in h.list() if r[5] == "s.mail_error.ceiling"]
ok(len(gate.asked) - n == 4 and len(sms) == 2 and all(r[1:3] == ("queued", 0) for r in sms), "beyond the ceiling they wait", h.list())
ok("alarms 1" in h.tasks(), "and an administrator is told, once", h.tasks())
h.now += 60 * MINUTE
h.drain(**how, per_day=4, dir=h.data + "/outbox")
ok(len(gate.asked) - n == 4 and "alarms 1" in h.tasks(), "an hour later they still wait, without a second alarm", h.tasks())
h.now += 60 * MINUTE
h.drain(**how, per_day=10, dir=h.data + "/outbox")
ok(len(gate.asked) - n == 6 and all(r[1] == "sent" for r in h.list()), "twin: they go when the ceiling is raised", h.list())
h.remove()
gate.stop()
end()
