# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Go says of a text that is to be a JSON object and is none (encoding/json)."""

from __future__ import annotations

import re

from azext_safeguards.domain.go_quoting import quoted

_BLANKS = b" \t\r\n"
_LITERALS = {b"t": b"true", b"f": b"false", b"n": b"null"}
_KINDS = {b'"': "string", b"[": "array", b"t": "bool", b"f": "bool"}
_HEX = frozenset(b"%x" % digit for digit in range(16))
_END = "unexpected end of JSON input"
_TOP, _KEY, _VALUE, _ITEM = (
    "after top-level value",
    "after object key",
    "after object key:value pair",
    "after array element",
)
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')


class _Wrong(Exception):
    """The text is no JSON."""


def wrong_object(text: bytes) -> str:
    """What is wrong with a text that is to be one object; "" for one that is, and for null, which is none of it."""
    try:
        _Scanner(text).scan()
    except _Wrong as error:
        return str(error)
    first = text.lstrip(_BLANKS)[:1]
    if first in (b"{", b"n"):
        return ""
    return f"json: cannot unmarshal {_KINDS.get(first, 'number')} into Go value of type map[string]interface {{}}"


class _Scanner:
    """Reads a text byte by byte, as Go's own does; at its end that sees one more blank."""

    def __init__(self, text: bytes) -> None:
        self._text = text + b" "
        self._at = 0

    def scan(self) -> None:
        """All of the text. Raises _Wrong."""
        # Of each list and object that is open what may come next.
        open_: list[str] = []
        state = "value"
        while True:
            byte = self._next()
            if not byte:
                if state == _TOP:
                    return
                raise _Wrong(_END)
            if state in ("value", "value or ]"):
                if byte == b"]" and state == "value or ]":
                    state = self._closed(open_)
                elif byte in (b"{", b"["):
                    open_.append(_VALUE if byte == b"{" else _ITEM)
                    state = "key or }" if byte == b"{" else "value or ]"
                else:
                    self._value(byte)
                    state = open_[-1] if open_ else _TOP
            elif state in ("key", "key or }"):
                if byte == b"}" and state == "key or }":
                    state = self._closed(open_)
                elif byte == b'"':
                    self._string()
                    state = _KEY
                else:
                    raise self._unexpected(byte, "looking for beginning of object key string")
            else:
                state = self._after(state, byte, open_)

    def _after(self, state: str, byte: bytes, open_: list[str]) -> str:
        """What comes behind what has ended."""
        if state == _KEY and byte == b":":
            return "value"
        if state in (_VALUE, _ITEM):
            if byte == b",":
                return "key" if state == _VALUE else "value"
            if byte == (b"}" if state == _VALUE else b"]"):
                return self._closed(open_)
        raise self._unexpected(byte, state)

    @staticmethod
    def _closed(open_: list[str]) -> str:
        open_.pop()
        return open_[-1] if open_ else _TOP

    def _next(self) -> bytes:
        """The next byte that is no blank; nothing at the end."""
        while self._at < len(self._text):
            byte = self._text[self._at : self._at + 1]
            self._at += 1
            if byte not in (b" ", b"\t", b"\r", b"\n"):
                return byte
        return b""

    def _byte(self) -> bytes:
        """The next byte whatever it is."""
        if self._at >= len(self._text):
            raise _Wrong(_END)
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _unexpected(self, byte: bytes, where: str) -> _Wrong:
        shown = {b"'": r"'\''", b'"': "'\"'"}.get(byte) or f"'{quoted(chr(byte[0]))[1:-1]}'"
        return _Wrong(f"invalid character {shown} {where}")

    def _value(self, byte: bytes) -> None:
        if byte == b'"':
            self._string()
        elif byte in _LITERALS:
            word = _LITERALS[byte]
            for place in range(1, len(word)):
                expected, found = word[place : place + 1], self._byte()
                if found != expected:
                    raise self._unexpected(found, f"in literal {word.decode()} (expecting '{expected.decode()}')")
        elif byte == b"-" or byte.isdigit():
            self._number(byte)
        else:
            raise self._unexpected(byte, "looking for beginning of value")

    def _string(self) -> None:
        while True:
            plain = _PLAIN.match(self._text, self._at)
            self._at = plain.end() if plain else self._at
            byte = self._byte()
            if byte == b'"':
                return
            if byte != b"\\":
                raise self._unexpected(byte, "in string literal")
            byte = self._byte()
            if byte == b"u":
                for _ in range(4):
                    byte = self._byte()
                    if byte.lower() not in _HEX:
                        raise self._unexpected(byte, "in \\u hexadecimal character escape")
            elif byte not in (b"b", b"f", b"n", b"r", b"t", b"\\", b"/", b'"'):
                raise self._unexpected(byte, "in string escape code")

    def _number(self, byte: bytes) -> None:
        if byte == b"-":
            byte = self._digit("in numeric literal")
        if byte != b"0":
            self._digits()
        if self._text[self._at : self._at + 1] == b".":
            self._at += 1
            self._digit("after decimal point in numeric literal")
            self._digits()
        if self._text[self._at : self._at + 1] in (b"e", b"E"):
            self._at += 1
            if self._text[self._at : self._at + 1] in (b"+", b"-"):
                self._at += 1
            self._digit("in exponent of numeric literal")
            self._digits()

    def _digit(self, where: str) -> bytes:
        byte = self._byte()
        if not byte.isdigit():
            raise self._unexpected(byte, where)
        return byte

    def _digits(self) -> None:
        while self._text[self._at : self._at + 1].isdigit():
            self._at += 1
