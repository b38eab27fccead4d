"""What the tests of mail share: TAP, a real mail server (aiosmtpd) that does as it is told, a
stand-in for an SMS gateway, and the program under test.
"""
import asyncio
import base64
import logging
import os
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILER = os.path.join(ROOT, os.environ.get("MAILER", "build/asan/mail/mailer"))
TWIN = os.path.join(os.path.dirname(MAILER), "twin")
START = 1699960000000  # before noon in Sweden, so that an hour later is the same day
MINUTE = 60000
PATIENCE = 60
SILENCE = 5  # seconds; whoever waits has a deadline of one

logging.disable(logging.WARNING)
count = bad = 0


def ok(right, name, detail=""):
    global count, bad
    count += 1
    bad += not right
    print(f"{'ok' if right else 'not ok'} {count} - {name}", flush=True)
    if not right and detail:
        print("\n".join("# " + line for line in str(detail).split("\n")), flush=True)
    return right


def end():
    print(f"1..{count}")
    sys.exit(1 if bad else 0)


# ---- certificates ----------------------------------------------------------------------------
def certificate(folder, name):
    """A certificate for a name, its key, both PEM; it is its own authority."""
    key, crt = os.path.join(folder, name + ".key"), os.path.join(folder, name + ".crt")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-keyout", key, "-out", crt, "-subj", "/CN=" + name,
         "-addext", "subjectAltName=DNS:" + name], check=True, capture_output=True)
    return crt, key


# ---- a mail server -----------------------------------------------------------------------------
class Talk(SMTP):
    """One that can end in mid-conversation."""

    async def smtp_DATA(self, arg):
        if self.event_handler.way != "drop before the dot":
            return await super().smtp_DATA(arg)
        self.transport.abort()

    async def smtp_EHLO(self, hostname):
        self.event_handler.hellos.append(hostname)
        if self.event_handler.way == "silent":
            await asyncio.sleep(SILENCE)
        return await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg):
        if self.event_handler.way == "no tls after all":
            return await self.push("454 TLS not available due to temporary reason")
        return await super().smtp_STARTTLS(arg)


class MailServer(Controller):
    """`way` says how it behaves; `came` is what it took, as (from, to, bytes)."""

    def __init__(self, pause=0, **how):
        self.way = ""
        self.pause = pause
        self.came, self.hellos, self.logins = [], [], []
        self.how = how
        super().__init__(self, hostname="127.0.0.1", port=0)
        self.ready_timeout = PATIENCE

    def factory(self):
        return Talk(self, hostname="mail.test", timeout=PATIENCE, **self.how)

    def start(self):
        # Port 0: the one it got is known when it listens.
        super().start()
        return self

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.way == "no sender":
            return "550 5.7.1 You may not send as this"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = {"no such": f"550 5.1.1 <{address}>: no such user here",
                "policy": "550 5.7.1 Relaying denied",
                "grey": "451 4.7.1 Greylisted, try again later"}.get(self.way)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.way == "spam":
            return "554 5.6.0 Message content rejected"
        if self.way == "full":
            return "452 4.3.1 Out of space"
        self.came.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.pause:
            await asyncio.sleep(self.pause)
        if self.way == "drop after the dot":
            server.transport.abort()
        if self.way == "silent after the dot":
            await asyncio.sleep(SILENCE)
        return "250 2.0.0 Taken"

    def login(self, server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data == LoginPassword(b"kompis", b"s3cret")
        self.logins.append((mechanism, good, session.ssl is not None))
        return AuthResult(success=good)


# ---- an SMS gateway ----------------------------------------------------------------------------
class Gateway:
    """Answers as 46elks does; `way` is what it says next, `asked` what it was asked."""

    def __init__(self):
        self.way, self.asked = "", []
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, text, kind="application/json; charset=utf-8"):
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
                user = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
                gate.asked.append((self.path, user, form))
                way = gate.way
                if way == "silent":
                    threading.Event().wait(SILENCE)
                    return self.close()
                if way == "cut":
                    return self.close()
                said = {"bad number": (400, "Invalid to number"),
                        "bad sender": (400, "Invalid from"),
                        "no money": (403, "Not enough credits"),
                        "no such user": (401, "Unauthorized"),
                        "too many": (429, "Too Many Requests"),
                        "broken": (500, "Internal Server Error"),
                        "away": (503, "Service Unavailable"),
                        "another site": (200, "<html>Welcome to the hotel</html>")}.get(way)
                if said:
                    return self.answer(*said, kind="text/plain")
                self.answer(200, '{"status": "created", "id": "s%d", "cost": 3500, "to": "%s"}'
                            % (len(gate.asked), form["to"]))

            def close(self):
                self.close_connection = True

        class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
            allow_reuse_address = daemon_threads = True

            def handle_error(self, *_):
                pass  # who asked was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/a1/sms"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


# ---- the program under test -------------------------------------------------------------------------
class House:
    """A data directory, and a clock that moves when it is told."""

    def __init__(self, mailer=MAILER):
        self.mailer = mailer
        self.home = tempfile.mkdtemp(prefix="kompis-mail-")
        self.data = os.path.join(self.home, "data")
        self.now = START

    def run(self, what, *args, check=True):
        done = subprocess.run([self.mailer, what, self.data, str(self.now), *map(str, args)],
                              capture_output=True, text=True, timeout=600)
        if check and done.returncode:
            raise RuntimeError(f"mailer {what}: {done.stdout}{done.stderr}")
        return done

    def add(self, to, n=1, channel="mail", lang="sv", *news):
        self.run("add", n, channel, to, lang, *news)

    def drain(self, **how):
        self.run("drain", *(f"{k}={v}" for k, v in how.items()))

    def list(self):
        """[(id, state, tries, unsure, delivered, error)], newest first."""
        rows = [line.split(" ", 5) for line in self.run("list").stdout.splitlines()]
        return [(r[0], r[1], int(r[2]), int(r[3]), r[4] == "1", r[5]) for r in rows]

    def tasks(self):
        return self.run("tasks").stdout.splitlines()

    def bytes_of_files(self):
        out = b""
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    out += f.read()
        return out

    def remove(self):
        shutil.rmtree(self.home)
