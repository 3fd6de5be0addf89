"""XML of the vendors, parsed with entities forbidden: no file is ever fetched, no text is ever multiplied."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from analysis.importers._problem import ImportProblem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from analysis.importers._source import Source

_AS_XML: Final = "XML as the vendor exports it"


def root(source: Source) -> Element:
    """The root element of a whole document; DTDs, entities, external references and broken XML are problems."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        parsed: Element = fromstring(source.content.removeprefix(BOM_UTF8).lstrip(), forbid_dtd=True)
    except DefusedXmlException as error:
        came = f"{source.name} declares entities or a document type ({type(error).__name__})"
        raise ImportProblem(came, _AS_XML, "do not import it; export it again from the vendor") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise ImportProblem(f"{source.name} is not whole XML ({error})", _AS_XML, "export it again") from error
    return parsed


def local_name(tag: str) -> str:
    """The name of a tag or attribute without its namespace.

    >>> local_name("{http://www.topografix.com/GPX/1/1}trkpt")
    'trkpt'
    """
    return tag.rpartition("}")[2]


def text_at(element: Element, *path: str) -> str | None:
    """The text below an element along local names, None where the path ends early or the text is blank.

    >>> from xml.etree.ElementTree import XML
    >>> text_at(XML("<a><b><c> 5 </c></b></a>"), "b", "c"), text_at(XML("<a/>"), "b")
    ('5', None)
    """
    for name in path:
        found = next((child for child in element if local_name(child.tag) == name), None)
        if found is None:
            return None
        element = found
    text = (element.text or "").strip()
    return text or None


def all_named(element: Element, name: str) -> list[Element]:
    """All elements of this local name at any depth, in document order."""
    return [child for child in element.iter() if isinstance(child.tag, str) and local_name(child.tag) == name]
