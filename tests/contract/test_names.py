"""The nearest names are the likeliest slips."""

from celery_registry.contract.names import nearest_names, show_nearest


def test_the_nearest_names_come_best_first_and_without_the_name_itself():
    assert nearest_names("send_mail", ["send_email", "send_mail", "ping", "send_mails"]) == ("send_mails", "send_email")
    assert nearest_names("zzz", ["ping"]) == ()


def test_a_message_suggests_near_names_and_nothing_else():
    assert show_nearest("pin", ["ping"]) == '; did you mean "ping"?'
    assert show_nearest("pin", ["ping", "pink"]) == '; did you mean "pink" or "ping"?'
    assert show_nearest("zzz", ["ping"]) == ""
