"""Findings as JUnit XML, for test reports of CI services.

Law: the format that pytest's ``--junit-xml`` writes: an error is a failed test case, a warning a passed one with output.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from celery_registry.contract.codes import Severity
from celery_registry.contract.finding import Finding
from celery_registry.report.document import Report, show_path
from celery_registry.report.text import render_text, show_unread

__all__ = ["render_report"]

#: What XML 1.0 cannot carry (production Char).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_report(report: Report) -> str:
    """One suite; a case per finding, or one passed case where nothing was found."""
    count = {"failures": report.count(Severity.ERROR), "errors": len(report.unread), "skipped": 0}
    attributes = {"name": "celery-registry", "tests": len(report.findings) + len(report.unread) or 1, **count}
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", {name: str(value) for name, value in attributes.items()})
    for finding in report.findings:
        _add_case(suite, finding, report)
    for origin, reason in report.unread:
        path = _clean(show_path(origin.path))
        case = ElementTree.SubElement(suite, "testcase", {"classname": "unread", "name": path, "file": path})
        ElementTree.SubElement(case, "error", {"type": "unread", "message": _clean(show_unread(reason))})
    if not report.findings and not report.unread:
        ElementTree.SubElement(suite, "testcase", {"classname": "celery-registry", "name": "check"})
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _add_case(suite: ElementTree.Element, finding: Finding, report: Report) -> None:
    attributes = {"classname": str(finding.code), "name": _clean(f"{finding.task}: {finding.problem}")}
    if finding.origin.path:
        attributes["file"] = _clean(show_path(finding.origin.path))
    if finding.origin.line:
        attributes["line"] = str(finding.origin.line)
    case = ElementTree.SubElement(suite, "testcase", attributes)
    text = _clean(render_text([finding], severities=report.severities))
    if report.severity(finding) is Severity.ERROR:
        failure = {"type": str(finding.code), "message": _clean(finding.sentence)}
        ElementTree.SubElement(case, "failure", failure).text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
