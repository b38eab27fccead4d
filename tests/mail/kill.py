#!/usr/bin/env python3
"""kill -9 while letters and SMS go out, again and again: every message arrives; a second one of a
letter only when the program died between its dot and the mark, which it then says, and under the
same Message-ID; never a second SMS. KOMPIS_KILLS says how often (50).
"""
import collections
import email
import os
import random
import subprocess
import time

from servers import MAILER, TWIN, Gateway, House, MailServer, end, ok

KILLS = int(os.environ.get("KOMPIS_KILLS", "50"))
AFTER = 10 * 60000  # longer than any lease: the next one begins where this one died


def letters(house, server, kills):
    """Kills as often, then lets it end; {Message-ID: [bytes …]}."""
    pick = random.Random(kills)
    house.add("amina@example.org", kills * 3)
    for _ in range(kills):
        p = subprocess.Popen([house.mailer, "drain", house.data, str(house.now), f"smtp=smtp://127.0.0.1:{server.port}", "plain=1"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        p.stdout.readline()
        time.sleep(pick.uniform(0, 0.06))
        p.kill()
        p.wait()
        p.stdout.close()
        house.now += AFTER
    for _ in range(8):
        house.drain(smtp=f"smtp://127.0.0.1:{server.port}", plain=1)
        house.now += AFTER
    came = collections.defaultdict(list)
    for _, _, content in server.came:
        came[email.message_from_bytes(content)["Message-ID"]].append(content)
    return came


def judge(house, came):
    """(those that did not arrive, doubles, doubles that the program does not know of)"""
    rows = house.list()
    unsure = {f"<{r[0]}@kompis.example.org>": r[3] for r in rows}
    lost = [i for i in unsure if i not in came] + [r for r in rows if r[1] != "sent"]
    double = {i: len(c) - 1 for i, c in came.items() if len(c) > 1}
    unknown = [i for i, n in double.items() if n > unsure.get(i, 0)]
    return lost, double, unknown


server = MailServer(pause=0.01).start()
house = House()
came = letters(house, server, KILLS)
lost, double, unknown = judge(house, came)
said = sum(r[3] for r in house.list())
print(f"# {KILLS} kills, {len(came)} letters, {sum(double.values())} came twice, {said} times it was not sure")
ok(not lost and len(came) == KILLS * 3, f"{KILLS} kills: every letter arrives and is marked", lost[:5])
ok(not unknown, "one that came twice is one of which the program says it was not sure", unknown[:5])
ok(all(len(set(c)) == 1 for c in came.values()), "and it is the same, byte for byte")
ok(said <= KILLS, "at most one of them a kill")
house.remove()
server.came.clear()
house = House(TWIN)
lost, double, unknown = judge(house, letters(house, server, 50))
ok(unknown, "twin: without the handing over, doubles nobody knows of are caught", (lost[:3], double))
house.remove()
server.stop()

# ---- SMS: no second one, ever ---------------------------------------------------------------------
gate = Gateway()
house = House()
house.add("+46701234567", KILLS * 3, "sms")
pick = random.Random(7)
how = [f"sms={gate.url}", "sms_user=u", "sms_password=p", "sms_from=Hej", "per_number=100000", "per_day=100000"]
for _ in range(KILLS):
    p = subprocess.Popen([MAILER, "drain", house.data, str(house.now), *how], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    p.stdout.readline()
    time.sleep(pick.uniform(0, 0.04))
    p.kill()
    p.wait()
    p.stdout.close()
    house.now += AFTER
for _ in range(3):
    house.run("drain", *how)
    house.now += AFTER
reports = collections.Counter(f["whendelivered"] for _, _, f in gate.asked)
state = collections.Counter(r[1] for r in house.list())
print(f"# {KILLS} kills, {len(gate.asked)} SMS asked for, {dict(state)}")
ok(set(state) <= {"sent", "unsure"} and len(gate.asked) <= KILLS * 3, "each SMS is asked for at most once", state)
ok(state["sent"] <= len(gate.asked) and state["unsure"] <= KILLS, "and none is left out unsaid", state)
for secret in [r.rsplit("/", 1)[1] for r in reports]:
    house.run("report", secret, "delivered")
left = [r for r in house.list() if r[1] == "unsure"]
ok(len(left) == KILLS * 3 - len(gate.asked), "the reports settle all that went", (len(left), len(gate.asked)))
house.remove()
gate.stop()
end()
