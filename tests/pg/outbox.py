#!/usr/bin/python3
"""Two kompis serve on one PostgreSQL send one outbox: each letter once, none lost, to a real mail
server. KOMPIS_JOBS says how many letters (300).

Run by tests/pg/with. Which of the two sent a letter is told by its sender's address.
"""
import asyncio
import collections
import email
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../mail"))
from lab import Place, Server, Tap  # noqa: E402
from servers import MAILER, PATIENCE, MailServer  # noqa: E402

LETTERS = int(os.environ.get("KOMPIS_JOBS", "300"))
PORTION = 500
HELD = 25  # seconds; less than a sender waits for an answer


class Post(MailServer):
    """Keeps of each letter who sent it and which it is. The first of each sender is held until the
    other's came, so that whoever started first does not have sent all before the other looked."""

    def __init__(self):
        super().__init__()
        self.letters = []
        self.senders = set()

    async def handle_DATA(self, server, session, envelope):
        self.senders.add(envelope.mail_from)
        until = time.monotonic() + HELD
        while len(self.senders) < 2 and time.monotonic() < until:
            await asyncio.sleep(0.05)
        said = await super().handle_DATA(server, session, envelope)
        _, _, content = self.came.pop()
        head = email.message_from_bytes(content.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n")
        self.letters.append((envelope.mail_from, head["Message-ID"]))
        return said


def add(place, n):
    """Queues n letters, as something that happens in the office would."""
    done = subprocess.run([MAILER, "add", place.data, str(int(time.time() * 1000)), str(n), "mail", "amina@example.org", "sv"],
                          env=place.environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def start(place, post, name):
    os.environ.update(KOMPIS_SMTP=f"smtp://127.0.0.1:{post.port}", KOMPIS_SMTP_TLS="none",
                      KOMPIS_PUBLIC_URL="https://kompis.example.org", KOMPIS_MAIL_FROM=name + "@kompis.example.org")
    return Server(place)


def until_quiet(what):
    """Until the number stands still for long."""
    last, since = what(), time.monotonic()
    while last < LETTERS and time.monotonic() - since < PATIENCE:
        threading.Event().wait(0.1)
        now = what()
        if now != last:
            last, since = now, time.monotonic()


def states(place):
    return {r[0]: int(r[1]) for r in place.ask("SELECT state, count(*) FROM message GROUP BY state")}


def main():
    tap = Tap()
    post = Post().start()
    with tempfile.TemporaryDirectory() as home:
        place = Place(os.path.join(home, "data"), "outbox")
        add(place, LETTERS // 2)
        began = time.monotonic()
        servers = [start(place, post, name) for name in ("one", "two")]
        left = LETTERS - LETTERS // 2
        while left:
            add(place, min(left, PORTION))
            left -= min(left, PORTION)
        until_quiet(lambda: len(post.letters))
        took = time.monotonic() - began
        # It is marked a moment after it came.
        until_quiet(lambda: states(place).get("sent", 0))
        ended = [s.end() for s in servers]
        each = collections.Counter(who for who, _ in post.letters)
        times = collections.Counter(which for _, which in post.letters)
        twice = [m for m, n in times.items() if n > 1]
        kept = {f"<{r[0]}@kompis.example.org>" for r in place.ask("SELECT id FROM message")}
        print(f"# {len(post.letters)} letters in {took:.1f} s: {dict(each)}; states {states(place)}")
        tap.verdict(len(kept) == LETTERS and not kept - set(times), f"{LETTERS} letters: none lost ({len(kept - set(times))})")
        tap.verdict(not twice, f"none twice ({len(twice)})")
        tap.verdict(states(place) == {"sent": LETTERS}, "each is marked as sent")
        tap.verdict(place.ask("SELECT sum(unsure) FROM message") == [["0"]], "and of none it is unsure")
        tap.verdict(len(each) == 2 and min(each.values()) > LETTERS // 50, f"both took their share ({dict(each)})")
        tap.verdict(ended == [0, 0], "both end in peace")
        jobs = place.ask("SELECT name, claim FROM job ORDER BY name")
        tap.verdict(len(jobs) >= 4 and not any(claim for _, claim in jobs), f"timed work is planned, and nobody holds any ({jobs})")
    post.stop()
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
