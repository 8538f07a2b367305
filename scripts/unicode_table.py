# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes azext_safeguards/domain/re2/unicode.json: categories, scripts and case, as RE2 itself has them.

    python -m scripts.unicode_table

Asks google-re2 which characters each class matches. Names are those that both RE2 and Go's `unicode` (15.0) know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import re2

_TARGET = Path(__file__).parent.parent / "azext_safeguards" / "domain" / "re2" / "unicode.json"
_CATEGORIES = "Cc Cf Co Ll Lm Lo Lt Lu Mc Me Mn Nd Nl No Pc Pd Pe Pf Pi Po Ps Sc Sk Sm So Zl Zp Zs"
_SCRIPTS = """
Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo
Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common
Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs
Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi Gurmukhi Han Hangul
Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian
Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha
Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi
Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar
Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian
Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage
Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra
Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa
Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai
Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square
"""
# Only characters of these have others that differ by case.
_CASED = ("Lu", "Ll", "Lt", "Lm", "Mn", "Nl", "So")
_SURROGATES = (0xD800, 0xDFFF)
_ALL = "".join(chr(code) for code in range(0x110000) if not _SURROGATES[0] <= code <= _SURROGATES[1])


def main() -> None:
    """Writes the table."""
    classes = {name: _pairs(_ranges(rf"\p{{{name}}}")) for name in (*_CATEGORIES.split(), *_SCRIPTS.split())}
    # No text of Go's or RE2's holds one, so that they cannot be asked about.
    classes["Cs"] = _pairs([_SURROGATES])
    table = {"source": f"google-re2 {version('google-re2')}", "classes": classes, "orbits": _orbits()}
    _TARGET.write_text(json.dumps(table, separators=(",", ":")).replace('],"', '],\n"') + "\n", encoding="ascii")


def _ranges(pattern: str) -> list[tuple[int, int]]:
    """The characters that a class matches."""
    return [(ord(run[0]), ord(run[-1])) for part in re2.findall(f"{pattern}+", _ALL) for run in _at_gap(part)]


def _at_gap(run: str) -> list[str]:
    """A run of characters in two where it jumps over the surrogates, which the text lacks."""
    before = "".join(one for one in run if ord(one) < _SURROGATES[0])
    return [part for part in (before, run[len(before) :]) if part]


def _pairs(ranges: Iterable[tuple[int, int]]) -> list[int]:
    """Ranges as numbers: how far behind the last one a range begins, how many more characters it has."""
    numbers, at = [], 0
    for low, high in ranges:
        numbers += [low - at, high - low]
        at = high
    return numbers


def _orbits() -> list[list[int]]:
    """The groups of characters that `(?i)` takes for one."""
    names = [name for name in _CATEGORIES.split() if name not in _CASED]
    if re2.findall("(?i)[" + "".join(rf"\p{{{name}}}" for name in names) + "]", _among(_CASED)):
        raise SystemExit("A character of a category that was taken for one without case has another of another case.")
    cased = _among(_CASED)
    orbits: dict[int, list[int]] = {}
    for one in cased:
        if ord(one) not in orbits:
            members = [ord(other) for other in re2.findall(rf"(?i)\x{{{ord(one):x}}}", cased)]
            orbits.update(dict.fromkeys(members, members))
    return [members for code, members in sorted(orbits.items()) if code == members[0] and len(members) > 1]


def _among(categories: Iterable[str]) -> str:
    return "".join(re2.findall("[" + "".join(rf"\p{{{name}}}" for name in categories) + "]", _ALL))


if __name__ == "__main__":
    main()
