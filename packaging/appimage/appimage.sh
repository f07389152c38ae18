#!/bin/sh
# Makes an AppImage of an application folder: appimage.sh FOLDER INTO. Its folder (AppDir) is made in build/appimage and runs
# as it is; to put that into one file needs appimagetool, which is in no package: APPIMAGETOOL names it, or it is in PATH.
set -eu
folder=$(realpath "$1")
into=$(realpath "$2")
packaging=$(realpath "$(dirname "$0")/..")
root=$(dirname "$packaging")
app=$root/build/appimage/esviewer.AppDir

rm -rf "$app"
mkdir -p "$app/usr/lib" "$app/usr/share/applications"
cp -a "$folder" "$app/usr/lib/esviewer"
cp "$packaging/desktop/esviewer.desktop" "$app/usr/share/applications/esviewer.desktop"
# An AppImage has its entry and its icon at its root as well.
ln -s usr/share/applications/esviewer.desktop "$app/esviewer.desktop"
cp "$root/resources/icons/esviewer.svg" "$app/esviewer.svg"
ln -s esviewer.svg "$app/.DirIcon"
cat > "$app/AppRun" <<'END'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/esviewer/esviewer" "$@"
END
chmod 755 "$app/AppRun"
find "$app" -exec touch -h -d "@${SOURCE_DATE_EPOCH:?}" {} +

tool=${APPIMAGETOOL:-$(command -v appimagetool || true)}
if [ -z "$tool" ]; then
    echo "$app is there, and its AppRun starts the program. To make one file of it, get appimagetool and run this again." >&2
    exit 1
fi
# It takes its times from SOURCE_DATE_EPOCH.
ARCH=$(uname -m) "$tool" --no-appstream "$app" "$into/esviewer-$(uname -m).AppImage"
