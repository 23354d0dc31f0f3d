"""The nearest names are the likeliest slips."""

from celery_registry.contract.names import meant_names, nearest_names, show_nearest, show_nearest_task


def test_the_nearest_names_come_best_first_and_without_the_name_itself():
    assert nearest_names("send_mail", ["send_email", "send_mail", "ping", "send_mails"]) == ("send_mails", "send_email")
    assert nearest_names("zzz", ["ping"]) == ()


def test_a_message_suggests_near_names_and_nothing_else():
    assert show_nearest("pin", ["ping"]) == '; did you mean "ping"?'
    assert show_nearest("pin", ["ping", "pink"]) == '; did you mean "pink" or "ping"?'
    assert show_nearest("zzz", ["ping"]) == ""


def test_another_task_is_meant_only_where_its_last_word_is_near():
    tasks = ["pkg.a.tasks.charge", "pkg.a.tasks.ping", "celery.ping"]
    assert show_nearest_task("pkg.a.tasks.chrge", tasks) == '; did you mean "pkg.a.tasks.charge"?'
    assert show_nearest_task("pkg.b.tasks.charge", tasks) == '; did you mean "pkg.a.tasks.charge"?'
    assert show_nearest_task("pkg.a.tasks.refund", tasks) == ""
    assert show_nearest_task("send_email", ["tasks.send_email"]) == '; did you mean "tasks.send_email"?'


def test_a_name_whose_module_is_there_means_no_task_of_another():
    tasks = ["pkg.a.tasks.charge"]
    assert show_nearest_task("pkg.a.tasks.chrge", tasks, lambda module: True) == '; did you mean "pkg.a.tasks.charge"?'
    assert show_nearest_task("pkg.b.tasks.charge", tasks, lambda module: True) == ""
    shown = show_nearest_task("pkg.b.tasks.charge", tasks, lambda module: False)
    assert shown.startswith('; its module "pkg.b.tasks" is there, but nothing imports it')
    assert meant_names(shown) == []
    assert meant_names(show_nearest_task("pkg.b.tasks.charge", tasks)) == ["pkg.a.tasks.charge"]
