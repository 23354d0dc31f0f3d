"""A serializer that workers refuse is told with those that they take; where nobody can tell, nothing is."""

from celery_registry.contract.accepted import SerializerUse, compare_serializers

JSON = SerializerUse("task_serializer", "send", "json", "application/json")
YAML = SerializerUse("The task send", "send", "yaml", "application/x-yaml")


def test_a_serializer_that_workers_refuse_is_told():
    accepted = {"application/x-msgpack": "msgpack", "application/json": "json"}
    (finding,) = compare_serializers([JSON, YAML], accepted)
    assert (finding.problem, finding.task) == ("serializer-not-accepted", "send")
    assert finding.facts["accepted"] == "json, msgpack"


def test_what_accepts_anything_refuses_nothing():
    assert list(compare_serializers([JSON, YAML], None)) == []
