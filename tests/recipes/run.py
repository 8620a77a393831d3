"""Runs the recipes of docs/ANALYSIS.md against a server with the five reports, and compares what each prints with the page.

Of Power Query and Grafana, which cannot be had here, the request is sent that the recipe describes.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

ADDRESS = "http://127.0.0.1:8080"
# What runs a recipe; the code is the last argument.
PROGRAMS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"], "r": ["Rscript", "-e"]}
root = pathlib.Path(__file__).resolve().parents[2]


def recipes(page):
    """The blocks of code on the page, each with the text that is to follow from it."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for (language, code), (after, text) in zip(blocks[::2], blocks[1::2], strict=True):
        assert language in [*PROGRAMS, *REQUESTS] and after == "text", f"{language} is followed by {after}:\n{code}"
        yield language, code, text


def power_query(code):
    """The request of `Web.Contents`."""
    quoted = r'"((?:[^"]|"")*)"'
    (address,) = re.findall(rf"Web\.Contents\({quoted}", code)
    (query,) = re.findall(rf"Query = \[query = {quoted}\]", code)
    (accept,) = re.findall(rf"Headers = \[Accept = {quoted}\]", code)
    address += "?" + urllib.parse.urlencode({"query": query.replace('""', '"')})
    return urllib.request.Request(address, headers={"Accept": accept})


def infinity(code):
    """The request of Grafana's Infinity data source."""
    query = json.loads(code)
    options = query["url_options"]
    headers = {header["key"]: header["value"] for header in options["headers"]}
    headers["Content-Type"] = options["body_content_type"]
    return urllib.request.Request(query["url"], options["data"].encode(), headers, method=options["method"])


REQUESTS = {"powerquery": power_query, "json": infinity}


def printed(language, code, folder):
    """What a recipe prints, or is answered."""
    if language in REQUESTS:
        with urllib.request.urlopen(REQUESTS[language](code), timeout=30) as answer:
            return answer.read().decode()
    done = subprocess.run(
        [*PROGRAMS[language], code], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "NO_PROXY": "*", "HOME": folder}, timeout=120,
    )
    assert done.returncode == 0, f"{code}\n{done.stderr}"
    return done.stdout


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
                said = printed(language, code.replace(ADDRESS, address), folder).replace("\r\n", "\n")
                assert said == text, f"{code}\nprinted\n{said}\nwhere the page has\n{text}"
                run += 1
        finally:
            server.terminate()
            server.wait(timeout=30)
    print(f"{run} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
