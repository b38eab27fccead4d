#!/usr/bin/python3
"""Two kompis serve on one PostgreSQL: one installation with two doors.

Run by tests/pg/with. The same form is sent to both at the same moment, many times (KOMPIS_JOBS); who logs in at one is known at the other; both start
at once. Prints TAP. The twin gives each form a key of its own: each counts.
"""
import os
import random
import re
import subprocess
import sys
import tempfile
import threading

from lab import KOMPIS, Place, Server, Tap

FORMS = int(os.environ.get("KOMPIS_JOBS", "300"))
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def start_both(place):
    """At the same moment."""
    servers = []
    threads = [threading.Thread(target=lambda: servers.append(Server(place, "--demo"))) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return servers


class Sender(threading.Thread):
    """Its share of the forms, each to both servers in turn until each has answered."""

    def __init__(self, servers, keys, number):
        super().__init__()
        self.servers, self.keys, self.number = servers, keys, number
        self.answers = []

    def run(self):
        first = self.servers[self.number % 2]
        form = first.form()
        for n, once in enumerate(self.keys):
            address = f"10.{self.number}.{n // 250}.{n % 250}"
            status = 503
            while status == 503:
                status, _, _ = first.send(form, once, address, timeout=30)
            self.answers.append(status)


def send_all(servers, keys):
    """Four senders with the same keys, two at each server."""
    senders = [Sender(servers, keys, i) for i in range(4)]
    for s in senders:
        s.start()
    for s in senders:
        s.join()
    return [a for s in senders for a in s.answers]


def count(place, table):
    return int(place.ask(f"SELECT COUNT(*) FROM {table}")[0][0])


def keys(n):
    return ["".join(random.choice(BASE32) for _ in range(26)) for _ in range(n)]


def inputs(page):
    return "&".join(f"{n}={v}" for n, v in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def one_login(servers):
    """Whoever logs in at the first is known at the second."""
    a, b = servers
    plain = {"Accept-Encoding": "identity"}
    _, headers, page = a.request("GET", a.door, headers=plain)
    cookie = headers["Set-Cookie"].split(";")[0] if headers["Set-Cookie"] else ""
    _, headers, _ = a.request("POST", a.door, inputs(page), {
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, **plain})
    mine = {"Cookie": headers["Set-Cookie"].split(";")[0], **plain}
    stranger, at_a, at_b = (s.request("GET", "/en/staff/account", headers=h)[0] for s, h in ((b, plain), (a, mine), (b, mine)))
    return at_a == at_b == 200 != stranger, f"who logs in at one is known at the other ({at_a}, {at_b}, a stranger {stranger})"


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as home:
        place = Place(os.path.join(home, "data"), "two")
        subprocess.run([KOMPIS, "demo", "data/samples/norrbotten_400_clean.csv", "--data", place.data],
                       env=place.environment(), stdout=subprocess.DEVNULL, check=True)
        servers = start_both(place)
        tap.verdict(len(servers) == 2, "two start at once")
        before = count(place, "task")
        answers = send_all(servers, keys(FORMS))
        tap.verdict(set(answers) == {303}, f"{len(answers)} answers: {set(answers)}")
        tasks = count(place, "task") - before
        tap.verdict(tasks == FORMS, f"each form, sent twice to each of two, is there once ({tasks} of {FORMS})")
        send_all(servers, keys(20) + keys(20))
        tap.verdict(count(place, "task") == before + FORMS + 40, "twin: forms with keys of their own are each another")
        tap.verdict(*one_login(servers))
        tap.verdict([s.end() for s in servers] == [0, 0], "both end in peace")
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
