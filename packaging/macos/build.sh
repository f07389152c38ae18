#!/bin/sh
# Makes dist/esviewer.app and dist/esviewer.dmg on macOS. Needs Python 3.11, Git and Xcode's command line tools.
# CODESIGN_IDENTITY names a Developer ID; without one the program is signed for this machine alone. With NOTARY_PROFILE, a
# profile of `xcrun notarytool store-credentials`, the image is notarised too.
set -eu
cd "$(dirname "$0")/../.."

ESVIEWER_VERSION=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' esviewer/__init__.py)
export ESVIEWER_VERSION
python3 packaging/build.py bundle

app=dist/esviewer.app
mkdir -p "$app/Contents/Resources/licences"
cp -R dist/esviewer/licences/ "$app/Contents/Resources/licences/"
# Apple's own check wants every library signed, the innermost first; what a hardened program may do stands in the file.
codesign --force --deep --options runtime --entitlements packaging/macos/entitlements.plist \
    --sign "${CODESIGN_IDENTITY:--}" "$app"
codesign --verify --deep --strict "$app"

image=build/dmg
rm -rf "$image" dist/esviewer.dmg
mkdir -p "$image"
cp -R "$app" "$image/"
ln -s /Applications "$image/Applications"
hdiutil create -volname esviewer -srcfolder "$image" -format UDZO -ov dist/esviewer.dmg
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit dist/esviewer.dmg --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple dist/esviewer.dmg
fi
