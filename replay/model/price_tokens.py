"""Cuts a price text into numbers, marks of currencies, words and signs, and leaves out remarks in brackets.

"£349.42 (includes £58.24 VAT)" is an amount with a remark. A word is the mark of a currency only beside a
number or another mark ("R 1 299", but not "R" alone), and letters around a sign belong to it only if the two
together are a mark ("US$", but not "from$").
"""

from __future__ import annotations

import re

from replay.model.currency import marked
from replay.model.price_number import NUMBER

__all__ = ["BLANK", "Token", "tokens_of", "without_remarks"]

_SC = "$¢-¥֏؋৲৳৻૱௹฿៛₠-⃏﷼"
_NO_LETTER = r"\s\d!-/:-@\[-`{-~\u00a1-\u00bf×÷\u2000-\u206f\u2190-\u2bff\u3000-\u303f٫٬؛؟" + _SC
_PATTERN = re.compile(
    rf"(?P<number>{NUMBER})(?P<tail>[.,:]-{{1,2}}(?![\d$€£])|/-(?!\d))?"
    r"|(?P<mark>(?:\b(?:US|AU|CA|NZ|HK|SG|MX|C) ?|[^\W\d_]{1,4})?[$£¥₵](?: ?[A-Z]{1,3}(?![^\W\d_]))?"
    rf"|[{_SC}]|(?<=\d)[円圓圆元원]|(?<=\d )[円圓圆元원]|\b[SB]/\.?(?=\s?\d))"
    rf"|(?P<word>[^{_NO_LETTER}]+(?:[.'\"][^{_NO_LETTER}]+)*\.?)"
    r"|(?P<other>\S)"
)
_BEFORE_ONLY = frozenset("RQKLPGE")
_SUFFIX = re.compile(r"([^$£¥₵]*)([$£¥₵]) ?(.*)")


class Token:
    """A piece of text: ``kind`` is number, mark, word, said (understood) or the character itself."""

    __slots__ = ("codes", "end", "key", "kind", "start", "tail", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
        self.key = text
        self.tail = ""
        self.codes: frozenset[str] | None = None


BLANK = Token("end", "", -9, -9)


def tokens_of(text: str) -> list[Token]:
    """Cut cleaned text into tokens."""
    tokens: list[Token] = []
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "tail":
            token = Token("number", match["number"], match.start(), match.end())
            token.tail = match["tail"]
        else:
            token = Token(kind, match[0], match.start(), match.end())
            if kind == "mark":
                tokens.extend(_marks(token))
                continue
            if kind == "word":
                token.key = token.text.casefold().rstrip(".")
            elif kind == "other":
                token.kind = token.text
        tokens.append(token)
    for at, token in enumerate(tokens):
        if token.kind == "word":
            _resolve(tokens, at)
    return tokens


def _marks(token: Token) -> list[Token]:
    """A sign with letters around it, as one mark if there is such a one, else each for itself."""
    token.codes = marked(token.text.replace(" ", "").replace("/.", "/"))
    split = None if token.codes is not None else _SUFFIX.fullmatch(token.text)
    if split is None:
        return [token]
    parts = []
    for group in (1, 2, 3):
        if split[group]:
            kind = "mark" if group == 2 else "word"
            part = Token(
                kind, split[group].strip(), token.start + split.start(group), token.start + split.end(group)
            )
            part.key = part.text.casefold()
            part.codes = marked(part.text) if kind == "mark" else None
            parts.append(part)
    return parts


def _resolve(tokens: list[Token], at: int) -> None:
    """A word is the mark of a currency only beside a number or another mark."""
    token = tokens[at]
    codes = marked(token.text)
    if codes is None:
        return
    before, after = _skip(tokens, at, -1), _skip(tokens, at, 1)
    is_beside = after.kind in ("number", "mark") or (
        before.kind in ("number", "mark") and token.text not in _BEFORE_ONLY
    )
    if is_beside:
        token.kind = "mark"
        token.codes = codes


def _skip(tokens: list[Token], at: int, step: int) -> Token:
    """The next token that is not a sign, bracket or colon."""
    at += step
    while 0 <= at < len(tokens) and tokens[at].kind in "-+():":
        at += step
    return tokens[at] if 0 <= at < len(tokens) else BLANK


def without_remarks(tokens: list[Token]) -> list[Token] | None:
    """Leave out brackets that hold a number and words; None if a bracket with a number does not close."""
    kept: list[Token] = []
    opened: int | None = None
    for token in tokens:
        if token.kind in ("(", "["):
            opened = len(kept)
        kept.append(token)
        if token.kind in (")", "]") and opened is not None:
            inside = kept[opened + 1 : -1]
            kinds = {each.kind for each in inside}
            if "number" not in kinds:
                kept[opened:] = inside
            elif "word" in kinds or "%" in kinds:
                del kept[opened:]
            opened = None
    is_open = opened is not None and any(token.kind == "number" for token in kept[opened:])
    return None if is_open else kept
