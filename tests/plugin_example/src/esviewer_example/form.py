"""Reports as plain text."""

from typing import Any, BinaryIO


class PlainText:
    esviewer_plugin = 1

    def write(self, document: dict[str, Any], out: BinaryIO) -> None:
        out.write(f"{document['kicker']}: {document['title']}\n{document['subtitle']}\n".encode())
        for section in document["sections"]:
            out.write(f"\n== {section['title']}\n".encode())
            for block in section["blocks"]:
                if block["block"] == "paragraph":
                    out.write(f"{block['text']}\n".encode())
                elif block["block"] == "facts":
                    for fact in block["items"]:
                        out.write(f"{fact['label']}: {fact.get('value', '')}\n".encode())
                elif block["block"] == "table":
                    for row in block["rows"]:
                        out.write(f"{' | '.join(f'{key}={value}' for key, value in row.items())}\n".encode())
