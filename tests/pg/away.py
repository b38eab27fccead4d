#!/usr/bin/python3
"""PostgreSQL cut off, standing still, stopped: honest pages within five seconds, and then work goes on.

Run by tests/pg/with. Kompis reaches the database through a proxy of ours on loopback, which can
stop forwarding without closing anything, as a network does that is cut. Prints TAP.
"""
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from lab import Place, Server, Tap, psql

LIMIT = 5.0
AT_ONCE = 12
PORT = int(os.environ["KOMPIS_PG_PORT"])
CTL = os.environ["KOMPIS_PG_CTL"]
DATA = os.path.join(os.environ["KOMPIS_PG_DIR"], "data")


class Proxy(threading.Thread):
    """Forwards to PostgreSQL until it is told to be silent."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.silent = False

    def forward(self, a, b):
        try:
            while True:
                ready, _, _ = select.select([a, b], [], [], 0.05)
                for s in ready if not self.silent else []:
                    data = s.recv(65536)
                    if not data:
                        return
                    (b if s is a else a).sendall(data)
                if self.silent:
                    time.sleep(0.05)
        except OSError:
            pass
        finally:
            a.close()
            b.close()

    def run(self):
        while True:
            a, _ = self.listener.accept()
            try:
                b = socket.create_connection(("127.0.0.1", PORT))
            except OSError:
                a.close()
                continue
            threading.Thread(target=self.forward, args=(a, b), daemon=True).start()


def processes():
    """The postmaster and all its children."""
    with open(os.path.join(DATA, "postmaster.pid"), encoding="ascii") as f:
        head = int(f.readline())
    children = subprocess.run(["pgrep", "-P", str(head)], capture_output=True, text=True, check=False)
    return [head, *(int(p) for p in children.stdout.split())]


def signal_all(which):
    for pid in processes():
        try:
            os.kill(pid, which)
        except ProcessLookupError:
            pass


class Ask(threading.Thread):
    """One form sent, and how long its answer took."""

    def __init__(self, server, form):
        super().__init__()
        self.server, self.form = server, form
        self.once = "".join(random.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(26))
        self.status, self.page, self.took = 0, "", 0.0

    def run(self):
        began = time.monotonic()
        address = f"10.1.{random.randrange(256)}.{random.randrange(256)}"
        try:
            self.status, _, self.page = self.server.send(self.form, self.once, address, timeout=30)
        except OSError as e:
            self.page = repr(e)
        self.took = time.monotonic() - began


def ask_all(server, forms):
    asked = [Ask(server, f) for f in forms]
    for a in asked:
        a.start()
    for a in asked:
        a.join()
    return asked


def one_outage(tap, server, name, begin, end):
    """Each of several at once is told within the limit; afterwards the very same forms go through."""
    forms = [server.form() for _ in range(AT_ONCE)]
    good = ask_all(server, forms)
    tap.verdict(all(a.status == 303 for a in good), f"{name}: before, all are saved")
    begin()
    slowest = 0.0
    statuses = set()
    asked = []
    for _ in range(3):
        asked = ask_all(server, forms)
        slowest = max([slowest] + [a.took for a in asked])
        statuses |= {a.status for a in asked}
    told = all("Nothing can be read or saved right now" in a.page for a in asked)
    tap.verdict(slowest < LIMIT, f"{name}: every answer within {LIMIT:.0f} s (the slowest took {slowest:.1f} s)")
    tap.verdict(statuses == {503} and told, f"{name}: and it says so honestly ({statuses})")
    end()
    until = time.monotonic() + 30
    while any(a.status != 303 for a in asked) and time.monotonic() < until:
        time.sleep(0.2)
        for a in asked:
            if a.status != 303:
                a.run()
    tap.verdict(all(a.status == 303 for a in asked), f"{name}: and work goes on when it is back")
    return len(good) + len(asked)


def serve_through(proxy, home, name):
    url = f"postgresql://kompis@127.0.0.1:{proxy.port}/kompis?sslmode=disable"
    return Server(Place(os.path.join(home, name), name, url))


def main():
    tap = Tap()
    proxy = Proxy()
    proxy.start()
    with tempfile.TemporaryDirectory() as home:
        server = serve_through(proxy, home, "away")

        def cut():
            proxy.silent = True

        def join():
            proxy.silent = False

        sent = one_outage(tap, server, "cut off", cut, join)
        sent += one_outage(tap, server, "standing still", lambda: signal_all(signal.SIGSTOP),
                           lambda: signal_all(signal.SIGCONT))
        sent += one_outage(tap, server, "stopped", lambda: subprocess.run([CTL, "stop", "-m", "immediate"], check=True),
                           lambda: subprocess.run([CTL, "start"], check=True))
        # A form that met the outage may be there though its answer said otherwise; never twice.
        forms = int(psql("SELECT COUNT(*) FROM away.once")[0][0])
        tasks = int(psql("SELECT COUNT(*) FROM away.task")[0][0])
        twice = psql("SELECT form FROM away.once GROUP BY form HAVING COUNT(*) > 1")
        tap.verdict(forms == tasks and tasks >= sent and not twice, f"nothing is there twice ({tasks} rows)")
        tap.verdict(server.end() == 0, "and the server ends in peace")
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
