"""What the fault tests share: kompis serve over files or over PostgreSQL, and asking the database."""
import http.client
import os
import re
import signal
import sqlite3
import subprocess

KOMPIS = os.environ.get("KOMPIS", "build/release/kompis")
URL = os.environ.get("KOMPIS_TEST_DATABASE")


class Place:
    """A data directory; with KOMPIS_TEST_DATABASE (tests/pg/with) and a name, two schemas there."""

    def __init__(self, data, name=None, url=URL):
        self.data, self.name, self.url = data, name, url
        if name:
            psql(f"CREATE SCHEMA {name}; CREATE SCHEMA {name}_keys")

    def environment(self):
        extra = {}
        if self.name:
            where = self.url + "&options=-csearch_path%3D" + self.name
            extra = {"KOMPIS_DATABASE": where, "KOMPIS_KEYS": where + "_keys"}
        return {**os.environ, **extra}

    def ask(self, sql):
        """Rows of texts, past Kompis."""
        if self.name:
            return psql(f"SET search_path = {self.name}; {sql}")
        with sqlite3.connect(os.path.join(self.data, "kompis.db")) as db:
            return [[str(v) for v in row] for row in db.execute(sql).fetchall()]

    def is_whole(self):
        return bool(self.name) or self.ask("PRAGMA integrity_check") == [["ok"]]


def psql(sql):
    done = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", URL, "-c", sql],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [line.split("|") for line in done.stdout.splitlines()]


class Server:
    """kompis serve on one place, on the port it first got."""

    def __init__(self, place, *options, log=subprocess.DEVNULL):
        self.place, self.options, self.port, self.process, self.door = place, options, 0, None, ""
        self.log = log
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [KOMPIS, "serve", "--data", self.place.data, "--port", str(self.port), "--lang", "en",
             *self.options],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.place.environment())
        line = self.process.stdout.readline()
        found = re.search(r"http://127.0.0.1:(\d+)", line)
        if not found:
            raise RuntimeError(f"the server did not start: {line!r}")
        self.port = int(found.group(1))
        if "--demo" in self.options:
            self.door = self.read_door()

    def read_door(self):
        """The path that lets the first of those in whom the demonstration has: an administrator."""
        return re.search(r"http://[^/]+(/\S+)", self.process.stdout.readline()).group(1)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        self.process.terminate()
        return self.process.wait(timeout=30)

    def request(self, method, path, body=None, headers=None, timeout=30):
        """Status, headers, text."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            c.request(method, path, body, headers or {})
            answer = c.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            c.close()

    def form(self):
        """What a form of "Ring mig" needs: cookie and token."""
        _, headers, page = self.request("GET", "/en/call", headers={"Accept-Encoding": "identity"}, timeout=5)
        return headers["Set-Cookie"].split(";")[0], re.search(r'name="token" value="([0-9a-f]+)"', page).group(1)

    def send(self, form, once, address, timeout=5):
        """Another address each time: the budget of one is five an hour."""
        cookie, token = form
        return self.request("POST", "/en/call", f"token={token}&once={once}&phone=0701740605&lang=en&when=any",
                            {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie,
                             "X-Forwarded-For": address, "Accept-Encoding": "identity"}, timeout)


class Tap:
    """Verdicts, and at the end their number."""

    def __init__(self):
        self.n, self.good = 0, True

    def verdict(self, right, words):
        self.n += 1
        self.good &= bool(right)
        print(f"{'ok' if right else 'not ok'} {self.n} - {words}", flush=True)

    def end(self):
        print(f"1..{self.n}")
        return 0 if self.good else 1
