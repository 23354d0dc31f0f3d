"""Not one word of ours stands here."""

from deco import called


@called("quiet")
def n(x: int) -> int:
    return x
