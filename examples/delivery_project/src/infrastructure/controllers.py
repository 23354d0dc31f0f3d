"""The base of everything that answers the outside world: a request or a message."""


class Controller:
    """Built by the container, which fills its constructor."""
