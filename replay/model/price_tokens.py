"""Cuts a price text into numbers, marks of currencies, words and signs, and leaves out remarks in brackets.

"£349.42 (includes £58.24 VAT)" is an amount with a remark. A word is the mark of a currency only beside a
number or another mark ("R 1 299", but not "R" alone), and letters around a sign belong to it only if the two
together are a mark ("US$", but not "from$").
"""

from __future__ import annotations

import re

from replay.model.currency import marked
from replay.model.price_number import NUMBER

__all__ = ["BLANK", "Token", "at", "tokens_of", "without_remarks"]

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
    """A piece of text: ``kind`` is number, mark, word, said (a word understood) or the character itself."""

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
"""What stands before the first token and after the last."""


def at(tokens: list[Token], index: int) -> Token:
    """The token there, ``BLANK`` outside the text."""
    return tokens[index] if 0 <= index < len(tokens) else BLANK


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
                token.kind = "fraction" if token.text.isnumeric() else token.text
        tokens.append(token)
    for index, token in enumerate(tokens):
        if token.kind == "word":
            _resolve(tokens, index)
    return tokens


def _marks(token: Token) -> list[Token]:
    """A sign with letters around it, as one mark if there is such a one, else each for itself."""
    token.codes = marked(token.text.replace(" ", ""))
    split = None if token.codes is not None else _SUFFIX.fullmatch(token.text)
    if split is None or len(token.text) == 1:
        token.codes = token.codes or frozenset()
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


def _resolve(tokens: list[Token], index: int) -> None:
    """A word is the mark of a currency only beside a number or another mark."""
    token = tokens[index]
    codes = marked(token.text)
    if codes is None:
        return
    if token.text in _BEFORE_ONLY:
        is_mark = at(tokens, index + 1).kind in ("number", "-")
    else:
        is_mark = _beside(tokens, index, -1) or _beside(tokens, index, 1)
    if is_mark:
        token.kind = "mark"
        token.codes = codes


def _beside(tokens: list[Token], index: int, step: int) -> bool:
    """Whether nothing but signs, brackets and colons is between a token and the next number or mark."""
    index += step
    while at(tokens, index).kind in _BETWEEN:
        index += step
    return at(tokens, index).kind in ("number", "mark")


_BETWEEN = frozenset("-+():")


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
