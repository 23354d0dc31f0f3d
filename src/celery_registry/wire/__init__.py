"""What crosses the wire: payloads, the lock of signatures, the order of a deploy, messages that wait.

Law: it reads the application, the broker and git, and changes none of them. The verdicts on types and on
signatures are ``contract``'s; it never imports mypy.
"""
