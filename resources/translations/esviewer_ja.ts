<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en_GB">
<context>
    <name>AbsentNotice</name>
    <message>
        <source>Nothing as of then</source>
        <translation>その時点では存在なし</translation>
    </message>
    <message>
        <source>Go to version {0}</source>
        <translation>バージョン {0} へ移動</translation>
    </message>
</context>
<context>
    <name>Activity</name>
    <message>
        <source>The activity log can&apos;t be read: {0}.</source>
        <translation>操作記録を読み取れません：{0}。</translation>
    </message>
    <message>
        <source>Look at {0}.</source>
        <translation>{0} を確認してください。</translation>
    </message>
</context>
<context>
    <name>ActivityModel</name>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>What</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>ストア</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>More</source>
        <translation>詳細</translation>
    </message>
</context>
<context>
    <name>ActivityWindow</name>
    <message>
        <source>Activity</source>
        <translation>操作記録</translation>
    </message>
    <message>
        <source>Only what was done</source>
        <translation>操作で絞り込み</translation>
    </message>
    <message>
        <source>Only one store</source>
        <translation>ストアで絞り込み</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>検索</translation>
    </message>
    <message>
        <source>Only lines with this text</source>
        <translation>文字列で絞り込み</translation>
    </message>
    <message>
        <source>Whether the log holds together</source>
        <translation>操作記録の整合性</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy the lines that are chosen, or all that are shown (Ctrl+C)</source>
        <translation>選択した行をコピー。選択がなければ表示中の全行 (Ctrl+C)</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>再読み込み</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>What was done, newest first</source>
        <translation>操作の一覧(新しい順)</translation>
    </message>
    <message>
        <source>Reading the log …</source>
        <translation>操作記録を読み込み中…</translation>
    </message>
    <message>
        <source>{0}, line {1}: {2}</source>
        <translation>{0}、{1} 行目：{2}</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>ほか {0} 件</translation>
    </message>
    <message>
        <source>The log does not hold together:</source>
        <translation>操作記録の整合性が崩れています：</translation>
    </message>
    <message>
        <source>Unbroken: each of the {0} lines follows the one before it.</source>
        <translation>欠落なし：{0} 行すべてが直前の行につながっています。</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>すべての操作</translation>
    </message>
    <message>
        <source>All stores</source>
        <translation>すべてのストア</translation>
    </message>
    <message>
        <source>{0} of {1} lines</source>
        <translation>{1} 行中 {0} 行</translation>
    </message>
    <message>
        <source>(only the newest {0} are looked at)</source>
        <translation>(新しい {0} 行のみが対象)</translation>
    </message>
</context>
<context>
    <name>AggregatesModel</name>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>未作成</translation>
    </message>
    <message>
        <source>It did not exist yet as of {0}.</source>
        <translation>{0} 時点ではまだ存在していません。</translation>
    </message>
    <message>
        <source>Version {0} as of {1}</source>
        <translation>{1} 時点でバージョン {0}</translation>
    </message>
    <message>
        <source>Found by version order, as if times ascended with versions.</source>
        <translation>時刻がバージョン順に進むものとみなし、バージョン順で求めました。</translation>
    </message>
    <message>
        <source>Versions and times disagree around that moment.</source>
        <translation>その前後でバージョンと時刻の順序が食い違っています。</translation>
    </message>
    <message>
        <source>Events without a time: {0}</source>
        <translation>時刻のないイベント：{0} 件</translation>
    </message>
</context>
<context>
    <name>AggregatesPanel</name>
    <message>
        <source>Aggregate type</source>
        <translation>集約の種類</translation>
    </message>
    <message>
        <source>All types</source>
        <translation>すべての種類</translation>
    </message>
    <message>
        <source>Search ids and types</source>
        <translation>ID と種類を検索</translation>
    </message>
    <message>
        <source>Search aggregates</source>
        <translation>集約を検索</translation>
    </message>
    <message>
        <source>Ask which aggregates satisfy an expression over their state, as of the moment on show, such as ?state.status == &apos;open&apos;; Enter asks</source>
        <translation>表示中の時点の状態が式を満たす集約を探します。例：?state.status == &apos;open&apos;。Enter で実行</translation>
    </message>
    <message>
        <source>Ask all aggregates</source>
        <translation>すべての集約に問い合わせる</translation>
    </message>
    <message>
        <source>Aggregates</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>List the aggregates anew, as far as they fit the filters</source>
        <translation>絞り込みに合う集約を改めて一覧します</translation>
    </message>
    <message>
        <source>Show 1 new aggregate</source>
        <translation>新しい集約 1 件を表示</translation>
    </message>
    <message>
        <source>Show {0} new aggregates</source>
        <translation>新しい集約 {0} 件を表示</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>並べ替え中</translation>
    </message>
    <message>
        <source>Rebuilding</source>
        <translation>再構築中</translation>
    </message>
    <message>
        <source>Cancelled: {0} aggregates until then, not all.</source>
        <translation>キャンセルしました。それまでに見つかった集約は {0} 件です(全件ではありません)。</translation>
    </message>
    <message>
        <source>{0} of {1} aggregates satisfy it</source>
        <translation>集約 {1} 件中 {0} 件が該当</translation>
    </message>
    <message>
        <source> as of {0}</source>
        <translation> ({0} 時点)</translation>
    </message>
    <message>
        <source>; {0} of them were rebuilt with gaps</source>
        <translation>、うち {0} 件は欠落ありで再構築</translation>
    </message>
    <message>
        <source>; of {0} it can&apos;t be told</source>
        <translation>、{0} 件は判定不能</translation>
    </message>
    <message>
        <source>Open in a new tab</source>
        <translation>新しいタブで開く</translation>
    </message>
    <message>
        <source>Reveal this id</source>
        <translation>この ID を表示する(マスク解除)</translation>
    </message>
    <message>
        <source>Show as swim lanes</source>
        <translation>スイムレーンで表示</translation>
    </message>
    <message>
        <source>Add to the swim lanes</source>
        <translation>スイムレーンに追加</translation>
    </message>
    <message>
        <source>An expression over state, version, aggregate_id; Enter asks all aggregates.</source>
        <translation>state、version、aggregate_id を使う式。Enter ですべての集約に問い合わせます。</translation>
    </message>
    <message>
        <source>1 aggregate</source>
        <translation>1 件の集約</translation>
    </message>
    <message>
        <source>{0} aggregates</source>
        <translation>{0} 件の集約</translation>
    </message>
    <message>
        <source>{0} aggregates, loading more …</source>
        <translation>{0} 件の集約、続きを読み込み中…</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>A fault of esviewer: {0}: {1}</source>
        <translation>esviewer の不具合：{0}：{1}</translation>
    </message>
</context>
<context>
    <name>AsOf</name>
    <message>
        <source> (this machine&apos;s zone)</source>
        <translation> (このマシンのタイムゾーン)</translation>
    </message>
    <message>
        <source>no event before it</source>
        <translation>それ以前のイベントはありません</translation>
    </message>
    <message>
        <source>no event after it</source>
        <translation>それ以後のイベントはありません</translation>
    </message>
    <message>
        <source>before it version {0}, {1}, {2}</source>
        <translation>直前はバージョン {0}、{1}、{2}</translation>
    </message>
    <message>
        <source>it did not exist yet</source>
        <translation>まだ存在していません</translation>
    </message>
    <message>
        <source>after it version {0}, {1}, {2}</source>
        <translation>直後はバージョン {0}、{1}、{2}</translation>
    </message>
    <message>
        <source>As of {0}{1}: {2}; {3}.</source>
        <translation>{0}{1} 時点：{2}。{3}。</translation>
    </message>
    <message>
        <source>Not all events have been read yet.</source>
        <translation>まだすべてのイベントは読み込まれていません。</translation>
    </message>
    <message>
        <source>No event of {0} has a time: which version held at {1} can&apos;t be told.</source>
        <translation>{0} のイベントには時刻がないため、{1} 時点のバージョンを特定できません。</translation>
    </message>
    <message>
        <source>No event of {0} is known to be at or before {1}, so no state is shown as of then.</source>
        <translation>{1} 以前と分かる {0} のイベントはないため、その時点の状態は表示しません。</translation>
    </message>
    <message>
        <source>{0} did not exist yet at {1}: there is no version and no state as of then.</source>
        <translation>{0} は {1} にはまだ存在していません。その時点のバージョンも状態もありません。</translation>
    </message>
    <message>
        <source>Its first event after that: version {0}, {1}, {2}.</source>
        <translation>その後の最初のイベント：バージョン {0}、{1}、{2}。</translation>
    </message>
    <message>
        <source>Versions and times disagree here; the highest version not after the moment is taken.</source>
        <translation>ここではバージョンと時刻の順序が一致しません。この時点以前で最大のバージョンを採用しています。</translation>
    </message>
    <message>
        <source>The events&apos; times name no zone; they are taken as UTC.</source>
        <translation>イベントの時刻にタイムゾーンがないため、UTC とみなしています。</translation>
    </message>
    <message>
        <source>Events without a time, which no moment can place: {0}.</source>
        <translation>時刻がなく、時点を特定できないイベント：{0} 件。</translation>
    </message>
</context>
<context>
    <name>AsOfBanner</name>
    <message>
        <source>As of</source>
        <translation>時点</translation>
    </message>
    <message>
        <source>Back to the present</source>
        <translation>現在に戻る</translation>
    </message>
    <message>
        <source> (this machine&apos;s zone)</source>
        <translation> (このマシンのタイムゾーン)</translation>
    </message>
    <message>
        <source>Everything as of {0}{1}</source>
        <translation>すべて {0}{1} 時点</translation>
    </message>
</context>
<context>
    <name>AsOfField</name>
    <message>
        <source>As of …</source>
        <translation>時点…</translation>
    </message>
    <message>
        <source>Show everything as of a date</source>
        <translation>すべてを指定した日時の時点で表示</translation>
    </message>
    <message>
        <source>Show all aggregates as of a moment (Ctrl+T): 2026-11-22 14:34, 2026-11-22T14:34:00+09:00, 2026-11-22 14:34 Asia/Tokyo; without a zone this machine&apos;s. Enter sets it, an empty field clears it.</source>
        <translation>すべての集約を指定した時点で表示 (Ctrl+T)。例：2026-11-22 14:34、2026-11-22T14:34:00+09:00、2026-11-22 14:34 Asia/Tokyo。タイムゾーンを省くとこのマシンのものになります。Enter で設定、空欄で解除します。</translation>
    </message>
    <message>
        <source>Back to the present</source>
        <translation>現在に戻る</translation>
    </message>
</context>
<context>
    <name>AuditRoom</name>
    <message>
        <source>Start audit</source>
        <translation>監査を開始</translation>
    </message>
    <message>
        <source>Report …</source>
        <translation>レポート…</translation>
    </message>
    <message>
        <source>What the audit looks at, and what it found</source>
        <translation>監査の対象と指摘</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>指摘</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Settings (*.toml);;All files (*)</source>
        <translation>設定 (*.toml);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Settings of audits</source>
        <translation>監査の設定</translation>
    </message>
    <message>
        <source>Reading the store</source>
        <translation>ストアを読み込み中</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>キャンセルしました。</translation>
    </message>
    <message>
        <source>The audit ended early.</source>
        <translation>監査が途中で終了しました。</translation>
    </message>
    <message>
        <source>The audit is over. {0}</source>
        <translation>監査が終わりました。{0}</translation>
    </message>
    <message>
        <source>{0} events of {1} aggregates checked: {2}.</source>
        <translation>イベント {0} 件(集約 {1} 件)を検査：{2}。</translation>
    </message>
    <message>
        <source>{0} events of {1} aggregates checked after position {3}: {2}.</source>
        <translation>位置 {3} より後のイベント {0} 件(集約 {1} 件)を検査：{2}。</translation>
    </message>
    <message>
        <source>{0} known ones were accepted.</source>
        <translation>既知の {0} 件は許容済み。</translation>
    </message>
    <message>
        <source>1 known one was accepted.</source>
        <translation>既知の 1 件は許容済み。</translation>
    </message>
    <message>
        <source>Only the first {0} are listed.</source>
        <translation>一覧は先頭の {0} 件のみ。</translation>
    </message>
    <message>
        <source>Newest position: {0}.</source>
        <translation>最新の位置：{0}。</translation>
    </message>
    <message>
        <source>It took {0} s.</source>
        <translation>所要時間：{0} 秒。</translation>
    </message>
    <message>
        <source>{0} error</source>
        <translation>エラー {0} 件</translation>
    </message>
    <message>
        <source>{0} errors</source>
        <translation>エラー {0} 件</translation>
    </message>
    <message>
        <source>{0} warning</source>
        <translation>警告 {0} 件</translation>
    </message>
    <message>
        <source>{0} warnings</source>
        <translation>警告 {0} 件</translation>
    </message>
    <message>
        <source>{0} remark</source>
        <translation>情報 {0} 件</translation>
    </message>
    <message>
        <source>{0} remarks</source>
        <translation>情報 {0} 件</translation>
    </message>
    <message>
        <source>no findings</source>
        <translation>指摘なし</translation>
    </message>
    <message>
        <source>Nothing was checked yet.</source>
        <translation>まだ何も検査していません。</translation>
    </message>
    <message>
        <source>An audit reads all events once and says what is wrong with them. It only reads. The checks on the right say what is looked for.</source>
        <translation>監査では全イベントを一度読み、問題のある箇所を示します。読み取りのみを行います。右側の検査が、調べる内容です。</translation>
    </message>
    <message>
        <source>Nothing new was found.</source>
        <translation>新しい指摘はありませんでした。</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>指摘はありませんでした。</translation>
    </message>
    <message>
        <source>{0} checks looked at {1} events of {2} aggregates:</source>
        <translation>{0} 種類の検査でイベント {1} 件(集約 {2} 件)を調べました：</translation>
    </message>
    <message>
        <source>Not checked: {0}, because {1}.</source>
        <translation>未検査：{0}(理由：{1})。</translation>
    </message>
    <message>
        <source>Told until then: {0}.</source>
        <translation>それまでに報告：{0}。</translation>
    </message>
    <message>
        <source>What is wrong with versions is told once all aggregates were read.</source>
        <translation>バージョンの誤りは、すべての集約を読んだ後に報告されます。</translation>
    </message>
    <message>
        <source>No finding was told so far.</source>
        <translation>これまでに報告された指摘はありません。</translation>
    </message>
    <message>
        <source>No finding was told until then; that says nothing about the rest.</source>
        <translation>それまでに報告された指摘はありません。残りについては何も言えません。</translation>
    </message>
    <message>
        <source>Sorting …</source>
        <translation>並べ替え中…</translation>
    </message>
    <message>
        <source>{0} of {1} shown</source>
        <translation>{1} 件中 {0} 件を表示</translation>
    </message>
    <message>
        <source>Choose a finding first.</source>
        <translation>先に指摘を選択してください。</translation>
    </message>
    <message>
        <source>This finding is about the store as a whole: there is no event to go to.</source>
        <translation>この指摘はストア全体に関するもので、移動先のイベントはありません。</translation>
    </message>
    <message>
        <source>the store</source>
        <translation>ストア</translation>
    </message>
    <message>
        <source>finding {0} of {1}</source>
        <translation>{1} の指摘 {0}</translation>
    </message>
    <message>
        <source>Findings can be accepted when the audit is over.</source>
        <translation>指摘の許容は監査が終わってから行えます。</translation>
    </message>
    <message>
        <source>Accepted findings (*.jsonl);;All files (*)</source>
        <translation>許容した指摘 (*.jsonl);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Where to keep accepted findings</source>
        <translation>許容した指摘の保存先</translation>
    </message>
    <message>
        <source>{0} findings are no longer accepted: {1}</source>
        <translation>{0} 件の指摘の許容を取り消しました：{1}</translation>
    </message>
    <message>
        <source>1 finding is no longer accepted: {1}</source>
        <translation>1 件の指摘の許容を取り消しました：{1}</translation>
    </message>
    <message>
        <source>{0} findings accepted in {1}</source>
        <translation>{0} 件の指摘を許容し、{1} に記録しました</translation>
    </message>
    <message>
        <source>1 finding accepted in {1}</source>
        <translation>1 件の指摘を許容し、{1} に記録しました</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Report of the audit</source>
        <translation>監査のレポート</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>レポートを書き出し中</translation>
    </message>
    <message>
        <source>Report written: {0}</source>
        <translation>レポートを書き出しました：{0}</translation>
    </message>
</context>
<context>
    <name>BookmarkDialog</name>
    <message>
        <source>Bookmark this place</source>
        <translation>この場所をブックマーク</translation>
    </message>
    <message>
        <source>Name of the bookmark</source>
        <translation>ブックマークの名前</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
</context>
<context>
    <name>BookmarksMenu</name>
    <message>
        <source>&amp;Bookmark this place …</source>
        <translation>この場所をブックマーク(&amp;B) …</translation>
    </message>
    <message>
        <source>&amp;Remove a bookmark</source>
        <translation>ブックマークを削除(&amp;R)</translation>
    </message>
    <message>
        <source>The playhead is before the first event: no bookmark leads there.</source>
        <translation>再生ヘッドは最初のイベントより前にあります。そこへ導くブックマークは作れません。</translation>
    </message>
    <message>
        <source>The id is masked, and the bookmark would tell it: reveal it first.</source>
        <translation>ID はマスクされており、ブックマークから知られてしまいます。先に表示してください。</translation>
    </message>
    <message>
        <source>Removed the bookmark {0}.</source>
        <translation>ブックマーク {0} を削除しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
</context>
<context>
    <name>Case</name>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差分</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>History</source>
        <translation>履歴</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>指摘</translation>
    </message>
    <message>
        <source>the store</source>
        <translation>ストア</translation>
    </message>
    <message>
        <source>account {0} (no name given)</source>
        <translation>アカウント {0}(名前なし)</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>未確認</translation>
    </message>
    <message>
        <source>{0}, events changed</source>
        <translation>{0}（イベントは変更あり）</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>同じ</translation>
    </message>
    <message>
        <source>events changed</source>
        <translation>イベント変更あり</translation>
    </message>
    <message>
        <source>another reducer</source>
        <translation>別のリデューサー</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>なくなりました</translation>
    </message>
    <message>
        <source>can&apos;t be told</source>
        <translation>判定できません</translation>
    </message>
    <message>
        <source>still there</source>
        <translation>今も該当</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>{0} the same</source>
        <translation>{0} 件は同じ</translation>
    </message>
    <message>
        <source>{0} on changed events</source>
        <translation>{0} 件はイベント変更あり</translation>
    </message>
    <message>
        <source>{0} with another reducer</source>
        <translation>{0} 件は別のリデューサー</translation>
    </message>
    <message>
        <source>{0} gone</source>
        <translation>{0} 件はなくなりました</translation>
    </message>
    <message>
        <source>{0} still there</source>
        <translation>{0} 件は今も該当</translation>
    </message>
    <message>
        <source>{0} changed</source>
        <translation>{0} 件は変化</translation>
    </message>
    <message>
        <source>{0} found no longer</source>
        <translation>{0} 件は該当しなくなりました</translation>
    </message>
    <message>
        <source>of {0} it can&apos;t be told</source>
        <translation>{0} 件は判定できません</translation>
    </message>
    <message>
        <source>1 pin checked</source>
        <translation>1 項目を確認</translation>
    </message>
    <message>
        <source>{0} pins checked</source>
        <translation>{0} 項目を確認</translation>
    </message>
    <message>
        <source>{0}: {1}.</source>
        <translation>{0}：{1}。</translation>
    </message>
    <message>
        <source>The case is about another store, which alone can prove what is quoted.</source>
        <translation>この案件は別のストアのものです。引用の証明はそのストアでしかできません。</translation>
    </message>
    <message>
        <source>Open that one.</source>
        <translation>そのストアを開いてください。</translation>
    </message>
    <message>
        <source>reducer {0} (inferred)</source>
        <translation>リデューサー {0}(推定)</translation>
    </message>
    <message>
        <source>reducer {0}</source>
        <translation>リデューサー {0}</translation>
    </message>
    <message>
        <source>{0} events applied, {1} skipped</source>
        <translation>{0} 件のイベントを適用、{1} 件は適用されず</translation>
    </message>
    <message>
        <source>{0}: {1} events up to version {2}</source>
        <translation>{0}：バージョン {2} までの {1} 件のイベント</translation>
    </message>
</context>
<context>
    <name>CaseDesk</name>
    <message>
        <source>Nothing was pinned: the case that was opened is about another store.</source>
        <translation>何も追加していません。開いた案件は別のストアに関するものです。</translation>
    </message>
    <message>
        <source>Show the case</source>
        <translation>案件を表示</translation>
    </message>
    <message>
        <source>another place of the store</source>
        <translation>ストアの場所の変更</translation>
    </message>
    <message>
        <source>{0} could not be written; the case is in {1}.</source>
        <translation>{0} に書き込めなかったため、案件を {1} に保存しました。</translation>
    </message>
    <message>
        <source>Not pinned: {0}.</source>
        <translation>案件に追加できませんでした：{0}。</translation>
    </message>
    <message>
        <source>The case was closed meanwhile; pin it again.</source>
        <translation>その間に案件が閉じられました。もう一度追加してください。</translation>
    </message>
    <message>
        <source>pin {0}</source>
        <translation>項目 {0} の追加</translation>
    </message>
    <message>
        <source>removal of pin {0}</source>
        <translation>項目 {0} の削除</translation>
    </message>
    <message>
        <source>move of pin {0}</source>
        <translation>項目 {0} の移動</translation>
    </message>
    <message>
        <source>note of pin {0}</source>
        <translation>項目 {0} のメモの変更</translation>
    </message>
    <message>
        <source>title</source>
        <translation>タイトルの変更</translation>
    </message>
    <message>
        <source>note</source>
        <translation>メモの変更</translation>
    </message>
    <message>
        <source>{0} was changed by somebody else since it was read, and is left as it is. This case is saved as {1} from now on.</source>
        <translation>{0} は読み込み後にほかの人が変更したため、そのまま残します。この案件は今後 {1} に保存されます。</translation>
    </message>
    <message>
        <source>Add the other&apos;s pins</source>
        <translation>もう一方の項目を追加</translation>
    </message>
    <message>
        <source>Open the other</source>
        <translation>もう一方を開く</translation>
    </message>
    <message>
        <source>Nothing is lost while it is open.</source>
        <translation>開いている間は何も失われません。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>the other&apos;s pins</source>
        <translation>もう一方の項目の追加</translation>
    </message>
    <message>
        <source>what was changed elsewhere</source>
        <translation>外部での変更の反映</translation>
    </message>
    <message>
        <source>The case was changed by somebody else; it is shown as it is now.</source>
        <translation>案件がほかの人に変更されました。現在の内容を表示しています。</translation>
    </message>
    <message>
        <source>Checking pin {0} of {1}</source>
        <translation>項目を照合中 ({0}/{1})</translation>
    </message>
    <message>
        <source>Report written to {0}.</source>
        <translation>レポートを {0} に書き出しました。</translation>
    </message>
