#!/usr/bin/python3
"""A server under load is killed again and again: what it acknowledged is there, exactly once.

Clients send forms ("Ring mig"), each with a key of its own, and send one again until it is
answered, as a phone on a weak network does. In between the server gets SIGKILL. At the
end every form stands in the database once. Prints TAP. KOMPIS_KILLS: how many (20).
The twin deletes one acknowledged row and adds one twice: both are noticed.
"""
import http.client
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

KOMPIS = os.environ.get("KOMPIS", "build/release/kompis")
KILLS = int(os.environ.get("KOMPIS_KILLS", "20"))
CLIENTS = 6
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


class Server:
    """kompis serve on one directory, on the port it first got."""

    def __init__(self, data):
        self.data, self.port, self.process = data, 0, None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [KOMPIS, "serve", "--data", self.data, "--port", str(self.port), "--lang", "en"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127.0.0.1:(\d+)", line)
        if not found:
            raise RuntimeError(f"the server did not start: {line!r}")
        self.port = int(found.group(1))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Client(threading.Thread):
    """Sends forms until told to stop; a form is given up only when it was answered."""

    def __init__(self, server, number, stop):
        super().__init__(daemon=True)
        self.server, self.number, self.stop = server, number, stop
        self.random = random.Random(number)
        self.done, self.tries, self.strange = 0, 0, []

    def get_form(self):
        c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        c.request("GET", "/en/call", headers={"Accept-Encoding": "identity"})
        answer = c.getresponse()
        page = answer.read().decode()
        cookie = answer.getheader("Set-Cookie").split(";")[0]
        c.close()
        return cookie, re.search(r'name="token" value="([0-9a-f]+)"', page).group(1)

    def send(self, cookie, token, once):
        c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        # Another address each time: the budget of one is five an hour.
        address = f"10.{self.number}.{self.random.randrange(256)}.{self.random.randrange(256)}"
        c.request("POST", "/en/call", f"token={token}&once={once}&phone=0701740605&lang=en&when=any",
                  {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie,
                   "X-Forwarded-For": address})
        status = c.getresponse().status
        c.close()
        return status

    def run(self):
        while not self.stop.is_set():
            once = "".join(self.random.choice(BASE32) for _ in range(26))
            form = None
            while True:
                try:
                    self.tries += 1
                    form = form or self.get_form()
                    status = self.send(*form, once)
                    if status == 303:
                        self.done += 1
                        break
                    if status not in (429, 503):
                        self.strange.append(status)
                        break
                except (OSError, http.client.HTTPException, AttributeError):
                    time.sleep(0.02)


def rows(data):
    with sqlite3.connect(os.path.join(data, "kompis.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        tasks = db.execute("SELECT COUNT(*) FROM task").fetchone()[0]
        forms = db.execute("SELECT COUNT(*) FROM once").fetchone()[0]
    return tasks, forms


def verdict(number, right, words):
    print(f"{'ok' if right else 'not ok'} {number} - {words}")
    return right


def main():
    home = tempfile.mkdtemp()
    data = os.path.join(home, "data")
    stop = threading.Event()
    server = Server(data)
    clients = [Client(server, i, stop) for i in range(CLIENTS)]
    for c in clients:
        c.start()
    chance = random.Random(1)
    for _ in range(KILLS):
        time.sleep(0.1 + chance.random() * 0.3)
        server.kill()
        server.start()
    stop.set()
    for c in clients:
        c.join()
    server.process.terminate()
    gentle = server.process.wait(timeout=30)
    done, tries = sum(c.done for c in clients), sum(c.tries for c in clients)
    tasks, forms = rows(data)
    print(f"# {KILLS} kills, {tries} tries, {done} acknowledged, {tasks} rows")
    print("1..5")
    good = verdict(1, done > KILLS and not any(c.strange for c in clients), f"{done} forms were acknowledged over {KILLS} kills")
    good &= verdict(2, tasks == done and forms == done, f"each is there exactly once ({tasks} rows)")
    good &= verdict(3, gentle == 0, "and the server still ends in peace")
    with sqlite3.connect(os.path.join(data, "kompis.db")) as db:
        db.execute("DELETE FROM task WHERE id = (SELECT MIN(id) FROM task)")
    good &= verdict(4, rows(data)[0] != done, "twin: a row that was lost is noticed")
    with sqlite3.connect(os.path.join(data, "kompis.db")) as db:
        for n in ("a", "b"):
            db.execute("INSERT INTO task SELECT id || ?, person, kind, lang, best_time, municipality, sealed, created, done, account, version FROM task LIMIT 1", (n,))
    good &= verdict(5, rows(data)[0] != done, "twin: a row that came twice is noticed")
    shutil.rmtree(home)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
