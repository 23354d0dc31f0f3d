"""One report in six formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from celery_registry.contract.codes import CODES, Code, Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.report import FORMATS, Accepted, Report, render


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Two errors, a warning, one code switched off, and a baseline with a row that is met and one that is not."""
    monkeypatch.chdir(tmp_path)
    facts = {"implementation": "EmailController.send", "declared": "3 parameters", "actual": "2"}
    findings = [
        Finding("too-many-declared", "send_email", facts, Origin(str(tmp_path / "shop" / "registry.py"), 12, 4, "TasksRegistry.send_email"), Origin(str(tmp_path / "shop" / "e mail.py"), 3, 0, "EmailController.send")),
        Finding("name-not-registered", "péng: 100 %, ok", {"declared": "TaskName.PING", "nearest": "", "elsewhere": ""}, Origin("/elsewhere/names.py", 7, 0, "TaskName.PING")),
        Finding("hidden-signature", "wrapped", {"implementation": "run", "reason": "hides its signature\x00"}),
        Finding("route-unknown-task", "pign", {"setting": "task_routes", "nearest": ""}),
        Finding("task-not-declared", "old", {"names": "TaskName", "member": "OLD", "nearest": ""}),
    ]  # fmt: skip
    judged = Report.judge(findings, {Code.ROUTE: Severity.OFF})
    return judged.accept(
        [Accepted("old", "task-undeclared", "task-not-declared"), Accepted("gone", "task-result", "result-type")]
    )


def test_a_report_judges_accepts_and_orders(report: Report) -> None:
    assert [finding.task for finding in report.findings] == ["wrapped", "péng: 100 %, ok", "send_email"]
    assert report.accepted == 1
    assert report.stale == (Accepted("gone", "task-result", "result-type"),)
    assert (report.count(Severity.ERROR), report.count(Severity.WARNING), report.failed) == (2, 1, True)
    assert not Report.judge(report.findings[:1]).failed
    assert Report.judge(report.findings[:1], {Code.UNVERIFIABLE: Severity.ERROR}).failed


def test_text_is_for_people(report: Report) -> None:
    text = render(report)
    assert '    error [task-signature] Task "send_email" declares 3 parameters' in text
    assert "        declared  shop/registry.py:12 (TasksRegistry.send_email)" in text
    assert "        actual    shop/e mail.py:3 (EmailController.send)" in text
    assert "        at        /elsewhere/names.py:7 (TaskName.PING)" in text
    assert "  gone [task-result] result-type" in text
    assert text.endswith(
        "Found 2 errors and 1 warning, 1 accepted by the baseline. `check --write-baseline` accepts these, too."
    )
    assert render(Report()) == "Success: the registry and the application agree."


def test_json_follows_the_documented_schema(report: Report) -> None:
    document = json.loads(render(report, "json"))
    assert set(document) == {"schema", "tool", "summary", "findings", "stale", "looked_at", "unread"}
    assert document["schema"] == 1
    assert document["summary"] == {"errors": 2, "warnings": 1, "accepted": 1}
    assert document["stale"] == [{"task": "gone", "code": "task-result", "problem": "result-type"}]
    assert document["findings"][-1] == {
        "code": "task-signature",
        "problem": "too-many-declared",
        "severity": "error",
        "task": "send_email",
        "message": 'Task "send_email" declares 3 parameters, but EmailController.send accepts at most 2',
        "hint": "remove the surplus from the declared list, or add the parameter to EmailController.send",
        "facts": {"actual": "2", "declared": "3 parameters", "implementation": "EmailController.send"},
        "origin": {"path": "shop/registry.py", "line": 12, "column": 5, "label": "TasksRegistry.send_email"},
        "other": {"path": "shop/e mail.py", "line": 3, "column": 1, "label": "EmailController.send"},
        "fix": None,
    }
    assert document["findings"][0]["origin"] is None


def test_github_annotations_are_escaped(report: Report) -> None:
    first, second, third, stale = render(report, "github").splitlines()
    assert first.startswith('::warning title=task-unverifiable::Task "wrapped" cannot be verified')
    assert second.startswith("::error title=task-unregistered,file=/elsewhere/names.py,line=7,col=1::")
    assert 'No task is registered as "péng: 100 %25, ok" (TaskName.PING)%0Aregister' in second
    assert third.startswith("::error title=task-signature,file=shop/registry.py,line=12,col=5::Task")
    assert stale == "::notice title=baseline::gone [task-result] result-type is no longer found"
    comma = Finding("bound-method", "a", {"implementation": "x", "declared": "y", "method": "z"}, Origin("a,b:c.py", 1))
    assert "file=a%2Cb%3Ac.py,line=1" in render(Report((comma,)), "github")


