; The installer for Windows, for Inno Setup 6; packaging\windows\build.ps1 runs it after the application folder is made.
; Installs for one user without administrator's rights, or for all. Folders of settings stay when it is removed.

#ifndef Version
  #error Pass /DVersion=0.0.0, or run packaging\windows\build.ps1.
#endif

[Setup]
AppId={{7E1B8F0B-6B0A-4E0C-9C43-0C7D9E2F5A11}
AppName=esviewer
AppVersion={#Version}
AppPublisher=The esviewer authors
DefaultDirName={autopf}\esviewer
DefaultGroupName=esviewer
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=esviewer-setup
SetupIconFile=..\..\build\icons\esviewer.ico
UninstallDisplayIcon={app}\esviewerw.exe
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
ChangesEnvironment=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "ja"; MessagesFile: "compiler:Languages\Japanese.isl"

[CustomMessages]
en.Path=Add the folder to PATH, for the command esviewer
ja.Path=コマンド esviewer のためにフォルダーを PATH に加える
en.OpenWith=Offer esviewer for .db, .sqlite, .sqlite3 and .duckdb files
ja.OpenWith=.db、.sqlite、.sqlite3、.duckdb ファイルを開く候補に esviewer を加える

[Tasks]
Name: "path"; Description: "{cm:Path}"
Name: "openwith"; Description: "{cm:OpenWith}"

[InstallDelete]
; A release may leave out what the one before had.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\esviewer\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
; esviewerw has no console; esviewer is for the command line.
Name: "{group}\esviewer"; Filename: "{app}\esviewerw.exe"; AppUserModelID: "esviewer"

[Registry]
Root: HKA; Subkey: "Software\Classes\esviewer"; ValueType: string; ValueData: "URL:esviewer"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\esviewer"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\esviewer\DefaultIcon"; ValueType: string; ValueData: "{app}\esviewerw.exe,0"
Root: HKA; Subkey: "Software\Classes\esviewer\shell\open\command"; ValueType: string; ValueData: """{app}\esviewerw.exe"" open --from-desktop ""%1"""
Root: HKA; Subkey: "Software\Classes\esviewer.store"; ValueType: string; ValueData: "Event store"; Flags: uninsdeletekey; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\esviewer.store\shell\open\command"; ValueType: string; ValueData: """{app}\esviewerw.exe"" open --from-desktop ""%1"""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\.db\OpenWithProgids"; ValueType: string; ValueName: "esviewer.store"; ValueData: ""; Flags: uninsdeletevalue; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\.sqlite\OpenWithProgids"; ValueType: string; ValueName: "esviewer.store"; ValueData: ""; Flags: uninsdeletevalue; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\.sqlite3\OpenWithProgids"; ValueType: string; ValueName: "esviewer.store"; ValueData: ""; Flags: uninsdeletevalue; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\.duckdb\OpenWithProgids"; ValueType: string; ValueName: "esviewer.store"; ValueData: ""; Flags: uninsdeletevalue; Tasks: openwith

[Run]
Filename: "{app}\esviewerw.exe"; Description: "{cm:LaunchProgram,esviewer}"; Flags: nowait postinstall skipifsilent

[Code]
const
  Key = 'Environment';

function Root: Integer;
begin
  if IsAdminInstallMode then Result := HKEY_LOCAL_MACHINE else Result := HKEY_CURRENT_USER;
end;

function Place: String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := Key;
end;

procedure CurStepChanged(Step: TSetupStep);
var
  Paths: String;
begin
  if (Step = ssPostInstall) and WizardIsTaskSelected('path') then
  begin
    if not RegQueryStringValue(Root, Place, 'Path', Paths) then Paths := '';
    if Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Paths) + ';') = 0 then
    begin
      if (Paths <> '') and (Copy(Paths, Length(Paths), 1) <> ';') then Paths := Paths + ';';
      RegWriteExpandStringValue(Root, Place, 'Path', Paths + ExpandConstant('{app}'));
    end;
  end;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Paths: String;
  At: Integer;
begin
  if (Step = usPostUninstall) and RegQueryStringValue(Root, Place, 'Path', Paths) then
  begin
    At := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Paths) + ';');
    if At > 0 then
    begin
      Delete(Paths, At, Length(ExpandConstant('{app}')) + 1);
      RegWriteExpandStringValue(Root, Place, 'Path', Paths);
    end;
  end;
end;
