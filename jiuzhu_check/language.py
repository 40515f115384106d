"""语言 language: Chinese source strings, English by gettext. Help, errors and the overview's labels speak both.

The terms of the law (低保, 特困, 支出型困难) are exact only in Chinese, so findings and all other reports are Chinese.
"""

import gettext
import os
from pathlib import Path

LANGUAGES = ("zh", "en")
_LOCALE = Path(__file__).parent / "locale"
_translations: gettext.NullTranslations = gettext.NullTranslations()
_chosen = "zh"


def choose(language: str | None) -> None:
    """Speak this language from now on: zh or en; null takes JIUZHU_LANG, else Chinese."""
    global _translations, _chosen
    wanted = language or os.environ.get("JIUZHU_LANG", "zh")
    _chosen = "en" if wanted.lower().startswith("en") else "zh"
    _translations = (
        gettext.translation("jiuzhu_check", _LOCALE, [_chosen], fallback=True)
        if _chosen == "en"
        else gettext.NullTranslations()
    )


def spoken() -> str:
    """The language that is spoken now: zh or en."""
    return _chosen


def say(text: str, **values: object) -> str:
    """The text in the chosen language, with its values put in.

    >>> say("没有来源 {name}。", name="tax")
    '没有来源 tax。'
    """
    spoken = _translations.gettext(text) if text else text
    return spoken.format(**values) if values else spoken
