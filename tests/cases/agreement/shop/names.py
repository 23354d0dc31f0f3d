from enum import Enum


class TaskName(str, Enum):
    RIGHT = "right"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    KEYWORD_ONLY = "keyword_only"
    TYPE = "type"
    RESULT = "result"
    DEFAULTS = "defaults"
    WHOLE = "whole"
    DOCUMENTED = "documented"
    BOUND = "bound"
    NOBODY = "nobody"
    FORGOTTEN = "forgotten"