</context>
<context>
    <name>CaseDialog</name>
    <message>
        <source>New case</source>
        <translation>新しい案件</translation>
    </message>
    <message>
        <source>Add to which case?</source>
        <translation>追加先の案件</translation>
    </message>
    <message>
        <source>A case is a file that keeps what you find in this store.</source>
        <translation>案件は、このストアで見つけたものを残しておくファイルです。</translation>
    </message>
    <message>
        <source>To be added: {0}.</source>
        <translation>追加するもの：{0}。</translation>
    </message>
    <message>
        <source>A &amp;new case</source>
        <translation>新しい案件(&amp;N)</translation>
    </message>
    <message>
        <source>An &amp;existing case</source>
        <translation>既存の案件(&amp;E)</translation>
    </message>
    <message>
        <source>Case about {0}</source>
        <translation>{0} に関する案件</translation>
    </message>
    <message>
        <source>Title of the case</source>
        <translation>案件のタイトル</translation>
    </message>
    <message>
        <source>File of the new case</source>
        <translation>新しい案件のファイル</translation>
    </message>
    <message>
        <source>Browse …</source>
        <translation>参照…</translation>
    </message>
    <message>
        <source>File of the existing case</source>
        <translation>既存の案件のファイル</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>メモ</translation>
    </message>
    <message>
        <source>What the case is about</source>
        <translation>案件の内容</translation>
    </message>
    <message>
        <source>Why this is in the case</source>
        <translation>案件に追加する理由</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>タイトル(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>F&amp;ile</source>
        <translation>ファイル(&amp;I)</translation>
    </message>
    <message>
        <source>N&amp;ote</source>
        <translation>メモ(&amp;O)</translation>
    </message>
    <message>
        <source>Begin the case</source>
        <translation>案件を作成</translation>
    </message>
    <message>
        <source>Add to case</source>
        <translation>案件に追加</translation>
    </message>
    <message>
        <source>Open a case</source>
        <translation>案件を開く</translation>
    </message>
    <message>
        <source>Name the case&apos;s file.</source>
        <translation>案件のファイルを指定してください。</translation>
    </message>
    <message>
        <source>{0} is there already; name another file, or open it.</source>
        <translation>{0} はすでにあります。別のファイルを指定するか、そのファイルを開いてください。</translation>
    </message>
    <message>
        <source>There is no file {0}.</source>
        <translation>ファイル {0} がありません。</translation>
    </message>
    <message>
        <source>Save the case as</source>
        <translation>案件に名前を付けて保存</translation>
    </message>
    <message>
        <source>Cases ({0});;All files (*)</source>
        <translation>案件 ({0});;すべてのファイル (*)</translation>
    </message>
</context>
<context>
    <name>CaseRoom</name>
    <message>
        <source>Title of the case</source>
        <translation>案件のタイトル</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>案件</translation>
    </message>
    <message>
        <source>&amp;New case …</source>
        <translation>新しい案件(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Open case …</source>
        <translation>案件を開く(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Save as …</source>
        <translation>名前を付けて保存(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Close case</source>
        <translation>案件を閉じる(&amp;C)</translation>
    </message>
    <message>
        <source>Undo (Ctrl+Z)</source>
        <translation>元に戻す (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Redo (Ctrl+Shift+Z)</source>
        <translation>やり直す (Ctrl+Shift+Z)</translation>
    </message>
    <message>
        <source>Report …</source>
        <translation>レポート…</translation>
    </message>
    <message>
        <source>Write a report of the case (Ctrl+E)</source>
        <translation>案件のレポートを書き出す (Ctrl+E)</translation>
    </message>
    <message>
        <source>Check against the store</source>
        <translation>ストアと照合</translation>
    </message>
    <message>
        <source>Ask the store again for all that is pinned (F5)</source>
        <translation>追加済みのすべての項目をストアで確認し直す (F5)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Give up what is under way</source>
        <translation>実行中の処理を中止</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>What the case is about</source>
        <translation>案件の内容</translation>
    </message>
    <message>
        <source>Note of the case</source>
        <translation>案件のメモ</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Show it in the time machine (Enter)</source>
        <translation>タイムマシンで表示 (Enter)</translation>
    </message>
    <message>
        <source>Further up (Alt+Up)</source>
        <translation>上へ (Alt+Up)</translation>
    </message>
    <message>
        <source>Further down (Alt+Down)</source>
        <translation>下へ (Alt+Down)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Take it out of the case (Del); Ctrl+Z brings it back</source>
        <translation>案件から削除 (Del)。Ctrl+Z で元に戻せます</translation>
    </message>
    <message>
        <source>No case is open</source>
        <translation>開いている案件はありません</translation>
    </message>
    <message>
        <source>A case is a file that keeps what you find: states, differences, events, histories of fields and findings, each with a note and with what is needed to see later whether the store still says so. Pin what is on show with Ctrl+D.</source>
        <translation>案件は、見つけたものを残しておくファイルです。状態、差分、イベント、フィールドの履歴、指摘を、それぞれメモと、ストアの内容が今も同じかを後で確かめるための情報とともに保存します。表示中のものは Ctrl+D で追加できます。</translation>
    </message>
    <message>
        <source>New case …</source>
        <translation>新しい案件…</translation>
    </message>
    <message>
        <source>Open case …</source>
        <translation>案件を開く…</translation>
    </message>
    <message>
        <source>Recent cases about this store</source>
        <translation>このストアの最近の案件</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>続行</translation>
    </message>
    <message>
        <source>Check the pins against the store that is open all the same</source>
        <translation>それでも、開いているストアと項目を照合</translation>
    </message>
    <message>
        <source>It has moved here</source>
        <translation>ここに移動した</translation>
    </message>
    <message>
        <source>Note in the case that this is its store, at another place</source>
        <translation>別の場所に移った同じストアだと案件に記録</translation>
    </message>
    <message>
        <source>Close the case</source>
        <translation>案件を閉じる</translation>
    </message>
    <message>
        <source>Pins</source>
        <translation>案件の項目</translation>
    </message>
    <message>
        <source>Begun by {0}, {1}</source>
        <translation>作成：{0}、{1}</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>saved</source>
        <translation>保存済み</translation>
    </message>
    <message>
        <source>This case is about another store: {0} ({1}). Open is {2} ({3}).</source>
        <translation>この案件は別のストアに関するものです：{0} ({1})。開いているのは {2} ({3}) です。</translation>
    </message>
    <message>
        <source>Undo {0} (Ctrl+Z)</source>
        <translation>{0}を元に戻す (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上へ移動</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下へ移動</translation>
    </message>
    <message>
        <source>Nothing is pinned yet.</source>
        <translation>まだ何も追加されていません。</translation>
    </message>
    <message>
        <source>Not checked yet: {0}.</source>
        <translation>未照合：{0} 件。</translation>
    </message>
    <message>
        <source>Added to “{0}” as {1}: {2}.</source>
        <translation>「{0}」に項目 {1} を追加しました：{2}。</translation>
    </message>
    <message>
        <source>Add a note</source>
        <translation>メモを追加</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Report of the case</source>
        <translation>案件のレポート</translation>
    </message>
</context>
<context>
    <name>Cells</name>
    <message>
        <source>true</source>
        <translation>true</translation>
    </message>
    <message>
        <source>false</source>
        <translation>false</translation>
    </message>
</context>
<context>
    <name>ChangesModel</name>
    <message>
        <source>Path</source>
        <translation>パス</translation>
    </message>
    <message>
        <source>(all of it)</source>
        <translation>(全体)</translation>
    </message>
    <message>
        <source>added</source>
        <translation>追加</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(空)</translation>
    </message>
</context>
<context>
    <name>ChecksModel</name>
    <message>
        <source>Check</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>重大度</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>指摘</translation>
    </message>
    <message>
        <source>Why not checked</source>
        <translation>未検査の理由</translation>
    </message>
    <message>
        <source>per rule</source>
        <translation>ルールごと</translation>
    </message>
    <message>
        <source>it is switched off</source>
        <translation>オフになっている</translation>
    </message>
    <message>
        <source>the settings have no [[invariant]]</source>
        <translation>設定に [[invariant]] がない</translation>
    </message>
    <message>
        <source>the settings name no [schemas]</source>
        <translation>設定に [schemas] の指定がない</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>Agree</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>Differ</source>
        <translation>不一致</translation>
    </message>
    <message>
        <source>Not compared</source>
        <translation>未比較</translation>
    </message>
    <message>
        <source>First divergence</source>
        <translation>最初の不一致</translation>
    </message>
    <message>
        <source>Replayed → stored</source>
        <translation>リプレイ → 保存値</translation>
    </message>
</context>
<context>
    <name>ChecksPanel</name>
    <message>
        <source>Settings file …</source>
        <translation>設定ファイル…</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>再読み込み</translation>
    </message>
    <message>
        <source>Take the settings as they are kept, without what was switched here</source>
        <translation>ここでの切り替えを破棄し、保存されている設定を使う</translation>
    </message>
    <message>
        <source>All</source>
        <translation>すべて</translation>
    </message>
    <message>
        <source>None</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Only this</source>
        <translation>これのみ</translation>
    </message>
    <message>
        <source>Run the chosen check alone</source>
        <translation>選択した検査だけを実行</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>per rule</source>
        <translation>ルールごと</translation>
    </message>
    <message>
        <source>About the check</source>
        <translation>検査の説明</translation>
    </message>
    <message>
        <source>Settings: {0}</source>
        <translation>設定：{0}</translation>
    </message>
    <message>
        <source>The usual settings; others would lie in {0}</source>
        <translation>既定の設定(独自の設定は {0} に置けます)</translation>
    </message>
    <message>
        <source>The usual settings</source>
        <translation>既定の設定</translation>
    </message>
    <message>
        <source>Option {0}, {1} if not set</source>
        <translation>オプション {0}(未設定時：{1})</translation>
    </message>
    <message>
        <source>Not checked: {0}.</source>
        <translation>未検査(理由：{0})。</translation>
    </message>
</context>
<context>
    <name>ChoiceDialog</name>
    <message>
        <source>Choose a layout</source>
        <translation>レイアウトの選択</translation>
    </message>
    <message>
        <source>Layouts that fit</source>
        <translation>適合するレイアウト</translation>
    </message>
    <message>
        <source>Looking at the tables …</source>
        <translation>テーブルを確認中…</translation>
    </message>
    <message>
        <source>&amp;Map tables by hand …</source>
        <translation>テーブルを手動で対応付け(&amp;M)…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>開く(&amp;O)</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>{0} more rows are not shown; Copy and Save take all.</source>
        <translation>ほかに {0} 行は表示していません。コピーと保存にはすべて含まれます。</translation>
    </message>
    <message>
        <source>Only the beginning of {0} operations is shown; Copy and Save take all.</source>
        <translation>{0} 件の操作の先頭だけを表示しています。コピーと保存にはすべて含まれます。</translation>
    </message>
    <message>
        <source>{0} more changes are not shown; Copy and Save take all.</source>
        <translation>ほかに {0} 件の変更は表示していません。コピーと保存にはすべて含まれます。</translation>
    </message>
    <message>
        <source>{0} more lines are not shown; Copy and Save take all.</source>
        <translation>ほかに {0} 行は表示していません。コピーと保存にはすべて含まれます。</translation>
    </message>
    <message>
        <source>{0} equal lines</source>
        <translation>同じ内容の {0} 行</translation>
    </message>
    <message>
        <source>The two states print alike: only types of values differ. “Changes” names the places.</source>
        <translation>2 つの状態は同じ表記になります。値の型だけが異なります。場所は「変更点」に示されます。</translation>
    </message>
    <message>
        <source>Both sides are replayed from nothing, as no snapshot serves them both.</source>
        <translation>両側に共通の起点となるスナップショットがないため、最初からリプレイしています。</translation>
    </message>
    <message>
        <source>Both sides start from the snapshot at {0}.</source>
        <translation>両側ともバージョン {0} のスナップショットを起点にしています。</translation>
    </message>
    <message>
        <source>A starts from the snapshot at {0}, B from that at {1}.</source>
        <translation>A はバージョン {0}、B はバージョン {1} のスナップショットを起点にしています。</translation>
    </message>
    <message>
        <source>{0} The State tab starts from the snapshot at {1}.</source>
        <translation>{0}「状態」タブはバージョン {1} のスナップショットからです。</translation>
    </message>
    <message>
        <source>{0} skipped</source>
        <translation>{0} 件は適用されず</translation>
    </message>
    <message>
        <source>{0} version {1}: {2}</source>
        <translation>{0} バージョン {1}：{2}</translation>
    </message>
</context>
<context>
    <name>CompareMoments</name>
    <message>
        <source>{0}, before it: {1}</source>
        <translation>{0} の直前：{1}</translation>
    </message>
    <message>
        <source>{0}, after it: {1}</source>
        <translation>{0} の直後：{1}</translation>
    </message>
    <message>
        <source>no event</source>
        <translation>イベントなし</translation>
    </message>
    <message>
        <source>{0} {1}, {2}</source>
        <translation>{0} {1}、{2}</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Go to version {0}</source>
        <translation>バージョン {0} へ移動</translation>
    </message>
</context>
<context>
    <name>ComparePanel</name>
    <message>
        <source>Swap A and B</source>
        <translation>A と B を入れ替える</translation>
    </message>
    <message>
        <source>Form of the comparison</source>
        <translation>比較の形式</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>変更点</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>ツリー</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>左右に並べる</translation>
    </message>
    <message>
        <source>Inline</source>
        <translation>インライン</translation>
    </message>
    <message>
        <source>JSON Patch</source>
        <translation>JSON Patch</translation>
    </message>
    <message>
        <source>Paths that are left out of comparisons of this store</source>
        <translation>このストアの比較で除外するパス</translation>
    </message>
    <message>
        <source>/items/*/updated_at

One pattern a line: * is any one part or a piece of it, ** any number of parts.</source>
        <translation>/items/*/updated_at

1 行に 1 パターン。* は任意の 1 要素またはその一部、** は任意の数の要素を表します。</translation>
    </message>
    <message>
        <source>Ignored paths</source>
        <translation>無視するパス</translation>
    </message>
    <message>
        <source>One pattern a line: * is any one part or a piece of it, ** any number of parts</source>
        <translation>1 行に 1 パターン。* は任意の 1 要素またはその一部、** は任意の数の要素を表します</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy all of it in this form</source>
        <translation>この形式で全体をコピー</translation>
    </message>
    <message>
        <source>Save …</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Write all of it in this form to a file</source>
        <translation>この形式で全体をファイルに書き出す</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>差分</translation>
    </message>
    <message>
        <source>Enter goes to the event that wrote this last; the context menu ignores a path</source>
        <translation>Enter で最後に書き込んだイベントへ移動、コンテキストメニューでパスを無視</translation>
    </message>
    <message>
        <source>Differences as a tree</source>
        <translation>差分(ツリー)</translation>
    </message>
    <message>
        <source>Differences as text</source>
        <translation>差分(テキスト)</translation>
    </message>
    <message>
        <source>Nothing differs but what is ignored.</source>
        <translation>無視するもの以外に差分はありません。</translation>
    </message>
    <message>
        <source>No difference.</source>
        <translation>差分はありません。</translation>
    </message>
    <message>
        <source>no difference</source>
        <translation>差分なし</translation>
    </message>
    <message>
        <source>1 change</source>
        <translation>1 件の変更</translation>
    </message>
    <message>
        <source>{0} changes</source>
        <translation>{0} 件の変更</translation>
    </message>
    <message>
        <source> ({0} ignored)</source>
        <translation> ({0} 件を無視)</translation>
    </message>
    <message>
        <source>version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source> (this machine&apos;s zone)</source>
        <translation> (このマシンのタイムゾーン)</translation>
    </message>
    <message>
        <source>, as of {0}{1}</source>
        <translation>、{0}{1} 時点</translation>
    </message>
    <message>
        <source>{0}, {1}</source>
        <translation>{0}, {1}</translation>
    </message>
    <message>
        <source>There is nothing to compare.</source>
        <translation>比較するものがありません。</translation>
    </message>
    <message>
        <source>Choose an aggregate first.</source>
        <translation>先に集約を選択してください。</translation>
    </message>
    <message>
        <source>The playhead is before the first event, where there is no state to compare. Give both sides a version or a date.</source>
        <translation>再生ヘッドが最初のイベントより前にあり、比較する状態がありません。両側にバージョンか日付を指定してください。</translation>
    </message>
    <message>
        <source>There is no state at the playhead. Go to a version that has one, or give both sides a version or a date.</source>
        <translation>再生ヘッドの位置には状態がありません。状態のあるバージョンへ移動するか、両側にバージョンか日付を指定してください。</translation>
    </message>
    <message>
        <source>Comparing …</source>
        <translation>比較中…</translation>
    </message>
    <message>
        <source>Both sides are the playhead.

Give A or B a version or a date, or pin (P) the version on show.</source>
        <translation>両側とも再生ヘッドです。

A または B にバージョンか日時を指定するか、表示中のバージョンを固定 (P) してください。</translation>
    </message>
    <message>
        <source>Ignore ({0})</source>
        <translation>無視 ({0})</translation>
    </message>
    <message>
        <source>Ignore …</source>
        <translation>無視…</translation>
    </message>
    <message>
        <source>Ignored paths: {0}.</source>
        <translation>無視するパス：{0}。</translation>
    </message>
    <message>
        <source>Go to the event that wrote this last</source>
        <translation>最後に書き込んだイベントへ移動</translation>
    </message>
    <message>
        <source>Ignore this path</source>
        <translation>このパスを無視</translation>
    </message>
    <message>
        <source>Ignore this path in all elements</source>
        <translation>全要素でこのパスを無視</translation>
    </message>
    <message>
        <source>Add this difference to the case</source>
        <translation>この差分を案件に追加</translation>
    </message>
    <message>
        <source>Nothing is compared yet; give A or B a version or a date.</source>
        <translation>まだ何も比較していません。A または B にバージョンか日時を指定してください。</translation>
    </message>
    <message>
        <source>The comparison has {0} characters, too many to copy; save it.</source>
        <translation>比較結果は {0} 文字あり、コピーするには長すぎます。保存してください。</translation>
    </message>
    <message>
        <source>Copied {0} characters.</source>
        <translation>{0} 文字をコピーしました。</translation>
    </message>
    <message>
        <source>Written to {0}.</source>
        <translation>{0} に書き出しました。</translation>
    </message>
    <message>
        <source>Masked values stand in it as marks: to write them as they are, reveal them before.</source>
        <translation>マスク済みの値は記号で書き込まれています。実際の値を書き込むには、先に値を表示する必要があります。</translation>
    </message>
    <message>
        <source>Save the comparison</source>
        <translation>比較結果の保存</translation>
    </message>
    <message>
        <source>Keep the result as “before”</source>
        <translation>結果を「前」として保持</translation>
    </message>
    <message>
        <source>Then change the text, the reducers or the date, and run again</source>
        <translation>その後、テキスト、リデューサー、日時のいずれかを変えて再実行します</translation>
    </message>
    <message>
        <source>Run as “before”</source>
        <translation>「前」として実行</translation>
    </message>
    <message>
        <source>Run the text as of the moment above, and compare with the result on show</source>
        <translation>テキストを上の時点で実行し、表示中の結果と比較</translation>
    </message>
    <message>
        <source>File …</source>
        <translation>ファイル…</translation>
    </message>
    <message>
        <source>Take a result&apos;s file as “before”</source>
        <translation>結果ファイルを「前」として使う</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>テーブル</translation>
    </message>
    <message>
        <source>Which rows</source>
        <translation>対象の行</translation>
    </message>
    <message>
        <source>All that differ</source>
        <translation>異なる行すべて</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>追加</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>Rows that differ</source>
        <translation>異なる行</translation>
    </message>
    <message>
        <source>Enter or a double click opens the aggregate</source>
        <translation>Enter またはダブルクリックで集約を開きます</translation>
    </message>
    <message>
        <source>{0} added, {1} removed, {2} changed in {3} cells; {4} → {5} rows</source>
        <translation>追加 {0} 行、削除 {1} 行、変更 {2} 行({3} セル)、全体 {4} → {5} 行</translation>
    </message>
    <message>
        <source>; the first {0} are listed</source>
        <translation>、先頭の {0} 行のみ表示</translation>
    </message>
    <message>
        <source>No row differs; {0} rows</source>
        <translation>違う行はありません。{0} 行</translation>
    </message>
    <message>
        <source>; masked files have other marks for the same values</source>
        <translation>、マスク済みのファイルでは同じ値でも記号が異なります</translation>
    </message>
    <message>
        <source>They could not be compared.</source>
        <translation>比較できませんでした。</translation>
    </message>
    <message>
        <source>Nothing is compared yet: keep the result on show and run again, run the text as of another moment, or pick a result&apos;s file.</source>
        <translation>まだ何も比較していません。表示中の結果を保持して再実行するか、別の時点でテキストを実行するか、結果ファイルを選んでください。</translation>
    </message>
    <message>
        <source>Before: {0}. After: {1}.</source>
        <translation>前：{0}。後：{1}。</translation>
    </message>
    <message>
        <source>being made</source>
        <translation>作成中</translation>
    </message>
    <message>
        <source>Made otherwise: {0}.</source>
        <translation>作り方の違い: {0}。</translation>
    </message>
    <message>
        <source>Text and reducers are the same.</source>
        <translation>記述もリデューサーも同じです。</translation>
    </message>
    <message>
        <source>No table has the same name in both.</source>
        <translation>両方に同じ名前の表がありません。</translation>
    </message>
    <message>
        <source>Columns only before: {0}.</source>
        <translation>前だけにある列: {0}。</translation>
    </message>
    <message>
        <source>Columns only after: {0}.</source>
        <translation>後だけにある列: {0}。</translation>
    </message>
    <message>
        <source>as of {0}</source>
        <translation>{0} 時点</translation>
    </message>
    <message>
        <source>at position {0}</source>
        <translation>位置 {0} 時点</translation>
    </message>
    <message>
        <source>made {0}</source>
        <translation>{0} 作成</translation>
    </message>
    <message>
        <source>This row is made of events of several aggregates: there is none to open.</source>
        <translation>この行は複数の集約のイベントから作られているため、開く集約がありません。</translation>
    </message>
</context>
<context>
    <name>ConnectionForm</name>
    <message>
        <source>for example production</source>
        <translation>例：本番環境</translation>
    </message>
    <message>
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>red</source>
        <translation>赤</translation>
    </message>
    <message>
        <source>orange</source>
        <translation>オレンジ</translation>
    </message>
    <message>
        <source>green</source>
        <translation>緑</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>青</translation>
    </message>
    <message>
        <source>purple</source>
        <translation>紫</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>グレー</translation>
    </message>
    <message>
        <source>File or URL</source>
        <translation>ファイルまたは URL</translation>
    </message>
    <message>
        <source>none, or from the environment, ~/.pgpass, my.cnf</source>
        <translation>なし、または環境変数、~/.pgpass、my.cnf から</translation>
    </message>
    <message>
        <source>found by itself</source>
        <translation>自動判別</translation>
    </message>
    <message>
        <source>as the URL says</source>
        <translation>URL の指定どおり</translation>
    </message>
    <message>
        <source>off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>on, certificate not checked</source>
        <translation>オン、証明書を検証しない</translation>
    </message>
    <message>
        <source>on, certificate checked</source>
        <translation>オン、証明書を検証</translation>
    </message>
    <message>
        <source>on, certificate and host name checked</source>
        <translation>オン、証明書とホスト名を検証</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA ファイル</translation>
    </message>
    <message>
        <source>Client certificate</source>
        <translation>クライアント証明書</translation>
    </message>
    <message>
        <source>Client key</source>
        <translation>クライアント鍵</translation>
    </message>
    <message>
        <source>the database&apos;s own</source>
        <translation>データベースの既定</translation>
    </message>
    <message>
        <source>all</source>
        <translation>すべて</translation>
    </message>
    <message>
        <source>as usual (120 s)</source>
        <translation>既定 (120 秒)</translation>
    </message>
    <message>
        <source>Reach the database through an SSH server</source>
        <translation>SSH サーバー経由でデータベースに接続</translation>
    </message>
    <message>
        <source>your name on this machine</source>
        <translation>このマシンでのユーザー名</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>鍵ファイル</translation>
    </message>
    <message>
        <source>none: SSH agent, own keys or the key file</source>
        <translation>なし：SSH エージェント、自分の鍵、または鍵ファイル</translation>
    </message>
    <message>
        <source>Known hosts</source>
        <translation>既知のホスト</translation>
    </message>
    <message>
        <source>kept in the system&apos;s keyring</source>
        <translation>システムのキーリングに保存</translation>
    </message>
    <message>
        <source>asked for each time</source>
        <translation>毎回入力</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>ストア</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名前(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Group</source>
        <translation>グループ(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Colour</source>
        <translation>色(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;File or URL</source>
        <translation>ファイルまたは URL(&amp;F)</translation>
    </message>
    <message>
        <source>Pass&amp;word is</source>
        <translation>パスワードの扱い(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>パスワード(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Layout</source>
        <translation>レイアウト(&amp;L)</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>&amp;TLS</source>
        <translation>TLS(&amp;T)</translation>
    </message>
    <message>
        <source>C&amp;A file</source>
        <translation>CA ファイル(&amp;A)</translation>
    </message>
    <message>
        <source>Client &amp;certificate</source>
        <translation>クライアント証明書(&amp;C)</translation>
    </message>
    <message>
        <source>Client &amp;key</source>
        <translation>クライアント鍵(&amp;K)</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>読み取り</translation>
    </message>
    <message>
        <source>&amp;Schema, search path</source>
        <translation>スキーマ、検索パス(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Tenant</source>
        <translation>テナント(&amp;T)</translation>
    </message>
    <message>
        <source>Time &amp;limit of a statement</source>
        <translation>文の制限時間(&amp;L)</translation>
    </message>
    <message>
        <source>SSH tunnel</source>
        <translation>SSH トンネル</translation>
    </message>
    <message>
        <source>&amp;Host</source>
        <translation>ホスト(&amp;H)</translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation>ポート(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation>ユーザー(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Key file</source>
        <translation>鍵ファイル(&amp;K)</translation>
    </message>
    <message>
        <source>Known h&amp;osts</source>
        <translation>既知のホスト(&amp;O)</translation>
    </message>
    <message>
        <source>kept; type to change it</source>
        <translation>保存済み。変更するには入力</translation>
    </message>
</context>
<context>
    <name>ConnectionsDialog</name>
    <message>
        <source>Connections</source>
        <translation>接続</translation>
    </message>
    <message>
        <source>Ne&amp;w</source>
        <translation>新規(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>削除(&amp;R)</translation>
    </message>
    <message>
        <source>T&amp;est</source>
        <translation>テスト(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>開く(&amp;O)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>The changes are not saved yet.</source>
        <translation>変更はまだ保存されていません。</translation>
    </message>
    <message>
        <source>Discard them</source>
        <translation>破棄</translation>
    </message>
    <message>
        <source>Saved without its password, which will be asked for each time. </source>
        <translation>パスワードなしで保存しました。パスワードは毎回尋ねます。</translation>
    </message>
    <message>
        <source>Forget the connection {0}? The store itself is not touched.</source>
        <translation>接続 {0} を削除しますか？ストア自体には影響しません。</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>The connection {0} is forgotten.</source>
        <translation>接続 {0} を削除しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Trying …</source>
        <translation>接続を試しています…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>It works: {0}, read-only.</source>
        <translation>接続できます：{0}、読み取り専用。</translation>
    </message>
    <message>
        <source>The password is asked for when the connection is opened; open it to try.</source>
        <translation>パスワードは接続を開くときに尋ねます。試すには接続を開いてください。</translation>
    </message>
</context>
<context>
    <name>ConsentDialog</name>
    <message>
        <source>Run this reducer&apos;s program?</source>
        <translation>このリデューサーのプログラムを実行しますか？</translation>
    </message>
    <message>
        <source>The reducer “{0}” is a program. May it run?</source>
        <translation>リデューサー「{0}」はプログラムです。実行を許可しますか？</translation>
    </message>
    <message>
        <source>The reducer “{0}” is a program that has changed since you allowed it. May it run now?</source>
        <translation>リデューサー「{0}」はプログラムで、許可した後に変更されています。実行してよいですか？</translation>
    </message>
    <message>
        <source>If you say yes, it is started on this computer with all your rights: it can read, change and delete your files and use the network, and esviewer can&apos;t hold it back. Say yes only if you know this code or have read it. The answer holds until one of these files changes.</source>
        <translation>許可すると、このコンピューター上であなたの全権限で起動されます。ファイルの読み取り・変更・削除やネットワークの利用が可能になり、esviewer はそれを制限できません。このコードを知っているか、内容を確認した場合にのみ許可してください。この回答は、これらのファイルのいずれかが変わるまで有効です。</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>Runs in</source>
        <translation>実行フォルダー</translation>
    </message>
    <message>
        <source>Hash</source>
        <translation>ハッシュ</translation>
    </message>
    <message>
        <source>Files of code</source>
        <translation>コードのファイル</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>コード</translation>
    </message>
    <message>
        <source>No, don&apos;t run it</source>
        <translation>いいえ、実行しない</translation>
    </message>
    <message>
        <source>Yes, run it from now on</source>
        <translation>はい、今後も実行する</translation>
    </message>
    <message>
        <source>{0} files of code; choose one to read it.</source>
        <translation>コードのファイル {0} 件。選ぶと内容を表示します。</translation>
    </message>
    <message>
        <source>{0} (changed)</source>
        <translation>{0} (変更あり)</translation>
    </message>
    <message>
        <source>{0} (new)</source>
        <translation>{0} (追加)</translation>
    </message>
    <message>
        <source>Changed: {0}</source>
        <translation>変更：{0}</translation>
    </message>
    <message>
        <source>New: {0}</source>
        <translation>追加：{0}</translation>
    </message>
    <message>
        <source>Gone: {0}</source>
        <translation>削除：{0}</translation>
    </message>
    <message>
        <source>Allowed on {0}.</source>
        <translation>{0} に許可。</translation>
    </message>
    <message>
        <source>{0}: no text</source>
        <translation>{0}：テキストではありません</translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>&amp;Value</source>
        <translation>値(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;JSON</source>
        <translation>JSON(&amp;J)</translation>
    </message>
    <message>
        <source>&amp;CSV</source>
        <translation>CSV(&amp;C)</translation>
    </message>
    <message>
        <source>JSON &amp;Pointer</source>
        <translation>JSON ポインター(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;SQL of this read</source>
        <translation>この読み取りの SQL(&amp;S)</translation>
    </message>
    <message>
        <source>Copy as</source>
        <translation>形式を選んでコピー</translation>
    </message>
    <message>
        <source>Copied {0} characters.</source>
        <translation>{0} 文字をコピーしました。</translation>
    </message>
</context>
<context>
    <name>DetailsPanel</name>
    <message>
        <source>Event data</source>
        <translation>イベントのデータ</translation>
    </message>
    <message>
        <source>Event metadata</source>
        <translation>イベントのメタデータ</translation>
    </message>
    <message>
        <source>Payload as stored</source>
        <translation>保存されたままのペイロード</translation>
    </message>
    <message>
        <source>The event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>データ</translation>
    </message>
    <message>
        <source>Metadata</source>
        <translation>メタデータ</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>生データ</translation>
    </message>
    <message>
        <source>Add to case</source>
        <translation>案件に追加</translation>
    </message>
    <message>
        <source>Pin this event to the case (Ctrl+D while it has the focus)</source>
        <translation>このイベントを案件に追加(フォーカス時に Ctrl+D)</translation>
    </message>
    <message>
        <source>Correlation</source>
        <translation>相関</translation>
    </message>
    <message>
        <source>Show its correlation: all events that belong together with this one</source>
        <translation>相関を表示：このイベントと一続きのすべてのイベント</translation>
    </message>
    <message>
        <source>{0}

The payload as stored is masked as a whole: it is more, or other, than the event&apos;s data. View &gt; Reveal masked values shows it.</source>
        <translation>{0}

保存されたままのペイロードは、イベントのデータより多い、または異なる内容のため、全体をマスクしています。「表示 &gt; マスク済みの値を表示」で表示できます。</translation>
    </message>
    <message>
        <source> · schema {0}</source>
        <translation> · スキーマ {0}</translation>
    </message>
    <message>
        <source> · position {0}</source>
        <translation> · 位置 {0}</translation>
    </message>
    <message>
        <source>Event id {0}</source>
        <translation>イベント ID {0}</translation>
    </message>
    <message>
        <source>not decoded</source>
        <translation>デコードできない</translation>
    </message>
</context>
<context>
    <name>DifferencesModel</name>
    <message>
        <source>What</source>
        <translation>種別</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>In words</source>
        <translation>説明</translation>
    </message>
</context>
<context>
    <name>DriftModel</name>
    <message>
        <source>Field</source>
        <translation>フィールド</translation>
    </message>
    <message>
        <source>What</source>
        <translation>種別</translation>
    </message>
    <message>
        <source>First event</source>
        <translation>最初のイベント</translation>
    </message>
    <message>
        <source>In words</source>
        <translation>説明</translation>
    </message>
    <message>
        <source>+ appears</source>
        <translation>+ 出現</translation>
    </message>
    <message>
        <source>− disappears</source>
        <translation>− 消失</translation>
    </message>
    <message>
        <source>~ type</source>
        <translation>~ 型</translation>
    </message>
</context>
<context>
    <name>EditsModel</name>
    <message>
        <source>✕ skip {0}</source>
        <translation>✕ {0} をスキップ</translation>
    </message>
    <message>
        <source>✎ edit {0}</source>
        <translation>✎ {0} を編集</translation>
    </message>
    <message>
        <source>⇅ move {0} before all</source>
        <translation>⇅ {0} を先頭へ移動</translation>
    </message>
    <message>
        <source>⇅ move {0} behind {1}</source>
        <translation>⇅ {0} を {1} の後へ移動</translation>
    </message>
    <message>
        <source>+ insert {0} behind {1}</source>
        <translation>+ {1} の後に {0} を挿入</translation>
    </message>
    <message>
        <source>+ insert {0} before all</source>
        <translation>+ 先頭に {0} を挿入</translation>
    </message>
</context>
<context>
    <name>EventDialog</name>
    <message>
        <source>Only imagined: nothing is written to the store.</source>
        <translation>仮定のみで、ストアには何も書き込みません。</translation>
    </message>
    <message>
        <source>Event type</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>Event data as JSON</source>
        <translation>イベントのデータ(JSON)</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>Imagine it</source>
        <translation>仮定する</translation>
    </message>
    <message>
        <source>Data (JSON)</source>
        <translation>データ(JSON)</translation>
    </message>
    <message>
        <source>That is longer than {0} characters; load it as an edits file.</source>
        <translation>{0} 文字を超えています。編集ファイルとして読み込んでください。</translation>
    </message>
    <message>
        <source>Line {0}: </source>
        <translation>{0} 行目：</translation>
    </message>
    <message>
        <source>An event has a type.</source>
        <translation>イベントにはイベント型が必要です。</translation>
    </message>
</context>
<context>
    <name>EventTable</name>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Unfold this run</source>
        <translation>この連続を展開</translation>
    </message>
    <message>
        <source>Fold this run</source>
        <translation>この連続を折りたたむ</translation>
    </message>
    <message>
        <source>Add this event to the case</source>
        <translation>このイベントを案件に追加</translation>
    </message>
    <message>
        <source>Add the state after it to the case</source>
        <translation>この直後の状態を案件に追加</translation>
    </message>
    <message>
        <source>Show its correlation</source>
        <translation>相関を表示</translation>
    </message>
</context>
<context>
    <name>EventsModel</name>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>Skipped: {0}</source>
        <translation>適用されなかった：{0}</translation>
    </message>
    <message>
        <source>{0} × {1} (versions {2}–{3})</source>
        <translation>{0} × {1}(バージョン {2}–{3})</translation>
    </message>
    <message>
        <source>A click or Enter unfolds it</source>
        <translation>クリックか Enter で展開します</translation>
    </message>
    <message>
        <source>skipped: {0}</source>
        <translation>適用されなかった：{0}</translation>
    </message>
    <message>
        <source>failed here: {0}</source>
        <translation>ここで失敗：{0}</translation>
    </message>
    <message>
        <source>not rebuilt</source>
        <translation>再構築不可</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>未再構築</translation>
    </message>
</context>
<context>
    <name>EventsRoom</name>
    <message>
        <source>Events of the store</source>
        <translation>ストアのイベント</translation>
    </message>
    <message>
        <source>How far the search has come</source>
        <translation>検索の進み具合</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Search on</source>
        <translation>続けて検索</translation>
    </message>
    <message>
        <source>Show the events that have arrived (Ctrl+Shift+N)</source>
        <translation>届いたイベントを表示します (Ctrl+Shift+N)</translation>
    </message>
    <message>
        <source>The events could not be counted</source>
        <translation>イベントを数えられませんでした</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>{0} 件のイベント</translation>
    </message>
    <message>
        <source>, {0} without a time</source>
        <translation>、うち時刻なし {0} 件</translation>
    </message>
    <message>
        <source>{0} events counted so far</source>
        <translation>これまでに {0} 件を集計</translation>
    </message>
    <message>
        <source>about {0} events</source>
        <translation>約 {0} 件のイベント</translation>
    </message>
    <message>
        <source> when it was drawn</source>
        <translation>（描画時点）</translation>
    </message>
    <message>
        <source>Searching …</source>
        <translation>検索しています …</translation>
    </message>
    <message>
        <source>No event fits the filter.</source>
        <translation>条件に合うイベントはありません。</translation>
    </message>
    <message>
        <source>There are no events.</source>
        <translation>イベントはありません。</translation>
    </message>
    <message>
        <source>Nothing was found so far.</source>
        <translation>まだ何も見つかっていません。</translation>
    </message>
    <message>
        <source>All searched: {0} found</source>
        <translation>すべて検索しました：{0} 件</translation>
    </message>
    <message>
        <source>{0} found so far</source>
        <translation>これまでに {0} 件</translation>
    </message>
    <message>
        <source>Searched back to {0}{1}</source>
        <translation>{0}{1} までさかのぼって検索</translation>
    </message>
    <message>
        <source>Searched up to {0}{1}</source>
        <translation>{0}{1} まで検索</translation>
    </message>
    <message>
        <source>{0} found</source>
        <translation>{0} 件</translation>
    </message>
    <message>
        <source>looking for events whose clock disagrees with their position</source>
        <translation>時刻と位置が食い違うイベントを探しています</translation>
    </message>
    <message>
        <source>{0} arrived since</source>
        <translation>その後 {0} 件が到着</translation>
    </message>
    <message>
        <source>{0} of them lie where the clock says otherwise</source>
        <translation>うち {0} 件は時刻と合わない位置にあります</translation>
    </message>
    <message>
        <source>for {0} the expression could not be told</source>
        <translation>{0} 件は式を判定できませんでした</translation>
    </message>
    <message>
        <source>Show 1 new event</source>
        <translation>新着 1 件を表示</translation>
    </message>
    <message>
        <source>Show {0} new events</source>
        <translation>新着 {0} 件を表示</translation>
    </message>
    <message>
        <source>This store numbers its events in no order, so that new ones can&apos;t be told from old ones. F5 reads all of them anew.</source>
        <translation>このストアのイベントには順序を示す番号がないため、新しいイベントを見分けられません。F5 で全体を読み直します。</translation>
    </message>
    <message>
        <source>New events are not looked for now: that is paused.</source>
        <translation>新着イベントの確認は一時停止中です。</translation>
    </message>
    <message>
        <source>Open the aggregate at this version</source>
        <translation>このバージョンで集約を開く</translation>
    </message>
    <message>
        <source>Only events of this type</source>
        <translation>この型のイベントのみ</translation>
    </message>
    <message>
        <source>Only events of this aggregate</source>
        <translation>この集約のイベントのみ</translation>
    </message>
    <message>
        <source>Only events of this aggregate type</source>
        <translation>この種類の集約のイベントのみ</translation>
    </message>
    <message>
        <source>Only events by this actor</source>
        <translation>この実行者のイベントのみ</translation>
    </message>
    <message>
        <source>Only events with this correlation id</source>
        <translation>この相関 ID のイベントのみ</translation>
    </message>
    <message>
        <source>Add this event to the case</source>
        <translation>このイベントを案件に追加</translation>
    </message>
    <message>
        <source>Choose an event first.</source>
        <translation>先にイベントを選択してください。</translation>
    </message>
    <message>
        <source>The filter {0} was deleted.</source>
        <translation>条件 {0} を削除しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
</context>
<context>
    <name>FieldChanges</name>
    <message>
        <source>Changes of the followed fields</source>
        <translation>追跡中のフィールドの変更</translation>
    </message>
</context>
<context>
    <name>FieldChangesModel</name>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>フィールド</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Old</source>
        <translation>変更前</translation>
    </message>
    <message>
        <source>New</source>
        <translation>変更後</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
</context>
<context>
    <name>FieldChart</name>
    <message>
        <source>Chart of the followed fields</source>
        <translation>追跡中のフィールドのグラフ</translation>
    </message>
    <message>
        <source>A click goes to the version</source>
        <translation>クリックでそのバージョンへ移動</translation>
    </message>
    <message>
        <source>Events earlier than one before them, drawn at its time: {0}.</source>
        <translation>前のイベントより時刻が早く、その時刻に描いたイベント：{0} 件。</translation>
    </message>
</context>
<context>
    <name>Fields</name>
    <message>
        <source>Type a path, such as /status or items.0.price</source>
        <translation>/status や items.0.price のようなパスを入力してください</translation>
    </message>
    <message>
        <source>{0} is no path; type one such as /items/0/price or items[0].price</source>
        <translation>{0} はパスではありません。/items/0/price や items[0].price のように入力してください</translation>
    </message>
</context>
<context>
    <name>FieldsModel</name>
    <message>
        <source>Field</source>
        <translation>フィールド</translation>
    </message>
    <message>
        <source>Types</source>
        <translation>型</translation>
    </message>
    <message>
        <source>Present</source>
        <translation>出現率</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>範囲</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>例</translation>
    </message>
    <message>
        <source>(payload)</source>
        <translation>(ペイロード)</translation>
    </message>
</context>
<context>
    <name>FieldsPanel</name>
    <message>
        <source>Follow a field: /items/0/price or total</source>
        <translation>フィールドを追跡：/items/0/price または total</translation>
    </message>
    <message>
        <source>Path of a field to follow</source>
        <translation>追跡するフィールドのパス</translation>
    </message>
    <message>
        <source>A JSON Pointer such as /items/0/price, or items[0].price; Enter follows it</source>
        <translation>/items/0/price のような JSON Pointer、または items[0].price。Enter で追跡します</translation>
    </message>
    <message>
        <source>By time</source>
        <translation>時刻で</translation>
    </message>
    <message>
        <source>Chart over time instead of over versions</source>
        <translation>グラフの横軸をバージョンではなく時刻にする</translation>
    </message>
    <message>
        <source>Dim others</source>
        <translation>他を薄く</translation>
    </message>
    <message>
        <source>Dim the events that changed none of these fields</source>
        <translation>これらのフィールドを変更しなかったイベントを薄く表示</translation>
    </message>
    <message>
        <source>CSV …</source>
        <translation>CSV…</translation>
    </message>
    <message>
        <source>Save every change of these fields as CSV</source>
        <translation>これらのフィールドのすべての変更を CSV で保存</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>CSV で保存</translation>
    </message>
    <message>
        <source>Right-click a value in the State tab and choose “Follow this field”, or type its path above.</source>
        <translation>「状態」タブの値を右クリックして「このフィールドを追跡」を選ぶか、上にパスを入力します。</translation>
    </message>
    <message>
        <source>Choose an aggregate first; a field is one of its state.</source>
        <translation>先に集約を選んでください。フィールドは集約の状態の一部です。</translation>
    </message>
    <message>
        <source>{0} is followed already.</source>
        <translation>{0} はすでに追跡中です。</translation>
    </message>
    <message>
        <source>{0} fields are followed; let one go first.</source>
        <translation>{0} 個のフィールドを追跡中です。先に 1 つ外してください。</translation>
    </message>
    <message>
        <source>There is no state at the playhead; go to the first version.</source>
        <translation>再生ヘッドに状態がありません。最初のバージョンへ移動してください。</translation>
    </message>
    <message>
        <source>Follow a field first; its history is what is pinned.</source>
        <translation>先にフィールドを追跡してください。案件に追加されるのはその履歴です。</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>{0} changes written to {1}.</source>
        <translation>{0} 件の変更を {1} に書き込みました。</translation>
    </message>
    <message>
        <source>1 change written to {1}.</source>
        <translation>1 件の変更を {1} に書き込みました。</translation>
    </message>
    <message>
        <source>Masked, so not drawn: {0}</source>
        <translation>マスク済みのため描画なし：{0}</translation>
    </message>
    <message>
        <source>Drawn rounded or not at all, exact in the list: {0}</source>
        <translation>グラフでは丸めて描くか描けません(一覧には正確な値): {0}</translation>
    </message>
    <message>
        <source>{0} changes by {1} of {2} events</source>
        <translation>変更 {0} 件(イベント {2} 件中 {1} 件)</translation>
    </message>
    <message>
        <source>1 change, looked for in events: {2}</source>
        <translation>変更 1 件 (調べたイベント：{2} 件)</translation>
    </message>
    <message>
        <source>{0} changes in {1} of {2} events so far</source>
        <translation>変更 {0} 件(イベント {2} 件中 {1} 件まで読み込み済み)</translation>
    </message>
</context>
<context>
    <name>FileEditor</name>
    <message>
        <source>Line {0}</source>
        <translation>{0} 行目</translation>
    </message>
</context>
<context>
    <name>FileField</name>
    <message>
        <source>Browse …</source>
        <translation>参照…</translation>
    </message>
    <message>
        <source>Browse for: {0}</source>
        <translation>参照：{0}</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>{0} can&apos;t be written: {1}.</source>
        <translation>{0} に書き込めません：{1}。</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Column to filter by</source>
        <translation>絞り込む列</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>含む</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>空である</translation>
    </message>
    <message>
        <source>is filled</source>
        <translation>空でない</translation>
    </message>
    <message>
        <source>Value, then Enter</source>
        <translation>値、Enter で実行</translation>
    </message>
    <message>
        <source>Value to filter by</source>
        <translation>絞り込む値</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>絞り込む</translation>
    </message>
    <message>
        <source>Take this condition away</source>
        <translation>この条件を外す</translation>
    </message>
    <message>
        <source>Condition in force: {0}</source>
        <translation>適用中の条件：{0}</translation>
    </message>
</context>
<context>
    <name>FilterRow</name>
    <message>
        <source>Event types, such as Order*, Paid</source>
        <translation>イベント型（例：Order*, Paid）</translation>
    </message>
    <message>
        <source>Event types</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>From</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>Not before this time</source>
        <translation>この時刻以降</translation>
    </message>
    <message>
        <source>To</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>Not after this time</source>
        <translation>この時刻以前</translation>
    </message>
    <message>
        <source>Aggregate type</source>
        <translation>集約の種類</translation>
    </message>
    <message>
        <source>Only events of aggregates of this type, * stands for anything</source>
        <translation>この種類の集約のイベントのみ。* は任意の文字列</translation>
    </message>
    <message>
        <source>Aggregate id</source>
        <translation>集約 ID</translation>
    </message>
    <message>
        <source>Only events of this aggregate</source>
        <translation>この集約のイベントのみ</translation>
    </message>
    <message>
        <source>Actor</source>
        <translation>実行者</translation>
    </message>
    <message>
        <source>Only events by this actor, * stands for anything</source>
        <translation>この実行者のイベントのみ（* は任意の文字列）</translation>
    </message>
    <message>
        <source>Correlation id</source>
        <translation>相関 ID</translation>
    </message>
    <message>
        <source>Only events with this correlation id</source>
        <translation>この相関 ID のイベントのみ</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>In ids, types, data or metadata, in any case</source>
        <translation>ID、型、データ、メタデータに含まれるテキスト（大文字と小文字は区別しません）</translation>
    </message>
    <message>
        <source>Expression, such as data.amount &gt; 100</source>
        <translation>式（例：data.amount &gt; 100）</translation>
    </message>
    <message>
        <source>An expression over data, meta and event</source>
        <translation>data、meta、event を使う式</translation>
    </message>
    <message>
        <source>{0}: 2026-11-22 14:34, 2026-11-22T14:34:00+09:00, yesterday; without a zone this machine&apos;s</source>
        <translation>{0}：2026-11-22 14:34、2026-11-22T14:34:00+09:00、yesterday など。タイムゾーンを省くとこのマシンのものになります</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>新しい順</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>古い順</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>並び順</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>検索</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>クリア</translation>
    </message>
    <message>
        <source>Ask for all events again</source>
        <translation>すべてのイベントに戻す</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>Saved filters: choose, save and delete</source>
        <translation>保存した条件：選択、保存、削除</translation>
    </message>
    <message>
        <source>{0}: {1}.</source>
        <translation>{0}：{1}。</translation>
    </message>
</context>
<context>
    <name>Filters</name>
    <message>
        <source>Only findings of a check</source>
        <translation>特定の検査の指摘のみ</translation>
    </message>
    <message>
        <source>Aggregate or type</source>
        <translation>集約または種類</translation>
    </message>
    <message>
        <source>Only findings at aggregates like this</source>
        <translation>一致する集約の指摘のみ</translation>
    </message>
    <message>
        <source>Accepted too</source>
        <translation>許容済みも</translation>
    </message>
    <message>
        <source>✕ Errors {0}</source>
        <translation>✕ エラー {0}</translation>
    </message>
    <message>
        <source>! Warnings {0}</source>
        <translation>! 警告 {0}</translation>
    </message>
    <message>
        <source>· Remarks {0}</source>
        <translation>· 情報 {0}</translation>
    </message>
    <message>
        <source>All checks</source>
        <translation>すべての検査</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find a condition</source>
        <translation>条件を検索</translation>
    </message>
    <message>
        <source>What to look for</source>
        <translation>検索の種類</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Condition: an expression over state, data, meta, event. Text: in the events&apos; types and data.</source>
        <translation>条件：state、data、meta、event を使った式。テキスト：イベント型とデータ内の文字列。</translation>
    </message>
    <message>
        <source>Expression or text</source>
        <translation>式またはテキスト</translation>
    </message>
    <message>
        <source>End of the previous stretch (Shift+F3)</source>
        <translation>前の区間の終わりへ(Shift+F3)</translation>
    </message>
    <message>
        <source>Start of the next stretch (F3)</source>
        <translation>次の区間の始まりへ(F3)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Look no further</source>
        <translation>検索を中止</translation>
    </message>
    <message>
        <source>Close and shade nothing (Esc)</source>
        <translation>閉じて強調を消す(Esc)</translation>
    </message>
    <message>
        <source>state.balance &lt; 0, or data.amount &gt; 1000</source>
        <translation>state.balance &lt; 0 または data.amount &gt; 1000</translation>
    </message>
    <message>
        <source>Text in the events&apos; data</source>
        <translation>イベントのデータ内のテキスト</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>検索中…</translation>
    </message>
    <message>
        <source>never held</source>
        <translation>成り立つ箇所なし</translation>
    </message>
    <message>
        <source>held in {0}, {1}</source>
        <translation>{0}({1})で成り立つ</translation>
    </message>
    <message>
        <source>1 stretch</source>
        <translation>1 区間</translation>
    </message>
    <message>
        <source>{0} stretches</source>
        <translation>{0} 区間</translation>
    </message>
    <message>
        <source>1 version</source>
        <translation>1 バージョン</translation>
    </message>
    <message>
        <source>{0} versions</source>
        <translation>{0} バージョン</translation>
    </message>
    <message>
        <source>now: in stretch {0}</source>
        <translation>現在：区間 {0} の中</translation>
    </message>
    <message>
        <source>now: before stretch 1</source>
        <translation>現在：区間 1 の前</translation>
    </message>
    <message>
        <source>now: after stretch {0}</source>
        <translation>現在：区間 {0} の後</translation>
    </message>
    <message>
        <source>could not be told at {0}</source>
        <translation>{0} 件で判定不能</translation>
    </message>
    <message>
        <source>nothing is known of {0} versions without a state</source>
        <translation>状態のない {0} バージョンは不明</translation>
    </message>
    <message>
        <source>in what has been read so far</source>
        <translation>これまでに読み込んだ範囲で</translation>
    </message>
</context>
<context>
    <name>FindingPanel</name>
    <message>
        <source>Go to event</source>
        <translation>イベントへ移動</translation>
    </message>
    <message>
        <source>Add to case</source>
        <translation>案件に追加</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>許容する</translation>
    </message>
    <message>
        <source>A finding that is accepted is not told again</source>
        <translation>許容した指摘は以後報告されません</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>証拠</translation>
    </message>
    <message>
        <source>About the check</source>
        <translation>検査について</translation>
    </message>
    <message>
        <source>No finding is chosen.</source>
        <translation>指摘が選ばれていません。</translation>
    </message>
    <message>
        <source>What it looks for</source>
        <translation>検査の対象</translation>
    </message>
    <message>
        <source>Why it matters</source>
        <translation>重要な理由</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>対処方法</translation>
    </message>
    <message>
        <source>Go to aggregate</source>
        <translation>集約へ移動</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>許容を取り消す</translation>
    </message>
    <message>
        <source>The store as a whole</source>
        <translation>ストア全体</translation>
    </message>
    <message>
        <source>version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>position {0}</source>
        <translation>位置 {0}</translation>
    </message>
</context>
<context>
    <name>FindingsModel</name>
    <message>
        <source>Severity</source>
        <translation>重大度</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>許容済み</translation>
    </message>
    <message>
        <source>(the store)</source>
        <translation>(ストア)</translation>
    </message>
</context>
<context>
    <name>FindingsTable</name>
    <message>
        <source>Findings</source>
        <translation>指摘</translation>
    </message>
    <message>
        <source>Enter or a double click goes to the event</source>
        <translation>Enter またはダブルクリックでイベントへ移動</translation>
    </message>
</context>
<context>
    <name>Flow</name>
    <message>
        <source>(ends)</source>
        <translation>(終了)</translation>
    </message>
    <message>
        <source>(begins)</source>
        <translation>(開始)</translation>
    </message>
</context>
<context>
    <name>FlowPicture</name>
    <message>
        <source>Process map</source>
        <translation>プロセスマップ</translation>
    </message>
    <message>
        <source>The paths of the table beside as a picture</source>
        <translation>横の表の経路を図にしたもの</translation>
    </message>
</context>
<context>
    <name>FlowRoom</name>
    <message>
        <source>Follow the events</source>
        <translation>イベントをたどる</translation>
    </message>
    <message>
        <source>Type of aggregates</source>
        <translation>集約の種類</translation>
    </message>
    <message>
        <source>Which paths are drawn</source>
        <translation>図に描く経路</translation>
    </message>
    <message>
        <source>All paths</source>
        <translation>すべての経路</translation>
    </message>
    <message>
        <source>Common paths</source>
        <translation>よく通る経路</translation>
    </message>
    <message>
        <source>Rare paths</source>
        <translation>まれな経路</translation>
    </message>
    <message>
        <source>What counts as rare</source>
        <translation>まれとみなす基準</translation>
    </message>
    <message>
        <source>Paths that at most so many of the aggregates took are dashed and marked with !</source>
        <translation>この割合以下の集約しか通らなかった経路は破線になり、! が付きます</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全体を表示</translation>
    </message>
    <message>
        <source>Have the whole map in sight again (0)</source>
        <translation>マップ全体を表示に収めます (0)</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>エクスポート…</translation>
    </message>
    <message>
        <source>Paths</source>
        <translation>経路</translation>
    </message>
    <message>
        <source>Aggregates that took the path</source>
        <translation>この経路を通った集約</translation>
    </message>
    <message>
        <source>Enter or a double click opens the aggregate at this version</source>
        <translation>Enter またはダブルクリックで、このバージョンの集約を開きます</translation>
    </message>
    <message>
        <source>More</source>
        <translation>さらに表示</translation>
    </message>
    <message>
        <source>Look for further aggregates that took this path</source>
        <translation>この経路を通った集約をさらに探します</translation>
    </message>
    <message>
        <source>Following the events</source>
        <translation>イベントをたどっています</translation>
    </message>
    <message>
        <source>{0} steps are left out: there are more different ones than are kept.</source>
        <translation>{0} 件の遷移を省きました。種類が多すぎて保持できません。</translation>
    </message>
    <message>
        <source>(no type)</source>
        <translation>(種類なし)</translation>
    </message>
    <message>
        <source>{0} · {1} aggregates</source>
        <translation>{0} · {1} 件の集約</translation>
    </message>
    <message>
        <source>rare: taken by up to {0} % ({1} paths)</source>
        <translation>まれ：{0} % 以下が通過 ({1} 経路)</translation>
    </message>
    <message>
        <source>{0} paths</source>
        <translation>{0} 経路</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>{0} 件のイベント</translation>
    </message>
    <message>
        <source>{0} paths are only in the table</source>
        <translation>{0} 経路は表だけに表示</translation>
    </message>
    <message>
        <source>Reading the events …</source>
        <translation>イベントを読み込み中…</translation>
    </message>
    <message>
        <source>There are no events.</source>
        <translation>イベントがありません。</translation>
    </message>
    <message>
        <source>Nothing was counted yet.

All events are read once. Then you see for each type of aggregate which event follows which, how often and after what time, and which ways only few have gone.</source>
        <translation>まだ何も数えていません。

すべてのイベントを一度読み込みます。その後、集約の種類ごとに、どのイベントの次にどのイベントが何回、どれだけの時間をおいて続くか、わずかな集約しか通らなかった経路はどれかを表示します。</translation>
    </message>
    <message>
        <source>Choose a path to see who took it.</source>
        <translation>経路を選ぶと、通った集約を表示します。</translation>
    </message>
    <message>
        <source>1 aggregate</source>
        <translation>1 件の集約</translation>
    </message>
    <message>
        <source>{0} aggregates</source>
        <translation>{0} 件の集約</translation>
    </message>
    <message>
        <source>median {0}</source>
        <translation>中央値 {0}</translation>
    </message>
    <message>
        <source>Looking for aggregates that took this path</source>
        <translation>この経路を通った集約を探しています</translation>
    </message>
    <message>
        <source>Copied: {0} paths</source>
        <translation>コピーしました：{0} 経路</translation>
    </message>
    <message>
        <source>Export the process map</source>
        <translation>プロセスマップをエクスポート</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>書き込みました：{0}</translation>
    </message>
</context>
<context>
    <name>FoldsDialog</name>
    <message>
        <source>Compare reducers</source>
        <translation>リデューサーを比較</translation>
    </message>
    <message>
        <source>Compared over</source>
        <translation>比較の対象</translation>
    </message>
    <message>
        <source>Aggregates in the sample</source>
        <translation>サンプルの集約数</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Fold the same events with both reducers</source>
        <translation>同じイベントを両方のリデューサーで畳み込む</translation>
    </message>
    <message>
        <source>First reducer</source>
        <translation>リデューサー 1</translation>
    </message>
    <message>
        <source>Second reducer</source>
        <translation>リデューサー 2</translation>
    </message>
    <message>
        <source>over</source>
        <translation>対象</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>aggregates</source>
        <translation>件の集約</translation>
    </message>
    <message>
        <source>Choose two reducers; the same events are folded with both.</source>
        <translation>リデューサーを 2 つ選びます。同じイベントを両方で畳み込みます。</translation>
    </message>
    <message>
        <source>Only those that differ or fail</source>
        <translation>相違または失敗のみ</translation>
    </message>
    <message>
        <source>Aggregates and how the reducers compare</source>
        <translation>集約とリデューサーの比較結果</translation>
    </message>
    <message>
        <source>What differs first</source>
        <translation>最初の相違</translation>
    </message>
    <message>
        <source>Pick an aggregate to see where its states part first.</source>
        <translation>集約を選ぶと、状態が最初に分かれる箇所を表示します。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進捗</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Stop comparing; what was found stays</source>
        <translation>比較を中止(見つかった結果は残ります)</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Show the aggregate at the version where the states part</source>
        <translation>状態が分かれるバージョンで集約を表示</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy all rows as JSON Lines, as esviewer folds --json prints them</source>
        <translation>すべての行を JSON Lines でコピー(esviewer folds --json の出力と同じ)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>a file …</source>
        <translation>ファイル…</translation>
    </message>
    <message>
        <source>merge (no rules)</source>
        <translation>マージ(ルールなし)</translation>
    </message>
    <message>
        <source>file {0}</source>
        <translation>ファイル {0}</translation>
    </message>
    <message>
        <source>Choose a reducer&apos;s file</source>
        <translation>リデューサーのファイルを選択</translation>
    </message>
    <message>
        <source>Choose two different reducers: these are the same.</source>
        <translation>同じリデューサーです。異なる 2 つを選んでください。</translation>
    </message>
    <message>
        <source>Comparing …</source>
        <translation>比較中…</translation>
    </message>
    <message>
        <source>Not finished.</source>
        <translation>完了しませんでした。</translation>
    </message>
    <message>
        <source>Compare again</source>
        <translation>もう一度比較</translation>
    </message>
    <message>
        <source>The reducers have changed.</source>
        <translation>リデューサーが変わりました。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>中止しました。</translation>
    </message>
    <message>
        <source>Aggregates compared: {0}; different: {1}.</source>
        <translation>比較した集約：{0}、相違：{1}。</translation>
    </message>
    <message>
        <source>Reducers failed at {0} of them, which are compared up to there.</source>
        <translation>そのうち {0} 件でリデューサーが失敗したため、そこまでを比較しています。</translation>
    </message>
    <message>
        <source>{0} ({1} events of the next) …</source>
        <translation>{0}(次の集約のイベント {1} 件)…</translation>
    </message>
    <message>
        <source>a sample of all types</source>
        <translation>全種類のサンプル</translation>
    </message>
    <message>
        <source>this aggregate: {0}</source>
        <translation>この集約：{0}</translation>
    </message>
    <message>
        <source>a sample of {0}</source>
        <translation>{0} のサンプル</translation>
    </message>
    <message>
        <source>“{0}” skipped {1} events, “{2}” {3}.</source>
        <translation>適用されなかったイベント：「{0}」{1} 件、「{2}」{3} 件。</translation>
    </message>
    <message>
        <source>The states agree after every event. {0}</source>
        <translation>どのイベントの後でも状態は一致します。{0}</translation>
    </message>
    <message>
        <source>The states agree up to there. {0}</source>
        <translation>そこまでの状態は一致します。{0}</translation>
    </message>
    <message>
        <source>the newest states differ too</source>
        <translation>最新の状態も異なります</translation>
    </message>
    <message>
        <source>the newest states agree again</source>
        <translation>最新の状態は再び一致します</translation>
    </message>
    <message>
        <source>Parts at version {0} (“{1}” → “{2}”); {3}. {4}</source>
        <translation>バージョン {0} で分かれます(「{1}」→「{2}」)。{3}。{4}</translation>
    </message>
    <message>
        <source>Copied {0} characters of JSON Lines.</source>
        <translation>JSON Lines を {0} 文字コピーしました。</translation>
    </message>
</context>
<context>
    <name>FoldsModel</name>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>Parts at</source>
        <translation>分岐点</translation>
    </message>
    <message>
        <source>Differing</source>
        <translation>相違数</translation>
    </message>
    <message>
        <source>First path</source>
        <translation>最初のパス</translation>
    </message>
    <message>
        <source>First reducer</source>
        <translation>リデューサー 1</translation>
    </message>
    <message>
        <source>Second reducer</source>
        <translation>リデューサー 2</translation>
    </message>
    <message>
        <source>The version after which the states differ first</source>
        <translation>適用後の状態が最初に異なるバージョン</translation>
    </message>
    <message>
        <source>After how many events the states differ</source>
        <translation>適用後の状態が異なるイベントの数</translation>
    </message>
    <message>
        <source>✕ failed at version {0}</source>
        <translation>✕ バージョン {0} で失敗</translation>
    </message>
    <message>
        <source>✓ agree</source>
        <translation>✓ 一致</translation>
    </message>
    <message>
        <source>✕ differ</source>
        <translation>✕ 相違</translation>
    </message>
    <message>
        <source>✕ differ on the way</source>
        <translation>✕ 途中で相違</translation>
    </message>
    <message>
        <source>(the state)</source>
        <translation>(状態)</translation>
    </message>
    <message>
        <source>(nothing)</source>
        <translation>(なし)</translation>
    </message>
</context>
<context>
    <name>Going</name>
    <message>
        <source>&amp;Back</source>
        <translation>戻る(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>進む(&amp;F)</translation>
    </message>
</context>
<context>
    <name>GroupsPanel</name>
    <message>
        <source>Group by</source>
        <translation>グループ化</translation>
    </message>
    <message>
        <source>Add up</source>
        <translation>集計</translation>
    </message>
    <message>
        <source>Bars of</source>
        <translation>棒グラフ</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>グループ</translation>
    </message>
    <message>
        <source>Enter or a double click shows the rows of a group</source>
        <translation>Enter またはダブルクリックでグループの行を表示</translation>
    </message>
    <message>
        <source>Bars of the groups</source>
        <translation>グループの棒グラフ</translation>
    </message>
    <message>
        <source>add up</source>
        <translation>集計</translation>
    </message>
    <message>
        <source>bars of</source>
        <translation>棒グラフ</translation>
    </message>
    <message>
        <source>(nothing)</source>
        <translation>(なし)</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>合計</translation>
    </message>
    <message>
        <source>least</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>greatest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>average</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>{0} groups</source>
        <translation>{0} グループ</translation>
    </message>
    <message>
        <source>The {0} largest groups</source>
        <translation>大きい順に {0} グループ</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Help on this</source>
        <translation>この画面のヘルプ</translation>
    </message>
</context>
<context>
    <name>HelpMenu</name>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Help on this</source>
        <translation>この画面のヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Manual</source>
        <translation>マニュアル(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Tour</source>
        <translation>ツアー(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>キー操作(&amp;K)</translation>
    </message>
    <message>
        <source>A&amp;ctivity …</source>
        <translation>操作記録(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Plug-ins …</source>
        <translation>プラグイン(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;About esviewer</source>
        <translation>esviewer について(&amp;A)</translation>
    </message>
    <message>
        <source>esviewer {0}: audit and time travel for event-sourced systems. MIT licence.</source>
        <translation>esviewer {0}：イベントソーシングシステムの監査とタイムトラベル。MIT ライセンス。</translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <source>esviewer – manual</source>
        <translation>esviewer – マニュアル</translation>
    </message>
    <message>
        <source>Search the manual</source>
        <translation>マニュアルを検索</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>ページ一覧</translation>
    </message>
    <message>
        <source>No page has all of these words.</source>
        <translation>これらの語をすべて含むページはありません。</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>ページ</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>フィールド</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Old</source>
        <translation>変更前</translation>
    </message>
    <message>
        <source>New</source>
        <translation>変更後</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>By</source>
        <translation>実行者</translation>
    </message>
</context>
<context>
    <name>Idle</name>
    <message>
        <source>Nothing happened for {0}</source>
        <translation>{0}の間、何も起きていません</translation>
    </message>
    <message>
        <source>From {0}</source>
        <translation>開始: {0}</translation>
    </message>
    <message>
        <source>Until {0}</source>
        <translation>終了: {0}</translation>
    </message>
    <message>
        <source>Idle time collapsed: {0}, the longest {1}</source>
        <translation>折りたたまれた空白時間: {0} か所、最長 {1}</translation>
    </message>
</context>
<context>
    <name>KeysSheet</name>
    <message>
        <source>Time machine</source>
        <translation>タイムマシン</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>Part of a key, or of what it does</source>
        <translation>キー、またはその働きの一部</translation>
    </message>
    <message>
        <source>Search the keys</source>
        <translation>キーを検索</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>働き</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>{0}: list of aggregates</source>
        <translation>{0}：集約の一覧</translation>
    </message>
    <message>
        <source>Charts of fields, schema and results</source>
        <translation>フィールド・スキーマ・結果のグラフ</translation>
    </message>
    <message>
        <source>{0}: chart</source>
        <translation>{0}：グラフ</translation>
    </message>
    <message>
        <source>{0}: picture</source>
        <translation>{0}：図</translation>
    </message>
    <message>
        <source>Choose one more aggregate</source>
        <translation>集約をもう一つ選ぶ</translation>
    </message>
    <message>
        <source>Open it in a new tab</source>
        <translation>新しいタブで開く</translation>
    </message>
    <message>
        <source>Go to the event that wrote a value</source>
        <translation>値を書いたイベントへ移動</translation>
    </message>
    <message>
        <source>Unfold a run of equal events, or fold it</source>
        <translation>同種イベントの連続を展開または折りたたむ</translation>
    </message>
    <message>
        <source>Go to a stretch of time</source>
        <translation>期間へ移動</translation>
    </message>
    <message>
        <source>Choose several stretches</source>
        <translation>複数の期間を選ぶ</translation>
    </message>
    <message>
        <source>Ask for the events of that time</source>
        <translation>その期間のイベントを表示</translation>
    </message>
    <message>
        <source>Choose no time</source>
        <translation>期間の選択を解除</translation>
    </message>
    <message>
        <source>The next path, or the one before</source>
        <translation>次または前の経路</translation>
    </message>
    <message>
        <source>Go to the aggregates that took it</source>
        <translation>その経路を通った集約へ移動</translation>
    </message>
    <message>
        <source>Nearer, farther, show all</source>
        <translation>拡大・縮小・全体表示</translation>
    </message>
    <message>
        <source>The next event of the lane, or the one before</source>
        <translation>レーンの次または前のイベント</translation>
    </message>
    <message>
        <source>The lane&apos;s first event, or its last</source>
        <translation>レーンの最初または最後のイベント</translation>
    </message>
    <message>
        <source>Another lane</source>
        <translation>別のレーン</translation>
    </message>
    <message>
        <source>Move the lane up, or down</source>
        <translation>レーンを上または下へ移動</translation>
    </message>
    <message>
        <source>Open the event, or the lane&apos;s aggregate</source>
        <translation>イベントまたはレーンの集約を開く</translation>
    </message>
    <message>
        <source>Remove the lane</source>
        <translation>レーンを外す</translation>
    </message>
    <message>
        <source>Earlier, later</source>
        <translation>前へ・後へ</translation>
    </message>
    <message>
        <source>Nearer, farther</source>
        <translation>拡大・縮小</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全体を表示</translation>
    </message>
</context>
<context>
    <name>Lanes</name>
    <message>
        <source>Lanes of the aggregates</source>
        <translation>集約ごとのレーン</translation>
    </message>
    <message>
        <source>The same events as in the list, on one axis</source>
        <translation>一覧と同じイベントを一つの軸に並べたもの</translation>
    </message>
    <message>
        <source>{0} after its cause</source>
        <translation>原因の {0} 後</translation>
    </message>
</context>
<context>
    <name>LanesPicture</name>
    <message>
        <source>Swim lanes</source>
        <translation>スイムレーン</translation>
    </message>
    <message>
        <source>There is no such aggregate</source>
        <translation>この集約はありません</translation>
    </message>
    <message>
        <source>Its events have no time</source>
        <translation>イベントに時刻がありません</translation>
    </message>
    <message>
        <source>{0} of {1} events so far</source>
        <translation>{1} 件中 {0} 件まで読み込み済み</translation>
    </message>
    <message>
        <source>1 event</source>
        <translation>イベント 1 件</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>イベント {0} 件</translation>
    </message>
    <message>
        <source>A click looks closer</source>
        <translation>クリックで拡大</translation>
    </message>
    <message>
        <source>{0} without a time, drawn between those beside them</source>
        <translation>時刻のないイベント {0} 件は前後の間に表示</translation>
    </message>
</context>
<context>
    <name>LanesRoom</name>
    <message>
        <source>Id of an aggregate</source>
        <translation>集約の ID</translation>
    </message>
    <message>
        <source>Aggregate to add as a lane</source>
        <translation>レーンに追加する集約</translation>
    </message>
    <message>
        <source>Add a lane</source>
        <translation>レーンを追加</translation>
    </message>
    <message>
        <source>Read on</source>
        <translation>読み込みを続ける</translation>
    </message>
    <message>
        <source>Read the events that are not in the lanes yet</source>
        <translation>まだレーンにないイベントを読み込みます</translation>
    </message>
    <message>
        <source>Move the lane up (Alt+Up)</source>
        <translation>レーンを上へ (Alt+Up)</translation>
    </message>
    <message>
        <source>Move the lane down (Alt+Down)</source>
        <translation>レーンを下へ (Alt+Down)</translation>
    </message>
    <message>
        <source>Remove the lane (Delete)</source>
        <translation>レーンを除く (Delete)</translation>
    </message>
    <message>
        <source>Zoom out (−)</source>
        <translation>縮小 (−)</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>拡大 (+)</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全体を表示</translation>
    </message>
    <message>
        <source>Have all events in sight again (0)</source>
        <translation>すべてのイベントを表示に収めます (0)</translation>
    </message>
    <message>
        <source>Lanes in sight</source>
        <translation>表示中のレーン</translation>
    </message>
    <message>
        <source>The chosen event</source>
        <translation>選択中のイベント</translation>
    </message>
    <message>
        <source>There can be {0} lanes at most: the first {0} of these aggregates have one.</source>
        <translation>レーンは {0} 件までです。これらの集約のうち最初の {0} 件をレーンにしました。</translation>
    </message>
    <message>
        <source>Reading events</source>
        <translation>イベントを読み込み中</translation>
    </message>
    <message>
        <source>Choose some aggregates in the list of the time machine, with Shift or Ctrl+Space, and then “Show as swim lanes” (Ctrl+Shift+L), or name one above.

Then the events of each are a lane, all on one axis of time: what happened before what, across aggregates.</source>
        <translation>タイムマシンの一覧で Shift または Ctrl+Space を使って集約を選び、「スイムレーンで表示」(Ctrl+Shift+L) を実行するか、上で集約を指定してください。

集約ごとのイベントがレーンになり、一つの時間軸に並びます。集約をまたいで、何が何より先に起きたかが分かります。</translation>
    </message>
    <message>
        <source>Reading events …</source>
        <translation>イベントを読み込んでいます…</translation>
    </message>
    <message>
        <source>1 aggregate</source>
        <translation>集約 1 件</translation>
    </message>
    <message>
        <source>{0} aggregates</source>
        <translation>集約 {0} 件</translation>
    </message>
    <message>
        <source>1 event</source>
        <translation>イベント 1 件</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>イベント {0} 件</translation>
    </message>
    <message>
        <source>not all of them read</source>
        <translation>未読のイベントあり</translation>
    </message>
    <message>
        <source>shaded: after {0}</source>
        <translation>網掛け：{0} より後</translation>
    </message>
    <message>
        <source>{0} of them in sight</source>
        <translation>うち {0} 件を表示中</translation>
    </message>
    <message>
        <source>Arrow keys go from event to event and lane to lane, Enter opens, + and − zoom, 0 shows all</source>
        <translation>矢印キーでイベントとレーンを移動、Enter で開く、+ と − で拡大・縮小、0 で全体を表示</translation>
    </message>
    <message>
        <source>version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>by {0}</source>
        <translation>操作者 {0}</translation>
    </message>
    <message>
        <source>Choose an event first.</source>
        <translation>先にイベントを選んでください。</translation>
    </message>
    <message>
        <source>Open the aggregate at this version</source>
        <translation>このバージョンの集約を開く</translation>
    </message>
    <message>
        <source>Show its correlation</source>
        <translation>相関を表示</translation>
    </message>
    <message>
        <source>Add this event to the case</source>
        <translation>このイベントを案件に追加</translation>
    </message>
    <message>
        <source>Open this lane&apos;s aggregate</source>
        <translation>このレーンの集約を開く</translation>
    </message>
    <message>
        <source>Reveal this id</source>
        <translation>この ID を表示する(マスク解除)</translation>
    </message>
    <message>
        <source>Move the lane up</source>
        <translation>レーンを上へ</translation>
    </message>
    <message>
        <source>Move the lane down</source>
        <translation>レーンを下へ</translation>
    </message>
    <message>
        <source>Remove the lane</source>
        <translation>レーンを除く</translation>
    </message>
    <message>
        <source>Copy the events in sight as CSV</source>
        <translation>表示中のイベントを CSV でコピー</translation>
    </message>
    <message>
        <source>Copy the events in sight as JSON</source>
        <translation>表示中のイベントを JSON でコピー</translation>
    </message>
    <message>
        <source>{0} events are in sight, and {1} can be copied at most: zoom in first.</source>
        <translation>表示中のイベントは {0} 件ですが、コピーできるのは {1} 件までです。先に拡大してください。</translation>
    </message>
    <message>
        <source>No event is in sight.</source>
        <translation>表示中のイベントはありません。</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>other types</source>
        <translation>その他の型</translation>
    </message>
    <message>
        <source>Only events of the type {0}</source>
        <translation>{0} 型のイベントのみ</translation>
    </message>
    <message>
        <source>Event types</source>
        <translation>イベントの型</translation>
    </message>
</context>
<context>
    <name>Lengths</name>
    <message>
        <source>d</source>
        <translation>日</translation>
    </message>
    <message>
        <source>h</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
</context>
<context>
    <name>Links</name>
    <message>
        <source>Copy link</source>
        <translation>リンクをコピー</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>コマンドとしてコピー</translation>
    </message>
    <message>
        <source>The id is masked, and what is copied would tell it: reveal it first.</source>
        <translation>ID はマスクされていて、コピーすると分かってしまいます。先に表示してください。</translation>
    </message>
    <message>
        <source>No link leads there. {0}</source>
        <translation>そこへのリンクは作れません。{0}</translation>
    </message>
    <message>
        <source>Copied: {0}</source>
        <translation>コピーしました：{0}</translation>
    </message>
</context>
<context>
    <name>Lists</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>LiveBadge</name>
    <message>
        <source>❚❚ Paused since {0}</source>
        <translation>❚❚ {0} から停止中</translation>
    </message>
    <message>
        <source>New events are not looked for. A click goes on (Ctrl+Shift+P).</source>
        <translation>新着イベントを確認していません。クリックすると再開します (Ctrl+Shift+P)。</translation>
    </message>
    <message>
        <source>⚠ No answer since {0}</source>
        <translation>⚠ {0} から応答なし</translation>
    </message>
    <message>
        <source>The store can&apos;t be read. A click tries it now.</source>
        <translation>ストアを読み取れません。クリックするとすぐに再試行します。</translation>
    </message>
    <message>
        <source>● Live since {0}</source>
        <translation>● {0} から追跡中</translation>
    </message>
    <message>
        <source>New events are looked for, soon after some came, else every few seconds. A click pauses that (Ctrl+Shift+P).</source>
        <translation>新着イベントを確認しています（届いた直後は短い間隔、それ以外は数秒おき）。クリックすると一時停止します (Ctrl+Shift+P)。</translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message>
        <source>The store can&apos;t be read</source>
        <translation>ストアを読み取れません</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>今すぐ再試行</translation>
    </message>
    <message>
        <source>Since {0} the store can&apos;t be read: {1} What was read stays; the next try is at {2}.</source>
        <translation>{0} からストアを読み取れません: {1} 読み取り済みの内容はそのまま残ります。次の再試行は {2} です。</translation>
    </message>
</context>
<context>
    <name>Localised</name>
    <message>
        <source>{0}.</source>
        <translation>{0}。</translation>
    </message>
</context>
<context>
    <name>LogHistogram</name>
    <message>
        <source>Events over time</source>
        <translation>時間ごとのイベント数</translation>
    </message>
    <message>
        <source>{0} to {1}: {2} events</source>
        <translation>{0} ～ {1}：{2} 件</translation>
    </message>
    <message>
        <source>{0} to {1}: {2} events counted so far</source>
        <translation>{0} ～ {1}：これまでに {2} 件</translation>
    </message>
    <message>
        <source>{0} to {1}: about {2} events</source>
        <translation>{0} ～ {1}：約 {2} 件</translation>
    </message>
    <message>
        <source>other types</source>
        <translation>その他の型</translation>
    </message>
</context>
<context>
    <name>LogModel</name>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Actor</source>
        <translation>実行者</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>データ</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Open file …</source>
        <translation>ファイルを開く(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;URL …</source>
        <translation>URL を開く(&amp;U)…</translation>
    </message>
    <message>
        <source>Quic&amp;k open …</source>
        <translation>クイックオープン(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;Connections …</source>
        <translation>接続(&amp;C)…</translation>
    </message>
    <message>
        <source>Open the &amp;demo store</source>
        <translation>デモストアを開く(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Map tables by hand …</source>
        <translation>テーブルを手動で対応付け(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Export report …</source>
        <translation>レポートをエクスポート(&amp;E)…</translation>
    </message>
    <message>
        <source>Op&amp;erator …</source>
        <translation>操作者(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Close store</source>
        <translation>ストアを閉じる(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>終了(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>移動(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>Theme of the &amp;system</source>
        <translation>システムのテーマ(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light theme</source>
        <translation>ライトテーマ(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark theme</source>
        <translation>ダークテーマ(&amp;D)</translation>
    </message>
    <message>
        <source>Event &amp;types instead of wordings</source>
        <translation>イベントを文ではなく型名で表示(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Collapse idle time</source>
        <translation>空白時間を折りたたむ(&amp;C)</translation>
    </message>
    <message>
        <source>Collapse idle time</source>
        <translation>空白時間を折りたたむ</translation>
    </message>
    <message>
        <source>Draw long gaps without events short at true time (Ctrl+Shift+I)</source>
        <translation>実時間で、イベントのない長い間隔を短く表示します (Ctrl+Shift+I)</translation>
    </message>
    <message>
        <source>&amp;Reveal masked values …</source>
        <translation>マスク済みの値を表示(&amp;R)…</translation>
    </message>
    <message>
        <source>Mask &amp;again</source>
        <translation>再びマスク(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Masking rules …</source>
        <translation>マスキングルール(&amp;M)…</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>レポートをエクスポート</translation>
    </message>
    <message>
        <source>Lan&amp;guage (Language)</source>
        <translation>言語 (Lan&amp;guage)</translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation>システムに合わせる(&amp;S)</translation>
    </message>
    <message>
        <source>The window speaks the chosen language when esviewer is started anew.</source>
        <translation>選んだ言語は esviewer を次に起動したときから使われます。</translation>
    </message>
    <message>
        <source>{0} · {1} · {2} · read-only</source>
        <translation>{0} · {1} · {2} · 読み取り専用</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>履歴(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Find a condition …</source>
        <translation>条件を検索(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;As of …</source>
        <translation>指定時点(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>再生/一時停止(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Go to version …</source>
        <translation>バージョンへ移動(&amp;G)…</translation>
    </message>
    <message>
        <source>Fold runs of &amp;equal events</source>
        <translation>同じ型のイベントの連続を折りたたむ(&amp;E)</translation>
    </message>
    <message>
        <source>A&amp;dd to the case</source>
        <translation>案件に追加(&amp;D)</translation>
    </message>
    <message>
        <source>Copy &amp;link</source>
        <translation>リンクをコピー(&amp;L)</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>コマンドとしてコピー(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;What if …</source>
        <translation>もしも(&amp;W)…</translation>
    </message>
    <message>
        <source>&amp;Roll back to here …</source>
        <translation>ここまで巻き戻し(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Compare reducers …</source>
        <translation>リデューサーを比較(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>編集(&amp;E)</translation>
    </message>
    <message>
        <source>Copy as {0}</source>
        <translation>コピー: {0}</translation>
    </message>
    <message>
        <source>There is nothing here that can be copied in this form.</source>
        <translation>ここには、この形式でコピーできるものがありません。</translation>
    </message>
    <message>
        <source>&amp;Store</source>
        <translation>ストア(&amp;S)</translation>
    </message>
    <message>
        <source>Show as s&amp;wim lanes</source>
        <translation>スイムレーンで表示(&amp;W)</translation>
    </message>
    <message>
        <source>Show &amp;new events</source>
        <translation>新着イベントを表示(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Pause or go on looking for new events</source>
        <translation>新着イベントの確認を一時停止/再開(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Seal …</source>
        <translation>封印(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Verify …</source>
        <translation>検証(&amp;V)…</translation>
    </message>
    <message>
        <source>The playhead is before the first event: no link leads there.</source>
        <translation>再生ヘッドは最初のイベントより前です。そこへのリンクはありません。</translation>
    </message>
    <message>
        <source>&amp;Reducers</source>
        <translation>リデューサー(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Edit rules …</source>
        <translation>ルールを編集(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Reducers in use …</source>
        <translation>使用中のリデューサー(&amp;R)…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Wait for it no longer</source>
        <translation>これ以上待たずに中止します</translation>
    </message>
    <message>
        <source>{0} · since {1}</source>
        <translation>{0} · {1} から</translation>
    </message>
    <message>
        <source>Open an event store</source>
        <translation>イベントストアを開く</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>{0} 件のイベント</translation>
    </message>
    <message>
        <source>{0} event</source>
        <translation>{0} 件のイベント</translation>
    </message>
    <message>
        <source>{0} aggregates</source>
        <translation>{0} 件の集約</translation>
    </message>
    <message>
        <source>{0} aggregate</source>
        <translation>{0} 件の集約</translation>
    </message>
    <message>
        <source>{0} snapshots</source>
        <translation>{0} 件のスナップショット</translation>
    </message>
    <message>
        <source>{0} snapshot</source>
        <translation>{0} 件のスナップショット</translation>
    </message>
    <message>
        <source>Choose an aggregate first; the report is about one.</source>
        <translation>先に集約を選んでください。レポートは 1 つの集約が対象です。</translation>
    </message>
    <message>
        <source>Report of the aggregate</source>
        <translation>集約のレポート</translation>
    </message>
    <message>
        <source>There is nothing to report here yet.</source>
        <translation>ここにはまだレポートにする内容がありません。</translation>
    </message>
</context>
<context>
    <name>Mapping</name>
    <message>
        <source>events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>first version</source>
        <translation>最初のバージョン</translation>
    </message>
    <message>
        <source>gaps</source>
        <translation>欠番</translation>
    </message>
    <message>
        <source>ids</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>order</source>
        <translation>順序</translation>
    </message>
    <message>
        <source>payloads</source>
        <translation>ペイロード</translation>
    </message>
    <message>
        <source>times</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>types</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>unique</source>
        <translation>一意性</translation>
    </message>
</context>
<context>
    <name>MappingDialog</name>
    <message>
        <source>Map tables by hand</source>
        <translation>テーブルを手動で対応付け</translation>
    </message>
    <message>
        <source>Looking at the tables …</source>
        <translation>テーブルを確認中…</translation>
    </message>
    <message>
        <source>&amp;Reasons</source>
        <translation>理由(&amp;R)</translation>
    </message>
    <message>
        <source>Sample events</source>
        <translation>サンプルイベント</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>Show masked values of the sample, or mask them again; it is logged</source>
        <translation>サンプルのマスク済みの値を表示、または再びマスク(操作記録に残ります)</translation>
    </message>
    <message>
        <source>Name of the layout</source>
        <translation>レイアウトの名前</translation>
    </message>
    <message>
        <source>Save &amp;as</source>
        <translation>保存名(&amp;A)</translation>
    </message>
    <message>
        <source>Save to fi&amp;le …</source>
        <translation>ファイルに保存(&amp;L)…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Save and &amp;open</source>
        <translation>保存して開く(&amp;O)</translation>
    </message>
    <message>
        <source>There are no tables.</source>
        <translation>テーブルがありません。</translation>
    </message>
    <message>
        <source>{0} has no tables.</source>
        <translation>{0} にはテーブルがありません。</translation>
    </message>
    <message>
        <source>Looking at {0} …</source>
        <translation>{0} を確認中…</translation>
    </message>
    <message>
        <source>Nothing is proposed: no columns look like those of events. Choose them.</source>
        <translation>イベントらしい列がないため提案はありません。列を選んでください。</translation>
    </message>
    <message>
        <source>Proposed with a confidence of {0}: correct what is wrong.</source>
        <translation>確信度 {0} の提案です。誤りがあれば直してください。</translation>
    </message>
    <message>
        <source>Still to choose: {0}.</source>
        <translation>未選択：{0}。</translation>
    </message>
    <message>
        <source>Reading a few events …</source>
        <translation>イベントを数件読み込み中…</translation>
    </message>
    <message>
        <source>Mas&amp;k again</source>
        <translation>再びマスク(&amp;K)</translation>
    </message>
    <message>
        <source>Reveal masked val&amp;ues</source>
        <translation>マスク済みの値を表示(&amp;U)</translation>
    </message>
    <message>
        <source>It can&apos;t be read this way</source>
        <translation>この設定では読み取れません</translation>
    </message>
    <message>
        <source>The first {0} events</source>
        <translation>最初の {0} 件のイベント</translation>
    </message>
    <message>
        <source>There are no events in the table</source>
        <translation>テーブルにイベントがありません</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>データ</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Metadata</source>
        <translation>メタデータ</translation>
    </message>
    <message>
        <source>✓ ok</source>
        <translation>✓ OK</translation>
    </message>
    <message>
        <source>! look</source>
        <translation>! 要確認</translation>
    </message>
    <message>
        <source>✗ failed</source>
        <translation>✗ 失敗</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>検査でわかったこと</translation>
    </message>
    <message>
        <source>Looked at</source>
        <translation>確認件数</translation>
    </message>
    <message>
        <source>readable</source>
        <translation>読み取り</translation>
    </message>
    <message>
        <source>The store can&apos;t be read</source>
        <translation>ストアを読み取れません</translation>
    </message>
    <message>
        <source>Save layout</source>
        <translation>レイアウトを保存</translation>
    </message>
    <message>
        <source>Layouts (*.toml)</source>
        <translation>レイアウト (*.toml)</translation>
    </message>
    <message>
        <source>Layout written to {0}; open the store with --layout and this file.</source>
        <translation>レイアウトを {0} に書き込みました。ストアは --layout とこのファイルを指定して開きます。</translation>
    </message>
</context>
<context>
    <name>MappingForm</name>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>&amp;Table</source>
        <translation>テーブル(&amp;T)</translation>
    </message>
    <message>
        <source>Aggregate &amp;id</source>
        <translation>集約 ID(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Version</source>
        <translation>バージョン(&amp;V)</translation>
    </message>
    <message>
        <source>T&amp;ype</source>
        <translation>イベント型(&amp;Y)</translation>
    </message>
    <message>
        <source>&amp;Data</source>
        <translation>データ(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Codec</source>
        <translation>コーデック(&amp;C)</translation>
    </message>
    <message>
        <source>Ti&amp;me</source>
        <translation>時刻(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Form of times</source>
        <translation>時刻の形式(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Zone of times</source>
        <translation>タイムゾーン(&amp;Z)</translation>
    </message>
    <message>
        <source>If there</source>
        <translation>任意項目</translation>
    </message>
    <message>
        <source>&amp;Position</source>
        <translation>位置(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Event id</source>
        <translation>イベント ID(&amp;E)</translation>
    </message>
    <message>
        <source>Aggre&amp;gate type</source>
        <translation>集約の種類(&amp;G)</translation>
    </message>
    <message>
        <source>Metadata</source>
        <translation>メタデータ</translation>
    </message>
    <message>
        <source>First versio&amp;n</source>
        <translation>最初のバージョン(&amp;N)</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>Ta&amp;ble</source>
        <translation>テーブル(&amp;B)</translation>
    </message>
    <message>
        <source>Aggregate id</source>
        <translation>集約 ID</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>A column, or $.key for a key inside the data.</source>
        <translation>列、またはデータ内のキーを指す $.key。</translation>
    </message>
    <message>
        <source>tell by the values</source>
        <translation>値から判別</translation>
    </message>
    <message>
        <source>ISO 8601 text</source>
        <translation>ISO 8601 のテキスト</translation>
    </message>
    <message>
        <source>seconds since 1970</source>
        <translation>1970 年からの秒数</translation>
    </message>
    <message>
        <source>milliseconds since 1970</source>
        <translation>1970 年からのミリ秒数</translation>
    </message>
    <message>
        <source>microseconds since 1970</source>
        <translation>1970 年からのマイクロ秒数</translation>
    </message>
    <message>
        <source>nanoseconds since 1970</source>
        <translation>1970 年からのナノ秒数</translation>
    </message>
    <message>
        <source>ticks (100 ns since year 1)</source>
        <translation>ティック (西暦 1 年から 100 ns 単位)</translation>
    </message>
    <message>
        <source>as written</source>
        <translation>記載どおり</translation>
    </message>
    <message>
        <source>0 or 1</source>
        <translation>0 または 1</translation>
    </message>
    <message>
        <source>(none)</source>
        <translation>(なし)</translation>
    </message>
    <message>
        <source>(choose)</source>
        <translation>(選択)</translation>
    </message>
    <message>
        <source>(count the rows in order)</source>
        <translation>(行の順に数える)</translation>
    </message>
    <message>
        <source>the aggregate id</source>
        <translation>集約 ID</translation>
    </message>
    <message>
        <source>the type</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>the data</source>
        <translation>データ</translation>
    </message>
    <message>
        <source>the version, or a position or time to count by</source>
        <translation>バージョン、または数える基準となる位置か時刻</translation>
    </message>
    <message>
        <source>the snapshots&apos; id, version and state</source>
        <translation>スナップショットの ID・バージョン・状態</translation>
    </message>
</context>
<context>
    <name>Masked</name>
    <message>
        <source>Reveal this value</source>
        <translation>この値を表示する (マスク解除)</translation>
    </message>
    <message>
        <source>Reveal {0}</source>
        <translation>{0} を表示する (マスク解除)</translation>
    </message>
</context>
<context>
    <name>Masking</name>
    <message>
        <source>nothing is masked</source>
        <translation>マスクなし</translation>
    </message>
    <message>
        <source>the usual masking rules</source>
        <translation>通常のマスキングルール</translation>
    </message>
    <message>
        <source>key</source>
        <translation>鍵</translation>
    </message>
    <message>
        <source>e-mail</source>
        <translation>メールアドレス</translation>
    </message>
    <message>
        <source>card number</source>
        <translation>カード番号</translation>
    </message>
    <message>
        <source>phone</source>
        <translation>電話番号</translation>
    </message>
    <message>
        <source>identity number</source>
        <translation>個人識別番号</translation>
    </message>
</context>
<context>
    <name>MaskingBadge</name>
    <message>
        <source>Masking: {0}</source>
        <translation>マスキング：{0}</translation>
    </message>
    <message>
        <source>In force: {0}.</source>
        <translation>有効：{0}。</translation>
    </message>
    <message>
        <source>A click shows the rules.</source>
        <translation>クリックするとルールを表示します。</translation>
    </message>
    <message>
        <source>usual rules</source>
        <translation>通常のルール</translation>
    </message>
    <message>
        <source>nothing masked: {0}</source>
        <translation>マスクなし：{0}</translation>
    </message>
    <message>
        <source>REVEALED</source>
        <translation>マスク解除中</translation>
    </message>
    <message>
        <source>masked: usual rules, own ones are broken</source>
        <translation>マスク済み：通常のルール (独自ルールに誤り)</translation>
    </message>
    <message>
        <source>masked: {0}; {1} REVEALED</source>
        <translation>マスク済み：{0}、{1} 件を解除中</translation>
    </message>
    <message>
        <source>masked: {0}</source>
        <translation>マスク済み：{0}</translation>
    </message>
</context>
<context>
    <name>MaskingDialog</name>
    <message>
        <source>Masking rules</source>
        <translation>マスキングルール</translation>
    </message>
    <message>
        <source>Which rules are in force</source>
        <translation>有効なルールの出どころ</translation>
    </message>
    <message>
        <source>The rules in force</source>
        <translation>有効なルール</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>フォルダーを開く(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Reload</source>
        <translation>再読み込み(&amp;R)</translation>
    </message>
    <message>
        <source>Read the rules again; what was revealed is masked again</source>
        <translation>ルールを読み直します。表示中の値は再びマスクされます</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>In force: {0}</source>
        <translation>有効：{0}</translation>
    </message>
    <message>
        <source>The store has no rules of its own.</source>
        <translation>このストアに独自ルールはありません。</translation>
    </message>
    <message>
        <source>&amp;Edit the file</source>
        <translation>ファイルを編集(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Begin rules of its own</source>
        <translation>独自ルールを作成(&amp;B)</translation>
    </message>
    <message>
        <source>Edit {0} and press Reload.</source>
        <translation>{0} を編集し、「再読み込み」を押してください。</translation>
    </message>
    <message>
        <source>The store has no rules of its own. They would be kept in {0}.</source>
        <translation>このストアに独自ルールはありません。保存先は {0} になります。</translation>
    </message>
    <message>
        <source>No program opens {0}; edit it with any text editor.</source>
        <translation>{0} を開くプログラムがありません。テキストエディターで編集してください。</translation>
    </message>
    <message>
        <source>No program opens {0}.</source>
        <translation>{0} を開くプログラムがありません。</translation>
    </message>
    <message>
        <source>Nothing is masked.</source>
        <translation>マスクされるものはありません。</translation>
    </message>
    <message>
        <source>Values under names that look sensitive, such as password, cardNumber, date_of_birth or 氏名.</source>
        <translation>password、cardNumber、date_of_birth、氏名など、機微に見える名前の値。</translation>
    </message>
    <message>
        <source>In any text: {0}.</source>
        <translation>あらゆるテキスト内：{0}。</translation>
    </message>
    <message>
        <source>Not looked for: {0}.</source>
        <translation>検出しないもの：{0}。</translation>
    </message>
    <message>
        <source>Names: {0}</source>
        <translation>名前：{0}</translation>
    </message>
    <message>
        <source>Paths: {0}</source>
        <translation>パス：{0}</translation>
    </message>
    <message>
        <source>Keys of: {0}</source>
        <translation>次のパスのキー：{0}</translation>
    </message>
    <message>
        <source>Texts: {0}</source>
        <translation>テキスト：{0}</translation>
    </message>
    <message>
        <source>Ids of aggregate types: {0}</source>
        <translation>ID をマスクする集約の種類：{0}</translation>
    </message>
    <message>
        <source>Shown although they look sensitive, names: {0}</source>
        <translation>機微に見えても表示する名前：{0}</translation>
    </message>
    <message>
        <source>Shown although they look sensitive, paths: {0}</source>
        <translation>機微に見えても表示するパス：{0}</translation>
    </message>
    <message>
        <source>Reports don&apos;t say the digest of the true state.</source>
        <translation>レポートには実際の状態のダイジェストを記載しません。</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Message</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
</context>
<context>
    <name>MomentField</name>
    <message>
        <source>Up to which moment</source>
        <translation>どの時点まで</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>As of</source>
        <translation>日時指定</translation>
    </message>
    <message>
        <source>At position</source>
        <translation>位置指定</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>時点</translation>
    </message>
    <message>
        <source>2026-11-22 14:34</source>
        <translation>2026-11-22 14:34</translation>
    </message>
    <message>
        <source>a whole number, such as 1200</source>
        <translation>整数 (例：1200)</translation>
    </message>
    <message>
        <source>Type one such as {0}.</source>
        <translation>{0} のように入力してください。</translation>
    </message>
    <message>
        <source>{0} is no position.</source>
        <translation>{0} は位置ではありません。</translation>
    </message>
    <message>
        <source>Type a whole number.</source>
        <translation>整数を入力してください。</translation>
    </message>
</context>
<context>
    <name>NotRebuilt</name>
    <message>
        <source>Why there is no state</source>
        <translation>状態がない理由</translation>
    </message>
    <message>
        <source>Allow …</source>
        <translation>許可…</translation>
    </message>
    <message>
        <source>Go to version {0}</source>
        <translation>バージョン {0} へ移動</translation>
    </message>
    <message>
        <source>What it wrote …</source>
        <translation>出力内容…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Other reducer …</source>
        <translation>別のリデューサー…</translation>
    </message>
    <message>
        <source>Use no rules</source>
        <translation>ルールを使わない</translation>
    </message>
    <message>
        <source>Stop the program</source>
        <translation>プログラムを停止</translation>
    </message>
    <message>
        <source>Go to the newest state</source>
        <translation>最新の状態へ移動</translation>
    </message>
    <message>
        <source>No state yet: the program of “{0}” has been starting for {1} s.</source>
        <translation>状態はまだありません：「{0}」のプログラムを起動中です（{1} 秒経過）。</translation>
    </message>
    <message>
        <source>No state yet: the program of “{0}” has been at version {1} ({2}) for {3} s, after {4} of {5}.</source>
        <translation>状態はまだありません：「{0}」のプログラムがバージョン {1}（{2}）で {3} 秒間応答していません（{5} 件中 {4} 件まで完了）。</translation>
    </message>
    <message>
        <source>No state yet: the program of “{0}” has been working for {1} s, at {2} of {3} events.</source>
        <translation>状態はまだありません：「{0}」のプログラムが実行中です（{1} 秒経過、{3} 件中 {2} 件）。</translation>
    </message>
    <message>
        <source>States are not rebuilt: the reducer “{0}” is a program that was not allowed to run.</source>
        <translation>状態は再構築されません：リデューサー「{0}」はプログラムで、実行が許可されていません。</translation>
    </message>
    <message>
        <source>States are not rebuilt: the program of the reducer “{0}” has changed since it was allowed to run.</source>
        <translation>状態は再構築されません：リデューサー「{0}」のプログラムは、実行を許可した後に変更されています。</translation>
    </message>
    <message>
        <source>The state could not be rebuilt: {0}</source>
        <translation>状態を再構築できませんでした：{0}</translation>
    </message>
    <message>
        <source>States are not rebuilt: {0}</source>
        <translation>状態は再構築されません：{0}</translation>
    </message>
    <message>
        <source>There are no states from this event on, at which the reducer failed. {0}</source>
        <translation>このイベントでリデューサーが失敗したため、ここから先の状態はありません。{0}</translation>
    </message>
    <message>
        <source>There is no state at version {0}, since the reducer failed at version {1}. {2}</source>
        <translation>バージョン {1} でリデューサーが失敗したため、バージョン {0} の状態はありません。{2}</translation>
    </message>
</context>
<context>
    <name>NumbersPanel</name>
    <message>
        <source>Numbers of</source>
        <translation>数値の列</translation>
    </message>
    <message>
        <source>Kind of chart</source>
        <translation>グラフの種類</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>ヒストグラム</translation>
    </message>
    <message>
        <source>Along the rows</source>
        <translation>行の順</translation>
    </message>
    <message>
        <source>Numbers of a column</source>
        <translation>列の数値</translation>
    </message>
    <message>
        <source>No column holds numbers.</source>
        <translation>数値の列がありません。</translation>
    </message>
    <message>
        <source>This column is masked.</source>
        <translation>この列はマスク済みです。</translation>
    </message>
    <message>
        <source>Along the rows as they are sorted</source>
        <translation>現在の並び順</translation>
    </message>
    <message>
        <source>No numbers.</source>
        <translation>数値がありません。</translation>
    </message>
    <message>
        <source>{0} rows have a number</source>
        <translation>数値のある行：{0}</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>Making the demo store …</source>
        <translation>デモストアを作成中…</translation>
    </message>
    <message>
        <source>Opening …</source>
        <translation>開いています…</translation>
    </message>
    <message>
        <source>Map tables by hand …</source>
        <translation>テーブルを手動で対応付け…</translation>
    </message>
</context>
<context>
    <name>OperatorDialog</name>
    <message>
        <source>Operator</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>Reports, cases and the activity log say who asked. Nothing checks that the name is yours.</source>
        <translation>レポート、案件、操作記録には操作者の名前が残ります。本人の名前かどうかは確認されません。</translation>
    </message>
    <message>
        <source>given on the command line with --operator</source>
        <translation>コマンドラインの --operator で指定</translation>
    </message>
    <message>
        <source>from the environment variable ESVIEWER_OPERATOR</source>
        <translation>環境変数 ESVIEWER_OPERATOR から</translation>
    </message>
    <message>
        <source>from these settings</source>
        <translation>この設定から</translation>
    </message>
    <message>
        <source>no name is given, so the account of this computer is named</source>
        <translation>名前の指定がないため、このコンピューターのアカウント名を使用</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
    <message>
        <source>not given</source>
        <translation>未指定</translation>
    </message>
    <message>
        <source>Name in the settings</source>
        <translation>設定上の名前</translation>
    </message>
    <message>
        <source>Used now</source>
        <translation>現在の名前</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名前(&amp;N)</translation>
    </message>
    <message>
        <source>What is used now counts more than the settings; those count at the next start.</source>
        <translation>現在の名前は設定より優先されます。設定は次回の起動時から有効です。</translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Password</source>
        <translation>パスワード</translation>
    </message>
    <message>
        <source>It is used for this connection and not kept.</source>
        <translation>この接続にだけ使い、保存しません。</translation>
    </message>
</context>
<context>
    <name>PathsModel</name>
    <message>
        <source>From</source>
        <translation>前</translation>
    </message>
    <message>
        <source>To</source>
        <translation>次</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>回数</translation>
    </message>
    <message>
        <source>Aggregates</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>割合</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>中央値</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>How often this was taken</source>
        <translation>この経路を通った回数</translation>
    </message>
    <message>
        <source>How many aggregates took it</source>
        <translation>この経路を通った集約の数</translation>
    </message>
    <message>
        <source>Of all that came after the same event type</source>
        <translation>同じイベント型の次に来たもの全体に対する割合</translation>
    </message>
    <message>
        <source>The time that half of them did not exceed; ≈ is within 1 %</source>
        <translation>半数が超えなかった時間。≈ は誤差 1 % 以内</translation>
    </message>
    <message>
        <source>The time that 19 of 20 did not exceed; ≈ is within 1 %</source>
        <translation>20 回中 19 回が超えなかった時間。≈ は誤差 1 % 以内</translation>
    </message>
</context>
<context>
    <name>PinDetails</name>
    <message>
        <source>Why this is in the case</source>
        <translation>案件に追加した理由</translation>
    </message>
    <message>
        <source>Note of the pin</source>
        <translation>項目のメモ</translation>
    </message>
    <message>
        <source>Pinned content</source>
        <translation>追加時の内容</translation>
    </message>
    <message>
        <source>Pinned differences</source>
        <translation>追加時の差分</translation>
    </message>
    <message>
        <source>Pinned changes of fields</source>
        <translation>追加時のフィールドの変更</translation>
    </message>
    <message>
        <source>The numbers that were pinned, by version</source>
        <translation>追加時の数値 (バージョン別)</translation>
    </message>
    <message>
        <source>Nothing differs.</source>
        <translation>差分はありません。</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>追加時</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>What is different today</source>
        <translation>現在異なるところ</translation>
    </message>
    <message>
        <source>Digests</source>
        <translation>ダイジェスト</translation>
    </message>
    <message>
        <source>What was pinned</source>
        <translation>追加した項目</translation>
    </message>
    <message>
        <source>Different today</source>
        <translation>現在との差分</translation>
    </message>
    <message>
        <source>No pin is chosen.</source>
        <translation>案件の項目が選択されていません。</translation>
    </message>
    <message>
        <source>Pinned by {0}, {1}</source>
        <translation>追加：{0}、{1}</translation>
    </message>
    <message>
        <source>The store says something else today.</source>
        <translation>現在のストアの内容は追加時と異なります。</translation>
    </message>
</context>
<context>
    <name>Pins</name>
    <message>
        <source>Follow this field no longer</source>
        <translation>このフィールドの追跡をやめる</translation>
    </message>
    <message>
        <source>Follow {0} no longer</source>
        <translation>{0} の追跡をやめる</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>なし</translation>
    </message>
</context>
<context>
    <name>PinsModel</name>
    <message>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>メモ</translation>
    </message>
    <message>
        <source>By</source>
        <translation>追加者</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>追加日時</translation>
    </message>
</context>
<context>
    <name>Play</name>
    <message>
        <source>1 minute/s</source>
        <translation>1 分/秒</translation>
    </message>
    <message>
        <source>1 hour/s</source>
        <translation>1 時間/秒</translation>
    </message>
    <message>
        <source>1 day/s</source>
        <translation>1 日/秒</translation>
    </message>
    <message>
        <source>30 days/s</source>
        <translation>30 日/秒</translation>
    </message>
    <message>
        <source>{0}/s</source>
        <translation>{0}/秒</translation>
    </message>
    <message>
        <source>These events can&apos;t be played in true time: some have no time, or times go back.</source>
        <translation>これらのイベントは実時間で再生できません。時刻のないものがあるか、時刻が前後しています。</translation>
    </message>
</context>
<context>
    <name>Playhead</name>
    <message>
        <source>First version (Home)</source>
        <translation>最初のバージョン (Home)</translation>
    </message>
    <message>
        <source>One version back (Left)</source>
        <translation>1 つ前のバージョン (Left)</translation>
    </message>
    <message>
        <source>Play backward, or pause (Shift+Space)</source>
        <translation>逆再生 / 一時停止 (Shift+Space)</translation>
    </message>
    <message>
        <source>Play forward, or pause (Space)</source>
        <translation>再生 / 一時停止 (Space)</translation>
    </message>
    <message>
        <source>One version forward (Right)</source>
        <translation>1 つ次のバージョン (Right)</translation>
    </message>
    <message>
        <source>Newest version (End)</source>
        <translation>最新のバージョン (End)</translation>
    </message>
    <message>
        <source>Playing speed</source>
        <translation>再生速度</translation>
    </message>
    <message>
        <source>How fast to play: versions, or the events&apos; own time, in one second</source>
        <translation>再生の速さ：1 秒あたりのバージョン数、またはイベント自体の時間</translation>
    </message>
    <message>
        <source>Playhead</source>
        <translation>再生ヘッド</translation>
    </message>
    <message>
        <source>Version or date</source>
        <translation>バージョンか日時</translation>
    </message>
    <message>
        <source>Go to a version or a date</source>
        <translation>バージョンまたは日時へ移動</translation>
    </message>
    <message>
        <source>A version&apos;s number, or a time such as 2026-11-22 14:34 (this machine&apos;s zone) and Enter</source>
        <translation>バージョン番号か、2026-11-22 14:34 のような時刻 (このマシンのタイムゾーン) を入力して Enter</translation>
    </message>
</context>
<context>
    <name>Plugins</name>
    <message>
        <source>Layout</source>
        <translation>レイアウト</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>コーデック</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>検査</translation>
    </message>
    <message>
        <source>Report form</source>
        <translation>レポート形式</translation>
    </message>
    <message>
        <source>Projection engine</source>
        <translation>プロジェクションエンジン</translation>
    </message>
    <message>
        <source>on</source>
        <translation>オン</translation>
    </message>
    <message>
        <source>off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>不使用</translation>
    </message>
</context>
<context>
    <name>PluginsDialog</name>
    <message>
        <source>Plug-ins</source>
        <translation>プラグイン</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>パッケージ</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>About the plug-in</source>
        <translation>プラグインについて</translation>
    </message>
    <message>
        <source>A switch counts for what is opened, checked and written from then on.</source>
        <translation>切り替えは、それ以降に開き、検査し、書き込むものに効きます。</translation>
    </message>
    <message>
        <source>Looking at them …</source>
        <translation>調べています …</translation>
    </message>
    <message>
        <source>No plug-in is installed. The manual says how one is made, and how it is installed.</source>
        <translation>プラグインはインストールされていません。作り方とインストール方法はマニュアルにあります。</translation>
    </message>
    <message>
        <source>{0} is switched on and can be used.</source>
        <translation>{0} はオンで、使えます。</translation>
    </message>
    <message>
        <source>{0} is switched off; nothing of it is loaded.</source>
        <translation>{0} はオフです。何も読み込まれません。</translation>
    </message>
</context>
<context>
    <name>ProjectionEditor</name>
    <message>
        <source>What is edited</source>
        <translation>編集中のファイル</translation>
    </message>
    <message>
        <source>Projection file</source>
        <translation>プロジェクションファイル</translation>
    </message>
    <message>
        <source>A projection file in TOML. “New” writes one to start from.</source>
        <translation>TOML のプロジェクションファイル。「新規」でひな形を作成します。</translation>
    </message>
    <message>
        <source>What is wrong with the text</source>
        <translation>テキストの誤り</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新規</translation>
    </message>
    <message>
        <source>Write one to start from</source>
        <translation>ひな形を作成</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>Edit a projection file</source>
        <translation>プロジェクションファイルを編集</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save the text in its file (Ctrl+S)</source>
        <translation>テキストをファイルに保存 (Ctrl+S)</translation>
    </message>
    <message>
        <source>Save as …</source>
        <translation>別名で保存…</translation>
    </message>
    <message>
        <source>Save it in another file</source>
        <translation>別のファイルに保存</translation>
    </message>
    <message>
        <source>Projection files ({0});;All files (*)</source>
        <translation>プロジェクションファイル ({0});;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Open a projection file</source>
        <translation>プロジェクションファイルを開く</translation>
    </message>
    <message>
        <source>Projection files ({0})</source>
        <translation>プロジェクションファイル ({0})</translation>
    </message>
    <message>
        <source>Save the projection file</source>
        <translation>プロジェクションファイルを保存</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>The text has changes that are not saved. Give them up?</source>
        <translation>テキストに保存していない変更があります。破棄しますか？</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>開く…</translation>
    </message>
    <message>
        <source>The text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>What you pasted is too long for a projection file; nothing was inserted.</source>
        <translation>貼り付けた内容はプロジェクションファイルには長すぎるため、挿入しませんでした。</translation>
    </message>
    <message>
        <source>Projection{0} · not saved yet</source>
        <translation>プロジェクション{0} · 未保存</translation>
    </message>
</context>
<context>
    <name>Projections</name>
    <message>
        <source>The result is being made anew.</source>
        <translation>結果を作り直しています。</translation>
    </message>
    <message>
        <source>Ask again in a moment.</source>
        <translation>少し待ってからもう一度お試しください。</translation>
    </message>
    <message>
        <source>another text</source>
        <translation>別の記述</translation>
    </message>
    <message>
        <source>another text, or another reducer in it</source>
        <translation>別の記述、またはその中の別のリデューサー</translation>
    </message>
    <message>
        <source>the reducer of {0} ({1})</source>
        <translation>{0} のリデューサー({1})</translation>
    </message>
    <message>
        <source>the reducer of aggregates of type {0} ({1})</source>
        <translation>種類 {0} の集約のリデューサー({1})</translation>
    </message>
    <message>
        <source>the reducer of aggregates without a type ({0})</source>
        <translation>種類のない集約のリデューサー({0})</translation>
    </message>
    <message>
        <source>{0} → {1} events</source>
        <translation>イベント {0} → {1} 件</translation>
    </message>
    <message>
        <source>{0}, changed</source>
        <translation>{0}、変更あり</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(空)</translation>
    </message>
</context>
<context>
    <name>ProjectionsRoom</name>
    <message>
        <source>Open result …</source>
        <translation>結果を開く…</translation>
    </message>
    <message>
        <source>Look at a .duckdb file that was written before</source>
        <translation>以前に書き出した .duckdb ファイルを表示</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>マスク</translation>
    </message>
    <message>
        <source>Mask in exports what looks sensitive: they are made anew from the store then</source>
        <translation>機微とみられる値をエクスポート時にマスクします。その場合はストアから作り直します</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>エクスポート…</translation>
    </message>
    <message>
        <source>What the projection makes</source>
        <translation>プロジェクションの結果</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>プレビュー</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>There is nothing that could be run: the text is empty.</source>
        <translation>実行できるものがありません。記述が空です。</translation>
    </message>
    <message>
        <source>Reading the store</source>
        <translation>ストアを読み込み中</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>キャンセルしました。何も書き込んでいません。</translation>
    </message>
    <message>
        <source>The projection is made. {0}</source>
        <translation>プロジェクションを作成しました。{0}</translation>
    </message>
    <message>
        <source>{0} events, {1} s</source>
        <translation>{0} 件のイベント、{1} 秒</translation>
    </message>
    <message>
        <source>, went on from before</source>
        <translation>、前回の続きから処理</translation>
    </message>
    <message>
        <source>, made anew: {0}</source>
        <translation>、作り直し：{0}</translation>
    </message>
    <message>
        <source>; the database counted {0}</source>
        <translation>、データベースで集計：{0}</translation>
    </message>
    <message>
        <source>; {0} events have no rule</source>
        <translation>、ルールのないイベント {0} 件</translation>
    </message>
    <message>
        <source>; versions disagree with the order in {0} aggregates</source>
        <translation>、バージョンと順序が食い違う集約 {0} 件</translation>
    </message>
    <message>
        <source>Results (*.duckdb);;All files (*)</source>
        <translation>結果 (*.duckdb);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Open a result</source>
        <translation>結果を開く</translation>
    </message>
    <message>
        <source>Being made …

The former result stays until this one is whole.</source>
        <translation>作成中…

完成するまで以前の結果が残ります。</translation>
    </message>
    <message>
        <source>Being made …</source>
        <translation>作成中 …</translation>
    </message>
    <message>
        <source>Nothing was made by this file yet.

“Run” replays all aggregates once and makes the tables that the text describes. The store is only read.</source>
        <translation>このファイルからはまだ何も作成されていません。

「実行」ですべての集約を 1 回リプレイし、テキストに書かれた表を作成します。ストアは読み取るだけです。</translation>
    </message>
    <message>
        <source>Export the result</source>
        <translation>結果をエクスポート</translation>
    </message>
    <message>
        <source>{0} has none of these endings: {1}.</source>
        <translation>{0} の拡張子は次のいずれでもありません：{1}。</translation>
    </message>
    <message>
        <source>It is not known what made this result, so that it can&apos;t be masked. Nothing was written.</source>
        <translation>この結果の作成元が不明なため、マスクできません。何も書き込んでいません。</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>書き込み中</translation>
    </message>
    <message>
        <source>Written, masked: {0}</source>
        <translation>書き込み完了 (マスク済み)：{0}</translation>
    </message>
    <message>
        <source>Written as it is, not masked: {0}</source>
        <translation>書き込み完了 (マスクなし)：{0}</translation>
    </message>
</context>
<context>
    <name>Questions</name>
    <message>
        <source>Choose an aggregate first; the question is about one.</source>
        <translation>先に集約を選択してください。この問い合わせは 1 つの集約が対象です。</translation>
    </message>
    <message>
        <source>The playhead is before the first event: there is nothing to go back to.</source>
        <translation>再生ヘッドは最初のイベントより前です。戻る先がありません。</translation>
    </message>
    <message>
        <source>There is no state at this version that one could go back to.</source>
        <translation>このバージョンには、戻る先となる状態がありません。</translation>
    </message>
</context>
<context>
    <name>QuickOpen</name>
    <message>
        <source>Quick open</source>
        <translation>クイックオープン</translation>
    </message>
    <message>
        <source>Aggregate, order-1042@17, date, event type, store or command</source>
        <translation>集約、order-1042@17、日付、イベント型、ストア、コマンド</translation>
    </message>
    <message>
        <source>Where to go</source>
        <translation>移動先</translation>
    </message>
    <message>
        <source>What fits</source>
        <translation>一致する項目</translation>
    </message>
    <message>
        <source>Aggregates can&apos;t be looked for: {0}</source>
        <translation>集約を検索できません：{0}</translation>
    </message>
    <message>
        <source>{0} at version {1}</source>
        <translation>{0}、バージョン {1}</translation>
    </message>
    <message>
        <source>Looking for aggregates …</source>
        <translation>集約を検索しています…</translation>
    </message>
    <message>
        <source>Reading the saved connections …</source>
        <translation>保存した接続を読み込んでいます…</translation>
    </message>
    <message>
        <source>Nothing fits what is typed.</source>
        <translation>入力に一致するものはありません。</translation>
    </message>
    <message>
        <source>Not all aggregates that fit are listed: type more of the id.</source>
        <translation>一致する集約の一部だけを表示しています。ID をさらに入力してください。</translation>
    </message>
    <message>
        <source>↑ ↓ choose, Enter goes there, Escape leaves.</source>
        <translation>↑ ↓ で選択、Enter で移動、Esc で閉じます。</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>リンク</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>時点</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Event type</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>Bookmark</source>
        <translation>ブックマーク</translation>
    </message>
    <message>
        <source>Room</source>
        <translation>画面</translation>
    </message>
    <message>
        <source>Recent store</source>
        <translation>最近のストア</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>接続</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>not available now</source>
        <translation>今は使えません</translation>
    </message>
</context>
<context>
    <name>QuickOpening</name>
    <message>
        <source>the next event</source>
        <translation>次のイベント</translation>
    </message>
    <message>
        <source>Go where the link leads</source>
        <translation>リンク先に移動</translation>
    </message>
    <message>
        <source>this machine&apos;s zone</source>
        <translation>このマシンのタイムゾーン</translation>
    </message>
    <message>
        <source>Go to {0}</source>
        <translation>{0} に移動</translation>
    </message>
    <message>
        <source>Everything as of {0}</source>
        <translation>すべてを {0} 時点で表示</translation>
    </message>
</context>
<context>
    <name>Rebuilt</name>
    <message>
        <source>1 event replayed from nothing</source>
        <translation>1 件のイベントを最初からリプレイ</translation>
    </message>
    <message>
        <source>{0} events replayed from nothing</source>
        <translation>{0} 件のイベントを最初からリプレイ</translation>
    </message>
    <message>
        <source>{0} events replayed from the snapshot at {1}</source>
        <translation>{1} のスナップショットから {0} 件のイベントをリプレイ</translation>
    </message>
    <message>
        <source>{0} event replayed from the snapshot at {1}</source>
        <translation>{1} のスナップショットから {0} 件のイベントをリプレイ</translation>
    </message>
    <message>
        <source>reducer “{0}” (inferred)</source>
        <translation>リデューサー「{0}」(推定)</translation>
    </message>
    <message>
        <source>reducer “{0}”</source>
        <translation>リデューサー「{0}」</translation>
    </message>
    <message>
        <source>Version {0} of {1}</source>
        <translation>バージョン {0} / {1}</translation>
    </message>
    <message>
        <source>{0} events skipped</source>
        <translation>{0} 件のイベントは適用されず</translation>
    </message>
    <message>
        <source>later than the moment that is looked at</source>
        <translation>表示中の時点より後の状態</translation>
    </message>
    <message>
        <source>1 event skipped</source>
        <translation>1 件のイベントは適用されず</translation>
    </message>
    <message>
        <source>stored snapshot at {0} agrees</source>
        <translation>保存済みスナップショット {0} と一致</translation>
    </message>
    <message>
        <source>stored snapshot at {0} disagrees</source>
        <translation>保存済みスナップショット {0} と不一致</translation>
    </message>
    <message>
        <source>stored snapshot at {0} can&apos;t be read</source>
        <translation>保存済みスナップショット {0} は読み取り不可</translation>
    </message>
    <message>
        <source>skipped version {0}: {1}</source>
        <translation>適用されなかったバージョン {0}：{1}</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>ほか {0} 件</translation>
    </message>
</context>
<context>
    <name>ReducerChoice</name>
    <message>
        <source>Look at it …</source>
        <translation>内容を確認…</translation>
    </message>
    <message>
        <source>What it wrote …</source>
        <translation>出力内容…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Go to version {0}</source>
        <translation>バージョン {0} へ移動</translation>
    </message>
    <message>
        <source>What the reducer&apos;s program wrote</source>
        <translation>リデューサーのプログラムの出力</translation>
    </message>
</context>
<context>
    <name>Reducers</name>
    <message>
        <source>rules</source>
        <translation>ルール</translation>
    </message>
    <message>
        <source>merge</source>
        <translation>マージ</translation>
    </message>
</context>
<context>
    <name>ReducersDialog</name>
    <message>
        <source>Reducers in use</source>
        <translation>使用中のリデューサー</translation>
    </message>
    <message>
        <source>given at the start</source>
        <translation>起動時に指定</translation>
    </message>
    <message>
        <source>chosen for this type</source>
        <translation>この種類用に選択</translation>
    </message>
    <message>
        <source>beside the store</source>
        <translation>ストアと同じ場所</translation>
    </message>
    <message>
        <source>no rules</source>
        <translation>ルールなし</translation>
    </message>
    <message>
        <source>Aggregate types and their reducers</source>
        <translation>集約の種類とリデューサー</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>集約の種類</translation>
    </message>
    <message>
        <source>Reducer</source>
        <translation>リデューサー</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>種別</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Hash</source>
        <translation>ハッシュ</translation>
    </message>
    <message>
        <source>Files that are not for the type</source>
        <translation>この種類用でないファイル</translation>
    </message>
    <message>
        <source>Change …</source>
        <translation>変更…</translation>
    </message>
    <message>
        <source>Choose another file for the type</source>
        <translation>この種類に別のファイルを選択</translation>
    </message>
    <message>
        <source>Use no rules</source>
        <translation>ルールを使わない</translation>
    </message>
    <message>
        <source>Let payload keys overwrite state keys, without rules</source>
        <translation>ルールを使わず、ペイロードのキーで状態のキーを上書き</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>選択を解除</translation>
    </message>
    <message>
        <source>Forget the choice: use what lies beside the store, if any</source>
        <translation>選択を取り消し、ストアと同じ場所にあるものがあれば使用</translation>
    </message>
    <message>
        <source>Edit …</source>
        <translation>編集…</translation>
    </message>
    <message>
        <source>Show the type&apos;s file in the rules editor</source>
        <translation>この種類のファイルをルールエディターで表示</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Undo the last choice made here (Ctrl+Z)</source>
        <translation>ここでの最後の選択を元に戻す（Ctrl+Z）</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>What rebuilds the states of each aggregate type of this store. Choices are remembered.</source>
        <translation>このストアの集約の種類ごとに、状態を再構築するものを示します。選択は記憶されます。</translation>
    </message>
    <message>
        <source>The first {0} of {1} types:</source>
        <translation>全 {1} 種類のうち最初の {0} 種類：</translation>
    </message>
    <message>
        <source>can&apos;t be used</source>
        <translation>使用不可</translation>
    </message>
    <message>
        <source> (inferred)</source>
        <translation> (推定)</translation>
    </message>
    <message>
        <source>(no type)</source>
        <translation>(種類なし)</translation>
    </message>
    <message>
        <source>“{0}” says that it is for aggregates of type “{1}”. It rebuilds “{2}” because it was chosen.</source>
        <translation>「{0}」は種類「{1}」の集約用と記されていますが、選択されているため「{2}」を再構築しています。</translation>
    </message>
    <message>
        <source>{0} is not in use: it is for aggregates of type “{1}”, and none is of such a type.</source>
        <translation>{0} は使用されていません。種類「{1}」の集約用ですが、該当する種類がありません。</translation>
    </message>
    <message>
        <source>Other files that are not in use: {0}.</source>
        <translation>ほかに使用されていないファイル：{0} 件。</translation>
    </message>
    <message>
        <source>Choose a reducer&apos;s file</source>
        <translation>リデューサーのファイルを選択</translation>
    </message>
</context>
<context>
    <name>RemovedModel</name>
    <message>
        <source>Path</source>
        <translation>パス</translation>
    </message>
    <message>
        <source>Last value</source>
        <translation>最後の値</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Actor</source>
        <translation>実行者</translation>
    </message>
</context>
<context>
    <name>RemovedPanel</name>
    <message>
        <source>Removed values</source>
        <translation>削除された値</translation>
    </message>
    <message>
        <source>A click goes to the event that removed it</source>
        <translation>クリックすると、削除したイベントへ移動します</translation>
    </message>
    <message>
        <source>Looking for what was removed up to version {0} …</source>
        <translation>バージョン {0} までに削除された値を検索中…</translation>
    </message>
    <message>
        <source>{0} removed by version {1} and not there any longer, the newest first</source>
        <translation>バージョン {1} までに削除され、現存しない値 {0} 件 (新しい順)</translation>
    </message>
    <message>
        <source>Nothing that was there before is missing at version {0}.</source>
        <translation>バージョン {0} の時点で、なくなった値はありません。</translation>
    </message>
    <message>
        <source>… and {0} more</source>
        <translation>…ほか {0} 件</translation>
    </message>
</context>
<context>
    <name>Repeatability</name>
    <message>
        <source>Go there</source>
        <translation>そこへ移動</translation>
    </message>
    <message>
        <source>{0} What is shown can&apos;t be relied on.</source>
        <translation>{0} 表示の内容は信頼できません。</translation>
    </message>
    <message>
        <source>Folded once more, to see whether it comes to the same: {0}</source>
        <translation>同じ結果になるか再度リプレイして確かめたところ：{0}</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>File to write</source>
        <translation>書き込むファイル</translation>
    </message>
    <message>
        <source>Mask what looks sensitive</source>
        <translation>機微とみられる値をマスク</translation>
    </message>
    <message>
        <source>Masking rules (*.toml);;All files (*)</source>
        <translation>マスキングルール (*.toml);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>File of masking rules</source>
        <translation>マスキングルールのファイル</translation>
    </message>
    <message>
        <source>those in force for the store</source>
        <translation>ストアで有効なルール</translation>
    </message>
    <message>
        <source>Everything will be readable. The activity log says so.</source>
        <translation>すべての値が読める状態になります。操作記録にその旨が残ります。</translation>
    </message>
    <message>
        <source>With evidence: a file by which the report can be verified</source>
        <translation>証拠を付ける：レポートを検証できるファイル</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Seal to quote from</source>
        <translation>引用する封印</translation>
    </message>
    <message>
        <source>none: the store is sealed for this report</source>
        <translation>なし：このレポート用にストアを封印</translation>
    </message>
    <message>
        <source>Private key to sign with</source>
        <translation>署名に使う秘密鍵</translation>
    </message>
    <message>
        <source>Keys (*.pem);;All files (*)</source>
        <translation>鍵 (*.pem);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>none: unsigned</source>
        <translation>なし：署名しない</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>ルール</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>封印</translation>
    </message>
    <message>
        <source>Sign with</source>
        <translation>署名の鍵</translation>
    </message>
    <message>
        <source>The form is the file&apos;s ending: {0}.</source>
        <translation>形式はファイルの拡張子で決まります：{0}。</translation>
    </message>
    <message>
        <source>Write report</source>
        <translation>レポートを作成</translation>
    </message>
    <message>
        <source>Name the file to write.</source>
        <translation>書き込むファイルを指定してください。</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>置き換える</translation>
    </message>
    <message>
        <source>{0} is there already.</source>
        <translation>{0} はすでにあります。</translation>
    </message>
</context>
<context>
    <name>ResultPanel</name>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Rows of the result</source>
        <translation>結果の行</translation>
    </message>
    <message>
        <source>Enter or a double click opens the aggregate at that version; Ctrl+C copies CSV</source>
        <translation>Enter かダブルクリックで集約をそのバージョンで開きます。Ctrl+C で CSV をコピーします</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>問題</translation>
    </message>
    <message>
        <source>The result as a table, in groups and in numbers</source>
        <translation>結果の表、グループ、数値</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>グループ</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>数値</translation>
    </message>
    <message>
        <source>Problems ({0})</source>
        <translation>問題 ({0})</translation>
    </message>
    <message>
        <source>{0} of {1} rows</source>
        <translation>{1} 行中 {0} 行</translation>
    </message>
    <message>
        <source>{0} rows</source>
        <translation>{0} 行</translation>
    </message>
    <message>
        <source>as of {0}</source>
        <translation>{0} 時点</translation>
    </message>
    <message>
        <source>at position {0}</source>
        <translation>位置 {0} 時点</translation>
    </message>
    <message>
        <source>{0} problems</source>
        <translation>問題 {0} 件</translation>
    </message>
    <message>
        <source>the file itself is masked</source>
        <translation>ファイル自体がマスク済み</translation>
    </message>
    <message>
        <source>all masked on screen: the file does not say what its columns are made of</source>
        <translation>画面ではすべてマスク済み：列の元の値がファイルからは不明</translation>
    </message>
    <message>
        <source>sensitive values are masked on screen, the file holds them</source>
        <translation>機微な値は画面上ではマスク済み、ファイルにはそのまま保存</translation>
    </message>
    <message>
        <source>This row is made of events of several aggregates: there is none to open.</source>
        <translation>この行は複数の集約のイベントから成るため、開く集約がありません。</translation>
    </message>
    <message>
        <source>This row names no version of an aggregate.</source>
        <translation>この行は集約のバージョンを示していません。</translation>
    </message>
    <message>
        <source>The aggregate&apos;s id is masked in this file: it can&apos;t be opened.</source>
        <translation>このファイルでは集約 ID がマスク済みのため、開けません。</translation>
    </message>
</context>
<context>
    <name>RevealDialog</name>
    <message>
        <source>Reveal masked values?</source>
        <translation>マスクした値を表示しますか？</translation>
    </message>
    <message>
        <source>Show all masked values of this store?</source>
        <translation>このストアのマスクした値をすべて表示しますか？</translation>
    </message>
    <message>
        <source>They stay visible until you mask them again (View menu) or close the store. It is logged on this computer who revealed them, when, in which store and why, without any value: see esviewer activity. Reports and exports stay masked.</source>
        <translation>再びマスクするか (表示メニュー) ストアを閉じるまで、値は表示されたままです。誰が、いつ、どのストアで、なぜ表示したかが、値を含めずにこのコンピューターに記録されます (esviewer activity を参照)。レポートとエクスポートはマスクされたままです。</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Reason, such as the number of a ticket (optional)</source>
        <translation>理由 (チケット番号など、任意)</translation>
    </message>
    <message>
        <source>Reveal, and log it</source>
        <translation>表示して記録</translation>
    </message>
</context>
<context>
    <name>Rollback</name>
    <message>
        <source>… {0} more lines; Save writes all of them.</source>
        <translation>… ほか {0} 行。保存するとすべて書き出します。</translation>
    </message>
</context>
<context>
    <name>RollbackDialog</name>
    <message>
        <source>Back to version</source>
        <translation>戻すバージョン</translation>
    </message>
    <message>
        <source>Analyse</source>
        <translation>分析</translation>
    </message>
    <message>
        <source>Look at the way back to this version</source>
        <translation>このバージョンへの戻し方を調べる</translation>
    </message>
    <message>
        <source>This is an analysis. The store was not written, and esviewer cannot write it.</source>
        <translation>これは分析です。ストアには書き込んでおらず、esviewer が書き込むこともできません。</translation>
    </message>
    <message>
        <source>Events that would be undone</source>
        <translation>取り消されるイベント</translation>
    </message>
    <message>
        <source>Double-click goes to the event</source>
        <translation>ダブルクリックでイベントへ移動</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>そこへ移動</translation>
    </message>
    <message>
        <source>Show the event that is picked</source>
        <translation>選択したイベントを表示</translation>
    </message>
    <message>
        <source>Form of the document</source>
        <translation>文書の形式</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>JSON Patch</source>
        <translation>JSON Patch</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文書</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy the whole document</source>
        <translation>文書全体をコピー</translation>
    </message>
    <message>
        <source>Save …</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Write the whole document to a file</source>
        <translation>文書全体をファイルに書き込む</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop working</source>
        <translation>処理を停止</translation>
    </message>
    <message>
        <source>The document</source>
        <translation>文書</translation>
    </message>
    <message>
        <source>Roll back {0}?</source>
        <translation>{0} の巻き戻しの分析</translation>
    </message>
    <message>
        <source>A version is a whole number.</source>
        <translation>バージョンは整数です。</translation>
    </message>
    <message>
        <source>Looking at the way back to version {0} …</source>
        <translation>バージョン {0} への戻し方を調査中…</translation>
    </message>
    <message>
        <source>Nothing to show.</source>
        <translation>表示するものがありません。</translation>
    </message>
    <message>
        <source>The reducers have changed.</source>
        <translation>リデューサーが変わりました。</translation>
    </message>
    <message>
        <source>Analyse again</source>
        <translation>再分析</translation>
    </message>
    <message>
        <source>The aggregate has gone on: its newest version is {0} now.</source>
        <translation>集約に新しいイベントが加わり、最新のバージョンは {0} になりました。</translation>
    </message>
    <message>
        <source>From version {0} back to version {1}; changes: {2}, events undone: {3}</source>
        <translation>バージョン {0} からバージョン {1} へ：変更 {2} 件、取り消されるイベント {3} 件</translation>
    </message>
    <message>
        <source> (inferred)</source>
        <translation> (推定)</translation>
    </message>
    <message>
        <source>, {0} skipped</source>
        <translation>、{0} 件は適用されず</translation>
    </message>
    <message>
        <source>Rebuilt with reducer {0}{1}, events applied: {2}{3}; {4}</source>
        <translation>リデューサー {0}{1} で再構築、適用したイベント: {2} 件{3}; {4}</translation>
    </message>
    <message>
        <source>The events it would undo; {0} of them (*) wrote something that the patch takes back.</source>
        <translation>取り消されるイベント。うち {0} 件 (*) は、パッチで元に戻る値を書き込んでいます。</translation>
    </message>
    <message>
        <source>This is the newest version: there is nothing to undo.</source>
        <translation>最新のバージョンのため、取り消すものはありません。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>停止しました。</translation>
    </message>
    <message>
        <source>The document has {0} characters, too many to copy; save it.</source>
        <translation>文書は {0} 文字あり、コピーするには多すぎます。ファイルに保存してください。</translation>
    </message>
    <message>
        <source>Copied {0} characters.</source>
        <translation>{0} 文字をコピーしました。</translation>
    </message>
    <message>
        <source>Written to {0}.</source>
        <translation>{0} に書き込みました。</translation>
    </message>
    <message>
        <source>Masked values stand in it as marks: to write them as they are, reveal them before.</source>
        <translation>マスク済みの値は記号で書き込まれています。実際の値を書き込むには、先に値を表示する必要があります。</translation>
    </message>
    <message>
        <source>Save the rollback analysis</source>
        <translation>巻き戻しの分析を保存</translation>
    </message>
</context>
<context>
    <name>Room</name>
    <message>
        <source>There is nothing here that can be added to a case.</source>
        <translation>ここには案件に追加できるものがありません。</translation>
    </message>
</context>
<context>
    <name>RowsTable</name>
    <message>
        <source>A click sorts; the third one gives the result&apos;s own order</source>
        <translation>クリックで並べ替え、3 回目で結果本来の順に戻ります</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>CSV としてコピー</translation>
    </message>
</context>
<context>
    <name>RulesEditor</name>
    <message>
        <source>Rules – esviewer</source>
        <translation>ルール – esviewer</translation>
    </message>
    <message>
        <source>What is edited</source>
        <translation>編集中のファイル</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>ルール</translation>
    </message>
    <message>
        <source>Rules in TOML. “Propose” writes some to start from.</source>
        <translation>TOML のルール。「提案」でひな形を作成します。</translation>
    </message>
    <message>
        <source>What is wrong with the rules</source>
        <translation>ルールの誤り</translation>
    </message>
    <message>
        <source>Put the cursor on the line with the mistake</source>
        <translation>誤りのある行にカーソルを移動</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>開く…</translation>
    </message>
    <message>
        <source>Edit a rules file</source>
        <translation>ルールファイルを編集</translation>
    </message>
    <message>
        <source>Propose</source>
        <translation>提案</translation>
    </message>
    <message>
        <source>Write rules to start from, out of the store&apos;s events</source>
        <translation>ストアのイベントからルールのひな形を作成</translation>
    </message>
    <message>
        <source>Infer</source>
        <translation>推定</translation>
    </message>
    <message>
        <source>Search rules that reproduce the store&apos;s snapshots</source>
        <translation>ストアのスナップショットを再現するルールを探索</translation>
    </message>
    <message>
        <source>How well the rules explain the snapshots</source>
        <translation>ルールがスナップショットをどの程度説明するか</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save the text in its file (Ctrl+S)</source>
        <translation>テキストをファイルに保存 (Ctrl+S)</translation>
    </message>
    <message>
        <source>Save as …</source>
        <translation>別名で保存…</translation>
    </message>
    <message>
        <source>Save the text in another file</source>
        <translation>テキストを別のファイルに保存</translation>
    </message>
    <message>
        <source>Save, and rebuild all aggregates of this type with it</source>
        <translation>保存し、この種類のすべての集約をこのルールで再構築</translation>
    </message>
    <message>
        <source>none are in use yet</source>
        <translation>使用中のものはまだありません</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Rules for “{0}”</source>
        <translation>「{0}」のルール</translation>
    </message>
    <message>
        <source>Use for a type: choose an aggregate first</source>
        <translation>種類に使う：先に集約を選択</translation>
    </message>
    <message>
        <source>Use for all of type “{0}”</source>
        <translation>種類「{0}」すべてに使う</translation>
    </message>
    <message>
        <source>Use for all aggregates without a type</source>
        <translation>種類のない集約すべてに使う</translation>
    </message>
    <message>
        <source>The text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>This file names a program (kind = “{0}”). It is not run while you type: “Use” it, and you are asked whether it may run.</source>
        <translation>このファイルはプログラムを指定しています (kind = “{0}”)。入力中は実行されません。「使う」と、実行してよいかを確認します。</translation>
    </message>
    <message>
        <source>What you pasted is too long for rules; nothing was inserted.</source>
        <translation>貼り付けた内容はルールには長すぎるため、挿入しませんでした。</translation>
    </message>
    <message>
        <source>Open rules</source>
        <translation>ルールを開く</translation>
    </message>
    <message>
        <source>Rules (*.toml)</source>
        <translation>ルール (*.toml)</translation>
    </message>
    <message>
        <source>Save rules</source>
        <translation>ルールを保存</translation>
    </message>
    <message>
        <source>Unsaved rules</source>
        <translation>未保存のルール</translation>
    </message>
    <message>
        <source>The rules have changes that are not saved.</source>
        <translation>ルールに保存していない変更があります。</translation>
    </message>
</context>
<context>
    <name>RulesPreview</name>
    <message>
        <source>What the rules change</source>
        <translation>ルールによる変化</translation>
    </message>
    <message>
        <source>State by these rules</source>
        <translation>このルールによる状態</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Events tried</source>
        <translation>試行したイベント</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Whether stored snapshots agree</source>
        <translation>保存済みスナップショットとの一致</translation>
    </message>
    <message>
        <source>Move the playhead to the first snapshot that differs</source>
        <translation>最初に食い違うスナップショットへ再生ヘッドを移動</translation>
    </message>
    <message>
        <source>Events skipped</source>
        <translation>適用されなかったイベント</translation>
    </message>
    <message>
        <source>Why events are skipped</source>
        <translation>イベントが適用されなかった理由</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>First at</source>
        <translation>初出</translation>
    </message>
    <message>
        <source>Double-click goes to the first of these events</source>
        <translation>ダブルクリックで該当する最初のイベントへ移動</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>再開</translation>
    </message>
    <message>
        <source>Nothing is tried out</source>
        <translation>試行中のルールはありません</translation>
    </message>
    <message>
        <source>Choose an aggregate in the main window.</source>
        <translation>メインウィンドウで集約を選択してください。</translation>
    </message>
    <message>
        <source>Write rules on the left.</source>
        <translation>左側にルールを書いてください。</translation>
    </message>
    <message>
        <source>{0} of {1} events tried</source>
        <translation>{1} 件中 {0} 件のイベントを試行</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>Trying …</source>
        <translation>試行中…</translation>
    </message>
    <message>
        <source>Version {0}: the same as by “{2}”</source>
        <translation>バージョン {0}：「{2}」と同じ</translation>
    </message>
    <message>
        <source>Version {0}: 1 difference from “{2}”</source>
        <translation>バージョン {0}：「{2}」との差分 1 件</translation>
    </message>
    <message>
        <source>Version {0}: {1} differences from “{2}”</source>
        <translation>バージョン {0}：「{2}」との差分 {1} 件</translation>
    </message>
    <message>
        <source>By the rules before the mistake.</source>
        <translation>誤りが入る前のルールによる結果です。</translation>
    </message>
    <message>
        <source>Marked: what the reducer in use makes otherwise.</source>
        <translation>印：使用中のリデューサーと結果が異なるところ。</translation>
    </message>
    <message>
        <source>{0} of {1} events are skipped:</source>
        <translation>{1} 件中 {0} 件のイベントが適用されませんでした：</translation>
    </message>
    <message>
        <source>No event is skipped.</source>
        <translation>すべてのイベントが適用されました。</translation>
    </message>
    <message>
        <source>Newest snapshots: {0}</source>
        <translation>最新のスナップショット：{0}</translation>
    </message>
    <message>
        <source>Snapshots: {0}</source>
        <translation>スナップショット：{0}</translation>
    </message>
    <message>
        <source>Go to version {0}</source>
        <translation>バージョン {0} へ移動</translation>
    </message>
    <message>
        <source>and {0} more reasons</source>
        <translation>ほか {0} 件の理由</translation>
    </message>
</context>
<context>
    <name>RulesSearch</name>
    <message>
        <source>What is being looked for</source>
        <translation>探索の内容</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>proposed, not saved</source>
        <translation>提案済み、未保存</translation>
    </message>
    <message>
        <source>Looking at the events …</source>
        <translation>イベントを調査中…</translation>
    </message>
    <message>
        <source>inferred, not saved</source>
        <translation>推定・未保存</translation>
    </message>
    <message>
        <source>No snapshot of this type can be used to search rules with.</source>
        <translation>この種類には、ルールの探索に使えるスナップショットがありません。</translation>
    </message>
    <message>
        <source>“Propose” needs none.</source>
        <translation>「提案」ならスナップショットは不要です。</translation>
    </message>
    <message>
        <source>Searching rules that explain the snapshots …</source>
        <translation>スナップショットを説明できるルールを探索中…</translation>
    </message>
</context>
<context>
    <name>RunOptions</name>
    <message>
        <source>Run</source>
        <translation>実行</translation>
    </message>
    <message>
        <source>Make the tables out of all events (Ctrl+Enter)</source>
        <translation>すべてのイベントから表を作成 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>File of the result</source>
        <translation>結果のファイル</translation>
    </message>
    <message>
        <source>Results (*.duckdb)</source>
        <translation>結果 (*.duckdb)</translation>
    </message>
    <message>
        <source>Result: kept for this store</source>
        <translation>結果：このストア用に保存</translation>
    </message>
    <message>
        <source>Another file for the result, ending in .duckdb</source>
        <translation>結果を別のファイルに書き込む (末尾は .duckdb)</translation>
    </message>
    <message>
        <source>Mask file</source>
        <translation>マスクする</translation>
    </message>
    <message>
        <source>Mask in the file what looks sensitive; nothing can go on from it then</source>
        <translation>機微に見える値をファイル内でマスクします。そのファイルから続きを実行することはできません</translation>
    </message>
    <message>
        <source>{0} does not end in .duckdb.</source>
        <translation>{0} の末尾が .duckdb ではありません。</translation>
    </message>
    <message>
        <source>Other forms are exported from the result.</source>
        <translation>ほかの形式は結果からエクスポートします。</translation>
    </message>
</context>
<context>
    <name>SavedMenu</name>
    <message>
        <source>Save this filter …</source>
        <translation>この条件を保存 …</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Save this filter</source>
        <translation>この条件を保存</translation>
    </message>
    <message>
        <source>Name of the filter:</source>
        <translation>条件の名前：</translation>
    </message>
    <message>
        <source>Save the filter {0}</source>
        <translation>条件 {0} を保存</translation>
    </message>
    <message>
        <source>Delete the filter {0}</source>
        <translation>条件 {0} を削除</translation>
    </message>
</context>
<context>
    <name>Schema</name>
    <message>
        <source>always</source>
        <translation>常に</translation>
    </message>
    <message>
        <source>{0} has no ending that a catalogue is written as.</source>
        <translation>{0} の拡張子ではカタログを書き出せません。</translation>
    </message>
    <message>
        <source>Use .md, .schema.json, .json or .txt.</source>
        <translation>.md、.schema.json、.json、.txt のいずれかを使ってください。</translation>
    </message>
</context>
<context>
    <name>SchemaRoom</name>
    <message>
        <source>Describe events</source>
        <translation>イベントを調べる</translation>
    </message>
    <message>
        <source>All event types, or a pattern such as Order*</source>
        <translation>すべてのイベント型、または Order* などのパターン</translation>
    </message>
    <message>
        <source>Only event types like this</source>
        <translation>対象とするイベント型</translation>
    </message>
    <message>
        <source>Mask files</source>
        <translation>マスクする</translation>
    </message>
    <message>
        <source>Mask in files what looks sensitive</source>
        <translation>機微に見える値をファイル内でマスクする</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>エクスポート…</translation>
    </message>
    <message>
        <source>Event types</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>First event</source>
        <translation>最初のイベント</translation>
    </message>
    <message>
        <source>Last event</source>
        <translation>最後のイベント</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>フィールド</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>変化(ドリフト)</translation>
    </message>
    <message>
        <source>Enter or a double click goes to the event</source>
        <translation>Enter またはダブルクリックでイベントへ移動</translation>
    </message>
    <message>
        <source>What is known of the event type</source>
        <translation>イベント型について分かっていること</translation>
    </message>
    <message>
        <source>Reading the store</source>
        <translation>ストアを読み込み中</translation>
    </message>
    <message>
        <source>Reading the events …</source>
        <translation>イベントを読み込み中…</translation>
    </message>
    <message>
        <source>Nothing was described yet.

All events are read once. Then you see their types, the fields of each with examples, and where fields appeared, disappeared or changed their type.</source>
        <translation>まだ調べていません。

すべてのイベントを 1 回読み込み、イベント型とその各フィールドを例とともに表示します。フィールドの出現、消滅、型の変化も分かります。</translation>
    </message>
    <message>
        <source>{0} events of {1} types and schema versions</source>
        <translation>{0} 件のイベント、{1} 種類の型とスキーマバージョン</translation>
    </message>
    <message>
        <source>There are no events of such types.</source>
        <translation>該当する型のイベントはありません。</translation>
    </message>
    <message>
        <source>Drift ({0})</source>
        <translation>変化(ドリフト) {0} 件</translation>
    </message>
    <message>
        <source>{0} · 1 event</source>
        <translation>{0} · 1 件のイベント</translation>
    </message>
    <message>
        <source>{0} · {1} events</source>
        <translation>{0} · {1} 件のイベント</translation>
    </message>
    <message>
        <source> · {0} to {1}</source>
        <translation> · {0} ～ {1}</translation>
    </message>
    <message>
        <source>, {0} could not be decoded</source>
        <translation>、{0} 件はデコードできません</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>書き込み中</translation>
    </message>
    <message>
        <source>Export the schema catalogue</source>
        <translation>スキーマカタログをエクスポート</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>書き込みました：{0}</translation>
    </message>
</context>
<context>
    <name>SealDialog</name>
    <message>
        <source>Seal {0}</source>
        <translation>{0} を封印</translation>
    </message>
    <message>
        <source>Seals (*.seal);;All files (*)</source>
        <translation>封印 (*.seal);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>File to write</source>
        <translation>書き込むファイル</translation>
    </message>
    <message>
        <source>Private key to sign with</source>
        <translation>署名に使う秘密鍵</translation>
    </message>
    <message>
        <source>Keys (*.pem);;All files (*)</source>
        <translation>鍵 (*.pem);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>an Ed25519 key in PEM; none: unsigned</source>
        <translation>PEM 形式の Ed25519 鍵。なし：署名なし</translation>
    </message>
    <message>
        <source>Seal that this one goes on after</source>
        <translation>この封印につながる前の封印</translation>
    </message>
    <message>
        <source>none: a chain of seals begins</source>
        <translation>なし：新しい封印の連鎖を開始</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Sign with</source>
        <translation>署名の鍵</translation>
    </message>
    <message>
        <source>Go on after</source>
        <translation>前の封印</translation>
    </message>
    <message>
        <source>A seal is one digest of all events, and what is needed to find the place of a later change. What was changed, removed or inserted before the seal was made, the seal can&apos;t show. Keep it where those who can write the store can&apos;t write.</source>
        <translation>封印は、全イベントから求めた 1 つのダイジェストと、後の変更箇所を特定するための情報です。封印を作る前の変更・削除・挿入は示せません。ストアに書き込める人が書き込めない場所に保管してください。</translation>
    </message>
    <message>
        <source>What was sealed</source>
        <translation>封印した内容</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>封印</translation>
    </message>
    <message>
        <source>Name the file to write.</source>
        <translation>書き込むファイルを指定してください。</translation>
    </message>
    <message>
        <source>{0} is there already. Seal again replaces it; an old seal is worth keeping.</source>
        <translation>{0} は既にあります。もう一度「封印」を押すと置き換わりますが、古い封印は残しておく価値があります。</translation>
    </message>
    <message>
        <source>Reading the store</source>
        <translation>ストアを読み込み中</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>キャンセルしました。何も書き込まれていません。</translation>
    </message>
</context>
<context>
    <name>Seals</name>
    <message>
        <source>changed</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>inserted</source>
        <translation>挿入</translation>
    </message>
    <message>
        <source>reordered</source>
        <translation>順序変更</translation>
    </message>
    <message>
        <source>backdated</source>
        <translation>日時のさかのぼり</translation>
    </message>
    <message>
        <source>range</source>
        <translation>範囲</translation>
    </message>
</context>
<context>
    <name>SettingsEditor</name>
    <message>
        <source>What is edited</source>
        <translation>編集対象</translation>
    </message>
    <message>
        <source>Settings of audits</source>
        <translation>監査の設定</translation>
    </message>
    <message>
        <source>What is wrong with the settings</source>
        <translation>設定の誤り</translation>
    </message>
    <message>
        <source>Put the cursor on the line with the mistake</source>
        <translation>誤りのある行にカーソルを移動</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>開く…</translation>
    </message>
    <message>
        <source>Use and edit another file</source>
        <translation>別のファイルを使用・編集</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save the text; the next audit goes by it (Ctrl+S)</source>
        <translation>テキストを保存し、次の監査から適用 (Ctrl+S)</translation>
    </message>
    <message>
        <source>Save as …</source>
        <translation>名前を付けて保存…</translation>
    </message>
    <message>
        <source>Save it in another file</source>
        <translation>別のファイルに保存</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>The settings have changes that are not saved. Give them up?</source>
        <translation>設定に保存していない変更があります。破棄しますか？</translation>
    </message>
    <message>
        <source>The text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>What you pasted is too long for settings; nothing was inserted.</source>
        <translation>貼り付けた内容は設定としては長すぎるため、何も挿入しませんでした。</translation>
    </message>
    <message>
        <source>Settings (*.toml)</source>
        <translation>設定 (*.toml)</translation>
    </message>
    <message>
        <source>Save the settings of audits</source>
        <translation>監査の設定を保存</translation>
    </message>
    <message>
        <source>Not kept yet{0}; “Save” makes {1}</source>
        <translation>未保存{0}：「保存」で {1} を作成</translation>
    </message>
    <message>
        <source>Not kept yet{0}; “Save” asks where</source>
        <translation>未保存{0}：「保存」で保存先を指定</translation>
    </message>
</context>
<context>
    <name>Severity</name>
    <message>
        <source>✕ error</source>
        <translation>✕ エラー</translation>
    </message>
    <message>
        <source>! warning</source>
        <translation>! 警告</translation>
    </message>
    <message>
        <source>· info</source>
        <translation>· 情報</translation>
    </message>
    <message>
        <source>error</source>
        <translation>エラー</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>info</source>
        <translation>情報</translation>
    </message>
</context>
<context>
    <name>SideRow</name>
    <message>
        <source>Side {0}: version or date</source>
        <translation>{0} 側：バージョンまたは日時</translation>
    </message>
    <message>
        <source>A version such as 12 or a moment such as 2026-11-22 14:34 Asia/Tokyo; empty: the playhead, wherever it is</source>
        <translation>12 のようなバージョン、または 2026-11-22 14:34 Asia/Tokyo のような日時。空欄：現在の再生ヘッド</translation>
    </message>
    <message>
        <source>Side {0}: aggregate</source>
        <translation>{0} 側：集約</translation>
    </message>
    <message>
        <source>The id of an aggregate; empty: the one on show</source>
        <translation>集約の ID。空欄：表示中の集約</translation>
    </message>
    <message>
        <source>this aggregate</source>
        <translation>この集約</translation>
    </message>
    <message>
        <source>newest version</source>
        <translation>最新バージョン</translation>
    </message>
    <message>
        <source>playhead</source>
        <translation>再生ヘッド</translation>
    </message>
</context>
<context>
    <name>SidesModel</name>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
</context>
<context>
    <name>SinceField</name>
    <message>
        <source>Since position</source>
        <translation>開始位置</translation>
    </message>
    <message>
        <source>Audit only what came after this position</source>
        <translation>この位置より後だけを監査</translation>
    </message>
    <message>
        <source>all events</source>
        <translation>全イベント</translation>
    </message>
    <message>
        <source>Choose the report of an earlier audit</source>
        <translation>以前の監査のレポートを選択</translation>
    </message>
    <message>
        <source>Go on where an earlier audit ended: choose its JSON report</source>
        <translation>以前の監査の続きから開始：その JSON レポートを選択</translation>
    </message>
    <message>
        <source>Only what came after a position is audited. The JSON report of an earlier audit says it too.</source>
        <translation>指定した位置より後だけを監査します。位置は以前の監査の JSON レポートにも記載されています。</translation>
    </message>
    <message>
        <source>What is new can&apos;t be told in this store: {0}.</source>
        <translation>このストアでは新しい部分を判別できません：{0}。</translation>
    </message>
    <message>
        <source>JSON reports (*.json);;All files (*)</source>
        <translation>JSON レポート (*.json);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>The report of an earlier audit</source>
        <translation>以前の監査のレポート</translation>
    </message>
</context>
<context>
    <name>SnapshotsCheck</name>
    <message>
        <source>Only those that differ or fail</source>
        <translation>相違または失敗のみ</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Aggregates and their snapshots</source>
        <translation>集約とそのスナップショット</translation>
    </message>
    <message>
        <source>Double-click opens the aggregate at its first divergence</source>
        <translation>ダブルクリックで、集約を最初の相違箇所で開く</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>そこへ移動</translation>
    </message>
    <message>
        <source>Open the aggregate that is picked, at its first divergence</source>
        <translation>選択した集約を最初の相違箇所で開く</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Snapshots of “{0}”</source>
        <translation>「{0}」のスナップショット</translation>
    </message>
    <message>
        <source>no type</source>
        <translation>種類なし</translation>
    </message>
    <message>
        <source>Checking …</source>
        <translation>検査中…</translation>
    </message>
    <message>
        <source>No rules are in use for this type, so there is nothing that snapshots could confirm.</source>
        <translation>この種類にはルールが使われていないため、スナップショットで確認できるものがありません。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>停止しました。</translation>
    </message>
    <message>
        <source>{0} of {1} snapshots of {2} aggregates agree</source>
        <translation>{2} 件の集約のスナップショット {1} 件中 {0} 件が一致</translation>
    </message>
    <message>
        <source>{0} of {1} snapshots of 1 aggregate agree</source>
        <translation>1 個の集約のスナップショット {1} 個中 {0} 個が一致</translation>
    </message>
    <message>
        <source>{0} of 1 snapshot agrees</source>
        <translation>スナップショット 1 個中 {0} 個が一致</translation>
    </message>
    <message>
        <source>{0} aggregates diverge</source>
        <translation>{0} 件の集約が相違</translation>
    </message>
    <message>
        <source>1 aggregate diverges</source>
        <translation>1 件の集約が相違</translation>
    </message>
    <message>
        <source>{0} not compared</source>
        <translation>{0} 件は未比較</translation>
    </message>
    <message>
        <source>the reducer failed at {0} aggregates</source>
        <translation>{0} 件の集約でリデューサーが失敗</translation>
    </message>
    <message>
        <source>the reducer failed at 1 aggregate</source>
        <translation>1 件の集約でリデューサーが失敗</translation>
    </message>
</context>
<context>
    <name>SnapshotsModel</name>
    <message>
        <source>agrees</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>相違</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>読み取り不可</translation>
    </message>
    <message>
        <source>beyond the newest version</source>
        <translation>最新バージョンより後</translation>
    </message>
    <message>
        <source>not compared</source>
        <translation>未比較</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>Replayed → stored</source>
        <translation>リプレイ → 保存値</translation>
    </message>
    <message>
        <source>{0} more</source>
        <translation>ほか {0} 件</translation>
    </message>
</context>
<context>
    <name>SnapshotsPanel</name>
    <message>
        <source>How stored snapshots compare</source>
        <translation>保存済みスナップショットの比較結果</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>そこへ移動</translation>
    </message>
    <message>
        <source>Go to the first snapshot that differs</source>
        <translation>最初に相違するスナップショットへ移動</translation>
    </message>
    <message>
        <source>Check all of this type …</source>
        <translation>この種類をすべて検査…</translation>
    </message>
    <message>
        <source>Compare the snapshots of all aggregates of this type with the replay</source>
        <translation>この種類の全集約のスナップショットをリプレイと比較</translation>
    </message>
    <message>
        <source>Stored snapshots</source>
        <translation>保存済みスナップショット</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>相違点</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>パス</translation>
    </message>
    <message>
        <source>Replayed</source>
        <translation>リプレイ</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>保存値</translation>
    </message>
    <message>
        <source>This store&apos;s layout has no snapshots.</source>
        <translation>このストアのレイアウトにはスナップショットがありません。</translation>
    </message>
    <message>
        <source>Snapshots are compared when all events are in.</source>
        <translation>スナップショットは、全イベントの読み込み後に比較されます。</translation>
    </message>
    <message>
        <source>The snapshot is of version {0}, the newest event of {1}.</source>
        <translation>スナップショットはバージョン {0}、最新のイベントはバージョン {1} です。</translation>
    </message>
    <message>
        <source>The snapshot at {0} can&apos;t be read: {1}</source>
        <translation>バージョン {0} のスナップショットを読み取れません：{1}</translation>
    </message>
    <message>
        <source>The snapshot at {0}: there is no rebuilt state to compare it with.</source>
        <translation>バージョン {0} のスナップショット：比較できる再構築状態がありません。</translation>
    </message>
    <message>
        <source>The snapshot at {0} differs in {1} paths.</source>
        <translation>バージョン {0} のスナップショットは {1} 個のパスで相違しています。</translation>
    </message>
    <message>
        <source>The snapshot at {0} differs in 1 path.</source>
        <translation>バージョン {0} のスナップショットは 1 個のパスで相違しています。</translation>
    </message>
    <message>
        <source>The snapshot at {0} agrees with the replay.</source>
        <translation>バージョン {0} のスナップショットはリプレイと一致しています。</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>ほか {0} 件</translation>
    </message>
    <message>
        <source>No snapshot of this aggregate is stored.</source>
        <translation>この集約のスナップショットは保存されていません。</translation>
    </message>
    <message>
        <source>{0} of {1} agree</source>
        <translation>{1} 件中 {0} 件が一致</translation>
    </message>
    <message>
        <source>first divergence at {0}</source>
        <translation>最初の相違はバージョン {0}</translation>
    </message>
    <message>
        <source>{0} unreadable</source>
        <translation>{0} 件は読み取り不可</translation>
    </message>
    <message>
        <source>{0} not compared, for want of a rebuilt state</source>
        <translation>再構築した状態がないため {0} 件は未比較</translation>
    </message>
    <message>
        <source>{0} compared so far</source>
        <translation>現在 {0} 件を比較済み</translation>
    </message>
    <message>
        <source>no rules are in use, so the replay only guesses</source>
        <translation>ルールが使われていないため、リプレイは推測</translation>
    </message>
</context>
<context>
    <name>Sorting</name>
    <message>
        <source>A click sorts, another one turns the order round; the menu has more</source>
        <translation>クリックで並べ替え、もう一度クリックで逆順。メニューにはほかの並び順もあります</translation>
    </message>
    <message>
        <source>Sort aggregates</source>
        <translation>集約の並べ替え</translation>
    </message>
    <message>
        <source>By id</source>
        <translation>ID 順</translation>
    </message>
    <message>
        <source>By id, last first</source>
        <translation>ID の逆順</translation>
    </message>
    <message>
        <source>By type</source>
        <translation>種類順</translation>
    </message>
    <message>
        <source>Most events first</source>
        <translation>イベントの多い順</translation>
    </message>
    <message>
        <source>Fewest events first</source>
        <translation>イベントの少ない順</translation>
    </message>
    <message>
        <source>Highest version first</source>
        <translation>バージョンの高い順</translation>
    </message>
    <message>
        <source>Last changed first</source>
        <translation>最近変わった順</translation>
    </message>
    <message>
        <source>Longest unchanged first</source>
        <translation>長く変わっていない順</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>新しい順</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>古い順</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Audit and time travel for event-sourced systems. Stores are opened read-only.</source>
        <translation>イベントソーシングシステムの監査とタイムトラベル。ストアは読み取り専用で開きます。</translation>
    </message>
    <message>
        <source>Open file …</source>
        <translation>ファイルを開く…</translation>
    </message>
    <message>
        <source>Open the demo store</source>
        <translation>デモストアを開く</translation>
    </message>
    <message>
        <source>Connections …</source>
        <translation>接続…</translation>
    </message>
    <message>
        <source>Database URL</source>
        <translation>データベースの URL</translation>
    </message>
    <message>
        <source>A password typed here is used for this connection and not kept.</source>
        <translation>ここに入力したパスワードはこの接続だけに使われ、保存されません。</translation>
    </message>
    <message>
        <source>Open URL</source>
        <translation>URL を開く</translation>
    </message>
    <message>
        <source>Recent stores</source>
        <translation>最近使ったストア</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>一覧から削除</translation>
    </message>
    <message>
        <source>Or drop a database file on this window.</source>
        <translation>データベースファイルをこのウィンドウにドロップしても開けます。</translation>
    </message>
    <message>
        <source>None yet. The demo is a good start.</source>
        <translation>まだありません。まずはデモをお試しください。</translation>
    </message>
    <message>
        <source> (not there any more)</source>
        <translation> (見つかりません)</translation>
    </message>
    <message>
        <source>{0} was removed from the list; the store itself is untouched.</source>
        <translation>{0} を一覧から外しました。ストア自体には触れていません。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
</context>
<context>
    <name>StatePanel</name>
    <message>
        <source>How this state came to be</source>
        <translation>この状態の成り立ち</translation>
    </message>
    <message>
        <source>From snapshot</source>
        <translation>スナップショットから</translation>
    </message>
    <message>
        <source>Rebuild from the newest stored snapshot and the events after it, instead of from nothing</source>
        <translation>最初からではなく、最新の保存済みスナップショットとそれ以降のイベントから再構築</translation>
    </message>
    <message>
        <source>Add to case</source>
        <translation>案件に追加</translation>
    </message>
    <message>
        <source>Pin what this tab shows to the case (Ctrl+D)</source>
        <translation>このタブの内容を案件に追加 (Ctrl+D)</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>The state, and questions to it</source>
        <translation>状態と、状態への問い合わせ</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Rules …</source>
        <translation>ルール…</translation>
    </message>
    <message>
        <source>Edit the rules that make this state (Ctrl+R)</source>
        <translation>この状態を作るルールを編集 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Pin to compare</source>
        <translation>比較用に固定</translation>
    </message>
    <message>
        <source>Keep this version to compare others with (P); it is not added to the case</source>
        <translation>このバージョンを比較用に固定 (P)。案件には追加されません</translation>
    </message>
    <message>
        <source>Unpin {0}</source>
        <translation>{0} の固定を解除</translation>
    </message>
    <message>
        <source>Version {0} is side A of the comparison; make the playhead A (P)</source>
        <translation>バージョン {0} が比較の A 側です。再生ヘッドを A 側に戻す (P)</translation>
    </message>
    <message>
        <source>No version yet as of {0}</source>
        <translation>{0} 時点ではまだバージョンなし</translation>
    </message>
</context>
<context>
    <name>StateTree</name>
    <message>
        <source>Show who wrote each value</source>
        <translation>各値の書き込み元を表示</translation>
    </message>
    <message>
        <source>Show what was there before</source>
        <translation>変更前の値を表示</translation>
    </message>
    <message>
        <source>Right-click chooses columns; a click on a writer goes to its event</source>
        <translation>右クリックで列を選択、書き込み元のクリックでそのイベントへ移動</translation>
    </message>
    <message>
        <source>The replay has no such value at this version.</source>
        <translation>このバージョンのリプレイにこの値はありません。</translation>
    </message>
    <message>
        <source>No event wrote this value; it is in the reducer&apos;s initial state.</source>
        <translation>この値を書き込んだイベントはありません。リデューサーの初期状態の値です。</translation>
    </message>
    <message>
        <source>Go to the event that wrote this</source>
        <translation>この値を書き込んだイベントへ移動</translation>
    </message>
    <message>
        <source>Follow this field</source>
        <translation>このフィールドを追跡</translation>
    </message>
    <message>
        <source>Add this state to the case</source>
        <translation>この状態を案件に追加</translation>
    </message>
    <message>
        <source>Add this field’s history to the case</source>
        <translation>このフィールドの履歴を案件に追加</translation>
    </message>
</context>
<context>
    <name>StorePage</name>
    <message>
        <source>Choose an aggregate on the left.</source>
        <translation>左側で集約を選択してください。</translation>
    </message>
    <message>
        <source>True time</source>
        <translation>実時間</translation>
    </message>
    <message>
        <source>Place events at their time instead of their version (T)</source>
        <translation>イベントをバージョンではなく時刻の位置に配置 (T)</translation>
    </message>
    <message>
        <source>Whole life</source>
        <translation>全期間</translation>
    </message>
    <message>
        <source>Show the whole timeline again</source>
        <translation>タイムライン全体を再表示</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>フィールド</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>削除された値</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>One version back</source>
        <translation>1 バージョン戻る</translation>
    </message>
    <message>
        <source>One version forward</source>
        <translation>1 バージョン進む</translation>
    </message>
    <message>
        <source>The first version</source>
        <translation>最初のバージョン</translation>
    </message>
    <message>
        <source>The newest version</source>
        <translation>最新のバージョン</translation>
    </message>
    <message>
        <source>Pin or unpin the version to compare with</source>
        <translation>比較するバージョンをピン留め、または解除</translation>
    </message>
    <message>
        <source>Timeline by version or by true time</source>
        <translation>タイムラインをバージョン順または実時間で表示</translation>
    </message>
    <message>
        <source>Play forward, or pause</source>
        <translation>順方向に再生、または一時停止</translation>
    </message>
    <message>
        <source>Play backward, or pause</source>
        <translation>逆方向に再生、または一時停止</translation>
    </message>
    <message>
        <source>Find a condition</source>
        <translation>条件を検索</translation>
    </message>
    <message>
        <source>The next stretch where it held</source>
        <translation>成り立っていた次の区間</translation>
    </message>
    <message>
        <source>The previous stretch where it held</source>
        <translation>成り立っていた前の区間</translation>
    </message>
    <message>
        <source>Close the find bar</source>
        <translation>検索バーを閉じる</translation>
    </message>
    <message>
        <source>Search aggregates</source>
        <translation>集約を検索</translation>
    </message>
    <message>
        <source>Reading {0} …</source>
        <translation>{0} を読み込み中…</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>When this was pinned, other paths were ignored: {0}.</source>
        <translation>案件に追加したときは、無視するパスが異なっていました：{0}。</translation>
    </message>
    <message>
        <source>Ignore them now</source>
        <translation>そのパスを無視する</translation>
    </message>
    <message>
        <source>{0} could not be read</source>
        <translation>{0} を読み取れませんでした</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>{0} 件のイベント</translation>
    </message>
    <message>
        <source>1 event</source>
        <translation>1 件のイベント</translation>
    </message>
    <message>
        <source>{0} of {1} events so far</source>
        <translation>現在 {1} 件中 {0} 件のイベント</translation>
    </message>
    <message>
        <source>version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>まだなし</translation>
    </message>
    <message>
        <source>No event yet as of {0}</source>
        <translation>{0} 時点ではまだイベントなし</translation>
    </message>
    <message>
        <source>Version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>There is no later event of the type {0}: this is the first.</source>
        <translation>これより後に {0} 型のイベントはありません。これは最初のものです。</translation>
    </message>
    <message>
        <source>As of: {0}.</source>
        <translation>時点の指定：{0}。</translation>
    </message>
    <message>
        <source>Choose an aggregate first; what is pinned is of one.</source>
        <translation>先に集約を選択してください。案件に追加できるのは 1 つの集約の内容です。</translation>
    </message>
    <message>
        <source>The playhead is before the first event: there is nothing to pin.</source>
        <translation>再生ヘッドは最初のイベントより前です。追加するものがありません。</translation>
    </message>
    <message>
        <source>Choose an aggregate first; the report is about one.</source>
        <translation>先に集約を選択してください。レポートは 1 つの集約が対象です。</translation>
    </message>
    <message>
        <source>Report written to {0}.</source>
        <translation>レポートを {0} に書き込みました。</translation>
    </message>
</context>
<context>
    <name>StoreRooms</name>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Cause and effect</source>
        <translation>原因と結果</translation>
    </message>
    <message>
        <source>Process map</source>
        <translation>プロセスマップ</translation>
    </message>
    <message>
        <source>Audit</source>
        <translation>監査</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>スキーマ</translation>
    </message>
    <message>
        <source>Projections</source>
        <translation>プロジェクション</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>案件</translation>
    </message>
    <message>
        <source>Swim lanes</source>
        <translation>スイムレーン</translation>
    </message>
    <message>
        <source>Time machine</source>
        <translation>タイムマシン</translation>
    </message>
    <message>
        <source>What to do with the store</source>
        <translation>ストアの操作</translation>
    </message>
</context>
<context>
    <name>TabStrip</name>
    <message>
        <source>Open aggregates</source>
        <translation>開いている集約</translation>
    </message>
</context>
<context>
    <name>Tabs</name>
    <message>
        <source>Open in a new &amp;tab</source>
        <translation>新しいタブで開く(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Close the tab</source>
        <translation>タブを閉じる(&amp;C)</translation>
    </message>
    <message>
        <source>Reopen the c&amp;losed tab</source>
        <translation>閉じたタブを開き直す(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Next tab</source>
        <translation>次のタブ(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous tab</source>
        <translation>前のタブ(&amp;P)</translation>
    </message>
    <message>
        <source>Close the tab</source>
        <translation>タブを閉じる</translation>
    </message>
</context>
<context>
    <name>TakersModel</name>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
</context>
<context>
    <name>Tasks</name>
    <message>
        <source>It was stopped before the store had answered.</source>
        <translation>ストアが応答する前に中止しました。</translation>
    </message>
    <message>
        <source>This is a fault of esviewer.</source>
        <translation>これは esviewer の不具合です。</translation>
    </message>
    <message>
        <source>Reading the store</source>
        <translation>ストアを読み込み中</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>タイムライン</translation>
    </message>
    <message>
        <source>findings</source>
        <translation>検出結果</translation>
    </message>
    <message>
        <source>Version {0}: {1}</source>
        <translation>バージョン {0}：{1}</translation>
    </message>
    <message>
        <source>There is no state yet: the reducer&apos;s program is at work</source>
        <translation>状態はまだありません：リデューサーのプログラムが実行中です</translation>
    </message>
    <message>
        <source>There is no state: it could not be rebuilt</source>
        <translation>状態なし：再構築できませんでした</translation>
    </message>
    <message>
        <source>It changed none of the followed fields</source>
        <translation>追跡中のフィールドを変更していません</translation>
    </message>
    <message>
        <source>Snapshot agrees</source>
        <translation>スナップショットは一致</translation>
    </message>
    <message>
        <source>Snapshot disagrees or is unreadable</source>
        <translation>スナップショットは不一致または読み取り不可</translation>
    </message>
</context>
<context>
    <name>TimelinesModel</name>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Real event</source>
        <translation>実際のイベント</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>変更点</translation>
    </message>
    <message>
        <source>Imagined</source>
        <translation>仮定</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>番号</translation>
    </message>
    <message>
        <source>WHAT IF event</source>
        <translation>もしものイベント</translation>
    </message>
    <message>
        <source>Would change</source>
        <translation>想定される変更点</translation>
    </message>
    <message>
        <source>skipped by the reducer: {0}</source>
        <translation>リデューサーが適用せず：{0}</translation>
    </message>
    <message>
        <source>✎ edited</source>
        <translation>✎ 編集</translation>
    </message>
    <message>
        <source>✕ skipped</source>
        <translation>✕ 除外</translation>
    </message>
    <message>
        <source>⇅ moved away</source>
        <translation>⇅ 移動元</translation>
    </message>
    <message>
        <source>⇅ moved here, edited</source>
        <translation>⇅ 移動先・編集</translation>
    </message>
    <message>
        <source>⇅ moved here</source>
        <translation>⇅ 移動先</translation>
    </message>
    <message>
        <source>+ inserted</source>
        <translation>+ 挿入</translation>
    </message>
    <message>
        <source>parts</source>
        <translation>分岐</translation>
    </message>
    <message>
        <source>From here on the states differ.</source>
        <translation>ここから先は状態が異なります。</translation>
    </message>
</context>
<context>
    <name>Times</name>
    <message>
        <source>MMM</source>
        <translation>M月</translation>
    </message>
    <message>
        <source>dd</source>
        <translation>d日</translation>
    </message>
    <message>
        <source>ddd dd</source>
        <translation>d日(ddd)</translation>
    </message>
</context>
<context>
    <name>ToPin</name>
    <message>
        <source>state of {0} at version {1}</source>
        <translation>{0} のバージョン {1} の状態</translation>
    </message>
    <message>
        <source>event of {0} at version {1}</source>
        <translation>{0} のバージョン {1} のイベント</translation>
    </message>
    <message>
        <source>difference of {0} {1} and {2}</source>
        <translation>{0} の {1} と {2} の差分</translation>
    </message>
    <message>
        <source>history of {0} of {1} up to version {2}</source>
        <translation>{1} の {0} の履歴（バージョン {2} まで）</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Tour</source>
        <translation>ツアー</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>次へ</translation>
    </message>
    <message>
        <source>End the tour</source>
        <translation>ツアーを終了</translation>
    </message>
    <message>
        <source>Each line is an aggregate with its own stream of events. Choose any of them.</source>
        <translation>一行が一つの集約で、それぞれが自分のイベントの流れを持ちます。どれでも選べます。</translation>
    </message>
    <message>
        <source>Its events, one lane for each type. Drag the upright line, or use the arrow keys: what is below is shown as it was then.</source>
        <translation>その集約のイベントで、型ごとに 1 段です。縦の線をドラッグするか矢印キーを押すと、下の表示がその時点のものになります。</translation>
    </message>
    <message>
        <source>The state at that version. Each value says which event wrote it; a click there goes to the event. The menu of a value follows it through time.</source>
        <translation>そのバージョンの状態です。値ごとに書き込んだイベントが示され、そこをクリックするとイベントへ移動します。値のメニューから変遷を追跡できます。</translation>
    </message>
    <message>
        <source>Pin a version with P and move on: this tab shows what differs.</source>
        <translation>P キーでバージョンを固定して別の位置へ移ると、このタブに違いが表示されます。</translation>
    </message>
    <message>
        <source>Type a date, such as yesterday 14:34: everything is shown as it was then.</source>
        <translation>yesterday 14:34 のような日付を入力すると、すべてがその時点の姿で表示されます。</translation>
    </message>
    <message>
        <source>When did something hold? Ctrl+G asks: all stretches in which it did are shaded above.</source>
        <translation>いつ条件が成り立っていたか。Ctrl+G で尋ねると、成り立っていた区間がすべて上で塗り分けられます。</translation>
    </message>
    <message>
        <source>The log of the whole store, with filters and a chart; new events arrive here too.</source>
        <translation>ストア全体のログです。絞り込みとグラフがあり、新しいイベントもここに届きます。</translation>
    </message>
    <message>
        <source>Further rooms find causes, check the store, describe its payloads, make tables by replay, and keep a case.</source>
        <translation>ほかの部屋では、原因をたどり、ストアを検査し、ペイロードの形を調べ、再生して表を作り、案件を残します。</translation>
    </message>
    <message>
        <source>A report writes down what is on show, so that others can verify it. F1 opens the manual, wherever you are; this tour is in the Help menu.</source>
        <translation>レポートは、表示中の内容をほかの人が検証できる形で書き出します。F1 はどこでもマニュアルを開き、このツアーはヘルプメニューにあります。</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完了</translation>
    </message>
</context>
<context>
    <name>TraceModel</name>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>集約</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>After its cause</source>
        <translation>原因からの時間</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>備考</translation>
    </message>
    <message>
        <source>Its cause is no event of the store: {0}</source>
        <translation>原因がストアのイベントではありません：{0}</translation>
    </message>
    <message>
        <source>Caused by its own effect</source>
        <translation>自らの結果が原因になっています</translation>
    </message>
    <message>
        <source>A cause of another correlation</source>
        <translation>別の相関にある原因</translation>
    </message>
    <message>
        <source>Its cause was not found yet: {0}</source>
        <translation>原因がまだ見つかっていません：{0}</translation>
    </message>
    <message>
        <source>Before its cause, by their times</source>
        <translation>時刻では原因より前です</translation>
    </message>
</context>
<context>
    <name>TraceRoom</name>
    <message>
        <source>An event&apos;s id, or an aggregate at a version such as order-1042@17</source>
        <translation>イベントの ID、または order-1042@17 のような集約とバージョン</translation>
    </message>
    <message>
        <source>The event to begin with</source>
        <translation>起点のイベント</translation>
    </message>
    <message>
        <source>Show what belongs to it</source>
        <translation>一続きのイベントを表示</translation>
    </message>
    <message>
        <source>Search on</source>
        <translation>検索を続ける</translation>
    </message>
    <message>
        <source>Look through the rest of the store too</source>
        <translation>ストアの残りも検索します</translation>
    </message>
    <message>
        <source>How the events are listed</source>
        <translation>イベントの並べ方</translation>
    </message>
    <message>
        <source>As a tree</source>
        <translation>ツリー</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>順番どおり</translation>
    </message>
    <message>
        <source>True time</source>
        <translation>実時間</translation>
    </message>
    <message>
        <source>Place events in the lanes at their time instead of one step after the other</source>
        <translation>レーン内のイベントを、順番ではなく時刻の位置に置きます</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全体を表示</translation>
    </message>
    <message>
        <source>Have all events in sight again</source>
        <translation>すべてのイベントを表示に収めます</translation>
    </message>
    <message>
        <source>Swim lanes</source>
        <translation>スイムレーン</translation>
    </message>
    <message>
        <source>Show these aggregates as swim lanes, with all their events (Ctrl+Shift+L)</source>
        <translation>これらの集約を、すべてのイベントとともにスイムレーンで表示します (Ctrl+Shift+L)</translation>
    </message>
    <message>
        <source>Next orphan</source>
        <translation>次の孤児</translation>
    </message>
    <message>
        <source>Go to the next event whose cause is no event of the store</source>
        <translation>原因がストアにない次のイベントへ移動します</translation>
    </message>
    <message>
        <source>Events that belong together</source>
        <translation>一続きのイベント</translation>
    </message>
    <message>
        <source>Enter or a double click opens the aggregate at this version</source>
        <translation>Enter またはダブルクリックで、このバージョンの集約を開きます</translation>
    </message>
    <message>
        <source>Lanes of the aggregates</source>
        <translation>集約ごとのレーン</translation>
    </message>
    <message>
        <source>Looking for related events</source>
        <translation>関連するイベントを探しています</translation>
    </message>
    <message>
        <source>Looking for related events …</source>
        <translation>関連するイベントを探しています…</translation>
    </message>
    <message>
        <source>Name an event above, or choose “Show its correlation” at an event of the time machine.

Then all events of the same correlation are shown here, across aggregates: what caused what, after what time, and whose cause is missing.</source>
        <translation>上でイベントを指定するか、タイムマシンのイベントで「相関を表示」を選んでください。

同じ相関のすべてのイベントを集約をまたいでここに表示します。何が何の原因か、どれだけ後か、原因が欠けているのはどれかが分かります。</translation>
    </message>
    <message>
        <source>1 event</source>
        <translation>1 件のイベント</translation>
    </message>
    <message>
        <source>{0} events</source>
        <translation>{0} 件のイベント</translation>
    </message>
    <message>
        <source>1 aggregate</source>
        <translation>1 件の集約</translation>
    </message>
    <message>
        <source>{0} aggregates</source>
        <translation>{0} 件の集約</translation>
    </message>
    <message>
        <source>1 orphan</source>
        <translation>孤児 1 件</translation>
    </message>
    <message>
        <source>{0} orphans</source>
        <translation>孤児 {0} 件</translation>
    </message>
    <message>
        <source>there are more than the {0} shown</source>
        <translation>表示している {0} 件のほかにもあります</translation>
    </message>
    <message>
        <source>no correlation id: found by causes and effects</source>
        <translation>相関 ID なし：原因と結果からたどりました</translation>
    </message>
    <message>
        <source>correlation {0}</source>
        <translation>相関 {0}</translation>
    </message>
    <message>
        <source>not all of the store was searched yet</source>
        <translation>ストア全体はまだ検索していません</translation>
    </message>
    <message>
        <source>the first</source>
        <translation>最初</translation>
    </message>
    <message>
        <source>the last</source>
        <translation>最後</translation>
    </message>
    <message>
        <source>searched from position {0} to {1}</source>
        <translation>位置 {0} から {1} まで検索済み</translation>
    </message>
    <message>
        <source>Open the aggregate at this version</source>
        <translation>このバージョンの集約を開く</translation>
    </message>
    <message>
        <source>Show its correlation</source>
        <translation>相関を表示</translation>
    </message>
    <message>
        <source>Copy this list</source>
        <translation>この一覧をコピー</translation>
    </message>
    <message>
        <source>Copied: {0} events</source>
        <translation>コピーしました：{0} 件のイベント</translation>
    </message>
</context>
<context>
    <name>TrialPanel</name>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>プレビュー</translation>
    </message>
    <message>
        <source>Trying …</source>
        <translation>試行中…</translation>
    </message>
    <message>
        <source>Of the text before the mistake.</source>
        <translation>誤りが生じる前のテキストの結果です。</translation>
    </message>
    <message>
        <source>The text has a mistake.</source>
        <translation>テキストに誤りがあります。</translation>
    </message>
    <message>
        <source>There is no text to be tried.</source>
        <translation>試すテキストがありません。</translation>
    </message>
    <message>
        <source>Trying … {0} events</source>
        <translation>試行中… {0} 件のイベント</translation>
    </message>
    <message>
        <source>It could not be tried.</source>
        <translation>試行できませんでした。</translation>
    </message>
    <message>
        <source>{0} rows out of all {1} events</source>
        <translation>全 {1} 件のイベントから {0} 行</translation>
    </message>
    <message>
        <source>{0} rows out of the first {1} events only</source>
        <translation>最初の {1} 件のイベントのみから {0} 行</translation>
    </message>
    <message>
        <source>{0} problems, such as: {1}</source>
        <translation>{0} 件の問題。例：{1}</translation>
    </message>
</context>
<context>
    <name>TypesChart</name>
    <message>
        <source>Events of each type over time</source>
        <translation>イベント型ごとの件数の推移</translation>
    </message>
    <message>
        <source>Events in each stretch of time; upright lines are where fields changed</source>
        <translation>期間ごとのイベント。縦線はフィールドが変化した箇所です</translation>
    </message>
</context>
<context>
    <name>TypesModel</name>
    <message>
        <source>Event type</source>
        <translation>イベント型</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>スキーマ</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>変化</translation>
    </message>
    <message>
        <source>First seen</source>
        <translation>初出</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最終</translation>
    </message>
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Undo what was changed last, where the focus is</source>
        <translation>フォーカスのある場所での最後の変更を元に戻す</translation>
    </message>
    <message>
        <source>Do again what was undone</source>
        <translation>元に戻した変更をやり直す</translation>
    </message>
</context>
<context>
    <name>UndoneModel</name>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>イベント</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Actor</source>
        <translation>実行者</translation>
    </message>
    <message>
        <source>What it changed</source>
        <translation>変更内容</translation>
    </message>
    <message>
        <source>It wrote something that the patch takes back.</source>
        <translation>パッチで元に戻す値を書き込んだイベントです。</translation>
    </message>
    <message>
        <source>(the whole state)</source>
        <translation>(状態全体)</translation>
    </message>
    <message>
        <source>skipped: {0}</source>
        <translation>適用されず：{0}</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>なし</translation>
    </message>
</context>
<context>
    <name>ValueModel</name>
    <message>
        <source>Before</source>
        <translation>変更前</translation>
    </message>
    <message>
        <source>(value)</source>
        <translation>(値)</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>値</translation>
    </message>
    <message>
        <source>Written by</source>
        <translation>書き込み元</translation>
    </message>
    <message>
        <source>v</source>
        <translation>版</translation>
    </message>
    <message>
        <source>At</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Actor</source>
        <translation>実行者</translation>
    </message>
</context>
<context>
    <name>VerifyDialog</name>
    <message>
        <source>Verify {0}</source>
        <translation>{0} を検証</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Seal, proof or report</source>
        <translation>封印、証明またはレポート</translation>
    </message>
    <message>
        <source>a seal, a proof, or a report with its evidence beside it</source>
        <translation>封印、証明、または証拠が隣に置かれたレポート</translation>
    </message>
    <message>
        <source>Public key that it must be signed with</source>
        <translation>署名の確認に使う公開鍵</translation>
    </message>
    <message>
        <source>none: any signature, or none, will do</source>
        <translation>なし：どの署名でも、署名なしでも可</translation>
    </message>
    <message>
        <source>Verify by</source>
        <translation>検証に使用</translation>
    </message>
    <message>
        <source>Public key</source>
        <translation>公開鍵</translation>
    </message>
    <message>
        <source>What was found, and what can&apos;t be told</source>
        <translation>判明したことと判断できないこと</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>検証</translation>
    </message>
    <message>
        <source>Name a seal, a proof or a report.</source>
        <translation>封印、証明またはレポートを指定してください。</translation>
    </message>
    <message>
        <source>Reading the store</source>
        <translation>ストアを読み込み中</translation>
    </message>
    <message>
        <source>Cancelled: nothing is said about the store.</source>
        <translation>キャンセルしました。ストアについては何も判定していません。</translation>
    </message>
    <message>
        <source>The store only grew: the sealed tree begins the store&apos;s.</source>
        <translation>ストアは追加されただけです。封印時のツリーは、ストアのツリーの先頭部分と一致します。</translation>
    </message>
    <message>
        <source>The seal: {0}</source>
        <translation>封印：{0}</translation>
    </message>
    <message>
        <source>It is signed with the key {0}; name the public key to know whether that is the right one.</source>
        <translation>鍵 {0} で署名されています。正しい鍵かどうかを確かめるには、公開鍵を指定してください。</translation>
    </message>
</context>
<context>
    <name>WhatIf</name>
    <message>
        <source>Version {0} can&apos;t be moved behind itself.</source>
        <translation>バージョン {0} を自分自身の後ろへは移動できません。</translation>
    </message>
    <message>
        <source>This is the first event already.</source>
        <translation>すでに最初のイベントです。</translation>
    </message>
    <message>
        <source>No event of the store comes after this one.</source>
        <translation>この後にストアのイベントはありません。</translation>
    </message>
    <message>
        <source>Putting the timelines side by side</source>
        <translation>タイムラインを並べています</translation>
    </message>
    <message>
        <source>This event&apos;s data are {0} characters of JSON, too much for the editor.</source>
        <translation>このイベントのデータは JSON で {0} 文字あり、エディターには大きすぎます。</translation>
    </message>
    <message>
        <source>Write the edit into a file and load that.</source>
        <translation>編集内容をファイルに書き、それを読み込んでください。</translation>
    </message>
</context>
<context>
    <name>WhatIfWindow</name>
    <message>
        <source>Edits, in the order in which they are done</source>
        <translation>編集 (実行順)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Take the last step back (Ctrl+Z)</source>
        <translation>直前の操作を元に戻す (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>やり直す</translation>
    </message>
    <message>
        <source>Do it again (Ctrl+Shift+Z)</source>
        <translation>元に戻した操作をやり直す (Ctrl+Shift+Z)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Remove the edit that is picked</source>
        <translation>選択した編集を削除</translation>
    </message>
    <message>
        <source>Load …</source>
        <translation>読み込む…</translation>
    </message>
    <message>
        <source>Read edits from a JSON file, as esviewer whatif --edits takes</source>
        <translation>esviewer whatif --edits と同じ形式の JSON ファイルから編集を読み込む</translation>
    </message>
    <message>
        <source>Save …</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Write the edits to a JSON file for esviewer whatif --edits</source>
        <translation>編集を esviewer whatif --edits 用の JSON ファイルに書き込む</translation>
    </message>
    <message>
        <source>Edits</source>
        <translation>編集</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>除外</translation>
    </message>
    <message>
        <source>Leave this event out, or not (Del)</source>
        <translation>このイベントを除外、または除外を解除 (Del)</translation>
    </message>
    <message>
        <source>Edit …</source>
        <translation>編集…</translation>
    </message>
    <message>
        <source>Give this event other data (F2)</source>
        <translation>このイベントのデータを変更 (F2)</translation>
    </message>
    <message>
        <source>Insert before …</source>
        <translation>前に挿入…</translation>
    </message>
    <message>
        <source>Put a new event before this one</source>
        <translation>このイベントの前に新しいイベントを挿入</translation>
    </message>
    <message>
        <source>Insert after …</source>
        <translation>後に挿入…</translation>
    </message>
    <message>
        <source>Put a new event behind this one (Ins)</source>
        <translation>このイベントの後に新しいイベントを挿入 (Ins)</translation>
    </message>
    <message>
        <source>↑</source>
        <translation>↑</translation>
    </message>
    <message>
        <source>Move this event up (Alt+Up)</source>
        <translation>このイベントを上へ移動 (Alt+Up)</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上へ移動</translation>
    </message>
    <message>
        <source>↓</source>
        <translation>↓</translation>
    </message>
    <message>
        <source>Move this event down (Alt+Down)</source>
        <translation>このイベントを下へ移動 (Alt+Down)</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下へ移動</translation>
    </message>
    <message>
        <source>Move to …</source>
        <translation>移動先…</translation>
    </message>
    <message>
        <source>Put this event behind another</source>
        <translation>このイベントを別のイベントの後へ移動</translation>
    </message>
    <message>
        <source>The real timeline and the imagined one</source>
        <translation>実際のタイムラインと仮定のタイムライン</translation>
    </message>
    <message>
        <source>The real state</source>
        <translation>実際の状態</translation>
    </message>
    <message>
        <source>The imagined state</source>
        <translation>仮定の状態</translation>
    </message>
    <message>
        <source>Really</source>
        <translation>実際</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop working</source>
        <translation>処理を停止</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy what differs and the edits as text</source>
        <translation>相違点と編集をテキストとしてコピー</translation>
    </message>
    <message>
        <source>Export report …</source>
        <translation>レポートをエクスポート…</translation>
    </message>
    <message>
        <source>Reports are made only of what happened</source>
        <translation>レポートを作成できるのは実際に起きたことだけです</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>WHAT IF – not what happened: {0}</source>
        <translation>もしも – 実際に起きたことではありません：{0}</translation>
    </message>
    <message>
        <source>WHAT IF – not what happened. {0}, imagined in memory; the store is not written.</source>
        <translation>もしも – 実際に起きたことではありません。{0} をメモリー上で仮定したもので、ストアには書き込みません。</translation>
    </message>
    <message>
        <source>Imagining …</source>
        <translation>もしもを計算中…</translation>
    </message>
    <message>
        <source>Reading the events …</source>
        <translation>イベントを読み込み中…</translation>
    </message>
    <message>
        <source>1 event. Skip or edit it.</source>
        <translation>1 件のイベント。除外や編集ができます。</translation>
    </message>
    <message>
        <source>{0} events. Pick one and skip, edit or move it.</source>
        <translation>{0} 件のイベント。1 つ選んで除外、編集、移動ができます。</translation>
    </message>
    <message>
        <source>The timelines never part: every state is as it really was.</source>
        <translation>タイムラインは分岐しません。すべての状態が実際と同じです。</translation>
    </message>
    <message>
        <source>at an inserted event, number {0}</source>
        <translation>挿入したイベント (番号 {0})</translation>
    </message>
    <message>
        <source>at version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>The timelines part {0}; places that differ in the end: {1}.</source>
        <translation>タイムラインの分岐点：{0}。最終的に異なる箇所：{1}。</translation>
    </message>
    <message>
        <source>Imagined events that the reducer skips: {0}.</source>
        <translation>リデューサーが適用しない仮定のイベント：{0}。</translation>
    </message>
    <message>
        <source>The states could not be rebuilt.</source>
        <translation>状態を再構築できませんでした。</translation>
    </message>
    <message>
        <source>The events could not be read.</source>
        <translation>イベントを読み込めませんでした。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>停止しました。</translation>
    </message>
    <message>
        <source>Wait until the timelines of the last edit are there.</source>
        <translation>直前の編集のタイムラインができるまでお待ちください。</translation>
    </message>
    <message>
        <source>This event was moved; it stands further down or up.</source>
        <translation>このイベントは移動済みで、移動先は上または下にあります。</translation>
    </message>
    <message>
        <source>Only an event of the imagined timeline can be moved.</source>
        <translation>移動できるのは仮定のタイムラインのイベントだけです。</translation>
    </message>
    <message>
        <source>Move to</source>
        <translation>移動先</translation>
    </message>
    <message>
        <source>Behind which version of the store? Nothing: before all.</source>
        <translation>ストアのどのバージョンの後に置きますか？ 空欄：先頭</translation>
    </message>
    <message>
        <source>A version is a whole number.</source>
        <translation>バージョンは整数で指定してください。</translation>
    </message>
    <message>
        <source>This event is left out; there is nothing to edit.</source>
        <translation>このイベントは除外されているため、編集できません。</translation>
    </message>
    <message>
        <source>An inserted event</source>
        <translation>挿入したイベント</translation>
    </message>
    <message>
        <source>Version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>It can&apos;t be decoded: {0}.</source>
        <translation>デコードできません：{0}。</translation>
    </message>
    <message>
        <source>A new event</source>
        <translation>新しいイベント</translation>
    </message>
    <message>
        <source>Masked values stand as marks; what is left as it is keeps its value.</source>
        <translation>マスクされた値は記号で表示されます。そのままにした部分は元の値を保ちます。</translation>
    </message>
    <message>
        <source>There are no edits to save yet.</source>
        <translation>保存する編集がまだありません。</translation>
    </message>
    <message>
        <source>Edits written to {0}.</source>
        <translation>編集を {0} に書き込みました。</translation>
    </message>
    <message>
        <source>Masked values stand in it as marks: to write them as they are, reveal them before.</source>
        <translation>マスク済みの値は記号で書き込まれています。実際の値を書き込むには、先に値を表示する必要があります。</translation>
    </message>
    <message>
        <source>Save edits</source>
        <translation>編集を保存</translation>
    </message>
    <message>
        <source>Load edits</source>
        <translation>編集を読み込む</translation>
    </message>
    <message>
        <source>Nothing is imagined yet.</source>
        <translation>まだ何も仮定していません。</translation>
    </message>
    <message>
        <source>Copied {0} characters, marked as hypothetical.</source>
        <translation>{0} 文字を、仮定と明記してコピーしました。</translation>
    </message>
    <message>
        <source>A what if is hypothetical: it can&apos;t be added to a case, which is evidence of what happened.</source>
        <translation>もしもは仮定であり、実際に起きたことの証拠である案件には追加できません。</translation>
    </message>
    <message>
        <source>Nothing is imagined yet; the main window exports reports of what happened.</source>
        <translation>まだ何も仮定していません。実際に起きたことのレポートはメインウィンドウからエクスポートできます。</translation>
    </message>
    <message>
        <source>Real state after version {0}</source>
        <translation>バージョン {0} の後の実際の状態</translation>
    </message>
    <message>
        <source>Before all</source>
        <translation>すべてのイベントの前</translation>
    </message>
    <message>
        <source>WHAT IF: imagined events so far: {0} …</source>
        <translation>もしも：仮定のイベント {0} 件の後…</translation>
    </message>
    <message>
        <source>WHAT IF: imagined events so far: {0}; differences: {1}</source>
        <translation>もしも：仮定のイベント {0} 件の後、相違 {1} 件</translation>
    </message>
    <message>
        <source>WHAT IF: imagined events so far: {0}; no difference</source>
        <translation>もしも：仮定のイベント {0} 件の後、相違なし</translation>
    </message>
    <message>
        <source>Unskip</source>
        <translation>除外を解除</translation>
    </message>
    <message>
        <source>The aggregate has gone on; new events that are not in here yet: {0}.</source>
        <translation>集約に続きがあります。ここに含まれていない新しいイベント：{0}。</translation>
    </message>
    <message>
        <source>Read anew</source>
        <translation>再読み込み</translation>
    </message>
    <message>
        <source>The main window shows {0} now; this one stays with {1}.</source>
        <translation>メインウィンドウは現在 {0} を表示しています。このウィンドウは {1} のままです。</translation>
    </message>
    <message>
        <source>The reducers have changed; this still uses the former ones.</source>
        <translation>リデューサーが変更されました。ここではまだ以前のものを使用しています。</translation>
    </message>
</context>
<context>
    <name>WorkBar</name>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{0} a second</source>
        <translation>毎秒 {0}</translation>
    </message>
    <message>
        <source>{0} h left</source>
        <translation>残り {0} 時間</translation>
    </message>
    <message>
        <source>{0} min left</source>
        <translation>残り {0} 分</translation>
    </message>
    <message>
        <source>{0} s left</source>
        <translation>残り {0} 秒</translation>
    </message>
</context>
<context>
    <name>WorkDialog</name>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>Writer</name>
    <message>
        <source>initial</source>
        <translation>初期</translation>
    </message>
    <message>
        <source>In the reducer&apos;s initial state, before the first event</source>
        <translation>最初のイベントより前の、リデューサーの初期状態</translation>
    </message>
    <message>
        <source>Version {0}: {1}</source>
        <translation>バージョン {0}：{1}</translation>
    </message>
    <message>
        <source>By {0}</source>
        <translation>実行者：{0}</translation>
    </message>
</context>
<context>
    <name>ZoneBadge</name>
    <message>
        <source>In which zone times are shown. A time that was stored without a zone is shown as it was stored.</source>
        <translation>日時を表示するタイムゾーン。タイムゾーンなしで保存された日時は、保存されたまま表示します。</translation>
    </message>
    <message>
        <source>Times: {0}</source>
        <translation>日時：{0}</translation>
    </message>
</context>
<context>
    <name>ZoneMenu</name>
    <message>
        <source>Time &amp;zone</source>
        <translation>タイムゾーン(&amp;Z)</translation>
    </message>
</context>
<context>
    <name>Zones</name>
    <message>
        <source>Zones as stored</source>
        <translation>保存時のタイムゾーン</translation>
    </message>
    <message>
        <source>This computer&apos;s zone ({0})</source>
        <translation>この計算機のタイムゾーン({0})</translation>
    </message>
</context>
<context>
    <name>Zooming</name>
    <message>
        <source>The wheel zooms, dragging moves, a double click shows all again; so do + and −, the arrow keys, and Home</source>
        <translation>ホイールで拡大・縮小、ドラッグで移動、ダブルクリックで全体を表示。+ と −、矢印キー、Home でも同じことができます</translation>
    </message>
</context>
<context>
    <name>_Differences</name>
    <message>
        <source>What differs from the seal</source>
        <translation>封印との相違点</translation>
    </message>
    <message>
        <source>Enter or a double click goes to the event</source>
        <translation>Enter またはダブルクリックでイベントへ移動</translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>archived</source>
        <translation>アーカイブ済み</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>削除済み</translation>
    </message>
</context>
</TS>