def test_sarif_has_every_required_field(report: Report) -> None:
    document = json.loads(render(report, "sarif"))
    check_sarif(document)
    (run,) = document["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [str(code) for code in Code]
    unknown, unregistered, signature = run["results"]
    assert "locations" not in unknown
    assert unregistered["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/names.py"}
    place = signature["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "shop/registry.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 12, "startColumn": 5}
    other = signature["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert other["uri"] == "shop/e%20mail.py"
    assert (unknown["level"], signature["level"]) == ("warning", "error")
    moved = [Finding(f.problem, f.task, f.facts, Origin(f.origin.path, 99)) for f in report.findings]
    again = json.loads(render(Report(tuple(moved)), "sarif"))["runs"][0]["results"]
    assert [r["partialFingerprints"] for r in again] == [r["partialFingerprints"] for r in run["results"]]


def check_sarif(document: dict[str, Any]) -> None:
    """What the schema of SARIF 2.1.0 requires of the objects that are used here."""
    assert document["version"] == "2.1.0"
    for run in document["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"]
        assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(ids) == len(set(ids))
        for rule in driver["rules"]:
            assert rule["shortDescription"]["text"]
            assert rule["fullDescription"]["text"]
            assert rule["help"]["text"]
            assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        for result in run["results"]:
            assert result["message"]["text"]
            assert ids[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in {"none", "note", "warning", "error"}
            assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
            for location in [*result.get("locations", ()), *result.get("relatedLocations", ())]:
                assert location["physicalLocation"]["artifactLocation"]["uri"]
                assert location["physicalLocation"]["region"]["startLine"] >= 1
                assert location["physicalLocation"]["region"]["startColumn"] >= 1
            assert all(isinstance(related["id"], int) for related in result.get("relatedLocations", ()))


def test_gitlab_has_a_row_with_a_place_for_each_finding(report: Report) -> None:
    rows = json.loads(render(report, "gitlab"))
    assert [(row["check_name"], row["severity"], row["location"]) for row in rows] == [
        ("task-unverifiable", "minor", {"path": ".", "lines": {"begin": 1}}),
        ("task-unregistered", "major", {"path": "/elsewhere/names.py", "lines": {"begin": 7}}),
        ("task-signature", "major", {"path": "shop/registry.py", "lines": {"begin": 12}}),
    ]
    assert rows[2]["description"].startswith('Task "send_email" declares 3 parameters')
    twice = json.loads(render(Report((report.findings[0], report.findings[0])), "gitlab"))
    assert len({row["fingerprint"] for row in (*rows, *twice)}) == 4


def test_junit_counts_and_carries_only_xml_characters(report: Report) -> None:
    suites = ElementTree.fromstring(render(report, "junit"))
    (suite,) = suites
    counted = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "3", "failures": "2", "errors": "0", "skipped": "0"}
    assert [case.get("classname") for case in suite] == ["task-unverifiable", "task-unregistered", "task-signature"]
    failure = suite[2].find("failure")
    assert failure is not None
    assert failure.get("type") == "task-signature"
    assert (failure.text or "").startswith("  send_email\n")
    assert "hides its signature?" in (suite[0].findtext("system-out") or "")


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_report_is_a_document_in_each_format(format: str) -> None:
    text = render(Report(), format)
    if format in ("json", "sarif", "gitlab"):
        json.loads(text)
    elif format == "junit":
        assert ElementTree.fromstring(text)[0].get("tests") == "1"
    else:
        assert text == ("" if format == "github" else "Success: the registry and the application agree.")


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown format 'yaml'"):
        render(Report(), "yaml")


@pytest.mark.parametrize("format", FORMATS)
def test_every_code_can_be_rendered(format: str) -> None:
    from celery_registry.contract.codes import PROBLEMS

    names = {field for problem in PROBLEMS.values() for field in _fields(problem.sentence + problem.hint)}
    findings = [Finding(problem, "t", {n: n for n in names - {"task"}}) for problem in PROBLEMS]
    text = render(Report.judge(findings, dict.fromkeys(CODES, Severity.ERROR)), format)
    assert all(str(problem.code) in text for problem in PROBLEMS.values())


def _fields(text: str) -> list[str]:
    import string

    return [field for _, field, _, _ in string.Formatter().parse(text) if field]


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_is_green_where_a_file_could_not_be_read(format: str, report: Report) -> None:
    """Also without a finding; a baseline row that accepts nothing is not called gone."""
    unread = (Origin("shop/old.py", 3), "is not valid Python 3.11: invalid syntax")
    for findings in (report.findings, ()):
        document = render(Report(findings, unread=(unread, unread)), format)
        assert document != render(Report(findings), format)
        assert "Success:" not in document
        assert "old.py" in document or format == "text"
    assert Report(unread=(unread,)).accept([Accepted("gone", "task-result", "result-type")]).stale == ()
