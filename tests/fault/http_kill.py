#!/usr/bin/python3
"""A server under load is killed again and again: what it acknowledged is there, exactly once.

Clients send forms ("Ring mig"), each with a key of its own, and send one again until it is
answered, as a phone on a weak network does. In between something gets SIGKILL: kompis, or with
KOMPIS_VICTIM=postgres a process of the database (tests/fault/pg.sh). At the end every form
stands in the database once. Prints TAP. KOMPIS_KILLS: how many (20).
The twin deletes one acknowledged row and adds one twice: both are noticed.
"""
import http.client
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pg"))
from lab import URL, Place, Server, Tap, psql  # noqa: E402

KILLS = int(os.environ.get("KOMPIS_KILLS", "20"))
VICTIM = os.environ.get("KOMPIS_VICTIM", "kompis")
CLIENTS = 6
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


class Client(threading.Thread):
    """Sends forms until told to stop; a form is given up only when it was answered."""

    def __init__(self, server, number, stop):
        super().__init__(daemon=True)
        self.server, self.number, self.stop = server, number, stop
        self.random = random.Random(number)
        self.done, self.tries, self.away, self.strange = 0, 0, 0, []

    def one(self, form, once):
        """Whether the form needs no more sending."""
        address = f"10.{self.number}.{self.random.randrange(256)}.{self.random.randrange(256)}"
        status, _, _ = self.server.send(form, once, address)
        if status == 303:
            self.done += 1
        elif status in (429, 503):
            self.away += 1
            time.sleep(0.02)
            return False
        else:
            self.strange.append(status)
        return True

    def run(self):
        while not self.stop.is_set():
            once = "".join(self.random.choice(BASE32) for _ in range(26))
            form = None
            while True:
                try:
                    self.tries += 1
                    form = form or self.server.form()
                    if self.one(form, once):
                        break
                except (OSError, http.client.HTTPException, AttributeError, TypeError):
                    time.sleep(0.02)


def rows(place):
    assert place.is_whole()
    return tuple(int(place.ask(f"SELECT COUNT(*) FROM {table}")[0][0]) for table in ("task", "once"))


def kill_backend(chance):
    """One of those that work for kompis; then PostgreSQL ends all others too, and recovers."""
    try:
        found = psql("SELECT pid FROM pg_stat_activity WHERE application_name = 'kompis'")
        os.kill(int(chance.choice(found)[0]), signal.SIGKILL)
    except (RuntimeError, IndexError, ProcessLookupError):
        return False
    return True


def kills(server, clients, chance):
    """Kills until it was done KILLS times, with work acknowledged in between."""
    killed = 0
    while killed < KILLS:
        before = sum(c.done for c in clients)
        time.sleep(0.1 + chance.random() * 0.3)
        if VICTIM == "kompis":
            server.kill()
            server.start()
            killed += 1
            continue
        until = time.monotonic() + 30
        while sum(c.done for c in clients) == before and time.monotonic() < until:
            time.sleep(0.02)
        killed += kill_backend(chance)


def main():
    home = tempfile.mkdtemp()
    place = Place(os.path.join(home, "data"), f"kill_{VICTIM}" if URL else None)
    stop = threading.Event()
    server = Server(place)
    clients = [Client(server, i, stop) for i in range(CLIENTS)]
    for c in clients:
        c.start()
    kills(server, clients, random.Random(1))
    stop.set()
    for c in clients:
        c.join()
    gentle = server.end()
    done, tries, away = (sum(getattr(c, name) for c in clients) for name in ("done", "tries", "away"))
    strange = [s for c in clients for s in c.strange]
    tasks, forms = rows(place)
    print(f"# {KILLS} kills of {VICTIM}, {tries} tries, {away} told to wait, {done} acknowledged, {tasks} rows {strange[:5]}")
    tap = Tap()
    tap.verdict(done > KILLS and not strange, f"{done} forms were acknowledged over {KILLS} kills of {VICTIM}")
    tap.verdict(tasks == done and forms == done, f"each is there exactly once ({tasks} rows)")
    tap.verdict(gentle == 0, "and the server still ends in peace")
    place.ask("DELETE FROM task WHERE id = (SELECT MIN(id) FROM task)")
    tap.verdict(rows(place)[0] != done, "twin: a row that was lost is noticed")
    for n in ("a", "b"):
        place.ask(f"INSERT INTO task (id, person, kind, lang, best_time, municipality, sealed, created, done, account, version) SELECT id || '{n}', person, kind, lang, best_time, municipality, sealed, created, done, account, version FROM task LIMIT 1")
    tap.verdict(rows(place)[0] != done, "twin: a row that came twice is noticed")
    shutil.rmtree(home)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
