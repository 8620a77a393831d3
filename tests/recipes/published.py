"""Reads the calendars and feeds of a server with the five reports with the public libraries, and compares them with what GraphQL says."""

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import feedparser
import icalendar


def get(address, **headers):
    """What is at an address: status, tag and body."""
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["etag"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["etag"], error.read()


def ask(origin, query):
    request = urllib.request.Request(
        f"{origin}/graphql", json.dumps({"query": query}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def check(origin):
    fields = "id key title startsOn startsPrecision endsOn status version page"
    batches = ask(origin, f"{{ batches(first: 100) {{ nodes {{ {fields} }} }} }}")["batches"]["nodes"]
    known = {batch["page"]: batch for batch in batches if batch["startsPrecision"] == "DAY"}

    status, tag, body = get(f"{origin}/calendar/all.ics")
    calendar = icalendar.Calendar.from_ical(body)
    assert status == 200 and not calendar.errors
    assert int(calendar["X-JEJARING-LEFT-OUT"]) == len(batches) - len(known) > 0
    events = calendar.walk("VEVENT")
    assert len(events) == len(known) > 0
    for event in events:
        batch = known[str(event["URL"])]
        assert not event.errors
        assert event.decoded("DTSTART").isoformat() == batch["startsOn"]
        if "DTEND" in event:
            assert (event.decoded("DTEND") - event.decoded("DTSTART")).days >= 1
        assert int(event["SEQUENCE"]) == batch["version"] - 1
        assert batch["title"] is None or str(event["SUMMARY"]) == batch["title"]
        assert len(str(event["UID"])) == 36 and str(event["STATUS"]) in ("TENTATIVE", "CONFIRMED", "CANCELLED")
    print(calendar["X-WR-CALNAME"], "·", len(events), "events,", calendar["X-JEJARING-LEFT-OUT"], "left out")
    print(get(f"{origin}/calendar/all.ics", **{"if-none-match": tag})[0], "for a client that has it")

    status, tag, body = get(f"{origin}/feeds/all.atom")
    feed = feedparser.parse(body)
    assert status == 200 and not feed.bozo and feed.version == "atom10"
    assert {entry.link for entry in feed.entries} == {batch["page"] for batch in batches}
    assert all(entry.id.startswith("urn:uuid:") and entry.updated_parsed for entry in feed.entries)
    print(feed.feed.title, "·", len(feed.entries), "entries")
    assert get(f"{origin}/feeds/all.atom", **{"if-none-match": tag})[0] == 304


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "--listen", "127.0.0.1:0", "--database-url", f"sqlite://{folder}/register.sqlite", "--with-reports"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            check(server.stdout.readline().removeprefix("listening on ").strip())
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main(sys.argv[1])
