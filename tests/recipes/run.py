"""Runs the recipes of docs/ANALYSIS.md against a server with the five reports, and compares what each prints with the page."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ADDRESS = "http://127.0.0.1:8080"
root = pathlib.Path(__file__).resolve().parents[2]


def recipes(page):
    """The blocks of code on the page, each with the text that is to follow from it."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for (language, code), (after, text) in zip(blocks[::2], blocks[1::2], strict=True):
        assert language in ("sh", "python") and after == "text", f"{language} is followed by {after}:\n{code}"
        yield language, code, text


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        register = pathlib.Path(folder, "register.sqlite")
        command = [binary, "--listen", "127.0.0.1:0", "--database-url", f"sqlite://{register}", "--with-reports"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            address = server.stdout.readline().removeprefix("listening on ").strip()
            assert address.startswith("http://"), f"the server did not start: {address!r}"
            run = 0
            for language, code, text in recipes((root / "docs/ANALYSIS.md").read_text()):
                program = ["bash", "-euo", "pipefail", "-c"] if language == "sh" else [sys.executable, "-c"]
                done = subprocess.run(
                    [*program, code.replace(ADDRESS, address)], cwd=folder, capture_output=True, text=True,
                    env={**os.environ, "NO_PROXY": "*"}, timeout=120,
                )
                assert done.returncode == 0, f"{code}\n{done.stderr}"
                printed = done.stdout.replace("\r\n", "\n")
                assert printed == text, f"{code}\nprinted\n{printed}\nwhere the page has\n{text}"
                run += 1
        finally:
            server.terminate()
            server.wait(timeout=30)
    print(f"{run} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
