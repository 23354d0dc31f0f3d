from factory import make_annotated, make_celery, make_other, make_rewriting, make_with_context


def flask():
    return None


celery = make_celery("shop")  # type: ignore[no-untyped-call]
with_context = make_with_context(flask())  # type: ignore[no-untyped-call]
rewriting = make_rewriting()  # type: ignore[no-untyped-call]
other = make_other("")  # type: ignore[no-untyped-call]
annotated = make_annotated()
alias = celery
