#!/usr/bin/python3
"""server.py DATA - pages of `kompis serve` beside nginx serving a static file of 1 kB.

DATA is a demonstration made by `kompis demo` of many people. A page is asked for again and again,
and (…_new) another one each time. Both servers run on loopback, each
under h2load (HTTP/1.1) with 32 connections; what counts is requests per second of the server's own processor
time (all its threads and children, from /proc). The two take turns, and the median of the rounds counts, since
what else goes on in the machine comes and goes. Prints name=value lines for bench/run.
"""
import http.client
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

KOMPIS = os.environ.get("KOMPIS", "build/release/kompis")
NGINX = "http://127.0.0.1:8098/1k"
SECONDS, ROUNDS = 2, 5
TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            field = f.read().rsplit(")", 1)[1].split()
        total += int(field[11]) + int(field[12])
    return total / TICK


def resident_mb(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024


def load(urls, cookie=None, connections=32, seconds=SECONDS, rate=0):
    """(answers, p99 in ms); as fast as it goes, or `rate` a second in all. All answers must be good."""
    with tempfile.TemporaryDirectory() as home:
        with open(f"{home}/urls", "w") as f:
            f.write("\n".join(urls))
        command = ["h2load", "--h1", "-t1", f"-c{connections}", f"-D{seconds}", f"-i{home}/urls",
                   f"--log-file={home}/log"]
        if rate:
            command.append(f"--rps={max(1, round(rate / connections))}")
        if cookie:
            command += ["-H", f"Cookie: {cookie}"]
        subprocess.run(command, capture_output=True, check=True, timeout=60)
        with open(f"{home}/log") as f:
            rows = [line.split() for line in f]
    bad = [row for row in rows if row[1] != "200"]
    if bad:
        raise SystemExit(f"{urls[0]}: {len(bad)} answers were not good: {bad[0]}")
    if not rows:
        raise SystemExit(f"{urls[0]}: no answer within {seconds} s")
    late = sorted(int(row[2]) for row in rows)
    return len(rows), late[len(late) * 99 // 100] / 1000


def per_cpu(pid, urls, cookie=None):
    """(requests per second of the server's processor time, requests per second)"""
    # Each connection goes through the same list: pages that shall be new have but one.
    before = cpu_of([pid])
    requests, _ = load(urls, cookie, 1 if len(urls) > 1 else 32)
    return requests / (cpu_of([pid]) - before), requests / SECONDS


def by_turns(peer, pid, urls, cookie):
    """medians of (nginx, ours, ours / nginx, our requests per second)"""
    load(urls[-40:], cookie, 1 if len(urls) > 1 else 32)
    rounds = []
    for i in range(ROUNDS):
        static, _ = per_cpu(peer, [NGINX])
        # Another part of a list in each round, so that new pages stay new.
        ours, rate = per_cpu(pid, urls[i * len(urls) // ROUNDS:] if len(urls) > 1 else urls, cookie)
        rounds.append((static, ours, ours / static, rate))
    return [statistics.median(each) for each in zip(*rounds)]


def nginx(home):
    with open(f"{home}/1k", "w") as f:
        f.write("x" * 1024)
    os.chmod(home, 0o755)
    with open(f"{home}/nginx.conf", "w") as f:
        f.write(f"daemon off; master_process off; pid {home}/pid; error_log {home}/error;"
                "events { worker_connections 1024; }"
                f"http {{ access_log off; client_body_temp_path {home}; proxy_temp_path {home};"
                f"fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home};"
                f"server {{ listen 127.0.0.1:8098; root {home}; }} }}")
    child = subprocess.Popen(["nginx", "-c", f"{home}/nginx.conf"])
    time.sleep(1)
    return child


def serve(data, *options):
    began = time.monotonic()
    child = subprocess.Popen([KOMPIS, "serve", "--data", data, "--port", "0", "--lang", "en", *options],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    address = re.search(r"http://(127.0.0.1:\d+)", child.stdout.readline()).group(1)
    c = http.client.HTTPConnection(address)
    c.request("GET", "/sv/")
    assert c.getresponse().status == 200
    started = (time.monotonic() - began) * 1000
    lines = [child.stdout.readline() for _ in range(8)] if "--demo" in options else []
    return child, address, started, lines


def enter(address, link):
    """Through a door of the demonstration; the cookie of the session."""
    path = re.search(r"/sv/demo/\S+", link).group(0)
    c = http.client.HTTPConnection(address)
    c.request("GET", path)
    answer = c.getresponse()
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    token = re.search(r'name="token" value="(\w+)"', answer.read().decode()).group(1)
    c.request("POST", path, f"token={token}",
              {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
    answer = c.getresponse()
    answer.read()
    return next(v.split(";")[0] for k, v in answer.getheaders()
                if k == "Set-Cookie" and v.startswith("kompis="))


def registrations(address, seconds=5):
    """Forms that begin a registration: each is one person, one key, one session, on disk."""
    from threading import Thread
    done = []

    def one(number):
        c = http.client.HTTPConnection(address)
        c.request("GET", "/sv/")
        answer = c.getresponse()
        cookie = answer.getheader("Set-Cookie").split(";")[0]
        token = re.search(r'name="token" value="(\w+)"', answer.read().decode()).group(1)
        until, n = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            n += 1
            c.request("POST", "/sv/register", f"token={token}&side=newcomer",
                      {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie,
                       "X-Forwarded-For": f"10.{number}.{n // 250}.{n % 250}"})
            answer = c.getresponse()
            answer.read()
            done.append(answer.status == 303)

    threads = [Thread(target=one, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sum(done) / seconds


def pages(address, data, cookie):
    """What is asked for: name, addresses (more than one: another page each time), cookie."""
    with sqlite3.connect(f"{data}/kompis.db") as db:
        people = [row[0] for row in db.execute("SELECT id FROM person WHERE state = 'waiting' LIMIT 40000")]
    at = f"http://{address}/sv"
    return [("first", [f"{at}/"], None),
            ("person", [f"{at}/staff/people/{people[0]}"], cookie),
            ("list", [f"{at}/staff/people"], cookie),
            ("person_new", [f"{at}/staff/people/{one}" for one in people], cookie),
            ("list_new", [f"{at}/staff/people?from={25 * n}" for n in range(min(400, len(people) // 25))], cookie)]


def measure(peer, data):
    child, address, started, lines = serve(data, "--demo")
    try:
        time.sleep(10)
        print(f"start_ms={started:.0f} idle_mb={resident_mb(child.pid):.1f}")
        cookie = enter(address, next(x for x in lines if x.lstrip().startswith("coordinator")))
        statics = []
        for name, urls, who in pages(address, data, cookie):
            static, ours, ratio, rate = by_turns(peer.pid, child.pid, urls, who)
            statics.append(static)
            p99 = statistics.median(load(urls[::-1], who, 1 if len(urls) > 1 else 16, rate=rate / 2)[1]
                                    for _ in range(ROUNDS))
            print(f"{name}={ours:.0f} {name}_ratio={ratio:.3f} {name}_p99_ms={p99:.2f}", flush=True)
        print(f"nginx={statistics.median(statics):.0f}")
        print(f"registrations={registrations(address):.0f}")
    finally:
        child.terminate()
        child.wait()


def main():
    data = sys.argv[1]
    with sqlite3.connect(f"{data}/kompis.db") as db:
        db.execute("UPDATE account SET everywhere = 1 WHERE role = 'coordinator'")
        print(f"people={db.execute('SELECT COUNT(*) FROM person').fetchone()[0]}")
    # Once before it counts: a new version brings the database forward, and a crash is mended.
    child, _, _, _ = serve(data)
    child.terminate()
    child.wait()
    with tempfile.TemporaryDirectory() as home:
        peer = nginx(home)
        try:
            measure(peer, data)
        finally:
            peer.terminate()
            peer.wait()


if __name__ == "__main__":
    main()
