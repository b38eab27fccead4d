#!/usr/bin/env python3
"""Mail against a real server: TLS, refusals, a server that is gone; and what arrives, read by
another library. PICTURES=DIR leaves pictures of letters there.
"""
import email
import email.policy
import os
import ssl
import subprocess

from servers import MINUTE, House, MailServer, certificate, end, ok

house = House()
crt, key = certificate(house.home, "localhost")
other, _ = certificate(house.home, "other.test")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(crt, key)


def server(**how):
    return MailServer(tls_context=context, require_starttls=True, **how).start()


def url(s):
    return f"smtp://localhost:{s.port}"


def fresh():
    """The next message, in a house of its own."""
    h = House()
    h.add("amina@example.org")
    return h


# ---- it arrives, by STARTTLS --------------------------------------------------------------------
s = server(auth_required=True, auth_require_tls=True)
s.how["authenticator"] = s.login
house.add("amina@example.org", 1, "mail", "sv")
house.add("hadi@example.org", 1, "mail", "ar", "https://kompis.example.org")
login = {"smtp_user": "kompis", "smtp_password": "s3cret"}
house.drain(smtp=url(s), smtp_ca=crt, **login)
ok(len(s.came) == 2 and {r[1] for r in house.list()} == {"sent"}, "two letters arrive", house.list())
ok(s.logins and all(good and tls for _, good, tls in s.logins), "the password goes under TLS only", s.logins)
ok(len(s.logins) == 1, "one conversation for both")
ok(set(s.hellos) == {"kompis.example.org"}, "the name of this machine is not said", s.hellos)

read = [email.message_from_bytes(c, policy=email.policy.default) for _, _, c in s.came]
by_to = {m["To"].addresses[0].addr_spec: m for m in read}
for to, lang, direction, subject, words in (
        ("amina@example.org", "sv", "ltr", "Din kod", "Din kod är 123456"),
        ("hadi@example.org", "ar", "rtl", "رمزك", "رمزك هو 123456")):
    m = by_to.get(to)
    ok(m is not None and not m.defects, f"{lang}: another library reads it without complaint", m and m.defects)
    parts = list(m.iter_parts())
    ok(m.get_content_type() == "multipart/alternative" and
       [p.get_content_type() for p in parts] == ["text/plain", "text/html"], f"{lang}: text, then HTML")
    text, html = (p.get_content() for p in parts)
    ok(m["Subject"] == subject and words in text, f"{lang}: subject and words", (m["Subject"], text))
    ok(f'<html lang="{lang}" dir="{direction}">' in html and words in html, f"{lang}: HTML with its direction", html)
    ok(m["Auto-Submitted"] == "auto-generated" and m["Content-Language"] == lang and m["Date"].datetime.year == 2023,
       f"{lang}: says that a program wrote it, in which language and when")
    ok(m["Message-ID"].endswith("@kompis.example.org>"), f"{lang}: a Message-ID under the sender's domain")
    ok('href="https://kompis.example.org/ar/login/' in html, f"{lang}: our link is a link")
    ok("kompis" not in m["Subject"].lower() and all(line.count(b"\r\n") == 0 and len(line) <= 998
       for line in s.came[0][2].split(b"\r\n")), f"{lang}: discreet, and no line is too long")
    picture = os.environ.get("PICTURES")
    if picture:
        page = os.path.join(house.home, lang + ".html")
        with open(page, "w", encoding="utf-8") as f:
            f.write(html)
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--window-size=360,640", "--hide-scrollbars",
                        f"--screenshot={os.path.join(picture, 'letter-' + lang + '.png')}", "file://" + page],
                       capture_output=True, check=False)
