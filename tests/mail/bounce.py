#!/usr/bin/env python3
"""Letters that come back: reports of other servers (RFC 3464) in a mailbox of Dovecot, by IMAP with
TLS. What people answer, and what is about somebody else's letters, is left as it is.
"""
import email.mime.text
import email.utils
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from servers import PATIENCE, House, MailServer, certificate, end, ok

PASSWORD = "br3vlåda"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class MailBox:
    """Dovecot with one mailbox. It does not serve root's mail, so as root it serves daemon's."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="kompis-box-")
        os.chmod(self.home, 0o755)
        self.crt, key = certificate(self.home, "localhost")
        self.port = free_port()
        me = pwd.getpwuid(os.getuid())
        root = me.pw_uid == 0
        owner = pwd.getpwnam("daemon") if root else me
        inner, login = ("dovecot", "dovenull") if root else (me.pw_name, me.pw_name)
        mail = os.path.join(self.home, "mail")
        os.mkdir(mail)
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        conf = os.path.join(self.home, "dovecot.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"""
base_dir = {self.home}/run
log_path = {self.home}/log
protocols = imap
default_internal_user = {inner}
default_internal_group = {inner}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{mail}
ssl = required
ssl_cert = <{self.crt}
ssl_key = <{key}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={mail}
}}
""")
        self.child = subprocess.Popen(["dovecot", "-F", "-c", conf])
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.05)
        self.imap = imaplib.IMAP4("localhost", self.port)
        self.imap.starttls(ssl.create_default_context(cafile=self.crt))
        self.imap._encoding = "utf-8"
        self.imap.login("hej", PASSWORD)
        self.imap.select("INBOX")

    def put(self, message):
        self.imap.append("INBOX", None, None, bytes(message))

    def count(self, which):
        self.imap.noop()
        _, rows = self.imap.search(None, which)
        return len(rows[0].split())

    def stop(self):
        self.imap.logout()
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(PATIENCE)
        shutil.rmtree(self.home)


def report(letter, action="failed", said="smtp; 550 5.1.1 <amina@example.net>:\n    no such user here", more=""):
    """As Postfix writes it: words, what happened, and the letter's own header."""
    header = letter.split(b"\r\n\r\n")[0].decode("ascii", "replace").replace("\r\n", "\n")
    text = f"""From: MAILER-DAEMON@mx.example.net
To: hej@kompis.example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: {email.utils.make_msgid(domain="mx.example.net")}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; amina@example.net
Action: {action}
Status: 5.1.1
Diagnostic-Code: {said}

--cut
Content-Type: text/rfc822-headers

{header}{more}

--cut--
"""
    return text.replace("\n", "\r\n").encode()


def answer(letter):
    """What a person writes back, with the letter's id in its header and the letter in its text."""
    said = email.mime.text.MIMEText("Tack! Action: failed\n" + letter.decode("ascii", "replace"), _charset="utf-8")
    said["From"], said["To"], said["Subject"] = "amina@example.net", "hej@kompis.example.org", "Re: Din kod"
    return said


house, box = House(), MailBox()
server = MailServer().start()
url = f"imap://localhost:{box.port}"
good = {"box": url, "box_user": "hej", "box_password": PASSWORD, "smtp_ca": box.crt}


def look(check=True, **how):
    return house.run("bounces", *(f"{k}={v}" for k, v in {**good, **how}.items()), check=check)


house.add("amina@example.net", 4)
house.drain(smtp=f"smtp://127.0.0.1:{server.port}", plain=1)
letters = [content for _, _, content in server.came]
ok(len(letters) == 4 and all(state == "sent" for _, state, *_ in house.list()), "four letters went", house.list())
ok(look().stdout == "0\n", "an empty mailbox")

box.put(answer(letters[0]))
box.put(report(letters[0], action="delayed"))
box.put(report(b"Message-ID: <00000000000000000000000000@kompis.example.org>"))
box.put(report(b"Message-ID: <somebody.elses@example.com>"))
ok(look().stdout == "0\n" and all(state == "sent" for _, state, *_ in house.list()),
   "an answer, a delay, an unknown letter, somebody else's: none came back", house.list())
ok(box.count('SUBJECT "Re:" UNSEEN UNANSWERED') == 1, "what a person answered is neither read nor marked")
ok(box.count("ANSWERED SEEN") == 3 and box.count("ALL") == 4, "reports are dealt with, and nothing is gone")

box.put(report(letters[1]))
ok(look().stdout == "1\n", "one came back")
came_back = [row for row in house.list() if row[1] == "failed"]
ok(len(came_back) == 1 and f"<{came_back[0][0]}@" in letters[1].decode("ascii", "replace"),
   "it is the letter that the report brought", house.list())
ok(came_back[0][5].startswith("s.mail_error.returned") and came_back[0][5].endswith("no such user here"),
   "what the other server said stands with it, folded lines too", came_back)
ok(house.tasks()[0] == "unreachable mail", "somebody in the office finds another way", house.tasks())
box.put(report(letters[1]))
ok(look().stdout == "0\n" and len(house.tasks()) == 2, "told twice, noted once", house.tasks())

box.put(report(letters[2], more="\nX-Filler: " + "x" * 1500000))
box.put(report(letters[0], said="smtp; \x1b[31m<script>\u202e"))
ok(look().stdout == "2\n", "one that is too long is read as far as it may be, and in nobody's way", house.list())
last = [row for row in house.list() if row[0].encode() in letters[0]]
ok(last[0][1] == "failed" and "\x1b" not in last[0][5] and "\u202e" not in last[0][5],
   "what a server says does nothing but be read", last)

wrong = look(check=False, box_password="wrong")
ok(wrong.returncode == 4 and "store.mail_box" in wrong.stderr, "a wrong password is told", wrong)
stranger, _ = certificate(house.home, "localhost")
wrong = look(check=False, smtp_ca=stranger)
ok(wrong.returncode == 4 and "store.mail_box" in wrong.stderr, "a server nobody vouches for gets no password", wrong)
box.put(report(letters[3]))
wrong = look(check=False, box=f"imap://localhost:{free_port()}")
ok(wrong.returncode == 4, "no server there", wrong)
ok(look().stdout == "1\n", "and on it goes when it is back")
with open(os.path.join(box.home, "log"), encoding="utf-8") as f:
    ok("Login: user=<hej>" in f.read() and PASSWORD.encode() not in house.bytes_of_files(),
       "logged in; the password is kept nowhere")
server.stop()
box.stop()
house.remove()
end()
