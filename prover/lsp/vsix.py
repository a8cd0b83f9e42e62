"""The extension for VS Code, packed: a zip with two manifests, as `code --install-extension` takes it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from prover.files import write_bytes

_SOURCE = Path(__file__).parent / "vscode"
_MADE = (1980, 1, 1, 0, 0, 0)  # in every entry, so that the same sources make the same bytes
_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="json" ContentType="application/json"/>
<Default Extension="js" ContentType="application/javascript"/>
<Default Extension="md" ContentType="text/markdown"/>
<Default Extension="vsixmanifest" ContentType="text/xml"/>
</Types>
"""


def pack(path: Path) -> None:
    """Write the extension to a file, which is replaced if it is there. Raises StepwiseError if it can't be written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "[Content_Types].xml", _TYPES)
        _add(archive, "extension.vsixmanifest", _manifest())
        for each in sorted(_SOURCE.iterdir()):
            _add(archive, f"extension/{each.name}", each.read_text(encoding="utf8"))
    write_bytes(path, packed.getvalue(), can_be_made_again=True)


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(zipfile.ZipInfo(name, _MADE), text, zipfile.ZIP_DEFLATED)


def _manifest() -> str:
    said = json.loads((_SOURCE / "package.json").read_text(encoding="utf8"))
    identity = " ".join(
        f"{name}={quoteattr(text)}"
        for name, text in (("Id", said["name"]), ("Version", said["version"]), ("Publisher", said["publisher"]))
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata>
<Identity Language="en-US" {identity}/>
<DisplayName>{escape(said["displayName"])}</DisplayName>
<Description xml:space="preserve">{escape(said["description"])}</Description>
<Tags>{escape(",".join(said["keywords"]))}</Tags>
<Properties>
<Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(said["engines"]["vscode"])}/>
<Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
</Properties>
</Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
<Dependencies/>
<Assets>
<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
<Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
</Assets>
</PackageManifest>
"""
