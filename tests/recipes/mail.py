"""Has a server with the five reports send its reminders through aiosmtpd, with STARTTLS, a certificate of an authority of its
own and a password: a question, its confirmation, a reminder, and the end by one click."""

import email
import email.policy
import json
import queue
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PASSWORD = "correct horse"


class Inbox:
    def __init__(self):
        self.got = queue.Queue()

    async def handle_DATA(self, server, session, envelope):
        assert session.ssl and session.authenticated
        self.got.put((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"register", PASSWORD.encode())
    return AuthResult(success=good)


def certificate(folder):
    """A certificate for localhost, and the authority that signed it."""
    run = lambda *arguments: subprocess.run(["openssl", *arguments], check=True, cwd=folder, capture_output=True)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority")
    run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "asked.pem", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    run("x509", "-req", "-in", "asked.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem",
        "-extfile", "names")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def send(address, body, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as answer:
        return answer.read().decode()


def check(origin, token, inbox):
    asked = 'mutation { setReminders(input: {address: "officer@example.org", language: EN}) { errors { message } } }'
    body = json.dumps({"query": asked}).encode()
    answer = send(f"{origin}/graphql", body, **{"content-type": "application/json", "authorization": f"Bearer {token}"})
    assert json.loads(answer)["data"]["setReminders"]["errors"] == [], answer

    to, question = inbox.got.get(timeout=60)
    assert to == ["officer@example.org"] and not question.defects, question
    door = question["List-Unsubscribe"].strip("<>")
    assert door in question.get_content()
    send(door, b"confirm=yes")

    to, reminder = inbox.got.get(timeout=60)
    assert to == ["officer@example.org"] and not reminder.defects
    print(reminder["Subject"], "·", len(re.findall(r"^\* ", reminder.get_content(), re.M)), "entries")
    assert "Findings to explain" in reminder.get_content()
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and reminder["Auto-Submitted"]
    send(reminder["List-Unsubscribe"].strip("<>"), b"List-Unsubscribe=One-Click")


def main(jejaring):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox, port = Inbox(), free_port()
        server = Controller(
            inbox, hostname="localhost", port=port, tls_context=certificate(folder), require_starttls=True,
            authenticator=authenticate, auth_required=True,
        )
        server.start()
        (folder / "password").write_text(PASSWORD + "\n")
        database = f"sqlite://{folder}/register.sqlite"
        http = free_port()
        (folder / "settings.toml").write_text(
            f'listen = "127.0.0.1:{http}"\npublic_url = "http://127.0.0.1:{http}"\ndatabase_url = "{database}"\n'
            f'with_reports = true\n[mail]\nhost = "localhost"\nport = {port}\nca_file = "{folder}/ca.pem"\n'
            f'user = "register"\npassword_file = "{folder}/password"\nfrom = "Register <register@example.org>"\n'
        )
        settings = ["--config", str(folder / "settings.toml")]
        running = subprocess.Popen([jejaring, "serve", *settings], stdout=subprocess.PIPE, text=True)
        try:
            origin = running.stdout.readline().split()[-1]
            made = subprocess.run(
                [jejaring, "token", "create", *settings, "--account", "ana", "--name", "Ana",
                 "--role", "officer", "--institution", "ditjen-ikm"],
                check=True, capture_output=True, text=True,
            )
            check(origin, re.search(r"jej_\w+", made.stdout).group(), inbox)
        finally:
            running.terminate()
            running.wait()
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1])
