# Makes dist\esviewer-setup.exe: the application folder, then the installer around it.
# Needs Python 3.11 (py), Git, and Inno Setup 6 (ISCC.exe in PATH or in its usual folder).
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

py -3.11 packaging\build.py bundle
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

$version = (& dist\esviewer\esviewer.exe --version).Split(" ")[-1]
$compiler = (Get-Command ISCC.exe -ErrorAction SilentlyContinue).Source
if (-not $compiler) { $compiler = "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe" }
& $compiler "/DVersion=$version" packaging\windows\esviewer.iss
exit $LASTEXITCODE
