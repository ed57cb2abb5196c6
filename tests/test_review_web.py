"""The review on the wire: who gets in, what every answer carries, and errors as one sentence."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from reviewing import make_run, served
from typer.testing import CliRunner

from extractor.audit.review.server import ASSETS, FOLDERS, HOST, bound
from extractor.cli import app


@pytest.fixture(scope="module")
def link(tmp_path_factory):
    with served(make_run(tmp_path_factory.mktemp("web")), "anna") as links:
        yield links["anna"]


def ask(link, path="", method="GET", body=None, **headers):
    """Status, headers and text of the answer; `headers` with "_" for "-", None to leave one out."""
    parts = urlsplit(link)
    sent = {"Host": parts.netloc}
    if method == "POST":
        sent |= {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.putrequest(method, parts.path + path if not path.startswith("/") else path, skip_host=True)
    content = b"" if body is None else json.dumps(body).encode()
    for name, value in {**sent, "Content-Length": str(len(content))}.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(content)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def test_the_page_and_all_its_files_are_served(link):
    for name in ("", *ASSETS):
        status, headers, text = ask(link, name)
        assert (status, bool(text)) == (200, True), name
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer" and headers["cache-control"] == "no-store"
        assert headers["access-control-allow-origin"] is None


def test_every_file_of_the_page_is_listed():
    there = {
        each.name
        for folder in FOLDERS
        for each in folder.iterdir()
        if each.name.endswith((".js", ".css", ".html"))
    }
    assert there - set(ASSETS) == {"report.html", "report.css", "report.js"}


def test_the_page_needs_no_inline_code(link):
    html = ask(link)[2]
    assert "<style" not in html and " style=" not in html and " onclick=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Host": "evil.example"}, "not the review's"),
        ({"Host": None}, "not the review's"),
        ({"Origin": "http://evil.example"}, "another site"),
        ({"Origin": "null"}, "another site"),
        ({"Origin": None}, "own page"),
        ({"Content_Type": "text/plain"}, "must be JSON"),
        ({"Content_Length": "99999999"}, "too large"),
    ],
    ids=str,
)
def test_requests_from_elsewhere_are_turned_away(link, changes, message):
    status, _, text = ask(link, "api/undo", "POST", None, **changes)
    assert status in (400, 403) and (message in text or status == 400)


@pytest.mark.parametrize(
    ("act", "body", "status", "message"),
    [
        ("keys", {"a": "\ud800"}, 400, "holds what is no text"),
        ("keys", {"a": float("nan")}, 400, "holds what is no text or number"),
        ("add", {"paper": "wombat", "start": 10**30, "end": 10**31}, 422, "error"),
        ("add", {"paper": "wombat", "start": "a", "end": 3}, 422, "the request lacks or misshapes a field"),
        ("add", {"paper": "wombat"}, 422, "the request lacks or misshapes a field"),
        ("add", {"paper": "wombat", "start": [], "end": {}}, 422, "the request lacks or misshapes a field"),
    ],
    ids=str,
)
def test_a_misshapen_request_is_one_sentence_and_bricks_nothing(link, act, body, status, message):
    answer, _, text = ask(link, f"api/{act}", "POST", body)
    assert (answer, message in text) == (status, True), text
    assert ask(link, "api/status")[0] == 200


def test_a_number_beyond_floats_is_refused(link):
    row = json.loads(ask(link, "api/queue")[2])[0]
    paper = json.loads(ask(link, f"api/paper?id={row['paper']}")[2])
    value = next(c for c in paper["claims"] if c["id"] == row["id"])["claim"]["value"]
    for corrections in ({"value": {**value, "low": 10**400, "high": 10**400}}, 7, "a", {"dataset": 3}):
        given = {"claim": row["id"], "corrections": corrections}
        status, _, text = ask(link, "api/decide", "POST", given)
        assert status in (400, 422), text
        assert "object is not" not in text and "sequence" not in text


def test_another_site_may_not_even_look(link):
    assert ask(link, "api/queue", Origin="http://evil.example")[0] == 403


@pytest.mark.parametrize("path", ["/", "/wrong/", "/wrong/api/queue", "/token-of-ann/api/queue"])
def test_without_the_token_there_is_nothing(link, path):
    status, headers, text = ask(link, path)
    assert status == 404 and "anna" not in text and headers["content-security-policy"]


@pytest.mark.parametrize("name", ["nothing.js", "..%2fdesk.py", "desk.py"])
def test_only_the_pages_own_files_are_served(link, name):
    assert ask(link, name)[0] == 404


@pytest.mark.parametrize(
    ("what", "body", "status", "message"),
    [
        ("decide", {"claim": "quokka:1-2"}, 404, "no claim quokka:1-2"),
        ("decide", ["a list"], 400, "no JSON object"),
        ("decide", None, 400, "no JSON"),
        ("take", {"claim": "quokka:1-2"}, 409, "both reviewers are done"),
        ("dance", {}, 404, "nothing of that name"),
    ],
)
def test_what_cant_be_done_is_one_sentence(link, what, body, status, message):
    answer = ask(link, f"api/{what}", "POST", body)
    assert answer[0] == status
    assert message in json.loads(answer[2])["error"]


def test_decisions_come_and_go(link):
    claim = json.loads(ask(link, "api/queue")[2])[0]["id"]
    status, _, text = ask(link, "api/decide", "POST", {"claim": claim, "verdict": "unsure"})
    assert (status, json.loads(text)["status"]["verdicts"]["unsure"]) == (200, 1)
    assert json.loads(ask(link, "api/undo", "POST", {})[2])["status"]["verdicts"]["unsure"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 2, "nowhere: no run"),
        (["run", "--as", "anna", "--as", "anna"], 2, "names of their own"),
        (["run", "--as", "a", "--as", "b", "--as", "c"], 2, "2 at most"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    make_run(tmp_path / "run")
    done = CliRunner().invoke(app, ["review", *arguments])
    assert (done.exit_code, message in done.stderr, done.stderr.count("\n")) == (code, True, 1)


def test_a_port_that_is_taken_is_said(tmp_path):
    run = make_run(tmp_path / "run")
    with bound(0) as listening:
        port = listening.getsockname()[1]
        done = CliRunner().invoke(app, ["review", str(run), "--port", str(port)])
    assert (done.exit_code, "choose another --port" in done.stderr) == (1, True)
    assert HOST == "127.0.0.1"


def test_without_the_extra_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    monkeypatch.delitem(__import__("sys").modules, "extractor.audit.review.server", raising=False)
    done = CliRunner().invoke(app, ["review", str(make_run(tmp_path / "run"))])
    assert done.exit_code == 2
    assert "pip install 'claim-extractor[review]'" in done.stderr
