#!/usr/bin/env python3
"""kompis serve with a mail server and a gateway: what does not fit is refused at the start; messages
go out; reports and "unsubscribe" come in by their address alone; a stop in mid-conversation
loses nothing.
"""
import http.client
import os
import re
import signal
import ssl
import subprocess
import threading
import time

from servers import PATIENCE, ROOT, Gateway, House, MailServer, certificate, end, ok

KOMPIS = os.path.join(ROOT, os.environ.get("KOMPIS", "build/asan/kompis"))
house = House()
crt, key = certificate(house.home, "localhost")
secret = os.path.join(house.home, "secret")
with open(secret, "w", encoding="ascii") as f:
    f.write("s3cret\n")

# ---- settings ----------------------------------------------------------------------------------
ini = os.path.join(house.home, "kompis.ini")


def says(lines):
    with open(ini, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    done = subprocess.run([KOMPIS, "serve", "--config", ini, "--check", "--lang", "en"],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


BASE = ["public_url = https://kompis.example.org", "smtp = smtp://mail.example.org:587",
        "smtp_user = kompis", "smtp_password_file = " + secret, "mail_from = hej@example.org",
        "sms_url = https://api.46elks.com/a1", "sms_user = u", "sms_password = p", "sms_from = Hej"]
code, said = says(BASE)
ok(code == 0, "settings that fit", said)


def refused(change, words):
    name = change.split(" =")[0]
    code, said = says([line for line in BASE if line.split(" =")[0] != name] + [change])
    ok(code == 3 and words in said or code == 4 and words in said, f"refused: {change}", (code, said))


refused("smtp_tls = none", "no mail goes there without TLS")
refused("smtp_tls = perhaps", "required or none")
refused("smtp = mail.example.org", "must be smtp://")
refused("smtp = smtp://u:p@mail.example.org", "must be smtp://")
refused("smtp = smtp://mail.example.org:25/x", "must be smtp://")
refused("smtp = http://mail.example.org", "must be smtp://")
refused("smtp_ca = /nowhere/ca.pem", "cannot be read")
refused("smtp_password_file = /nowhere/secret", "cannot be read")
refused("smtp_password = twice", "both among the settings and in a file")
refused("smtp_password_file =", "no password")
refused("mail_from = kompis", "sender's e-mail address")
refused("mail_from = kompis@localhost", "sender's e-mail address")
refused("public_url =", "need public_url")
refused("public_url = https://kompis.a-very-long-name-of-an-association.example.org", "do not fit an SMS")
refused("sms_url = http://api.46elks.com/a1", "must begin with https://")
refused("sms_url = https://u:p@api.46elks.com/a1", "must begin with https://")
refused("sms_from = Hej där", "sms_from")
refused("sms_from = +46abc", "sms_from")
refused("sms_user =", "sms_user is missing")
refused("sms_per_day = 0", "1–100000")
refused("backup = /nowhere", "no directory")
refused("backup = " + secret, "no directory")
refused("backup_keep = 0", "1–1000")
code, said = says([line for line in BASE if not line.startswith("smtp =")] + ["smtp = smtp://127.0.0.1:25", "smtp_tls = none"])
ok(code == 0, "twin: without TLS to this machine", said)

code, said = says([*BASE, "backup = " + house.home])
ok(code == 0, "twin: copies where there is a place for them", said)

# ---- it goes out ----------------------------------------------------------------------------------
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(crt, key)
server = MailServer(tls_context=context, require_starttls=True).start()
gate = Gateway()
house.now = int(time.time() * 1000)
house.add("amina@example.org", 1, "mail", "sv", "https://kompis.example.org")
house.add("+46701234567", 1, "sms", "ar")


def start():
    env = {**os.environ, "KOMPIS_DATA": house.data, "KOMPIS_PORT": "0", "KOMPIS_PUBLIC_URL": "https://kompis.example.org",
           "KOMPIS_SMTP": f"smtp://localhost:{server.port}", "KOMPIS_SMTP_CA": crt, "KOMPIS_MAIL_FROM": "hej@kompis.example.org",
           "KOMPIS_SMS_URL": gate.url[:-4] + "/", "KOMPIS_SMS_USER": "u", "KOMPIS_SMS_PASSWORD_FILE": secret, "KOMPIS_SMS_FROM": "Hej",
           "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    p = subprocess.Popen([KOMPIS, "serve", "--lang", "en"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return p, int(re.search(r"http://[0-9.]+:(\d+)", p.stdout.readline()).group(1))


def until(what):
    """Waits for something that will come; gives up only long after it should have."""
    for _ in range(PATIENCE * 20):
        if what():
            return True
        threading.Event().wait(0.05)
    return False


def post(port, path, body, **more):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    c.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **more})
    answer = c.getresponse()
    text = answer.read().decode()
    c.close()
    return answer.status, text


program, port = start()
ok(until(lambda: server.came and gate.asked), "the keeper sends both", (server.came, gate.asked))
ok(gate.asked[0][1] == "u:s3cret", "with the password from its file; proxies of the environment are not asked")
report = gate.asked[0][2]["whendelivered"].replace("https://kompis.example.org", "")
ok(post(port, "/report/" + "0" * 26, "id=s1&status=delivered")[0] == 404, "a report to a guessed address is refused")
ok(post(port, report, "id=s1&status=delivered&delivered=2026-01-01T00%3A00%3A00")[0] == 204, "a report is taken without a form's token")
ok(post(port, report, "id=s1&status=nonsense")[0] == 204, "one that says nothing, too")
stop = re.search(rb"List-Unsubscribe: <https://kompis.example.org([^>]*)>", server.came[0][2].replace(b"\r\n ", b" ")).group(1).decode()
guess = post(port, stop[:-1] + ("y" if stop[-1] == "x" else "x"), "List-Unsubscribe=One-Click")
ok(guess[0] == 404, "a guessed address stops nothing", guess)
for turn in ("one click of a mail program stops news", "and a second one changes nothing"):
    status, text = post(port, stop, "List-Unsubscribe=One-Click", Origin="https://mail.example.net")
    ok(status == 200 and "Du får inga fler" in text, turn, (status, text[:300]))
ok(post(port, "/sv/login", "contact=x", Origin="https://mail.example.net")[0] != 200, "twin: other forms are refused from elsewhere")
program.send_signal(signal.SIGTERM)
ok(program.wait(PATIENCE) == 0, "it ends when told to")
ok(sorted(r[1] for r in house.list()) == ["sent", "sent"] and any(r[4] for r in house.list()), "both are marked, one as delivered", house.list())

# ---- a stop in mid-conversation ---------------------------------------------------------------------
server.way = "silent"
house.now = int(time.time() * 1000)
house.add("hadi@example.org")
program, port = start()
n = len(server.hellos)
ok(until(lambda: len(server.hellos) > n), "a conversation has begun")
program.send_signal(signal.SIGTERM)
ok(program.wait(PATIENCE) == 0, "it is broken off at once")
row = house.list()[0]
ok(row[1:4] == ("queued", 0, 0), "and the letter waits as if nothing had been", row)
server.way = ""
server.pause = 1
n = len(server.came)
program, port = start()
ok(until(lambda: len(server.came) > n), "the server has the letter, and takes its time to say so")
program.send_signal(signal.SIGTERM)
ok(program.wait(PATIENCE) == 0 and house.list()[0][1:4] == ("sent", 1, 0), "what was handed over is waited for", house.list()[0])
server.stop()
gate.stop()
house.remove()
end()