stop = by_to["hadi@example.org"]
ok(stop["List-Unsubscribe"].startswith("<https://kompis.example.org/ar/stop/") and
   stop["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "news can be stopped by the mail program")
ok(by_to["amina@example.org"]["List-Unsubscribe"] is None, "what was asked for cannot")
s.stop()

# ---- TLS --------------------------------------------------------------------------------------------
s = server()
h = fresh()
h.drain(smtp=url(s))
ok(not s.came and h.list()[0][1] == "queued", "a certificate nobody vouches for is refused", h.list())
h.now += 10 * MINUTE
h.drain(smtp=url(s), smtp_ca=other)
ok(not s.came, "one that another vouches for, too")
h.now += 10 * MINUTE
h.drain(smtp=f"smtp://127.0.0.1:{s.port}", smtp_ca=crt)
ok(not s.came, "one for another name, too")
s.way = "no tls after all"
h.now += 10 * MINUTE
h.drain(smtp=url(s), smtp_ca=crt)
ok(not s.came, "and a server that takes its STARTTLS back")
s.way = ""
h.now += 100 * MINUTE
h.drain(smtp=url(s), smtp_ca=crt)
ok(len(s.came) == 1, "twin: the right one is accepted")
h.remove()
s.stop()
s = MailServer().start()
h = fresh()
h.drain(smtp=url(s), **login)
ok(not s.came and h.list()[0][1] == "queued", "without STARTTLS nothing is sent, the password least of all")
h.now += 10 * MINUTE
h.drain(smtp=url(s), plain=1)
ok(len(s.came) == 1, "twin: it is when TLS is not asked for")
h.remove()

# ---- refusals ------------------------------------------------------------------------------------------
for way, state, words, unreachable in (
        ("no such", "failed", "s.mail_error.refused 550 5.1.1 <amina@example.org>: no such user here", True),
        ("policy", "failed", "s.mail_error.refused 550 5.7.1 Relaying denied", False),
        ("spam", "failed", "s.mail_error.refused 554 5.6.0 Message content rejected", False),
        ("grey", "queued", "s.mail_error.later 451 4.7.1 Greylisted, try again later", False),
        ("full", "queued", "s.mail_error.later 452 4.3.1 Out of space", False),
        ("no sender", "queued", "s.mail_error.server 550 5.7.1 You may not send as this", False)):
    h = fresh()
    s.way = way
    h.drain(smtp=url(s), plain=1)
    row = h.list()[0]
    ok(row[1:4] == (state, 1, 0) and row[5] == words, f"{way}: {state}", row)
    ok(("unreachable mail" in h.tasks()) == unreachable, f"{way}: {'a' if unreachable else 'no'} task for the office", h.tasks())
    ok(b"amina@example.org" not in h.bytes_of_files() and words[-20:].encode() not in h.bytes_of_files(),
       f"{way}: what the server said is sealed")
    s.way = ""
    n = len(s.came)
    h.now += MINUTE - 1
    h.drain(smtp=url(s), plain=1)
    early = len(s.came) - n
    h.now += 1
    h.drain(smtp=url(s), plain=1)
    ok(early == 0 and len(s.came) - n == (state == "queued"), f"{way}: {'again after a minute' if state == 'queued' else 'not again'}")
    h.remove()
h = fresh()
h.add("amina@example.org", 3)
s.way = "no such"
h.drain(smtp=url(s), plain=1)
ok(sorted(h.tasks()) == ["alarms 0", "unreachable mail", "unreachable mail"], "one task a person, however many letters", h.tasks())
h.remove()
for address in ("a@b.se\r\nBcc: evil@example.org", "a@b.se,evil@example.org", "a@b.se> SIZE=1\r\nRCPT TO:<evil@example.org",
                "evil", "a@b@c", "å@b.se", "a b@c.se", "a@b.se\0", "-a@b.se"):
    h = House()
    n = len(s.came)
    s.way = ""
    if "\0" not in address:
        h.add(address)
        h.drain(smtp=url(s), plain=1)
        ok(len(s.came) == n and h.list()[0][1] == "failed", f"nothing is sent to {address!r}", h.list())
    h.remove()

# ---- a server that is gone ------------------------------------------------------------------------------------
h = fresh()
s.way = "drop before the dot"
h.drain(smtp=url(s), plain=1)
ok(h.list()[0][1:4] == ("queued", 1, 0), "gone before the dot: surely not sent, and tried again", h.list())
h.now += MINUTE
s.way = "drop after the dot"
n = len(s.came)
h.drain(smtp=url(s), plain=1)
ok(h.list()[0][1:4] == ("queued", 2, 1), "gone after it: nobody knows, and it says so", h.list())
h.now += 2 * MINUTE
s.way = ""
h.drain(smtp=url(s), plain=1)
ok(len(s.came) - n == 2 and s.came[n] == s.came[n + 1] and h.list()[0][1] == "sent",
   "then the same bytes again, under the same Message-ID")
h.remove()
for way, unsure in (("silent", 0), ("silent after the dot", 1)):
    h = fresh()
    s.way = way
    h.drain(smtp=url(s), plain=1, seconds=1)
    ok(h.list()[0][1:4] == ("queued", 1, unsure), f"{way}: given up at the deadline", h.list())
    h.remove()
s.stop()
h = fresh()
h.drain(smtp=url(s), plain=1)
ok(h.list()[0][1:4] == ("queued", 1, 0), "nobody there: tried again later", h.list())
h.remove()
house.remove()
end()
